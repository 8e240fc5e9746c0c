//! JSON schemas of this crate's types, for the methods' declarations that derive theirs.

use std::borrow::Cow;
use std::collections::BTreeMap;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::{Hidden, KeyedMap, Row, UidList, Visible};

/// Gives a type the schema of another one or of a JSON text, in place.
macro_rules! schema {
    ([$($parameter:ident)?] $type:ty, $name:expr, $generator:ident => $schema:expr) => {
        impl$(<$parameter: JsonSchema>)? JsonSchema for $type {
            fn inline_schema() -> bool {
                true
            }

            fn schema_name() -> Cow<'static, str> {
                $name.into()
            }

            fn json_schema($generator: &mut SchemaGenerator) -> Schema {
                $schema
            }
        }
    };
}

schema!([] UidList, "UidList", generator => Vec::<u64>::json_schema(generator));
schema!([] Hidden, "Hidden", _generator => json_schema!({ "type": "null" }));
schema!([T] Visible<T>, format!("Visible_{}", T::schema_name()), generator => Option::<T>::json_schema(generator));
schema!([V] KeyedMap<V>, format!("KeyedMap_{}", V::schema_name()), generator => BTreeMap::<String, V>::json_schema(generator));
schema!([V] Row<V>, format!("Row_{}", V::schema_name()), generator => BTreeMap::<String, V>::json_schema(generator));

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemas_are_those_of_the_json_form() {
        fn schema<T: JsonSchema>() -> serde_json::Value {
            let mut schema = schemars::schema_for!(T).to_value();
            if let Some(members) = schema.as_object_mut() {
                members.retain(|name, _| name != "$schema" && name != "title");
            }
            schema
        }
        assert_eq!(schema::<UidList>(), schema::<Vec<u64>>());
        assert_eq!(schema::<Visible<String>>(), schema::<Option<String>>());
        assert_eq!(schema::<KeyedMap<u64>>(), schema::<BTreeMap<String, u64>>());
        assert_eq!(schema::<Row<bool>>(), schema::<BTreeMap<String, bool>>());
        assert_eq!(schema::<Hidden>(), serde_json::json!({ "type": "null" }));
    }
}
