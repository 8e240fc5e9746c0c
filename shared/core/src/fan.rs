//! Who and what belongs to a page: its fans, whoever may not be one, its administrators, the applications that were added to it.
//!
//! A page may have very many fans, so that nothing ever lists them: that somebody is a fan is read on the person's side, and their number is a
//! count in shards. Both sides of everything are written in one commit.

use crate::error::{Result, invalid};
use crate::graph::Graph;
use crate::kinds;
use crate::model::encode;
use crate::page::{Page, page_in};
use crate::people::person_in;
use reconnect_store::batch::ExpectAssoc;
use reconnect_store::{Batch, CommitError, Found, Id, Key, Outcome, Range, limits};
use serde::{Deserialize, Serialize};

/// How many pages of a person are read: as many as one read of a list takes.
pub const MAX_PAGES: usize = limits::MAX_RANGE;

/// What a fan's own side says of the page.
#[derive(Serialize, Deserialize)]
struct FanOf {
    #[serde(rename = "type", default)]
    kind: String,
}

/// Where it stands that somebody is a fan.
pub fn fan_key(person: Id, page: Id) -> Key {
    Key::Assoc { from: person, kind: kinds::FAN_OF, to: page }
}

/// Where it stands that somebody administers a page.
pub fn admin_key(person: Id, page: Id) -> Key {
    Key::Assoc { from: person, kind: kinds::ADMIN_OF, to: page }
}

/// Where it stands that an application was added to a page.
pub fn page_app_key(page: Id, app: Id) -> Key {
    Key::Assoc { from: page, kind: kinds::PAGE_APP, to: app }
}

/// Where the number of a page's fans stands.
pub fn fan_count_key(page: Id) -> Key {
    Key::Count { from: page, kind: kinds::FAN }
}

impl Graph {
    /// A page and a person, who must both be there.
    async fn page_and_person(&self, page: Id, person: Id) -> Result<Page> {
        let found = self.get(&[Key::Object(page), Key::Object(person)]).await?;
        let there = found.first().map(page_in).transpose()?.flatten();
        let there = there.ok_or_else(|| invalid(format!("no page has the id {page}")))?;
        match found.last().map(person_in).transpose()?.flatten() {
            Some(_) => Ok(there),
            None => Err(invalid(format!("no person has the id {person}"))),
        }
    }

    /// Makes somebody a fan of a page. False when they were already. Whom the page has blocked cannot become one.
    pub async fn become_fan(&self, person: Id, page: Id) -> Result<bool> {
        let there = self.page_and_person(page, person).await?;
        let (mut batch, now) = (Batch::new(), self.now().secs());
        batch.check_link(page, kinds::BLOCKED, person, ExpectAssoc::Absent);
        batch.keep(page, kinds::FAN, person, now, Vec::new());
        batch.keep(person, kinds::FAN_OF, page, now, encode(&FanOf { kind: there.kind })?);
        match self.commit(batch).await {
            Ok(done) => Ok(done.outcomes.contains(&Outcome::Created)),
            Err(CommitError::Conflict { write: 0, .. }) => {
                Err(invalid(format!("the page {page} has blocked the person {person}")))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Lets somebody be a fan no more. False when they were none.
    pub async fn stop_being_fan(&self, person: Id, page: Id) -> Result<bool> {
        let mut batch = Batch::new();
        batch.unlink(page, kinds::FAN, person).unlink(person, kinds::FAN_OF, page);
        Ok(self.commit(batch).await?.outcomes.contains(&Outcome::Deleted))
    }

    /// Takes somebody from a page's fans, and lets them become none again. False when they were blocked already.
    pub async fn block_fan(&self, page: Id, person: Id) -> Result<bool> {
        let mut batch = Batch::new();
        batch.keep(page, kinds::BLOCKED, person, self.now().secs(), Vec::new());
        batch.unlink(page, kinds::FAN, person).unlink(person, kinds::FAN_OF, page);
        Ok(self.commit(batch).await?.outcomes.first() == Some(&Outcome::Created))
    }

    /// Lets somebody whom a page had blocked become a fan again. False when they were not blocked.
    pub async fn unblock_fan(&self, page: Id, person: Id) -> Result<bool> {
        let mut batch = Batch::new();
        batch.unlink(page, kinds::BLOCKED, person);
        Ok(self.commit(batch).await?.outcomes.contains(&Outcome::Deleted))
    }

    /// How many fans a page has.
    pub async fn fan_count(&self, page: Id) -> Result<u64> {
        match self.get(&[fan_count_key(page)]).await?.first() {
            Some(Found::Count(count)) => Ok(*count),
            _ => Ok(0),
        }
    }

    /// The pages that somebody is a fan of, the last first.
    pub async fn fan_of(&self, person: Id) -> Result<Vec<Id>> {
        let page = self.range(&Range::newest(person, kinds::FAN_OF, MAX_PAGES)).await?;
        Ok(page.entries.into_iter().map(|entry| entry.to).collect())
    }

    /// Lets somebody administer a page. False when they did already.
    pub async fn add_page_admin(&self, page: Id, person: Id) -> Result<bool> {
        self.page_and_person(page, person).await?;
        let (mut batch, now) = (Batch::new(), self.now().secs());
        batch.keep(page, kinds::ADMIN, person, now, Vec::new());
        batch.keep(person, kinds::ADMIN_OF, page, now, Vec::new());
        Ok(self.commit(batch).await?.outcomes.contains(&Outcome::Created))
    }

    /// Lets somebody administer a page no more. False when they did not.
    pub async fn remove_page_admin(&self, page: Id, person: Id) -> Result<bool> {
        let mut batch = Batch::new();
        batch.unlink(page, kinds::ADMIN, person).unlink(person, kinds::ADMIN_OF, page);
        Ok(self.commit(batch).await?.outcomes.contains(&Outcome::Deleted))
    }

    /// Adds an application to a page. False when it was there already.
    pub async fn add_page_app(&self, page: Id, app: Id) -> Result<bool> {
        let found = self.get(&[Key::Object(page), Key::Object(app)]).await?;
        for (found, (kind, id)) in found.iter().zip([(kinds::PAGE, page), (kinds::APPLICATION, app)]) {
            if !matches!(found, Found::Object(Some(object)) if object.is(kind)) {
                return Err(invalid(format!("no {} has the id {id}", kind.name)));
            }
        }
        let mut batch = Batch::new();
        batch.keep(page, kinds::PAGE_APP, app, self.now().secs(), Vec::new());
        Ok(self.commit(batch).await?.outcomes.contains(&Outcome::Created))
    }

    /// Takes an application from a page. False when it was not there.
    pub async fn remove_page_app(&self, page: Id, app: Id) -> Result<bool> {
        let mut batch = Batch::new();
        batch.unlink(page, kinds::PAGE_APP, app);
        Ok(self.commit(batch).await?.outcomes.contains(&Outcome::Deleted))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{Application, Person};
    use reconnect_store::{ManualClock, Time};
    use reconnect_store_sqlite::SqliteStore;
    use std::sync::Arc;

    const ANN: Id = Id(11);
    const BOB: Id = Id(12);
    const POND: Id = Id(70);
    const APP: Id = Id(80);

    async fn graph() -> (Graph, Arc<ManualClock>) {
        let clock = Arc::new(ManualClock::new(Time::from_secs(1_234_567_890)));
        let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock.clone());
        for id in [ANN, BOB] {
            let email = format!("{id}@example.com");
            let person = Person { id, first_name: id.to_string(), email, ..Person::default() };
            graph.create_person(person, None).await.unwrap();
        }
        for (id, kind) in [(POND, "Musician"), (Id(71), "Restaurant")] {
            let page = Page { id, name: id.to_string(), kind: kind.to_owned(), ..Page::default() };
            graph.create_page(page).await.unwrap();
        }
        graph
            .create_application(Application { id: APP, name: "A".to_owned(), ..Application::default() })
            .await
            .unwrap();
        (graph, clock)
    }

    async fn is_there(graph: &Graph, key: Key) -> bool {
        matches!(graph.get(&[key]).await.unwrap()[0], Found::Assoc(Some(_)))
    }

    #[tokio::test]
    async fn fans_come_and_go_and_are_counted() {
        let (graph, clock) = graph().await;
        assert!(graph.become_fan(ANN, POND).await.unwrap());
        assert!(!graph.become_fan(ANN, POND).await.unwrap(), "the second time changes nothing");
        assert!(graph.become_fan(BOB, POND).await.unwrap());
        clock.advance(1000);
        assert!(graph.become_fan(ANN, Id(71)).await.unwrap());
        assert_eq!((graph.fan_count(POND).await.unwrap(), graph.fan_count(Id(71)).await.unwrap()), (2, 1));
        assert_eq!(graph.fan_of(ANN).await.unwrap(), [Id(71), POND]);
        assert!(graph.stop_being_fan(ANN, POND).await.unwrap() && !graph.stop_being_fan(ANN, POND).await.unwrap());
        assert_eq!((graph.fan_count(POND).await.unwrap(), graph.fan_of(ANN).await.unwrap()), (1, vec![Id(71)]));
        assert!(graph.become_fan(ANN, Id(72)).await.is_err() && graph.become_fan(Id(13), POND).await.is_err());
        assert!(graph.become_fan(ANN, BOB).await.is_err(), "a person is no page");
    }

    #[tokio::test]
    async fn whom_a_page_has_blocked_is_no_fan_and_becomes_none() {
        let (graph, _) = graph().await;
        graph.become_fan(ANN, POND).await.unwrap();
        assert!(graph.block_fan(POND, ANN).await.unwrap() && !graph.block_fan(POND, ANN).await.unwrap());
        assert_eq!(graph.fan_count(POND).await.unwrap(), 0);
        assert!(!is_there(&graph, fan_key(ANN, POND)).await);
        let refused = graph.become_fan(ANN, POND).await.unwrap_err();
        assert!(refused.to_string().contains("has blocked"), "{refused}");
        assert!(graph.unblock_fan(POND, ANN).await.unwrap() && !graph.unblock_fan(POND, ANN).await.unwrap());
        assert!(graph.become_fan(ANN, POND).await.unwrap());
    }

    #[tokio::test]
    async fn the_fans_of_all_shards_are_counted() {
        let (graph, _) = graph().await;
        for id in 1000..1100 {
            let email = format!("{id}@example.com");
            let person = Person { id: Id(id), first_name: id.to_string(), email, ..Person::default() };
            graph.create_person(person, None).await.unwrap();
            graph.become_fan(Id(id), POND).await.unwrap();
        }
        assert_eq!(graph.fan_count(POND).await.unwrap(), 100);
    }

    #[tokio::test]
    async fn administrators_and_applications_come_and_go() {
        let (graph, _) = graph().await;
        assert!(graph.add_page_admin(POND, BOB).await.unwrap() && !graph.add_page_admin(POND, BOB).await.unwrap());
        assert!(is_there(&graph, admin_key(BOB, POND)).await && !is_there(&graph, admin_key(ANN, POND)).await);
        assert!(
            graph.remove_page_admin(POND, BOB).await.unwrap() && !graph.remove_page_admin(POND, BOB).await.unwrap()
        );
        assert!(graph.add_page_app(POND, APP).await.unwrap() && !graph.add_page_app(POND, APP).await.unwrap());
        assert!(is_there(&graph, page_app_key(POND, APP)).await);
        assert!(graph.remove_page_app(POND, APP).await.unwrap() && !graph.remove_page_app(POND, APP).await.unwrap());
        assert!(graph.add_page_app(APP, POND).await.is_err() && graph.add_page_admin(POND, APP).await.is_err());
    }
}
