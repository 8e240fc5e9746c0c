//! The namespace `pages`: those of bands, shops and towns, which have fans. What `crate::pages` holds are the pages of this site.

pub(crate) mod block_fan;
mod fields;
pub(crate) mod get_info;
pub(crate) mod is_admin;
pub(crate) mod is_app_added;
pub(crate) mod is_fan;
#[cfg(test)]
mod tests;
mod value;

use reconnect_core::people::{Look, Seen};
use reconnect_core::privacy::{Relation, Rule, Sight};
use reconnect_core::{Context, Result, Signed};
use reconnect_store::Id;
use reconnect_wire::Code;

/// Whom a viewer asks about.
struct Subject {
    seen: Seen,
}

impl Subject {
    /// Somebody, as the session's person sees them; none where they are nobody, hidden from applications, or one of the two has blocked the
    /// other.
    async fn look(cx: &Context, person: Id) -> Result<Option<Subject>> {
        let viewer = cx.viewer()?;
        let rules: Vec<&'static Rule> = Rule::find(LIKES).into_iter().collect();
        let app = cx.app().id;
        let viewer = Some(viewer);
        let look = Look { viewer, app, rules: &rules, ..Look::default() };
        let seen = cx.graph().look_at(look, &[person]).await?.pop();
        Ok(seen.filter(|seen| seen.relation != Some(Relation::Blocked)).map(|seen| Subject { seen }))
    }

    /// Whether the viewer may know what pages they are a fan of: whoever may know how many are.
    fn shows_pages(&self, cx: &Context) -> bool {
        // Single fields need permissions since there are access tokens.
        let asks = cx.caller.grant.as_ref().filter(|_| cx.caller.signed == Signed::UserToken);
        let asks = asks.map(|grant| &grant.permissions);
        let sight = Sight { relation: self.seen.relation, asks, granted: None, by_app: cx.caller.is_server() };
        Rule::find(LIKES).is_some_and(|rule| sight.sees(rule, &self.seen.person.privacy))
    }
}

/// The field whose audience is that of the pages which somebody is a fan of.
const LIKES: &str = "likes_count";

/// Error 210 for whoever is not to be seen.
fn not_visible(uid: Id) -> reconnect_core::Error {
    Code::PermissionUser.because(format!("uid {uid}")).into()
}
