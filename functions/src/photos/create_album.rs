//! photos.createAlbum: makes an album and answers it; the answer is the struct itself, with no `album` around it.
//!
//! In a session every application may; for a person or page that `uid` names it needs their permission. The PHP client sends an empty
//! `visible` where nothing was said.

use super::{Album, acting};
use reconnect_core::albums::{self, Listed};
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::privacy::Audience;
use reconnect_core::{Access, Context, Method, Result};
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct CreateAlbum;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// What it is called.
    name: String,
    /// Where its photos were taken.
    #[serde(default)]
    location: String,
    /// What is in it.
    #[serde(default)]
    description: String,
    /// `friends`, `friends-of-friends`, `networks` or `everyone`, which it is without this.
    visible: Option<String>,
    /// Whose; without it the session's person. A desktop application's is ignored in a session.
    uid: Option<u64>,
}

impl Method for CreateAlbum {
    const NAME: &'static str = "photos.createAlbum";
    const SUMMARY: &'static str = "Makes an album.";
    const ACCESS: Access = Access::optional_session().writes();
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = Album;

    async fn call(cx: &Context, args: Args) -> Result<Album> {
        let privacy = audience(args.visible.as_deref().unwrap_or_default())?.into();
        let (owner, _) = acting(cx, args.uid).await?;
        let album = albums::Album {
            owner,
            privacy,
            name: args.name.trim().to_owned(),
            location: args.location,
            description: args.description,
            app: Some(cx.app().id),
            ..albums::Album::default()
        };
        let album = cx.graph().create_album(album).await?;
        Ok(Album::of(cx, Listed { modified: album.created, size: 0, album }))
    }
}

fn audience(visible: &str) -> Result<Audience> {
    match visible.trim() {
        "" | "everyone" => Ok(Audience::Everyone),
        "friends" => Ok(Audience::AllFriends),
        "friends-of-friends" => Ok(Audience::FriendsOfFriends),
        "networks" => Ok(Audience::NetworksFriends),
        _ => Err(invalid("visible is none of friends, friends-of-friends, networks, everyone")),
    }
}
