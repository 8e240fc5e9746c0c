//! The types of arguments and answers as a tree, read from their JSON schemas: what a page needs to know of them.

use crate::schema::{as_map, either_or_null, is_nullable, resolve};
use reconnect_core::Handler;
use schemars::Schema;
use serde_json::{Map, Value};

/// A type.
pub(super) struct Node {
    pub(super) kind: Kind,
    /// Whether null may stand in its place.
    pub(super) nil: bool,
    /// The name that its container has in Rust and in XML, where it has one.
    pub(super) name: Option<String>,
    /// What it is.
    pub(super) about: Option<String>,
}

/// What kinds of types there are.
pub(super) enum Kind {
    Text,
    Whole,
    Decimal,
    Flag,
    /// One of these words.
    OneOf(Vec<String>),
    /// Any JSON.
    Anything,
    List(Box<Node>),
    /// With keys of its own.
    Map(Box<Node>),
    Struct {
        members: Vec<Member>,
        /// Whether the members come as a call asks for them.
        as_asked: bool,
    },
    /// What it lies in: it goes on like that.
    Again,
}

/// A member of a struct, or an argument.
pub(super) struct Member {
    pub(super) name: String,
    /// What it is.
    pub(super) about: Option<String>,
    /// Whether it is always there.
    pub(super) required: bool,
    pub(super) node: Node,
}

impl Node {
    /// Whether this one, or any that lies in it, is like that.
    pub(super) fn any(&self, is: &dyn Fn(&Node) -> bool) -> bool {
        let inside = match &self.kind {
            Kind::List(held) | Kind::Map(held) => held.any(is),
            Kind::Struct { members, .. } => members.iter().any(|member| member.node.any(is)),
            _ => false,
        };
        is(self) || inside
    }
}

impl Member {
    /// What it is, by its own comment or its type's; of a list or a map, by that of what it holds.
    pub(super) fn told(&self) -> Option<&str> {
        let held = match &self.node.kind {
            Kind::List(held) | Kind::Map(held) => held.about.as_ref(),
            _ => None,
        };
        self.about.as_ref().or(self.node.about.as_ref()).or(held).map(String::as_str)
    }
}

/// The arguments of a method.
pub(super) fn arguments(handler: &Handler) -> Vec<Member> {
    match read(&(handler.args_schema)()).kind {
        Kind::Struct { members, .. } => members,
        _ => Vec::new(),
    }
}

/// The answer of a method.
pub(super) fn answer(handler: &Handler) -> Node {
    read(&(handler.answer_schema)())
}

fn read(schema: &Schema) -> Node {
    let schema = as_map(schema);
    let defs = schema.get("$defs").and_then(Value::as_object).cloned().unwrap_or_default();
    Reader { defs: &defs, inside: Vec::new() }.node(schema)
}

struct Reader<'a> {
    defs: &'a Map<String, Value>,
    /// The definitions that are being read.
    inside: Vec<String>,
}

impl Reader<'_> {
    fn node(&mut self, schema: &Map<String, Value>) -> Node {
        let (own, null) = either_or_null(schema);
        let (found, name) = resolve(self.defs, own);
        let about = [schema, own, &found].into_iter().find_map(description);
        let nil = null || is_nullable(&found);
        let whole = own.get("$ref").is_some_and(|to| to == "#");
        if whole || name.as_ref().is_some_and(|name| self.inside.contains(name)) {
            return Node { kind: Kind::Again, nil, name, about };
        }
        self.inside.extend(name.clone());
        let kind = self.kind(&found);
        if name.is_some() {
            self.inside.pop();
        }
        Node { kind, nil, name, about }
    }

    fn kind(&mut self, schema: &Map<String, Value>) -> Kind {
        if let Some(words) = words(schema) {
            return Kind::OneOf(words);
        }
        match type_of(schema) {
            Some("string") => Kind::Text,
            Some("integer") => Kind::Whole,
            Some("number") => Kind::Decimal,
            Some("boolean") => Kind::Flag,
            Some("array") => Kind::List(Box::new(self.below(schema, "items"))),
            Some("object") if schema.contains_key("properties") || !schema.contains_key("additionalProperties") => {
                let as_asked = schema.contains_key("x-as-asked");
                Kind::Struct { members: self.members(schema), as_asked }
            }
            Some("object") => Kind::Map(Box::new(self.below(schema, "additionalProperties"))),
            _ => Kind::Anything,
        }
    }

    /// What stands under a key of the schema.
    fn below(&mut self, schema: &Map<String, Value>, key: &str) -> Node {
        match schema.get(key).and_then(Value::as_object) {
            Some(below) => self.node(below),
            None => Node { kind: Kind::Anything, nil: false, name: None, about: None },
        }
    }

    fn members(&mut self, schema: &Map<String, Value>) -> Vec<Member> {
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        let mut members = Vec::new();
        for (name, member) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let empty = Map::new();
            let member = member.as_object().unwrap_or(&empty);
            let required = required.contains(&name.as_str());
            members.push(Member { name: name.clone(), about: description(member), required, node: self.node(member) });
        }
        members
    }
}

/// A doc comment, on one line.
fn description(schema: &Map<String, Value>) -> Option<String> {
    let text = schema.get("description")?.as_str()?;
    Some(text.split_whitespace().collect::<Vec<_>>().join(" "))
}

fn type_of(schema: &Map<String, Value>) -> Option<&str> {
    match schema.get("type")? {
        Value::String(kind) => Some(kind),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null"),
        _ => None,
    }
}

/// The words of an enum, with or without a comment on each.
fn words(schema: &Map<String, Value>) -> Option<Vec<String>> {
    if let Some(words) = schema.get("enum").and_then(Value::as_array) {
        return Some(words.iter().filter_map(Value::as_str).map(str::to_owned).collect());
    }
    let each = schema.get("oneOf")?.as_array()?;
    let one = |schema: &Value| -> Option<Vec<String>> {
        match schema.get("const").and_then(Value::as_str) {
            Some(word) => Some(vec![word.to_owned()]),
            None => words(schema.as_object()?),
        }
    };
    let all: Option<Vec<Vec<String>>> = each.iter().map(one).collect();
    all.map(|all| all.concat())
}

#[cfg(test)]
mod tests {
    use super::*;
    use reconnect_wire::{KeyedMap, UidList, Visible};
    use schemars::JsonSchema;

    #[derive(JsonSchema)]
    #[schemars(rename = "leaf")]
    #[allow(dead_code, reason = "only its schema is looked at")]
    struct Leaf(String);

    /// A way.
    #[derive(JsonSchema)]
    #[schemars(rename_all = "lowercase")]
    #[allow(dead_code, reason = "only its schema is looked at")]
    enum Way {
        /// There.
        There,
        Back,
        Home,
    }

    #[derive(JsonSchema)]
    #[allow(dead_code, reason = "only its schema is looked at")]
    struct Tree {
        /// What it
        /// is called.
        name: String,
        leaves: Vec<Leaf>,
        twigs: Vec<Tree>,
        uids: UidList,
        seen: Visible<u64>,
        way: Option<Way>,
        by_key: KeyedMap<bool>,
        rest: serde_json::Value,
    }

    /// In short: what a person would call the type.
    fn short(node: &Node) -> String {
        let kind = match &node.kind {
            Kind::Text => "text".to_owned(),
            Kind::Whole => "whole".to_owned(),
            Kind::Decimal => "decimal".to_owned(),
            Kind::Flag => "flag".to_owned(),
            Kind::OneOf(words) => words.join("|"),
            Kind::Anything => "anything".to_owned(),
            Kind::List(item) => format!("[{}]", short(item)),
            Kind::Map(value) => format!("{{{}}}", short(value)),
            Kind::Struct { members, .. } => {
                let each = members
                    .iter()
                    .map(|one| format!("{}{}: {}", one.name, if one.required { "" } else { "?" }, short(&one.node)));
                format!("({})", each.collect::<Vec<_>>().join(", "))
            }
            Kind::Again => "again".to_owned(),
        };
        let name = node.name.as_ref().map(|name| format!("{name}=")).unwrap_or_default();
        format!("{name}{kind}{}", if node.nil { " or nil" } else { "" })
    }

    #[test]
    fn every_kind_of_type_is_read() {
        let tree = read(&schemars::schema_for!(Tree));
        assert_eq!(
            short(&tree),
            "(name: text, leaves: [leaf=text], twigs: [again], uids: [whole], seen: whole or nil, way?: Way=back|home|there or nil, by_key: {flag}, rest: anything)"
        );
        let Kind::Struct { members, .. } = tree.kind else { panic!("a struct") };
        assert_eq!(members[0].about.as_deref(), Some("What it is called."));
        assert_eq!(members[5].node.about.as_deref(), Some("A way."), "a type's own comment");
    }
}
