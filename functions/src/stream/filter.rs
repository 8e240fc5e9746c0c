//! `filter_key`: which part of a home view, or of a wall, is wanted.

use reconnect_core::error::invalid;
use reconnect_core::feed::Filter;
use reconnect_core::{Context, Result};
use reconnect_store::Id;

/// A filter as a call names it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FilterKey {
    /// The home view: `nf`, and what the site called it before and after.
    Home,
    /// What an application published: `app_ID`.
    Application(Id),
    /// The friends on a list: `fl_ID`.
    FriendList(Id),
    /// The friends in a network: `nid_ID`.
    Network(u64),
    /// On one wall: what its owner posted, or what others did.
    Wall(Filter),
}

impl FilterKey {
    /// Reads one; nothing is the home view.
    pub(crate) fn read(text: &str) -> Result<FilterKey> {
        let number = |digits: &str| digits.parse::<u64>().ok();
        let key = match text.split_once('_') {
            None => match text {
                "" | "nf" | "lf" | "h" => Some(FilterKey::Home),
                "owner" => Some(FilterKey::Wall(Filter::ByOwner)),
                "others" => Some(FilterKey::Wall(Filter::ByOthers)),
                _ => None,
            },
            Some(("app", id)) => number(id).map(|id| FilterKey::Application(Id(id))),
            Some(("fl", id)) => number(id).map(|id| FilterKey::FriendList(Id(id))),
            Some(("nid", id)) => number(id).map(FilterKey::Network),
            Some(_) => None,
        };
        key.ok_or_else(|| invalid("filter_key is none that stream.getFilters lists, nor owner or others"))
    }

    /// Whether it is about a viewer's own people, so that it means nothing without one.
    pub(crate) fn needs_viewer(self) -> bool {
        matches!(self, FilterKey::FriendList(_) | FilterKey::Network(_))
    }

    /// How it narrows what is found on each wall.
    pub(crate) fn narrows(self) -> Filter {
        match self {
            FilterKey::Application(app) => Filter::Application(app),
            FilterKey::Wall(filter) => filter,
            FilterKey::Home | FilterKey::FriendList(_) | FilterKey::Network(_) => Filter::All,
        }
    }

    /// The walls that a viewer's home view of it takes.
    pub(crate) async fn sources(self, cx: &Context, viewer: Id) -> Result<Vec<Id>> {
        match self {
            FilterKey::FriendList(list) => {
                let friends = cx.graph().friends_on_list(viewer, list).await?;
                friends.ok_or_else(|| invalid(format!("filter_key: {list} is no friend list of {viewer}")))
            }
            FilterKey::Network(nid) => cx.graph().friends_in_network(viewer, nid).await,
            _ => cx.graph().home_sources(viewer).await,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_as_get_filters_writes_them() {
        for (text, key) in [
            ("", FilterKey::Home),
            ("nf", FilterKey::Home),
            ("app_2001", FilterKey::Application(Id(2001))),
            ("fl_77", FilterKey::FriendList(Id(77))),
            ("nid_50431", FilterKey::Network(50431)),
            ("owner", FilterKey::Wall(Filter::ByOwner)),
            ("others", FilterKey::Wall(Filter::ByOthers)),
        ] {
            assert_eq!(FilterKey::read(text).unwrap(), key, "{text}");
        }
        for text in ["x", "app_", "app_x", "fl_-1", "cg_1_2", "nid_99999999999999999999999"] {
            assert!(FilterKey::read(text).is_err(), "{text}");
        }
    }
}
