//! An answer's outline: the document that the wire carries, with a word for each value in the place of the value.

use super::shape::{Kind, Node};
use super::values;
use std::fmt::Write;

/// In XML. The root is named by the method.
pub(super) fn xml(method: &str, answer: &Node) -> String {
    let root = format!("{}_response", method.replace('.', "_"));
    let mut text = String::new();
    element(&mut text, 0, &root, " xmlns=\"http://api.facebook.com/1.0/\"", answer);
    text
}

fn element(out: &mut String, depth: usize, name: &str, attributes: &str, node: &Node) {
    let pad = "  ".repeat(depth);
    // Writing to a text does not fail.
    let _ = match &node.kind {
        Kind::List(item) => {
            let _ = writeln!(out, "{pad}<{name}{attributes} list=\"true\">");
            element(out, depth + 1, &item_name(name, item), "", item);
            writeln!(out, "{pad}  …\n{pad}</{name}>")
        }
        Kind::Map(value) => {
            let _ = writeln!(out, "{pad}<{name}{attributes} list=\"true\">");
            element(out, depth + 1, &item_name(name, value), " key=\"…\"", value);
            writeln!(out, "{pad}  …\n{pad}</{name}>")
        }
        Kind::Struct { members, .. } if members.is_empty() => writeln!(out, "{pad}<{name}{attributes}/>"),
        Kind::Struct { members, .. } => {
            let _ = writeln!(out, "{pad}<{name}{attributes}>");
            for member in members {
                element(out, depth + 1, &member.name, "", &member.node);
            }
            writeln!(out, "{pad}</{name}>")
        }
        Kind::Again => writeln!(out, "{pad}<{name}{attributes}> … </{name}>"),
        _ => writeln!(out, "{pad}<{name}{attributes}>{}</{name}>", values::word(node)),
    };
}

/// An item is named by the container of its type, or else after the list.
fn item_name(list: &str, item: &Node) -> String {
    item.name.clone().unwrap_or_else(|| format!("{list}_elt"))
}

/// In JSON.
pub(super) fn json(answer: &Node) -> String {
    let mut text = String::new();
    value(&mut text, 0, answer);
    text.push('\n');
    text
}

fn value(out: &mut String, depth: usize, node: &Node) {
    let pad = "  ".repeat(depth);
    match &node.kind {
        Kind::List(item) => {
            let _ = write!(out, "[\n{pad}  ");
            value(out, depth + 1, item);
            let _ = write!(out, ",\n{pad}  …\n{pad}]");
        }
        Kind::Map(each) => {
            let _ = write!(out, "{{\n{pad}  \"…\": ");
            value(out, depth + 1, each);
            let _ = write!(out, ",\n{pad}  …\n{pad}}}");
        }
        // PHP has one type for lists and maps, and writes an empty one as a list; ours is a struct and stays one.
        Kind::Struct { members, .. } if members.is_empty() => out.push_str("{}"),
        Kind::Struct { members, .. } => {
            out.push('{');
            for (at, member) in members.iter().enumerate() {
                let _ = write!(out, "{}\n{pad}  \"{}\": ", if at == 0 { "" } else { "," }, member.name);
                value(out, depth + 1, &member.node);
            }
            let _ = write!(out, "\n{pad}}}");
        }
        Kind::Again => out.push('…'),
        _ => out.push_str(&values::word(node)),
    }
}

#[cfg(test)]
mod tests {
    use crate::reference::{find, shape};

    fn outlines(method: &str) -> (String, String) {
        let answer = shape::answer(find(method).unwrap());
        (super::xml(method, &answer), super::json(&answer))
    }

    #[test]
    fn a_list_of_structs() {
        let (xml, json) = outlines("friends.getLists");
        insta::assert_snapshot!(xml, @r#"
        <friends_getLists_response xmlns="http://api.facebook.com/1.0/" list="true">
          <friendlist>
            <flid>whole number</flid>
            <name>text</name>
          </friendlist>
          …
        </friends_getLists_response>
        "#);
        insta::assert_snapshot!(json, @r#"
        [
          {
            "flid": whole number,
            "name": text
          },
          …
        ]
        "#);
    }

    #[test]
    fn a_single_value() {
        let (xml, json) = outlines("users.isVerified");
        insta::assert_snapshot!(xml, @r#"<users_isVerified_response xmlns="http://api.facebook.com/1.0/">flag</users_isVerified_response>"#);
        insta::assert_snapshot!(json, @"flag");
    }
}
