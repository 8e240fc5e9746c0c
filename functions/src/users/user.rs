//! One person in an answer: the fields in the order in which they were asked for, the uid first.

use super::fields::{FIELDS, Scene};
use reconnect_core::error::{Result, invalid};
use reconnect_core::people::Seen;
use reconnect_store::Id;
use reconnect_wire::{Row, UidList};
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Serialize, Serializer};
use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::Arc;

/// How many people one call may ask about. Clients sent up to a thousand at a time.
const MOST: usize = 1000;

/// A person: a row of the table `user`. Values are made when it is written, so that texts are copied once.
pub(crate) struct User {
    seen: Seen,
    scene: Arc<Scene>,
}

impl User {
    /// What a call sees of people.
    pub(crate) fn all(seen: Vec<Seen>, scene: Scene) -> Vec<User> {
        let scene = Arc::new(scene);
        seen.into_iter().map(|seen| User { seen, scene: Arc::clone(&scene) }).collect()
    }
}

impl Serialize for User {
    /// A name that was asked for twice stands twice.
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        Row { element: "user", columns: self.scene.columns(&self.seen) }.serialize(serializer)
    }
}

impl JsonSchema for User {
    fn schema_name() -> Cow<'static, str> {
        "user".into()
    }

    /// Every field; the mark says that the members come as a call asks for them.
    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let mut members = serde_json::Map::new();
        for field in FIELDS {
            let mut schema = field.shape.schema(generator);
            if !field.about.is_empty() {
                schema.insert("description".to_owned(), field.about.into());
            }
            members.insert(field.name.to_owned(), schema.into());
        }
        json_schema!({ "type": "object", "properties": members, "required": ["uid"], "x-as-asked": true })
    }
}

/// The people of a call, each once, in the order in which they were named first: somebody, and not too many.
pub(crate) fn people(uids: &UidList) -> Result<Vec<Id>> {
    let mut seen = HashSet::new();
    let ids: Vec<Id> = uids.0.iter().map(|uid| Id(*uid)).filter(|id| seen.insert(*id)).collect();
    match ids.len() {
        0 => Err(invalid("uids names nobody: send ids, as a JSON array or with commas between them")),
        1..=MOST => Ok(ids),
        many => Err(invalid(format!("uids names {many} people, and {MOST} are the most at once"))),
    }
}
