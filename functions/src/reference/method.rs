//! A method's page.

use super::access::{self, Trouble};
use super::shape::{self, Kind, Member, Node};
use super::values::{self, prose};
use super::{FIDELITY, HOME, address, document, fidelity, sample};
use crate::METHODS;
use crate::site::Example;
use maud::{Markup, html};
use reconnect_core::Handler;
use reconnect_core::method::Fidelity;
use std::collections::HashMap;
use std::collections::hash_map::Entry;

/// An outline with more lines is shown when it is asked for.
const LONG: usize = 30;

/// What stands below the heading. `server` is this site's address; the example is for those at this machine.
pub(super) fn body(handler: &Handler, server: &str, example: Option<&Example>) -> Markup {
    let arguments = shape::arguments(handler);
    let troubles = access::troubles(handler, !arguments.is_empty());
    html! {
        (summary(handler))
        (taken(&arguments))
        (answered(handler))
        (called(handler, server, example))
        (refused(handler, &troubles))
        (neighbours(handler))
    }
}

fn summary(handler: &Handler) -> Markup {
    let access = &handler.access;
    html! {
        section.card aria-label="In short" {
            p.lead { (prose(handler.summary)) }
            dl.facts {
                dt { "Who calls" } dd { (access::caller(access)) }
                dt { "Signed with" } dd { (access::secret(access)) }
                @if let Some((name, asks)) = access::permission(access) {
                    dt { "Permission" } dd { code { (name) } @if !asks.is_empty() { ": the person lets the application " (asks) "." } }
                } @else {
                    dt { "Permission" } dd { "None." }
                }
                @if let Some(file) = access::file(access) { dt { "File" } dd { (file) } }
                dt { "Effect" } dd { (prose(access::rights(access))) }
                @if !handler.aliases.is_empty() {
                    dt { "Other names" }
                    dd { @for (at, alias) in handler.aliases.iter().enumerate() { @if at > 0 { ", " } code { (alias) } } }
                }
                dt { "How sure" } dd { (how_sure(handler)) }
            }
        }
    }
}

fn how_sure(handler: &Handler) -> Markup {
    html! {
        @match handler.fidelity {
            Fidelity::Authentic if fidelity::about(handler.name).is_empty() => {
                b { "Authentic" } ": schemas, servers and clients of the time agree."
            }
            Fidelity::Authentic => {
                b { "Authentic" } ", but for " a href="#inferred" { "what is told below" } ": schemas, servers and clients of the time agree."
            }
            Fidelity::Inferred if fidelity::about(handler.name).is_empty() => { b { "Inferred" } " in parts." }
            Fidelity::Inferred => { b { "Inferred" } " in parts, which are " a href="#inferred" { "told below" } "." }
        }
    }
}

fn taken(arguments: &[Member]) -> Markup {
    let legend = values::legend(arguments);
    html! {
        section.card aria-labelledby="arguments" {
            h2 #arguments { "Arguments" }
            @if arguments.is_empty() {
                p { "None of its own, beside " a href={ (HOME) "#common" } { "those that all calls have" } "." }
            } @else {
                dl.members {
                    @for one in arguments {
                        dt {
                            code { (one.name) }
                            span.tag { (values::sent(&one.node)) }
                            @if one.required { span.tag.must { "required" } } @else { span.tag { "optional" } }
                        }
                        dd { @if let Some(about) = &one.about { (prose(about)) } (choices(&one.node)) (inside(&one.node)) }
                    }
                }
            }
            @if !arguments.is_empty() {
                @if !legend.is_empty() {
                    p.quiet {
                        @for (names, says) in &legend {
                            "A " @for (at, name) in names.iter().enumerate() { @if at > 0 { " or " } b { (name) } } " is " (prose(says)) ". "
                        }
                        "An empty value counts as none."
                    }
                }
                p.quiet { "Beside them stand those that " a href={ (HOME) "#common" } { "all calls have" } "." }
            }
        }
    }
}

/// The words that an argument may be.
fn choices(node: &Node) -> Markup {
    let words = match &node.kind {
        Kind::OneOf(words) => words.as_slice(),
        Kind::List(item) => match &item.kind {
            Kind::OneOf(words) => words.as_slice(),
            _ => &[],
        },
        _ => &[],
    };
    html! {
        @if !words.is_empty() { " One of " @for (at, word) in words.iter().enumerate() { @if at > 0 { ", " } code { (word) } } "." }
    }
}

/// The members of what is sent as JSON.
fn inside(node: &Node) -> Markup {
    match &node.kind {
        Kind::List(item) => inside(item),
        Kind::Struct { members, .. } if !members.is_empty() => tree(members, false, &mut Seen::new()),
        _ => html! {},
    }
}

fn answered(handler: &Handler) -> Markup {
    let answer = shape::answer(handler);
    let (xml, json) = (document::xml(handler.name, &answer), document::json(&answer));
    html! {
        section.card aria-labelledby="answer" {
            h2 #answer { "Answer" }
            (root(&answer))
            (outline("In XML", &xml))
            (outline("In JSON", &json))
            (notes(&answer))
        }
    }
}

/// How to read what is in it.
fn notes(answer: &Node) -> Markup {
    let is_flag = |node: &Node| matches!(node.kind, Kind::Flag);
    let is_number = |node: &Node| matches!(node.kind, Kind::Whole | Kind::Decimal);
    let is_struct = |node: &Node| matches!(node.kind, Kind::Struct { as_asked: false, .. });
    let says = [
        (answer.any(&is_struct), "Members stand in this order."),
        (answer.any(&is_flag), "A flag is 1 or 0 in XML, `true` or `false` in JSON."),
        (answer.any(&|node| node.nil), "Nil is `xsi:nil=\"true\"` in XML, `null` in JSON."),
        (answer.any(&is_number), "In the format `json-strings` every number is a text."),
    ];
    let says: Vec<&str> = says.into_iter().filter(|(is, _)| *is).map(|(_, says)| says).collect();
    html! { @if !says.is_empty() { p.quiet { (prose(&says.join(" "))) } } }
}

/// The answer in a sentence, and what lies in it.
fn root(answer: &Node) -> Markup {
    html! {
        @match &answer.kind {
            Kind::List(item) => {
                p { "A list of " (several(item)) }
                (below(item, &mut Seen::new()))
            }
            Kind::Map(value) => {
                p { "A map with keys of its own; in XML they stand in the attribute " code { "key" } ". The values are " (several(value)) }
                (below(value, &mut Seen::new()))
            }
            Kind::Struct { .. } => {
                p { "One struct." (about(answer)) }
                (below(answer, &mut Seen::new()))
            }
            _ => p { "One value: " (values::word(answer)) "." (about(answer)) }
        }
    }
}

fn several(item: &Node) -> Markup {
    html! {
        (values::words(item)) @if item.nil { " or nil" }
        @if let Some(name) = &item.name { ", each named " code { (name) } " in XML" }
        "."
        (about(item))
    }
}

fn about(node: &Node) -> Markup {
    html! { @if let Some(about) = &node.about { " " (prose(about)) } }
}

/// Types that a tree has shown already, each with the member that it was shown at.
type Seen = HashMap<String, String>;

/// The members of a struct, or of what a list or map holds.
fn below(node: &Node, seen: &mut Seen) -> Markup {
    match &node.kind {
        Kind::Struct { members, as_asked: true } => html! {
            p.quiet {
                "Only what was asked for is there, in the order in which it was."
                @if members.iter().any(|member| member.node.nil) { " What may not be seen is nil." }
            }
            (tree(members, true, seen))
        },
        Kind::Struct { members, as_asked: false } => tree(members, false, seen),
        Kind::List(item) | Kind::Map(item) => below(item, seen),
        _ => html! {},
    }
}

fn tree(members: &[Member], as_asked: bool, seen: &mut Seen) -> Markup {
    html! {
        ul.tree {
            @for one in members {
                li {
                    code { (one.name) } " "
                    span.tag { (values::word(&one.node)) }
                    @if !as_asked && one.required && one.node.nil { span.tag { "nil" } }
                    @if !as_asked && !one.required { span.tag { "may be missing" } }
                    @if let Some(about) = one.told() { " " span { (prose(about)) } }
                    @match shown_at(one, seen) {
                        Some(before) => { " " span.quiet { "Members as those of " code { (before) } "." } }
                        None => (below(&one.node, seen)),
                    }
                }
            }
        }
    }
}

/// Where the members of this one's type stand already. Remembers where they are shown for the first time.
fn shown_at(one: &Member, seen: &mut Seen) -> Option<String> {
    let held = match &one.node.kind {
        Kind::List(held) | Kind::Map(held) => held,
        _ => &one.node,
    };
    let Kind::Struct { .. } = held.kind else { return None };
    let name = held.name.clone()?;
    match seen.entry(name) {
        Entry::Occupied(before) => Some(before.get().clone()),
        Entry::Vacant(first) => {
            first.insert(one.name.clone());
            None
        }
    }
}

fn outline(title: &str, text: &str) -> Markup {
    html! {
        details open[text.lines().count() <= LONG] {
            summary { (title) }
            // Whoever has no mouse scrolls it by the keyboard.
            pre tabindex="0" role="region" aria-label=(title) { code { (text) } }
        }
    }
}

fn called(handler: &Handler, server: &str, example: Option<&Example>) -> Markup {
    // Programs do not know the certificates of this machine: the example says where they are served without.
    let server = example.map_or(server, |example| example.server.as_str());
    html! {
        section.card aria-labelledby="sample" {
            h2 #sample { "A call to paste" }
            @if let Some(example) = example { (ready(handler, example)) }
            p {
                "For an application of your own: put in its key and secret"
                @if sample::of(handler.name).session { ", and the session key that auth.getSession answered" }
                "."
            }
            (paste("A script that signs", &sample::script(server, handler)))
            p.quiet {
                "The signature: every argument but " code { "sig" } ", sorted by name, as " code { "name=value" }
                " with nothing between them; behind them the secret; of all that the md5. (On a Mac " code { "md5" } " is what "
                code { "md5sum" } " is elsewhere.) " a href={ (HOME) "#signing" } { "More on signing" }
            }
        }
    }
}

/// For somebody at this machine: what works as it stands.
fn ready(handler: &Handler, example: &Example) -> Markup {
    let app = &example.application.name;
    html! {
        @if let Some(call) = sample::signed(handler, example) {
            p { "Signed already, for " b { (app) } " of this server:" }
            (paste("A call that is signed already", &call))
            @if let Some(answer) = &sample::of(handler.name).answer {
                p.quiet { "In the demo world " code { "dorm" } ", as it comes, this answers " (prose(answer)) "." }
            }
        } @else if let Some(call) = sample::by_the_program(handler, example) {
            p { "Beside the file that this server runs on, for " b { (app) } ", by the program itself, which makes a session for one call:" }
            (paste("A call by the program", &call))
        }
    }
}

fn paste(label: &str, text: &str) -> Markup {
    html! { pre.paste tabindex="0" role="region" aria-label=(label) { code { (text) } } }
}

fn refused(handler: &Handler, troubles: &[Trouble]) -> Markup {
    let inferred = fidelity::about(handler.name);
    html! {
        section.card aria-labelledby="errors" {
            h2 #errors { "Errors" }
            p {
                "An error has the HTTP status 200, too. It is known by its root, " code { "error_response" } ", and by " code { "error_code" }
                ", which is always the first member. " a href={ (HOME) "#errors" } { "How to read one" }
            }
            dl.members {
                @for one in troubles {
                    dt { code { (one.code.number()) } span { (one.code.text()) } }
                    dd { (prose(one.advice)) }
                }
            }
        }
        @if !inferred.is_empty() {
            section.card aria-labelledby="inferred" {
                h2 #inferred { "What is inferred, and what differs" }
                ul.notes { @for note in &inferred { li { (note) } } }
                p.quiet { a href=(FIDELITY) { "All that is inferred, and what differs" } }
            }
        }
    }
}

/// The methods before and behind it in the alphabet.
fn neighbours(handler: &Handler) -> Markup {
    let at = METHODS.iter().position(|one| one.name == handler.name).unwrap_or(0);
    let before = at.checked_sub(1).and_then(|at| METHODS.get(at));
    html! {
        nav.turn aria-label="Neighbours" {
            @if let Some(one) = before { a rel="prev" href=(address(one.name)) { "← " (one.name) } }
            @if let Some(one) = METHODS.get(at + 1) { a.next rel="next" href=(address(one.name)) { (one.name) " →" } }
        }
    }
}
