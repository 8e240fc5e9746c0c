//! The fields of a page: their names, what values they have, where each comes from.

use super::value::{Hours, Parking, Services, Shape, Specialties, Value};
use crate::answer::Location;
use crate::status::element::Status;
use reconnect_core::error::{Result, invalid};
use reconnect_core::page::{Page, TEXTS};
use reconnect_store::Id;
use reconnect_wire::{Code, Row};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use std::borrow::Cow;

/// So many fields are taken at once: more than there are, since a name may be repeated.
const MOST: usize = 200;

/// A page, and what was read beside it.
pub(crate) struct View<'a> {
    pub(crate) page: &'a Page,
    /// The address of this site.
    pub(crate) site: &'a str,
    /// Whether the page has added the calling application.
    pub(crate) has_app: bool,
    /// How many fans it has, if that was asked for.
    pub(crate) fans: u64,
    /// Its status, if that was asked for.
    pub(crate) status: Status,
}

/// A field that is more than a text on the page.
struct Field {
    name: &'static str,
    shape: Shape,
    value: fn(&View<'_>) -> Value,
    /// What it is, for the reference. Empty where its name or its struct says so.
    about: &'static str,
}

macro_rules! fields {
    ($($(#[doc = $about:literal])? $name:ident: $shape:ident, $value:expr;)*) => {
        static FIELDS: &[Field] = &[$(Field {
            name: stringify!($name),
            shape: Shape::$shape,
            value: $value,
            about: concat!("" $(, $about)?).trim_ascii(),
        },)*];
    };
}

fields! {
    /// The page's id.
    page_id: Number, |v| Value::Number(v.page.id.0);
    name: Text, |v| Value::Text(v.page.name.clone());
    /// The vanity name, in addresses.
    username: Text, |v| Value::Text(v.page.username.clone().unwrap_or_default());
    /// Address of a small picture, 50 by 50 pixels.
    pic_small: Text, |v| v.picture("small");
    /// The same, 200 by 200.
    pic_big: Text, |v| v.picture("large");
    /// The same as `pic_small`.
    pic_square: Text, |v| v.picture("square");
    /// The same, 100 by 100.
    pic: Text, |v| v.picture("normal");
    /// The same as `pic_big`.
    pic_large: Text, |v| v.picture("large");
    /// Address of the page.
    page_url: Text, |v| Value::Text(v.address());
    status: Status, |v| Value::Status(v.status.clone());
    /// What kind of page it is: `Musician`.
    r#type: Text, |v| Value::Text(v.page.kind.clone());
    /// Whether the page has added the application.
    has_added_app: Flag, |v| Value::Flag(v.has_app);
    location: Location, |v| Value::Location(Location::of(v.page.location.as_ref()));
    parking: Parking, |v| Value::Parking(Parking::of(&v.page.parking));
    hours: Hours, |v| Value::Hours(Box::new(Hours::of(&v.page.hours)));
    restaurant_services: Services, |v| Value::Services(Services::of(&v.page.restaurant_services));
    restaurant_specialties: Specialties, |v| Value::Specialties(Specialties::of(&v.page.restaurant_specialties));
    fan_count: Number, |v| Value::Number(v.fans);
}

impl View<'_> {
    /// The address of its picture.
    fn picture(&self, kind: &str) -> Value {
        Value::Text(format!("{}/{}/picture?type={kind}", self.site, self.page.id))
    }

    /// Its own address: by its username where it has one, else by name and id.
    fn address(&self) -> String {
        if let Some(name) = &self.page.username {
            return format!("{}/{name}", self.site);
        }
        let words = self.page.name.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
        let name: String = words.collect::<Vec<_>>().join("-");
        let name: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        format!("{}/pages/{}/{}", self.site, if name.is_empty() { "page" } else { &name }, self.page.id)
    }
}

/// A field that is asked for.
#[derive(Clone, Copy)]
pub(crate) enum Asked {
    /// A text on the page.
    Text(&'static str),
    /// Any other.
    Other(&'static str, fn(&View<'_>) -> Value),
}

impl Asked {
    /// The fields of a call, without the page's id, which comes first in any case. The list is JSON or has commas; what is neither is error
    /// 115. Every unknown name fails the call, as it failed the query that the method was.
    pub(crate) fn read(list: &str) -> Result<Vec<Asked>> {
        let names = names(list)
            .ok_or_else(|| Code::ParamFieldList.because("send names, as a JSON array or with commas between them"))?;
        if names.is_empty() {
            return Err(invalid("fields is empty: name at least one, such as name"));
        }
        if names.len() > MOST {
            return Err(invalid(format!("fields names {} fields, and {MOST} are the most", names.len())));
        }
        let mut asked = Vec::with_capacity(names.len());
        for name in names.iter().filter(|name| *name != "page_id") {
            asked.push(Asked::one(name).ok_or_else(|| invalid(format!("fields: there is no field '{name}'")))?);
        }
        Ok(asked)
    }

    fn one(name: &str) -> Option<Asked> {
        if let Some(text) = TEXTS.iter().find(|text| **text == name) {
            return Some(Asked::Text(text));
        }
        let field = FIELDS.iter().find(|field| wire_name(field) == name)?;
        Some(Asked::Other(wire_name(field), field.value))
    }

    /// As on the wire.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Asked::Text(name) | Asked::Other(name, _) => name,
        }
    }

    fn value(self, view: &View<'_>) -> Value {
        match self {
            Asked::Text(name) => Value::Text(view.page.texts.get(name).cloned().unwrap_or_default()),
            Asked::Other(_, value) => value(view),
        }
    }
}

fn wire_name(field: &Field) -> &'static str {
    field.name.trim_start_matches("r#")
}

fn names(list: &str) -> Option<Vec<String>> {
    let list = list.trim();
    let names: Vec<String> = match list.chars().next() {
        Some('[') => serde_json::from_str(list).ok()?,
        Some('{' | '"') => return None,
        _ => list.split(',').map(str::to_owned).collect(),
    };
    Some(names.iter().map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect())
}

/// A page in an answer: a row of the table `page`, its id first.
pub(crate) struct PageRow(Row<Value>);

impl PageRow {
    /// What a call sees of one. A name that was asked for twice stands twice.
    pub(crate) fn seen(view: &View<'_>, asked: &[Asked]) -> PageRow {
        let Id(id) = view.page.id;
        let asked = asked.iter().map(|one| (one.name(), one.value(view)));
        PageRow(Row {
            element: "page",
            columns: std::iter::once(("page_id", Value::Number(id))).chain(asked).collect(),
        })
    }
}

impl Serialize for PageRow {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.0.serialize(serializer)
    }
}

impl JsonSchema for PageRow {
    fn schema_name() -> Cow<'static, str> {
        "page".into()
    }

    /// Every field; the mark says that the members come as a call asks for them.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let texts = TEXTS.iter().map(|name| ((*name).to_owned(), json_schema!({ "type": "string" }).into()));
        let others = FIELDS.iter().map(|field| {
            let mut schema = field.shape.schema(generator);
            if !field.about.is_empty() {
                schema.insert("description".to_owned(), field.about.into());
            }
            (wire_name(field).to_owned(), schema.into())
        });
        let members: serde_json::Map<String, serde_json::Value> = texts.chain(others).collect();
        json_schema!({ "type": "object", "properties": members, "required": ["page_id"], "x-as-asked": true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reconnect_core::page::{PARKING, SERVICES, SPECIALTIES};

    #[test]
    fn what_is_a_list_of_fields_is_read() {
        let read = |list: &str| {
            let asked = Asked::read(list).map_err(|error| error.on_the_wire().code.number())?;
            Ok::<_, u16>(asked.into_iter().map(Asked::name).collect::<Vec<_>>())
        };
        assert_eq!(read("name, type ,page_id,"), Ok(vec!["name", "type"]));
        assert_eq!(read(" [\"bio\",\"bio\"]"), Ok(vec!["bio", "bio"]));
        assert_eq!(read("page_id"), Ok(Vec::new()));
        for (wrong, code) in [
            ("{\"name\":1}", 115),
            ("[\"name\"", 115),
            ("[1]", 115),
            ("\"name\"", 115),
            (",", 100),
            ("[]", 100),
            ("name,nam", 100),
            ("NAME", 100),
            (&"name,".repeat(MOST + 1), 100),
        ] {
            assert_eq!(read(wrong), Err(code), "{wrong:.30}");
        }
    }

    #[test]
    fn no_field_stands_twice_and_the_structs_have_the_members_that_a_page_may_have() {
        let mut all: Vec<&str> = FIELDS.iter().map(wire_name).chain(TEXTS.iter().copied()).collect();
        let count = all.len();
        all.sort_unstable();
        all.dedup();
        assert_eq!(all.len(), count);
        let members = |schema: Schema| -> Vec<String> {
            schema.get("properties").and_then(|all| all.as_object()).unwrap().keys().cloned().collect()
        };
        let sorted = |names: &[&str]| {
            let mut names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
            names.sort_unstable();
            names
        };
        let told = |schema: Schema| {
            let mut names = members(schema);
            names.sort_unstable();
            names
        };
        assert_eq!(told(schemars::schema_for!(Parking)), sorted(PARKING));
        assert_eq!(told(schemars::schema_for!(Services)), sorted(SERVICES));
        assert_eq!(told(schemars::schema_for!(Specialties)), sorted(SPECIALTIES));
        assert_eq!(members(schemars::schema_for!(Hours)).len(), 28);
    }

    #[test]
    fn an_address_says_name_and_id_or_the_username() {
        let of = |name: &str, username: Option<&str>| {
            let page =
                Page { id: Id(7), name: name.to_owned(), username: username.map(str::to_owned), ..Page::default() };
            let view = View { page: &page, site: "http://s", has_app: false, fans: 0, status: Status::default() };
            view.address()
        };
        assert_eq!(of("Pond Quartet & Co.", None), "http://s/pages/Pond-Quartet-Co/7");
        assert_eq!(of("Ünï", None), "http://s/pages/%C3%9Cn%C3%AF/7");
        assert_eq!(of("?!", None), "http://s/pages/page/7");
        assert_eq!(of("Pond", Some("pond")), "http://s/pond");
    }
}
