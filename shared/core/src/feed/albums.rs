//! The albums that the posts of a view are about.

use crate::albums::{Listed, album_in};
use crate::disclosure::Shown;
use crate::error::Result;
use crate::graph::Graph;
use crate::kinds;
use crate::post::Post;
use reconnect_store::{Found, Id, Key};
use std::collections::HashSet;

/// The album that a post is about, if it is about one.
fn album_of(post: &Post) -> Option<Id> {
    let attachment = post.attachment.as_ref().filter(|one| one.fb_object_type == "album")?;
    attachment.fb_object_id.parse().ok().map(Id)
}

impl Graph {
    /// The albums that posts of photos are about, each once, in the order of the posts: those that a viewer may see, who sees the posts. One
    /// wave; a second one only where an album is not shown to whom its post is.
    pub async fn albums_of_posts(&self, viewer: Option<Id>, posts: &[&Post]) -> Result<Vec<Listed>> {
        let mut seen = HashSet::new();
        let about: Vec<(Id, &Post)> =
            posts.iter().filter_map(|post| Some((album_of(post)?, *post))).filter(|(id, _)| seen.insert(*id)).collect();
        if about.is_empty() {
            return Ok(Vec::new());
        }
        let mut keys: Vec<Key> = about.iter().map(|(id, _)| Key::Object(*id)).collect();
        keys.extend(about.iter().map(|(from, _)| Key::Count { from: *from, kind: kinds::PHOTOS }));
        let entry = |(to, post): &(Id, &Post)| Key::Assoc { from: post.actor, kind: kinds::ALBUMS, to: *to };
        keys.extend(about.iter().map(entry));
        let found = self.get(&keys).await?;
        let (albums, rest) = found.split_at(about.len());
        let (counts, times) = rest.split_at(about.len());
        let mut listed = Vec::with_capacity(about.len());
        for (((_, post), album), (count, time)) in about.iter().zip(albums).zip(counts.iter().zip(times)) {
            let Some(album) = album_in(Some(album))? else { continue };
            let size = if let Found::Count(count) = count { *count } else { 0 };
            let modified = if let Found::Assoc(Some(entry)) = time { entry.time } else { album.created };
            // Whoever sees the post has been judged by the same words already.
            let judged = (post.actor, post.owner, &post.privacy) == (album.owner, album.owner, &album.privacy);
            listed.push((Listed { album, modified, size }, judged));
        }
        self.retain_shown(viewer, listed).await
    }

    /// Of these those that are judged already, and those that a viewer may see.
    async fn retain_shown(&self, viewer: Option<Id>, listed: Vec<(Listed, bool)>) -> Result<Vec<Listed>> {
        let open = listed.iter().filter(|(_, judged)| !judged);
        let open: Vec<Shown<'_>> = open.map(|(one, _)| (one.album.owner, &one.album.privacy)).collect();
        let shown = if open.is_empty() { Vec::new() } else { self.may_see(viewer, &open).await? };
        let mut shown = shown.into_iter();
        let kept = listed.into_iter().filter_map(|(one, judged)| {
            let keeps = judged || shown.next().unwrap_or(false);
            keeps.then_some(one)
        });
        Ok(kept.collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::albums::Album;
    use crate::attachment::Attachment;
    use crate::disclosure::Disclosure;
    use crate::model::encode;
    use crate::privacy::Audience;
    use crate::town::town;
    use reconnect_store::Batch;

    const ANN: Id = Id(11);
    const BOB: Id = Id(12);

    #[tokio::test]
    async fn an_album_stands_once_and_only_for_whom_it_is_shown_to_by_now() {
        let graph = town(1_800_000_000, &[ANN, BOB]).await;
        let everyone = Disclosure::from(Audience::Everyone);
        let album = async |name: &str, privacy: Disclosure| {
            let album = Album { owner: ANN, name: name.to_owned(), privacy, ..Album::default() };
            graph.create_album(album).await.unwrap()
        };
        let post = |id: u64, album: Id, privacy: Disclosure| {
            let (kind, object) = ("album".to_owned(), album.to_string());
            let attachment = Attachment { fb_object_type: kind, fb_object_id: object, ..Attachment::default() };
            Post { id: Id(id), actor: ANN, owner: ANN, privacy, attachment: Some(attachment), ..Post::default() }
        };
        let (open, friends) =
            (album("open", everyone.clone()).await, album("friends", Disclosure::from(Audience::AllFriends)).await);
        let mut batch = Batch::new();
        batch.link(open.id, kinds::PHOTOS, Id(99), 1, encode(&false).unwrap());
        batch.replace(ANN, kinds::ALBUMS, open.id, 7, encode(&open.kind).unwrap());
        graph.commit(batch).await.unwrap();
        // The second album was open to all when its story was made, the third is gone.
        let posts = [
            post(1, friends.id, everyone.clone()),
            post(2, open.id, everyone.clone()),
            post(3, open.id, everyone.clone()),
            post(4, Id(77), everyone.clone()),
            Post { id: Id(5), actor: ANN, owner: ANN, ..Post::default() },
        ];
        let posts: Vec<&Post> = posts.iter().collect();
        let names = async |viewer| -> Vec<(String, u64, i64)> {
            let listed = graph.albums_of_posts(viewer, &posts).await.unwrap();
            listed.into_iter().map(|one| (one.album.name, one.size, one.modified)).collect()
        };
        let open = ("open".to_owned(), 1, 7);
        let hidden = ("friends".to_owned(), 0, friends.created);
        assert_eq!(names(Some(ANN)).await, [hidden.clone(), open.clone()]);
        assert_eq!((names(Some(BOB)).await, names(None).await), (vec![open.clone()], vec![open.clone()]));
        graph.befriend(ANN, BOB).await.unwrap();
        assert_eq!(names(Some(BOB)).await, [hidden, open]);
    }
}
