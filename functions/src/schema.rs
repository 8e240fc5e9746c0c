//! `/1.0/facebook.xsd`: an XML schema of our own making, drawn from the types of the answers, so that it cannot drift from what is
//! sent. It knows the documented spellings of the methods' names; a root in another spelling, echoed as a client sent it, is not in it.

use crate::METHODS;
use schemars::Schema;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::OnceLock;

/// The namespace that clients bind to, whatever host serves it.
const NAMESPACE: &str = "http://api.facebook.com/1.0/";

/// The schema document.
pub fn xsd() -> &'static str {
    static XSD: OnceLock<String> = OnceLock::new();
    XSD.get_or_init(generate)
}

fn generate() -> String {
    let mut types = BTreeMap::new();
    let mut roots = String::new();
    for handler in METHODS {
        let schema = (handler.answer_schema)();
        let root = format!("{}_response", handler.name.replace('.', "_"));
        let defs = schema.get("$defs").and_then(Value::as_object).cloned().unwrap_or_default();
        let mut reader = Reader { defs: &defs, types: &mut types };
        reader.element(&mut roots, 1, &root, as_map(&schema), "");
    }
    let mut text = format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <xsd:schema xmlns:xsd=\"http://www.w3.org/2001/XMLSchema\" xmlns=\"{NAMESPACE}\" targetNamespace=\"{NAMESPACE}\" \
         elementFormDefault=\"qualified\">\n"
    );
    text.push_str(ERROR_RESPONSE);
    text.push_str(&roots);
    for definition in types.values() {
        text.push_str(definition);
    }
    text.push_str("</xsd:schema>\n");
    text
}

const ERROR_RESPONSE: &str = r#"  <xsd:element name="error_response">
    <xsd:complexType>
      <xsd:sequence>
        <xsd:element name="error_code" type="xsd:int"/>
        <xsd:element name="error_msg" type="xsd:string"/>
        <xsd:element name="request_args">
          <xsd:complexType>
            <xsd:sequence>
              <xsd:element name="arg" minOccurs="0" maxOccurs="unbounded">
                <xsd:complexType>
                  <xsd:sequence>
                    <xsd:element name="key" type="xsd:string"/>
                    <xsd:element name="value" type="xsd:string"/>
                  </xsd:sequence>
                </xsd:complexType>
              </xsd:element>
            </xsd:sequence>
            <xsd:attribute name="list" type="xsd:boolean"/>
          </xsd:complexType>
        </xsd:element>
      </xsd:sequence>
    </xsd:complexType>
  </xsd:element>
"#;

pub(crate) fn as_map(schema: &Schema) -> &Map<String, Value> {
    static EMPTY: OnceLock<Map<String, Value>> = OnceLock::new();
    schema.as_object().unwrap_or_else(|| EMPTY.get_or_init(Map::new))
}

/// Turns JSON schemas of answers into XML schema types. A definition's name is the serde name of its container, which is also the
/// element name of a list's items: the one convention that the XML writer follows too.
struct Reader<'a> {
    defs: &'a Map<String, Value>,
    types: &'a mut BTreeMap<String, String>,
}

impl Reader<'_> {
    /// One element, with its type inside or by name.
    fn element(&mut self, out: &mut String, depth: usize, name: &str, schema: &Map<String, Value>, occurs: &str) {
        let pad = "  ".repeat(depth);
        let (schema, nil) = either_or_null(schema);
        let (schema, def) = resolve(self.defs, schema);
        let nillable = if nil || is_nullable(&schema) { " nillable=\"true\"" } else { "" };
        if let Some(simple) = simple_type(&schema) {
            let _ = writeln!(out, "{pad}<xsd:element name=\"{name}\" type=\"{simple}\"{occurs}{nillable}/>");
            return;
        }
        if let (Some(def), true) = (&def, schema.contains_key("properties")) {
            self.named_type(def, &schema);
            let _ = writeln!(out, "{pad}<xsd:element name=\"{name}\" type=\"{def}\"{occurs}{nillable}/>");
            return;
        }
        let _ = writeln!(out, "{pad}<xsd:element name=\"{name}\"{occurs}{nillable}>");
        self.complex_type(out, depth + 1, name, "", &schema);
        let _ = writeln!(out, "{pad}</xsd:element>");
    }

    fn named_type(&mut self, name: &str, schema: &Map<String, Value>) {
        // Known from its first use on, so that a type inside itself ends, and one used twice is not emptied.
        if !self.types.contains_key(name) {
            self.types.insert(name.to_owned(), String::new());
            let mut text = String::new();
            self.complex_type(&mut text, 1, name, &format!(" name=\"{name}\""), schema);
            self.types.insert(name.to_owned(), text);
        }
    }

    fn complex_type(
        &mut self,
        out: &mut String,
        depth: usize,
        parent: &str,
        attributes: &str,
        schema: &Map<String, Value>,
    ) {
        let pad = "  ".repeat(depth);
        // The members of a row come as a call asks for them: in any order, and as often.
        let as_asked = schema.get("x-as-asked").is_some();
        let (group, occurs) = match as_asked {
            true => ("choice", " minOccurs=\"0\" maxOccurs=\"unbounded\""),
            false => ("sequence", ""),
        };
        let _ = writeln!(out, "{pad}<xsd:complexType{attributes}>\n{pad}  <xsd:{group}{occurs}>");
        let list = is_list(schema);
        if list {
            let items = schema.get("items").and_then(Value::as_object).cloned().unwrap_or_default();
            let name = resolve(self.defs, &items).1.unwrap_or_else(|| format!("{parent}_elt"));
            self.element(out, depth + 2, &name, &items, " minOccurs=\"0\" maxOccurs=\"unbounded\"");
        }
        let required: Vec<&str> =
            schema.get("required").and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str).collect();
        for (name, member) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
            let member = member.as_object().cloned().unwrap_or_default();
            let occurs = if as_asked || required.contains(&name.as_str()) { "" } else { " minOccurs=\"0\"" };
            self.element(out, depth + 2, name, &member, occurs);
        }
        let _ = writeln!(out, "{pad}  </xsd:{group}>");
        if list {
            let _ = writeln!(out, "{pad}  <xsd:attribute name=\"list\" type=\"xsd:boolean\"/>");
        }
        let _ = writeln!(out, "{pad}</xsd:complexType>");
    }
}

/// Follows a reference; the last definition passed on the way names the type, the first one the item.
pub(crate) fn resolve(defs: &Map<String, Value>, schema: &Map<String, Value>) -> (Map<String, Value>, Option<String>) {
    let (mut schema, mut name) = (schema.clone(), None);
    for _ in 0..8 {
        let reference = schema.get("$ref").and_then(Value::as_str).map(str::to_owned);
        let Some(def) = reference.as_deref().and_then(|r| r.strip_prefix("#/$defs/")) else { break };
        name.get_or_insert_with(|| def.to_owned());
        schema = defs.get(def).and_then(Value::as_object).cloned().unwrap_or_default();
    }
    (schema, name)
}

/// What a value is where it may be null instead.
pub(crate) fn either_or_null(schema: &Map<String, Value>) -> (&Map<String, Value>, bool) {
    let alternatives = schema.get("anyOf").and_then(Value::as_array).map(Vec::as_slice);
    match alternatives {
        Some([Value::Object(own), null]) if null.get("type").is_some_and(|kind| kind == "null") => (own, true),
        _ => (schema, false),
    }
}

/// A list, or one that may be null instead.
fn is_list(schema: &Map<String, Value>) -> bool {
    match schema.get("type") {
        Some(Value::String(kind)) => kind == "array",
        Some(Value::Array(kinds)) => kinds.iter().any(|kind| kind == "array"),
        _ => false,
    }
}

pub(crate) fn is_nullable(schema: &Map<String, Value>) -> bool {
    schema.get("type").and_then(Value::as_array).is_some_and(|types| types.iter().any(|t| t == "null"))
}

/// The type of what has no children.
fn simple_type(schema: &Map<String, Value>) -> Option<&'static str> {
    let kind = match schema.get("type")? {
        Value::String(kind) => kind.as_str(),
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).find(|kind| *kind != "null")?,
        _ => return None,
    };
    match kind {
        "integer" => Some("xsd:long"),
        "number" => Some("xsd:decimal"),
        "boolean" => Some("xsd:boolean"),
        "string" => Some("xsd:string"),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_schema_names_every_method_and_its_members_in_order() {
        let xsd = super::xsd();
        for handler in crate::METHODS {
            let root = format!("name=\"{}_response\"", handler.name.replace('.', "_"));
            assert!(xsd.contains(&root), "{root} in {xsd}");
        }
        for name in ["user", "location", "affiliation"] {
            assert_eq!(
                xsd.matches(&format!("<xsd:complexType name=\"{name}\">\n    <xsd:")).count(),
                1,
                "{name} in {xsd}"
            );
        }
        let media = "name=\"media\" minOccurs=\"0\" nillable=\"true\">\n        <xsd:complexType>\n          <xsd:sequence>\n            <xsd:element";
        assert!(xsd.contains(media), "a list that may be left out has its items: {xsd}");
        let at = |name: &str| xsd.find(&format!("name=\"{name}\"")).unwrap_or_else(|| panic!("{name} in {xsd}"));
        assert!(at("session_key") < at("uid") && at("uid") < at("expires"), "{xsd}");
        assert!(
            xsd.contains("<xsd:element name=\"batch_run_response_elt\" type=\"xsd:string\" minOccurs=\"0\""),
            "{xsd}"
        );
    }
}
