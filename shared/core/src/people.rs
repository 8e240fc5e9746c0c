//! People as a viewer sees them: their records, and how the viewer stands to each, in one wave of reads.
//!
//! What is read follows from the fields that are asked for: a name takes the person alone. Two things take a second wave, and only where
//! somebody's own settings call for it: whether the viewer is a friend, where a public field was narrowed; and whether they have a friend in
//! common, where a field is shown to friends of friends.

use crate::block::{block_key, is_own_block};
use crate::comment::comment_count_key;
use crate::error::Result;
use crate::graph::{Graph, grant_key, read_grant};
use crate::kinds;
use crate::model::{Grant, Person, decode};
use crate::post::status_key;
use crate::privacy::{Audience, Reach, Relation, Rule};
use crate::profile::Profile;
use crate::profile_note::{profile_key, read_profile};
use crate::status::Status;
use futures_util::future::try_join_all;
use reconnect_store::{Found, Id, Key};
use std::collections::HashSet;

/// How many lists of friends are read at a time.
pub(crate) const LISTS_AT_ONCE: usize = 16;

/// Who looks, and at what.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look<'a> {
    /// The person of the session; none without one.
    pub viewer: Option<Id>,
    /// The application.
    pub app: Id,
    /// The rules of the fields that are asked for.
    pub rules: &'a [&'static Rule],
    /// Whether the long texts are asked for.
    pub profile: bool,
    /// Whether it is asked how many friends they have.
    pub friend_count: bool,
    /// Whether it is asked how many posts stand on their wall.
    pub wall_count: bool,
    /// Whether their status is asked for.
    pub status: bool,
    /// Whether it is asked how many notes they have.
    pub note_count: bool,
    /// Whether it is asked how many friends they share with the viewer.
    pub mutual: bool,
    /// Only who has authorised the application is looked for.
    pub users_only: bool,
}

/// A person who was looked at.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The person.
    pub person: Person,
    /// How the viewer stands to them; none without a viewer.
    pub relation: Option<Relation>,
    /// Whether the viewer has blocked them; known where fields depend on the relation.
    pub blocked_by_viewer: bool,
    /// Their authorisation of the application, if that was needed.
    pub grant: Option<Grant>,
    /// Their profile, if it was asked for and they have one. It is long, and most calls do without.
    pub profile: Option<Box<Profile>>,
    /// How many friends they have, if it was asked for.
    pub friends: u64,
    /// How many notes they have, if it was asked for.
    pub notes: u64,
    /// How many of their friends are the viewer's, if it was asked for.
    pub mutual: u64,
    /// How many posts stand on their wall, if it was asked for.
    pub wall: u64,
    /// Their status, if it was asked for and they have one.
    pub status: Option<Status>,
}

impl Look<'_> {
    fn needs_grants(&self) -> bool {
        let asks = |rule: &&Rule| {
            rule.users_only || rule.reach == Reach::Mail || matches!(rule.field, "is_app_user" | "has_added_app")
        };
        self.users_only || self.rules.iter().any(asks)
    }

    /// Whether it depends on who is friends with whom, whatever anybody has set.
    fn needs_relations(&self) -> bool {
        self.viewer.is_some() && self.rules.iter().any(|rule| matches!(rule.reach, Reach::Friends | Reach::Viewer))
    }

    /// Whether a person shows one of the fields to fewer than everybody.
    fn is_narrowed_by(&self, person: &Person) -> bool {
        let mut audiences = self.rules.iter().filter_map(|rule| rule.audience(&person.privacy));
        audiences.any(|audience| audience != Audience::Everyone)
    }

    fn needs_friends_of_friends(&self, person: &Person) -> bool {
        let mut audiences = self.rules.iter().filter_map(|rule| rule.audience(&person.privacy));
        audiences.any(|audience| audience == Audience::FriendsOfFriends)
    }

    /// Where everything of these people stands.
    fn keys(&self, ids: &[Id]) -> Vec<Key> {
        let each = |wanted: bool, key: &dyn Fn(Id) -> Key| -> Vec<Key> {
            if wanted { ids.iter().map(|id| key(*id)).collect() } else { Vec::new() }
        };
        let mut keys = each(true, &Key::Object);
        keys.extend(each(self.needs_grants(), &|id| grant_key(id, self.app)));
        keys.extend(each(self.profile, &profile_key));
        keys.extend(each(self.friend_count, &|from| Key::Count { from, kind: kinds::FRIEND }));
        keys.extend(each(self.wall_count, &|from| Key::Count { from, kind: kinds::WALL }));
        keys.extend(each(self.status, &status_key));
        keys.extend(each(self.note_count, &|from| Key::Count { from, kind: kinds::NOTES }));
        if let Some(viewer) = self.viewer.filter(|_| self.needs_relations()) {
            keys.extend(each(true, &|id| friend_key(viewer, id)));
            keys.extend(each(true, &|id| block_key(viewer, id)));
            keys.push(Key::Object(viewer));
        }
        keys
    }
}

impl Graph {
    /// Looks at people, in the order in which they are named. Who is nobody, or is hidden from applications, is left out.
    pub async fn look_at(&self, look: Look<'_>, ids: &[Id]) -> Result<Vec<Seen>> {
        let found = self.get(&look.keys(ids)).await?;
        let mut columns = found.chunks(ids.len().max(1));
        let mut column = |wanted: bool| if wanted { columns.next().unwrap_or_default() } else { &[] };
        let (persons, grants) = (column(true), column(look.needs_grants()));
        let (profiles, counts) = (column(look.profile), column(look.friend_count));
        let (walls, statuses) = (column(look.wall_count), column(look.status));
        let note_counts = column(look.note_count);
        let (friends, blocks) = (column(look.needs_relations()), column(look.needs_relations()));
        let viewer = column(look.needs_relations());
        let viewer = viewer.first().map(person_in).transpose()?.flatten();
        let mut seen = Vec::with_capacity(ids.len());
        for (at, (id, found)) in ids.iter().zip(persons).enumerate() {
            let Some(person) = person_in(found)? else { continue };
            let grant = match grants.get(at) {
                Some(Found::Assoc(Some(grant))) => Some(read_grant(*id, &grant.data, grant.time)?),
                _ => None,
            };
            if person.opted_out && look.viewer != Some(*id) || look.users_only && grant.is_none() {
                continue;
            }
            let relation =
                look.viewer.map(|of| relation(of, viewer.as_ref(), &person, friends.get(at), blocks.get(at)));
            let profile = match profiles.get(at) {
                found @ Some(Found::Assoc(Some(_))) => Some(Box::new(read_profile(*id, found)?)),
                _ => None,
            };
            let count = |of: &[Found]| if let Some(Found::Count(count)) = of.get(at) { *count } else { 0 };
            let (friends, wall, notes) = (count(counts), count(walls), count(note_counts));
            let status = Status::read(*id, statuses.get(at))?;
            let (blocked_by_viewer, mutual) = (blocks.get(at).is_some_and(is_own_block), 0);
            seen.push(Seen {
                person,
                relation,
                blocked_by_viewer,
                grant,
                profile,
                friends,
                notes,
                mutual,
                wall,
                status,
            });
        }
        self.look_closer(look, &mut seen).await?;
        self.leave_out_hidden_relatives(look, &mut seen).await?;
        self.count_comments(&mut seen).await?;
        Ok(seen)
    }

    /// How many comments statuses have: a wave of its own, for a status names the post that it is.
    async fn count_comments(&self, seen: &mut [Seen]) -> Result<()> {
        let mut statuses: Vec<&mut Status> = seen.iter_mut().filter_map(|one| one.status.as_mut()).collect();
        if statuses.is_empty() {
            return Ok(());
        }
        let keys: Vec<Key> = statuses.iter().map(|status| comment_count_key(status.id)).collect();
        for (status, found) in statuses.iter_mut().zip(self.get(&keys).await?) {
            status.comments = if let Found::Count(count) = found { count } else { 0 };
        }
        Ok(())
    }

    /// Whom a profile names as partner or relative is told of only where applications may know of them: a wave of its own, for the profile
    /// says who they are.
    async fn leave_out_hidden_relatives(&self, look: Look<'_>, seen: &mut [Seen]) -> Result<()> {
        if !look.rules.iter().any(|rule| matches!(rule.field, "family" | "significant_other_id")) {
            return Ok(());
        }
        let profiles = seen.iter().filter_map(|one| one.profile.as_deref());
        let relatives =
            profiles.flat_map(|one| one.family.iter().filter_map(|of| of.uid).chain(one.significant_other_id));
        let relatives: Vec<Id> = relatives.map(Id).collect();
        if relatives.is_empty() {
            return Ok(());
        }
        let named = self.may_be_named(look.viewer, &relatives).await?;
        let hidden = |uid: u64| !named.contains(&Id(uid));
        for profile in seen.iter_mut().filter_map(|one| one.profile.as_deref_mut()) {
            profile.family.retain(|of| !of.uid.is_some_and(hidden));
            profile.significant_other_id = profile.significant_other_id.filter(|uid| !hidden(*uid));
        }
        Ok(())
    }

    /// What single people's own settings make it necessary to know.
    async fn look_closer(&self, look: Look<'_>, seen: &mut [Seen]) -> Result<()> {
        let Some(viewer) = look.viewer else { return Ok(()) };
        let open = |one: &&mut Seen| matches!(one.relation, Some(Relation::Other { .. }));
        if !look.needs_relations() {
            let narrowed = |one: &&mut Seen| open(one) && look.is_narrowed_by(&one.person);
            let mut narrowed: Vec<&mut Seen> = seen.iter_mut().filter(narrowed).collect();
            if !narrowed.is_empty() {
                let mut keys: Vec<Key> = narrowed.iter().map(|one| friend_key(viewer, one.person.id)).collect();
                keys.extend(narrowed.iter().map(|one| block_key(viewer, one.person.id)));
                keys.push(Key::Object(viewer));
                let mut found = self.get(&keys).await?;
                let own = found.pop().as_ref().map(person_in).transpose()?.flatten();
                let (friends, blocks) = found.split_at(narrowed.len());
                for ((one, friend), block) in narrowed.iter_mut().zip(friends).zip(blocks) {
                    one.relation = Some(relation(viewer, own.as_ref(), &one.person, Some(friend), Some(block)));
                }
            }
        }
        let wanted = |one: &&mut Seen| look.mutual || open(one) && look.needs_friends_of_friends(&one.person);
        let mut wanted: Vec<&mut Seen> = seen.iter_mut().filter(wanted).collect();
        if wanted.is_empty() {
            return Ok(());
        }
        let own: HashSet<Id> = self.friends(viewer).await?.into_iter().collect();
        for some in wanted.chunks_mut(LISTS_AT_ONCE) {
            let theirs = try_join_all(some.iter().map(|one| self.friends(one.person.id))).await?;
            for (one, theirs) in some.iter_mut().zip(theirs) {
                one.mutual = theirs.iter().filter(|friend| own.contains(friend)).count() as u64;
                if let Some(Relation::Other { friend_of_friend, .. }) = &mut one.relation {
                    *friend_of_friend = one.mutual > 0;
                }
            }
        }
        Ok(())
    }
}

/// How a viewer stands to a person, as far as one wave of reads tells: of friends in common it knows nothing.
pub(crate) fn relation(
    viewer: Id,
    own: Option<&Person>,
    person: &Person,
    friend: Option<&Found>,
    block: Option<&Found>,
) -> Relation {
    if viewer == person.id {
        return Relation::Own;
    }
    if matches!(block, Some(Found::Assoc(Some(_)))) {
        return Relation::Blocked;
    }
    if matches!(friend, Some(Found::Assoc(Some(_)))) {
        return Relation::Friend;
    }
    let theirs: HashSet<u64> = in_network(person).collect();
    let network = own.is_some_and(|own| in_network(own).any(|nid| theirs.contains(&nid)));
    Relation::Other { friend_of_friend: false, network }
}

/// The networks that somebody is in.
pub(crate) fn in_network(person: &Person) -> impl Iterator<Item = u64> {
    person.affiliations.iter().map(|one| one.nid)
}

fn friend_key(from: Id, to: Id) -> Key {
    Key::Assoc { from, kind: kinds::FRIEND, to }
}

/// The person whose record was found, if it is one.
pub fn person_in(found: &Found) -> Result<Option<Person>> {
    match found {
        Found::Object(Some(object)) if object.is(kinds::PERSON) => {
            let person: Person = decode("person", object.id, &object.data)?;
            Ok(Some(Person { id: object.id, version: object.version, ..person }))
        }
        _ => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::permission::Permissions;
    use crate::profile::{Affiliation, Relative};
    use reconnect_store::{ManualClock, Time};
    use reconnect_store_sqlite::SqliteStore;
    use std::sync::Arc;

    const ANN: Id = Id(11);
    const BOB: Id = Id(12);
    const CAT: Id = Id(13);
    const DAN: Id = Id(14);
    const EVE: Id = Id(15);
    const APP: Id = Id(20);

    /// Ann is Bob's friend, Bob is Cat's, Dan shares Ann's network, Eve is nobody's.
    async fn graph(adjust: impl Fn(&mut Person)) -> Graph {
        let clock = Arc::new(ManualClock::new(Time::from_secs(1_234_567_890)));
        let graph = Graph::new(Arc::new(SqliteStore::in_memory(clock.clone()).unwrap()), clock);
        for (id, nid) in [(ANN, 1), (BOB, 2), (CAT, 3), (DAN, 1), (EVE, 4)] {
            let network = Affiliation { nid, ..Affiliation::default() };
            let mut person = Person {
                id,
                first_name: id.to_string(),
                email: format!("{id}@example.com"),
                affiliations: vec![network],
                ..Person::default()
            };
            adjust(&mut person);
            graph.create_person(person, None).await.unwrap();
        }
        graph.befriend(ANN, BOB).await.unwrap();
        graph.befriend(BOB, CAT).await.unwrap();
        graph
    }

    fn look<'a>(rules: &'a [&'static Rule]) -> Look<'a> {
        let (viewer, app) = (Some(ANN), APP);
        Look { viewer, app, rules, ..Look::default() }
    }

    fn rules(names: &[&str]) -> Vec<&'static Rule> {
        names.iter().map(|name| Rule::find(name).unwrap()).collect()
    }

    fn other(friend_of_friend: bool, network: bool) -> Option<Relation> {
        Some(Relation::Other { friend_of_friend, network })
    }

    const ALL: [Id; 5] = [ANN, BOB, CAT, DAN, EVE];

    async fn relations(graph: &Graph, look: Look<'_>) -> Vec<Option<Relation>> {
        graph.look_at(look, &ALL).await.unwrap().into_iter().map(|seen| seen.relation).collect()
    }

    #[tokio::test]
    async fn friends_and_networks_are_known_where_a_field_depends_on_them() {
        let graph = graph(|_| ()).await;
        let (own, friend) = (Some(Relation::Own), Some(Relation::Friend));
        let seen = relations(&graph, look(&rules(&["birthday"]))).await;
        assert_eq!(seen, [own, friend, other(false, false), other(false, true), other(false, false)]);
        let nobody = Look { viewer: None, ..look(&[]) };
        assert_eq!(relations(&graph, nobody).await, [None; 5]);
    }

    #[tokio::test]
    async fn a_public_field_is_asked_about_only_of_who_narrowed_it() {
        let graph = graph(|person| {
            if [BOB, DAN].contains(&person.id) {
                person.privacy.insert("sex".to_owned(), Audience::AllFriends);
            }
        })
        .await;
        let seen = relations(&graph, look(&rules(&["name", "sex"]))).await;
        let (own, friend) = (Some(Relation::Own), Some(Relation::Friend));
        assert_eq!(seen, [own, friend, other(false, false), other(false, true), other(false, false)]);
    }

    #[tokio::test]
    async fn of_relatives_whom_applications_may_not_know_nothing_is_told() {
        let graph = graph(|person| person.opted_out = person.id == BOB).await;
        let relative = |uid: Option<u64>, name: &str| Relative {
            relationship: "sister".to_owned(),
            uid,
            name: name.to_owned(),
            ..Relative::default()
        };
        let family = vec![relative(Some(BOB.0), ""), relative(Some(CAT.0), ""), relative(None, "Zoe")];
        let profile = Profile { family, significant_other_id: Some(BOB.0), ..Profile::default() };
        graph.set_profile(ANN, &profile).await.unwrap();
        let asked = rules(&["family", "significant_other_id"]);
        let seen = graph.look_at(Look { profile: true, ..look(&asked) }, &[ANN]).await.unwrap();
        let told = seen[0].profile.as_deref().unwrap();
        assert_eq!(told.family.iter().map(|one| one.uid).collect::<Vec<_>>(), [Some(CAT.0), None]);
        assert_eq!(told.significant_other_id, None);
        let others = Profile { family: profile.family[1..].to_vec(), significant_other_id: Some(CAT.0), ..profile };
        graph.set_profile(ANN, &others).await.unwrap();
        let seen = graph.look_at(Look { profile: true, ..look(&asked) }, &[ANN]).await.unwrap();
        assert_eq!(seen[0].profile.as_deref(), Some(&others));
    }

    #[tokio::test]
    async fn friends_in_common_are_looked_for_where_somebody_shows_a_field_to_them() {
        let graph = graph(|person| {
            person.privacy.insert("music".to_owned(), Audience::FriendsOfFriends);
        })
        .await;
        let seen = relations(&graph, look(&rules(&["music"]))).await;
        assert_eq!(seen[2..], [other(true, false), other(false, true), other(false, false)]);
        let asked = rules(&["mutual_friend_count"]);
        let counts = graph.look_at(Look { mutual: true, ..look(&asked) }, &[CAT, EVE]).await.unwrap();
        assert_eq!(counts.iter().map(|one| one.mutual).collect::<Vec<_>>(), [1, 0]);
    }

    #[tokio::test]
    async fn who_is_nobody_or_opted_out_is_left_out_and_the_rest_is_read_beside() {
        let graph = graph(|person| person.opted_out = person.id == BOB).await;
        let app = crate::model::Application { id: APP, name: "A".to_owned(), ..Default::default() };
        graph.create_application(app).await.unwrap();
        graph.authorize(CAT, APP, &Permissions::parse("email").0).await.unwrap();
        graph.set_profile(CAT, &Profile { music: "Abba".to_owned(), ..Profile::default() }).await.unwrap();
        let asked = rules(&["email", "music"]);
        let note = crate::note::Note { owner: CAT, title: "Maps".to_owned(), ..Default::default() };
        graph.create_note(note).await.unwrap();
        let full = Look { profile: true, friend_count: true, note_count: true, ..look(&asked) };
        let seen = graph.look_at(full, &[EVE, Id(99), BOB, APP, CAT]).await.unwrap();
        assert_eq!(seen.iter().map(|one| one.person.id).collect::<Vec<_>>(), [EVE, CAT]);
        let (eve, cat) = (&seen[0], &seen[1]);
        assert!(eve.grant.is_none() && eve.profile.is_none() && eve.friends == 0);
        assert!(cat.grant.as_ref().unwrap().permissions.allow("email"));
        assert_eq!(
            (cat.profile.as_deref().map(|one| one.music.as_str()), cat.friends, cat.notes),
            (Some("Abba"), 1, 1)
        );
        let users = graph.look_at(Look { users_only: true, ..full }, &ALL).await.unwrap();
        assert_eq!(users.iter().map(|one| one.person.id).collect::<Vec<_>>(), [CAT]);
        let own = Look { viewer: Some(BOB), ..full };
        assert_eq!(graph.look_at(own, &[BOB]).await.unwrap().len(), 1, "but not to themselves");
        assert!(graph.look_at(full, &[]).await.unwrap().is_empty());
    }
}
