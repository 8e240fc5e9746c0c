//! What a field of a page is on the wire: the structs of the API's last schema, and the value that stands in a row.

use crate::answer::Location;
use crate::status::element::Status;
use schemars::{JsonSchema, Schema, SchemaGenerator};
use serde::Serialize;
use std::collections::BTreeMap;

macro_rules! parts {
    ($($(#[$doc:meta])* $name:ident $wire:literal $of:ty: $($member:ident)*;)*) => {$(
        $(#[$doc])*
        #[derive(Default, Serialize, JsonSchema)]
        #[serde(rename = $wire)]
        pub(crate) struct $name { $($member: Option<$of>,)* }

        impl $name {
            /// Of what stands on a page.
            pub(crate) fn of(set: &BTreeMap<String, $of>) -> $name {
                $name { $($member: set.get(stringify!($member)).copied(),)* }
            }
        }
    )*};
}

parts! {
    /// Where one can park.
    Parking "page_parking" bool: street lot valet;
    /// What a restaurant does for its guests.
    Services "page_restaurant_services" bool: reserve walkins groups kids takeout delivery catering waiter outdoor;
    /// What a restaurant serves.
    Specialties "page_restaurant_specialties" bool: breakfast lunch dinner coffee drinks;
    /// When it is open, twice a day at most. The old schema forgot wed_1_close.
    Hours "page_hours" i64:
        mon_1_open mon_1_close tue_1_open tue_1_close wed_1_open wed_1_close thu_1_open thu_1_close
        fri_1_open fri_1_close sat_1_open sat_1_close sun_1_open sun_1_close
        mon_2_open mon_2_close tue_2_open tue_2_close wed_2_open wed_2_close thu_2_open thu_2_close
        fri_2_open fri_2_close sat_2_open sat_2_close sun_2_open sun_2_close;
}

macro_rules! values {
    ($($name:ident: $type:ty,)*) => {
        /// The value of a field of one page.
        #[derive(Serialize)]
        #[serde(untagged)]
        pub(crate) enum Value {
            $(#[allow(missing_docs)] $name($type),)*
        }

        /// What values a field has.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub(crate) enum Shape {
            $($name,)*
        }

        impl Shape {
            /// Its schema.
            pub(crate) fn schema(self, generator: &mut SchemaGenerator) -> Schema {
                match self {
                    $(Shape::$name => generator.subschema_for::<$type>(),)*
                }
            }
        }
    };
}

values! {
    Text: String,
    Number: u64,
    Flag: bool,
    Location: Location,
    Status: Status,
    Hours: Box<Hours>,
    Parking: Parking,
    Services: Services,
    Specialties: Specialties,
}
