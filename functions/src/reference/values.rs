//! How values are written, in words: the types of the API, and the texts of doc comments.

use super::shape::{Kind, Member, Node};
use maud::{Markup, html};

/// What stands in the place of a value.
pub(super) fn word(node: &Node) -> String {
    match &node.kind {
        Kind::Text => "text".to_owned(),
        Kind::Whole => "whole number".to_owned(),
        Kind::Decimal => "decimal number".to_owned(),
        Kind::Flag => "flag".to_owned(),
        Kind::OneOf(words) => words.join(" or "),
        Kind::Anything => "any JSON".to_owned(),
        Kind::List(item) => match &item.kind {
            Kind::Text | Kind::OneOf(_) => "list of texts".to_owned(),
            Kind::Whole => "list of whole numbers".to_owned(),
            _ => "list".to_owned(),
        },
        Kind::Map(_) => "map".to_owned(),
        Kind::Struct { .. } => "struct".to_owned(),
        Kind::Again => "the same again".to_owned(),
    }
}

/// The same of an argument, which comes as a text.
pub(super) fn sent(node: &Node) -> String {
    match &node.kind {
        Kind::Map(_) | Kind::Struct { .. } | Kind::Anything | Kind::Again => "JSON object".to_owned(),
        Kind::List(item) => match &item.kind {
            Kind::Text | Kind::OneOf(_) | Kind::Whole => word(node),
            _ => "JSON array".to_owned(),
        },
        _ => word(node),
    }
}

/// Several of them.
pub(super) fn words(node: &Node) -> String {
    match &node.kind {
        Kind::Anything | Kind::OneOf(_) | Kind::Again => word(node),
        Kind::List(_) => "lists".to_owned(),
        _ => format!("{}s", word(node)),
    }
}

/// What the types that are sent take: only those that these arguments have, and together those that take the same.
pub(super) fn legend(arguments: &[Member]) -> Vec<(Vec<String>, &'static str)> {
    let mut legend: Vec<(Vec<String>, &'static str)> = Vec::new();
    for argument in arguments {
        let says = match &argument.node.kind {
            Kind::Whole => "decimal digits",
            Kind::Decimal => "digits with a point in them",
            Kind::Flag => "`true`, `yes`, `on`, or any number but 0; `false`, `no`, `off` or 0",
            Kind::List(item) if matches!(item.kind, Kind::Text | Kind::OneOf(_) | Kind::Whole) => {
                "a JSON array, or the items with commas between them"
            }
            Kind::List(_) | Kind::Map(_) | Kind::Struct { .. } | Kind::Anything => "a text in JSON",
            Kind::Text | Kind::OneOf(_) | Kind::Again => continue,
        };
        let name = sent(&argument.node);
        match legend.iter_mut().find(|(_, known)| *known == says) {
            Some((names, _)) if names.contains(&name) => {}
            Some((names, _)) => names.push(name),
            None => legend.push((vec![name], says)),
        }
    }
    legend
}

/// A text with `code` in backquotes, as doc comments and FIDELITY.md have it.
pub(super) fn prose(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            @if at % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
