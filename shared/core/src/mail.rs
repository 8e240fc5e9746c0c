//! Mail that applications send to people. Nothing leaves the house: it is put into the application's outbox, where the owner of the server finds
//! it. How much an application sends to one person in a day is counted, and may be bounded.

use crate::error::{Error, Result};
use crate::graph::{Graph, TRIES};
use crate::ids;
use crate::kinds;
use crate::model::{Application, decode, encode};
use reconnect_store::{Batch, CommitError, Conflict, Found, Id, Key, Range, Time};
use serde::{Deserialize, Serialize};

/// How long a mail may be, in bytes: subject, text and markup each.
pub const MAX_BYTES: usize = 64 * 1024;
/// How many people one mail goes to.
pub const MAX_RECIPIENTS: usize = 100;
/// How many mails of an outbox are listed.
pub const MAX_LISTED: usize = 1000;
const DAY: i64 = 86_400;

/// A mail.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Mail {
    /// Its id; stands in the record's key, not in its data.
    #[serde(skip)]
    pub id: Id,
    /// The application that sent it.
    pub app: Id,
    /// When, in seconds since 1970.
    pub time: i64,
    /// Whom it goes to.
    pub recipients: Vec<Id>,
    /// What it is about.
    pub subject: String,
    /// What it says, as plain text.
    pub text: String,
    /// The markup that the text was made from.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub fbml: Option<String>,
}

/// Which of an application's counters counts its mails to a person of one day.
fn sub(day: i64, person: Id) -> u64 {
    (day as u64) << Id::BITS | person.0
}

impl Graph {
    /// Sends a mail to those of its recipients whom the application may write to today still; answers who they are. The quota is taken first: a crash
    /// in between costs quota, and never sends twice.
    pub async fn send_mail(&self, app: &Application, mut mail: Mail) -> Result<Vec<Id>> {
        let now = self.now();
        mail.recipients = self.take_quota(app, &mail.recipients, now).await?;
        if mail.recipients.is_empty() {
            return Ok(Vec::new());
        }
        (mail.app, mail.time) = (app.id, now.secs());
        for _ in 0..TRIES {
            let id = ids::draw(now);
            let mut batch = Batch::new();
            batch.create(id, kinds::MAIL, encode(&mail)?);
            batch.link(app.id, kinds::OUTBOX, id, now.0, Vec::new());
            match self.commit(batch).await {
                Ok(_) => return Ok(mail.recipients),
                Err(CommitError::Conflict { .. }) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err(Error::Internal("five ids in a row were taken".to_owned()))
    }

    /// Counts one mail more to each of these people, in one commit; whoever has had all of today's is left out.
    async fn take_quota(&self, app: &Application, people: &[Id], now: Time) -> Result<Vec<Id>> {
        let day = now.secs().div_euclid(DAY);
        let (end, most) = (Time::from_secs((day + 2) * DAY), app.emails_per_day.map(i64::from));
        let keys: Vec<Key> = people
            .iter()
            .map(|person| Key::Counter { owner: app.id, kind: kinds::MAILS, sub: sub(day, *person) })
            .collect();
        let mut left = Vec::with_capacity(people.len());
        for (person, found) in people.iter().zip(if most.is_some() { self.get(&keys).await? } else { Vec::new() }) {
            let sent = if let Found::Counter(Some(sent)) = found { sent } else { 0 };
            left.extend(Some(*person).filter(|_| most.is_none_or(|most| sent < most)));
        }
        if most.is_none() {
            left = people.to_vec();
        }
        while !left.is_empty() {
            let mut batch = Batch::new();
            for person in &left {
                batch.add(app.id, kinds::MAILS, sub(day, *person), 1).expiring(end);
                if let Some(most) = most {
                    batch.ceiling(most);
                }
            }
            // A batch of one counter alone is not refused: it answers that nothing was changed.
            match self.commit(batch).await {
                Ok(done) => {
                    let changed = |outcome: &reconnect_store::Outcome| {
                        !matches!(outcome, reconnect_store::Outcome::Counter { changed: false, .. })
                    };
                    let kept = left.iter().zip(&done.outcomes).filter(|(_, outcome)| changed(outcome));
                    return Ok(kept.map(|(person, _)| *person).collect());
                }
                Err(CommitError::Conflict { write, conflict: Conflict::Bound(_) }) if write < left.len() => {
                    left.remove(write);
                }
                Err(error) => return Err(error.into()),
            }
        }
        Ok(left)
    }

    /// An application's mails, the last first. For the owner.
    pub async fn mails(&self, app: Id) -> Result<Vec<Mail>> {
        let page = self.range(&Range::newest(app, kinds::OUTBOX, MAX_LISTED)).await?;
        let keys: Vec<Key> = page.entries.iter().map(|entry| Key::Object(entry.to)).collect();
        let mut mails = Vec::with_capacity(keys.len());
        for found in self.get(&keys).await? {
            if let Found::Object(Some(object)) = found
                && object.is(kinds::MAIL)
            {
                mails.push(Mail { id: object.id, ..decode("mail", object.id, &object.data)? });
            }
        }
        Ok(mails)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use reconnect_store::ManualClock;
    use reconnect_store_sqlite::SqliteStore;
    use std::sync::Arc;

    const APP: Id = Id(20);

    fn mail(to: &[u64]) -> Mail {
        Mail { recipients: to.iter().map(|id| Id(*id)).collect(), subject: "S".to_owned(), ..Mail::default() }
    }

    #[tokio::test]
    async fn a_mail_is_in_the_outbox_and_a_days_quota_is_a_days() {
        let clock = Arc::new(ManualClock::new(Time::from_secs(1_234_567_890)));
        let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock.clone());
        let app = Application { id: APP, emails_per_day: Some(2), ..Application::default() };
        let ids = |ids: &[u64]| ids.iter().map(|id| Id(*id)).collect::<Vec<_>>();
        assert_eq!(graph.send_mail(&app, mail(&[11, 12])).await.unwrap(), ids(&[11, 12]));
        clock.advance(1000);
        assert_eq!(graph.send_mail(&app, mail(&[11])).await.unwrap(), ids(&[11]));
        clock.advance(1000);
        assert_eq!(graph.send_mail(&app, mail(&[11, 12, 13])).await.unwrap(), ids(&[12, 13]), "11 has had two");
        assert_eq!(graph.send_mail(&app, mail(&[11])).await.unwrap(), []);
        let sent: Vec<Vec<Id>> = graph.mails(APP).await.unwrap().into_iter().map(|one| one.recipients).collect();
        assert_eq!(sent, [ids(&[12, 13]), ids(&[11]), ids(&[11, 12])], "nothing is kept of what nobody gets");
        let other = Application { id: Id(21), emails_per_day: Some(2), ..Application::default() };
        assert_eq!(graph.send_mail(&other, mail(&[11])).await.unwrap(), ids(&[11]), "each application has its own");
        clock.advance(DAY * 1000);
        assert_eq!(graph.send_mail(&app, mail(&[11])).await.unwrap(), ids(&[11]));
        let none = Application { emails_per_day: Some(0), ..app.clone() };
        assert_eq!(graph.send_mail(&none, mail(&[14, 15])).await.unwrap(), []);
        let unbounded = Application { emails_per_day: None, ..app };
        for _ in 0..5 {
            assert_eq!(graph.send_mail(&unbounded, mail(&[11])).await.unwrap(), ids(&[11]));
        }
    }
}
