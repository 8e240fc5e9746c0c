//! Whom a thing is shown to, as answers show it and as arguments say it: the privacy object of the last published schema.

use reconnect_core::Result;
use reconnect_core::disclosure::{Disclosure, Friends, Value};
use reconnect_wire::UidList;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Whom a thing is shown to.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "privacy")]
pub(crate) struct Privacy {
    /// In words.
    description: String,
    /// The choice.
    #[schemars(with = "String")]
    value: Value,
    /// The detail of a custom choice; `NO_FRIENDS` of the others.
    #[schemars(with = "String")]
    friends: Friends,
    /// Networks whose people see it; 1 stands for all of the owner's.
    networks: Vec<NetworksElt>,
    /// People and friend lists that see it.
    allow: Vec<AllowElt>,
    /// People and friend lists that do not.
    deny: Vec<DenyElt>,
}

macro_rules! elements {
    ($($(#[$doc:meta])* $name:ident $wire:literal;)*) => {$(
        $(#[$doc])*
        #[derive(Serialize, JsonSchema)]
        #[serde(rename = $wire)]
        pub(crate) struct $name(String);

        impl $name {
            fn all(ids: &[u64]) -> Vec<$name> {
                ids.iter().map(|id| $name(id.to_string())).collect()
            }
        }
    )*};
}
elements! {
    /// A network that sees it.
    NetworksElt "networks_elt";
    /// A person or friend list that sees it.
    AllowElt "allow_elt";
    /// A person or friend list that does not.
    DenyElt "deny_elt";
}

impl Privacy {
    /// As answers show it. `description` names those whom a custom choice means, where they are known.
    pub(crate) fn of(one: &Disclosure, description: Option<String>) -> Privacy {
        Privacy {
            description: description.unwrap_or_else(|| in_words(one.value).to_owned()),
            value: one.value,
            friends: one.friends.unwrap_or(Friends::NoFriends),
            networks: NetworksElt::all(&one.networks),
            allow: AllowElt::all(&one.allow),
            deny: DenyElt::all(&one.deny),
        }
    }
}

impl Privacy {
    /// As it is told to somebody else than whoever set it: the choice, and none of those whom it names.
    pub(crate) fn to_others(one: &Disclosure) -> Privacy {
        let Disclosure { value, friends, .. } = *one;
        Privacy::of(&Disclosure { value, friends, ..Disclosure::default() }, None)
    }
}

fn in_words(value: Value) -> &'static str {
    match value {
        Value::Everyone => "Everyone",
        Value::Custom => "Custom",
        Value::AllFriends => "Friends Only",
        Value::NetworksFriends => "Friends and Networks",
        Value::FriendsOfFriends => "Friends of Friends",
        Value::Myself => "Only Me",
    }
}

/// Whom a thing is to be shown to, as a call says it. Ids come as lists or with commas between them.
#[derive(Deserialize, JsonSchema)]
#[serde(rename = "given_privacy")]
pub(crate) struct Given {
    /// `EVERYONE`, `CUSTOM`, `ALL_FRIENDS`, `NETWORKS_FRIENDS`, `FRIENDS_OF_FRIENDS` or `SELF`.
    #[schemars(with = "String")]
    value: Value,
    /// The detail of `CUSTOM`.
    #[schemars(with = "Option<String>")]
    friends: Option<Friends>,
    /// Networks whose people see it; 1 stands for all of the owner's.
    #[serde(default)]
    #[schemars(with = "Vec<u64>")]
    networks: UidList,
    /// People and friend lists that see it.
    #[serde(default)]
    #[schemars(with = "Vec<u64>")]
    allow: UidList,
    /// People and friend lists that do not.
    #[serde(default)]
    #[schemars(with = "Vec<u64>")]
    deny: UidList,
}

impl Given {
    /// Made consistent, or error 100.
    pub(crate) fn read(self) -> Result<Disclosure> {
        let Given { value, friends, networks, allow, deny } = self;
        Disclosure { value, friends, networks: networks.0, allow: allow.0, deny: deny.0 }.checked()
    }
}
