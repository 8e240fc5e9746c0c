//! A person's authorisation of an application: given, widened, narrowed, withdrawn. Each is one write, and a withdrawal ends every
//! session, secret and token that came from it in that write: they carry the epoch of a grant that is gone.

use crate::error::{Error, Result};
use crate::graph::{Graph, TRIES, fresh_grant, grant_key, read_grant};
use crate::ids;
use crate::intent::{Intent, Work};
use crate::kinds;
use crate::model::{Grant, encode};
use crate::permission::Permissions;
use reconnect_store::batch::ExpectAssoc;
use reconnect_store::{Batch, CommitError, Found, Id, Key};

/// What an authorisation came to.
#[derive(Clone, Debug)]
pub struct Authorized {
    /// The grant as stored now.
    pub grant: Grant,
    /// Whether the person had not authorised the application before.
    pub fresh: bool,
}

impl Graph {
    /// Authorises an application with these permissions, on top of those it has. Repeatable.
    pub async fn authorize(&self, person: Id, app: Id, permissions: &Permissions) -> Result<Authorized> {
        for _ in 0..TRIES {
            let (stored, refused) = self.stored_grant_and_refusal(person, app).await?;
            let grant = match &stored {
                None => fresh_grant(permissions.clone(), self.now()),
                Some((grant, _)) if permissions.missing_from(&grant.permissions).is_empty() => {
                    return Ok(Authorized { grant: grant.clone(), fresh: false });
                }
                Some((grant, _)) => Grant { permissions: grant.permissions.union(permissions), ..grant.clone() },
            };
            let mut batch = Batch::new();
            match &stored {
                None => {
                    batch.link(person, kinds::GRANT, app, grant.since, encode(&grant)?);
                    batch.keep(app, kinds::APP_USER, person, grant.since, Vec::new())
                }
                Some((_, old)) => {
                    batch.replace_if(person, kinds::GRANT, app, grant.since, encode(&grant)?, old.clone())
                }
            };
            match refused {
                true => batch.unlink_or_fail(person, kinds::REFUSED, app),
                false => batch.check_link(person, kinds::REFUSED, app, ExpectAssoc::Absent),
            };
            match self.commit(batch).await {
                Ok(_) => return Ok(Authorized { grant, fresh: stored.is_none() }),
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    /// Takes one permission back. What was granted on its own stays when a superset goes. Taking back `offline_access` ends
    /// every session of the pair: the epoch is drawn anew in the same write. None when the application is not authorised.
    ///
    /// `in_hand` is the authorisation as the caller has just read it; if it is not that any more, it is read again.
    pub async fn revoke_permission(
        &self,
        person: Id,
        app: Id,
        permission: &str,
        in_hand: Option<&Grant>,
    ) -> Result<Option<()>> {
        let mut known = match in_hand {
            Some(grant) => Some((grant.clone(), encode(grant)?)),
            None => None,
        };
        for _ in 0..TRIES {
            let stored = match known.take() {
                Some(known) => Some(known),
                None => self.stored_grant(person, app).await?,
            };
            let Some((mut grant, data)) = stored else { return Ok(None) };
            if !grant.permissions.remove(permission) {
                return Ok(Some(()));
            }
            if permission == "offline_access" {
                grant.epoch = u64::from_le_bytes(ids::random_bytes());
            }
            let mut batch = Batch::new();
            batch.replace_if(person, kinds::GRANT, app, grant.since, encode(&grant)?, data);
            match self.commit(batch).await {
                Ok(_) => return Ok(Some(())),
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(contended())
    }

    /// Withdraws the authorisation. From this write on everything that came from it is dead; telling the application and sweeping
    /// what is left over is the returned intent's work. `block`: do not offer the application again. None when the
    /// application was not authorised.
    pub async fn withdraw(&self, person: Id, app: Id, block: bool) -> Result<Option<Intent>> {
        let now = self.now();
        let intent = Intent::new(now, Work::Withdrawn { person, app, at: now });
        let mut batch = Batch::new();
        batch.unlink_or_fail(person, kinds::GRANT, app).unlink(app, kinds::APP_USER, person);
        if block {
            batch.replace(person, kinds::REFUSED, app, now.secs(), Vec::new());
        }
        intent.push_new(&mut batch, now)?;
        match self.commit(batch).await {
            Ok(_) => Ok(Some(intent)),
            Err(CommitError::Conflict { write: 0, .. }) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn stored_grant(&self, person: Id, app: Id) -> Result<Option<(Grant, Vec<u8>)>> {
        Ok(self.stored_grant_and_refusal(person, app).await?.0)
    }

    /// The authorisation with its data, and whether the person does not want to be offered the application.
    async fn stored_grant_and_refusal(&self, person: Id, app: Id) -> Result<(Option<(Grant, Vec<u8>)>, bool)> {
        let refused = Key::Assoc { from: person, kind: kinds::REFUSED, to: app };
        let found = self.get(&[grant_key(person, app), refused]).await?;
        let [Found::Assoc(grant), Found::Assoc(refused)] = found.as_slice() else { return Ok((None, false)) };
        let grant = match grant {
            Some(assoc) => Some((read_grant(person, &assoc.data, assoc.time)?, assoc.data.clone())),
            None => None,
        };
        Ok((grant, refused.is_some()))
    }
}

fn contended() -> Error {
    Error::Commit(CommitError::Unavailable("the authorisation is being changed by others".to_owned()))
}
