//! For whom a method writes: the session's person, a person whom the application's own server names, or a page that the application may act
//! for; and whether they let it.

use crate::context::{Context, nobody_named};
use crate::error::Result;
use crate::graph::{grant_key, read_grant};
use crate::kinds;
use reconnect_store::{Found, Id, Key};
use reconnect_wire::Code;

impl Context {
    /// The person or page that a call acts for, who must have granted `permission`, else error `refused`.
    ///
    /// `uid` names them, else it is the session's person. A desktop application's `uid` is ignored in a session, and without one it acts for
    /// nobody. A page is acted for by a
    /// session of whoever administers it, with that person's permission, or by the server of an application that was added to it.
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
        let app = self.app().id;
        let mut keys = vec![Key::Object(named), grant_key(named, app)];
        keys.push(Key::Assoc { from: named, kind: kinds::PAGE_APP, to: app });
        keys.extend(viewer.map(|from| Key::Assoc { from, kind: kinds::ADMIN_OF, to: named }));
        let found = self.graph().get(&keys).await?;
        let there = |at: usize| matches!(found.get(at), Some(Found::Assoc(Some(_))));
        if matches!(found.first(), Some(Found::Object(Some(object))) if object.is(kinds::PAGE)) {
            let by_admin = there(3) && self.caller.grant.as_ref().is_some_and(|one| one.permissions.allow(permission));
            let by_app = self.caller.knows_app_secret() && there(2);
            let why =
                format!("the page {named} is neither administered by the session's user nor has it the application");
            return if by_admin || by_app { Ok(named) } else { Err(refused.because(why).into()) };
        }
        let Some(person) = self.subject(Some(named.0))? else { return Err(nobody_named()) };
        match found.get(1) {
            Some(Found::Assoc(Some(grant)))
                if read_grant(person, &grant.data, grant.time)?.permissions.allow(permission) =>
            {
                Ok(person)
            }
            _ => Err(told().into()),
        }
    }
}
