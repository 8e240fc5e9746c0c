//! For whom a method writes: the session's person, a person whom the application's own server names, or a page that the application may act
//! for; and whether they let it.

use crate::context::{Context, nobody_named};
use crate::error::Result;
use crate::graph::{grant_key, read_grant};
use crate::kinds;
use reconnect_store::{Found, Id, Key};
use reconnect_wire::Code;

/// What somebody lets an application do in their name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Leave {
    /// A page: whether the call may act for it.
    OfPage(bool),
    /// Anybody else: whether they granted the permission.
    OfPerson(bool),
}

impl Context {
    /// The person or page that a call acts for, who must have granted `permission`, else error `refused`.
    ///
    /// `uid` names them, else it is the session's person. A desktop application's `uid` is ignored in a session, and without one it acts for
    /// nobody. A page is acted for by a session of whoever administers it, with that person's permission, or by the server of an application
    /// that was added to it.
    pub async fn acting(&self, uid: Option<u64>, permission: &str, refused: Code) -> Result<Id> {
        let viewer = self.caller.viewer();
        let named = uid.map(Id).filter(|uid| Some(*uid) != viewer && !(self.caller.app.desktop && viewer.is_some()));
        let told = || refused.because(format!("{permission} is not granted"));
        let Some(named) = named else {
            let viewer = viewer.ok_or_else(|| Code::ParamSessionKey.because("there is neither a session nor a uid"))?;
            let granted = self.caller.grant.as_ref().is_some_and(|grant| grant.permissions.allow(permission));
            return if granted { Ok(viewer) } else { Err(told().into()) };
        };
        // Its secret is in the hands of everybody who has the program: without a session it is nobody's word.
        if self.app().desktop {
            let why = "a desktop application acts for its session's user only; call it with a session_key";
            return Err(Code::Permission.because(why).into());
        }
        let given = match self.leave_of(named, permission).await? {
            Leave::OfPage(true) => return Ok(named),
            Leave::OfPage(false) => {
                let why = format!(
                    "the page {named} is neither administered by the session's user nor has it the application"
                );
                return Err(refused.because(why).into());
            }
            Leave::OfPerson(given) => given,
        };
        let person = self.subject(Some(named.0))?.ok_or_else(nobody_named)?;
        if given { Ok(person) } else { Err(told().into()) }
    }

    /// What somebody whom a call names lets it do: one wave. It says nothing of whether the call may name them.
    pub async fn leave_of(&self, named: Id, permission: &str) -> Result<Leave> {
        let app = self.app().id;
        let mut keys = vec![Key::Object(named), grant_key(named, app)];
        keys.push(Key::Assoc { from: named, kind: kinds::PAGE_APP, to: app });
        keys.extend(self.caller.viewer().map(|from| Key::Assoc { from, kind: kinds::ADMIN_OF, to: named }));
        let found = self.graph().get(&keys).await?;
        let there = |at: usize| matches!(found.get(at), Some(Found::Assoc(Some(_))));
        if matches!(found.first(), Some(Found::Object(Some(object))) if object.is(kinds::PAGE)) {
            let by_admin = there(3) && self.caller.grant.as_ref().is_some_and(|one| one.permissions.allow(permission));
            let by_app = self.caller.is_server() && there(2);
            return Ok(Leave::OfPage(by_admin || by_app));
        }
        let given = match found.get(1) {
            Some(Found::Assoc(Some(grant))) => {
                read_grant(named, &grant.data, grant.time)?.permissions.allow(permission)
            }
            _ => false,
        };
        Ok(Leave::OfPerson(given))
    }
}
