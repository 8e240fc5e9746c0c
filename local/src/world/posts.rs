//! The posts of a world with their comments and likes: what stands in its text, whether they can be, and how they come into a file.

use super::World;
use super::check::{Taken, Wrong, id, wrong};
use crate::fail::{Outcome, failed};
use reconnect_core::Graph;
use reconnect_core::attachment::{Attachment, read_attachment};
use reconnect_core::comment::Comment;
use reconnect_core::graph::fold;
use reconnect_core::kinds;
use reconnect_core::post::{Post as Kept, story};
use reconnect_core::privacy::Audience;
use reconnect_store::Id;
use serde::Deserialize;
use std::collections::HashMap;

/// A post of a world.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Post {
    /// The second part of its id; drawn when absent.
    pub(crate) id: Option<u64>,
    /// Who posted it, by e-mail address, like everybody below.
    actor: String,
    /// On whose wall; absent: their own.
    wall: Option<String>,
    /// Or on that of a group, an event or a page, by its id.
    wall_id: Option<u64>,
    #[serde(default)]
    message: String,
    /// How many hours before the world is loaded.
    #[serde(default)]
    hours_ago: f64,
    /// Whom it is shown to; absent: whom the wall's owner shows statuses to.
    privacy: Option<Audience>,
    /// The application that published it, by name.
    application: Option<String>,
    /// `name`, `href`, `caption`, `description`, `properties`, `media`, as stream.publish takes them.
    attachment: Option<toml::Value>,
    #[serde(default)]
    comments: Vec<Said>,
    /// Who likes it.
    #[serde(default)]
    likes: Vec<String>,
}

/// A comment of a world.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    by: String,
    text: String,
    #[serde(default)]
    hours_ago: f64,
}

impl Post {
    fn carried(&self) -> Result<Option<Attachment>, String> {
        let Some(given) = &self.attachment else { return Ok(None) };
        let text = serde_json::to_string(given).map_err(|error| error.to_string())?;
        let read = read_attachment(&text).map_err(|error| error.on_the_wire().text().into_owned())?;
        Ok(read.map(|(attachment, _)| attachment))
    }

    /// Everybody whom it names.
    fn people(&self) -> impl Iterator<Item = &str> {
        let comments = self.comments.iter().map(|one| one.by.as_str());
        let others = self.likes.iter().chain(&self.wall).map(String::as_str);
        std::iter::once(self.actor.as_str()).chain(others).chain(comments)
    }

    fn check(&self, world: &World, taken: &mut Taken) -> Result<(), Wrong> {
        let of = format!("the post '{:.40}' of {}", self.message, self.actor);
        for email in self.people() {
            if !taken.knows(email) {
                let why = format!("{of} names {email}, and no person of this world has that e-mail address");
                return wrong(email, why);
            }
        }
        if let Some(app) = &self.application
            && !world.applications.iter().any(|one| fold(&one.name) == fold(app))
        {
            return wrong(app, format!("{of} names {app}, and no application of this world is called so"));
        }
        if self.message.trim().is_empty() && self.attachment.is_none() {
            return wrong(&self.actor, format!("{of} needs a message or an attachment"));
        }
        if self.wall.is_some() && self.wall_id.is_some() {
            return wrong(&self.message, format!("{of} stands on wall and wall_id: name one of them"));
        }
        let hours = self.comments.iter().map(|one| one.hours_ago).chain([self.hours_ago]);
        if hours.into_iter().any(|hours| !(0.0..=24.0 * 365.0).contains(&hours)) {
            return wrong(&self.message, format!("{of}: hours_ago is a number of hours from 0 to a year"));
        }
        if self.comments.iter().any(|one| Comment::check(&one.text).is_err()) {
            return wrong(&self.message, format!("{of}: a comment has no text"));
        }
        if let Err(why) = self.carried() {
            return wrong(&self.message, format!("{of}: {why}"));
        }
        id(self.id, taken)
    }
}

/// Judges the posts of a world whose people and applications have been judged.
pub(super) fn check(world: &World, taken: &mut Taken) -> Result<(), Wrong> {
    world.posts.iter().try_for_each(|post| post.check(world, taken))
}

/// Puts them into a file that holds the people, pages, groups and events, oldest first.
pub(super) async fn load(
    graph: &Graph,
    world: &World,
    people: &HashMap<String, Id>,
    applications: &HashMap<String, Id>,
) -> Outcome {
    let mut posts: Vec<&Post> = world.posts.iter().collect();
    posts.sort_by(|a, b| b.hours_ago.total_cmp(&a.hours_ago));
    for post in posts {
        put(graph, post, people, applications).await?;
    }
    Ok(())
}

async fn put(graph: &Graph, post: &Post, people: &HashMap<String, Id>, apps: &HashMap<String, Id>) -> Outcome {
    let person = |email: &str| people.get(&fold(email)).copied().unwrap_or_default();
    let now = graph.now().0;
    let ago = |hours: f64| now - (hours * 3_600_000.0) as i64;
    let actor = person(&post.actor);
    let owner = post.wall.as_deref().map(person).or(post.wall_id.map(Id)).unwrap_or(actor);
    let Some(wall) = graph.wall_of(owner).await? else {
        return Err(failed(format!(
            "the world's post '{:.40}' stands on the wall of {owner}, which has none",
            post.message
        )));
    };
    let attachment = post.carried().map_err(failed)?;
    let kind = match (&attachment, owner == actor, wall.kind) {
        (Some(_), ..) => story::APPLICATION,
        (None, true, _) => story::STATUS,
        (None, false, "group") => story::GROUP,
        (None, false, _) => story::WALL,
    };
    let kept = Kept {
        id: Id(post.id.unwrap_or(0)),
        actor,
        owner,
        kind,
        app: post.application.as_ref().and_then(|app| apps.get(&fold(app))).copied(),
        message: post.message.clone(),
        attachment,
        privacy: post.privacy.map(Into::into).unwrap_or(wall.usual),
        created: ago(post.hours_ago),
        ..Kept::default()
    };
    let made = match kind {
        story::STATUS => graph.publish_status(kept, |_, _| Ok(())).await?,
        _ => graph.publish(kept, |_, _| Ok(())).await?,
    };
    for one in &post.comments {
        let (author, time) = (person(&one.by), ago(one.hours_ago.min(post.hours_ago)));
        let comment = Comment { author, time, text: one.text.clone(), ..Comment::default() };
        graph.comment_on_post(&made, &comment).await?;
    }
    for email in &post.likes {
        graph.like(person(email), made.id, kinds::POST).await?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::world::load;
    use reconnect_core::feed::{Filter, Window};
    use reconnect_core::{Services, Settings};
    use reconnect_store::SystemClock;
    use std::sync::Arc;

    fn world(post: &str) -> Outcome<World> {
        let person = |id: u64, name: &str| format!("[[person]]\nid = {id}\nname = \"{name}\"\nemail = \"{name}@x\"\n");
        let group = "[[group]]\nid = 21\nname = \"Chess\"\ncreator = \"a@x\"\n";
        let app = "[[application]]\nname = \"App\"\n";
        let text = format!("{}{}{group}{app}[[post]]\n{post}", person(11, "a"), person(12, "b"));
        World::parse("w", &text)
    }

    #[tokio::test]
    async fn posts_stand_on_their_walls_with_what_was_said() {
        let text = "id = 31\nactor = \"a@x\"\nmessage = \"Hi\"\nhours_ago = 5\nprivacy = \"EVERYONE\"\nlikes = [\"b@x\"]\n\
                    comments = [{ by = \"b@x\", text = \"Ho\", hours_ago = 4 }]\n[[post]]\nactor = \"a@x\"\nwall_id = 21\n\
                    application = \"App\"\nattachment = { name = \"Map\", media = [{ type = \"image\", src = \"http://i/\", href = \"http://h/\" }] }\n";
        let clock = Arc::new(SystemClock);
        let store = Arc::new(reconnect_store_sqlite::SqliteStore::in_memory(clock.clone()).unwrap());
        let (settings, blobs) = (Settings::default(), Arc::new(reconnect_store::MemoryBlobs::default()));
        let services = Services::open(store, blobs, clock, reconnect_functions::registry(), settings).await.unwrap();
        load(&services, &world(text).unwrap()).await.unwrap();
        let window = Window { since: None, until: None, limit: 9, filter: Filter::All };
        let told = services.graph.wall(Some(Id(12)), Id(11), window).await.unwrap();
        let hours = (services.graph.now().0 - told[0].post.created) / 3_600_000;
        assert_eq!((told.len(), told[0].post.id, hours), (1, Id(31), 5));
        assert_eq!((services.graph.now().0 - told[0].updated) / 3_600_000, 4, "as the comment says");
        let under = services.graph.under(Some(Id(11)), &[&told[0].post]).await.unwrap();
        assert_eq!((under[0].comments, under[0].likes), (1, 1));
        let group = services.graph.wall(Some(Id(11)), Id(21), window).await.unwrap();
        assert_eq!((group[0].post.kind, group[0].post.app.is_some()), (story::APPLICATION, true));
    }

    #[test]
    fn what_cannot_be_is_told_with_its_line() {
        for (text, expected) in [
            ("actor = \"c@x\"\nmessage = \"Hi\"", "c@x, and no person"),
            ("actor = \"a@x\"", "needs a message or an attachment"),
            ("actor = \"a@x\"\nmessage = \"Hi\"\nlikes = [\"c@x\"]", "c@x, and no person"),
            ("actor = \"a@x\"\nmessage = \"Hi\"\nwall = \"b@x\"\nwall_id = 21", "name one of them"),
            ("actor = \"a@x\"\nmessage = \"Hi\"\nhours_ago = -1", "from 0 to a year"),
            ("actor = \"a@x\"\nmessage = \"Hi\"\napplication = \"Bpp\"", "Bpp, and no application"),
            ("actor = \"a@x\"\nmessage = \"Hi\"\ncomments = [{ by = \"a@x\", text = \" \" }]", "no text"),
            ("actor = \"a@x\"\nattachment = { href = \"ftp://x\" }", "attachment.href"),
            ("actor = \"a@x\"\nmessage = \"Hi\"\nid = 11", "id 11"),
            ("actor = \"a@x\"\nmessage = \"Hi\"\nmood = 1", "mood"),
        ] {
            let told = format!("{:?}", world(text).unwrap_err());
            assert!(told.contains(expected), "{told} for {text}");
        }
    }
}
