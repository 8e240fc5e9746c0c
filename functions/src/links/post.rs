//! links.post: shares a link on somebody's wall.
//!
//! Title, summary and pictures are the page's, where the owner of the server lets it fetch pages and the page answers; else the address stands
//! for the title. The PHP client's documentation says that a truth value is answered; schema and the other clients say the link's id.

use super::address;
use futures_util::future::try_join;
use reconnect_core::context::nobody_named;
use reconnect_core::error::invalid;
use reconnect_core::link::{Link, MAX_COMMENT};
use reconnect_core::method::Fidelity;
use reconnect_core::page_preview::Preview;
use reconnect_core::web_address::WebAddress;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::Deserialize;

pub(crate) struct Post;

/// The extended permission to share links.
const PERMISSION: &str = "share_item";

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// Where it leads.
    url: String,
    /// Words about it.
    #[serde(default)]
    comment: String,
    /// Who shares it; else the session's person.
    uid: Option<u64>,
    /// The address of one of the page's pictures; another one is passed over.
    image: Option<String>,
}

impl Method for Post {
    const NAME: &'static str = "links.post";
    const SUMMARY: &'static str = "Shares a link on somebody's wall.";
    const ACCESS: Access = Access::optional_session().no_session_secret().writes().needs(PERMISSION);
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = u64;

    async fn call(cx: &Context, args: Args) -> Result<u64> {
        let address = address(&args.url)?;
        if args.comment.chars().count() > MAX_COMMENT {
            return Err(invalid(format!("comment has more than {MAX_COMMENT} characters")));
        }
        if args.uid.is_none() && cx.caller.viewer().is_none() {
            return Err(nobody_named());
        }
        let owner = cx.acting(args.uid, PERMISSION, Code::PermissionShareItem).await?;
        let (looked, privacy) =
            try_join(cx.services.look_at_page(&address), cx.graph().usual_disclosure_of(owner)).await?;
        let Preview { title, description, images } = looked.preview().cloned().unwrap_or_default();
        let link = Link {
            owner,
            app: Some(cx.app().id),
            comment: args.comment.trim().to_owned(),
            title: if title.is_empty() { address.text().to_owned() } else { title },
            summary: description,
            url: address.text().to_owned(),
            images: chosen(args.image.as_deref(), images),
            privacy,
            page: cx.services.page_id(&address, looked).await?,
            ..Link::default()
        };
        Ok(cx.graph().create_link(link).await?.id.0)
    }
}

/// The picture that was chosen, if it is one of the page's; else its first.
fn chosen(image: Option<&str>, images: Vec<String>) -> Vec<String> {
    let wanted = image.and_then(WebAddress::read);
    let at = images.iter().position(|one| wanted.as_ref().is_some_and(|wanted| wanted.text() == one));
    images.into_iter().skip(at.unwrap_or(0)).take(1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::shelf::{Shelf, code};
    use crate::tests::world::{ANN, BOB};
    use reconnect_core::Graph;
    use reconnect_core::disclosure::Value as Shown;
    use reconnect_store::Id;
    use serde_json::Value;

    const METHOD: &str = "links.post";
    const POND: &str = "http://pond.example/";

    async fn link(graph: &Graph, answer: &Value) -> Link {
        let id = answer.as_u64().unwrap_or_else(|| panic!("{answer}"));
        graph.links(&[Id(id)]).await.unwrap().pop().unwrap()
    }

    /// As if it had been looked at a moment ago.
    async fn find_at(shelf: &Shelf, url: &str, title: &str) {
        let images = vec!["http://pond.example/a.jpg".to_owned(), "http://pond.example/b.jpg".to_owned()];
        let found = Preview { title: title.to_owned(), description: "Ducks.".to_owned(), images };
        shelf.graph().keep_web_page(&WebAddress::read(url).unwrap(), None, Some(found)).await.unwrap();
    }

    #[tokio::test]
    async fn a_link_shows_what_is_known_of_its_page_and_is_told_of() {
        let shelf = Shelf::new().await;
        find_at(&shelf, POND, "Pond").await;
        let args = [("url", "pond.example#reeds"), ("comment", " Look "), ("image", "http://pond.example/b.jpg")];
        let link = link(shelf.graph(), &shelf.ask(METHOD, &args).await).await;
        assert_eq!((link.owner, link.app, link.comment.as_str()), (ANN, Some(shelf.world.web.id), "Look"));
        assert_eq!((link.title.as_str(), link.summary.as_str()), ("Pond", "Ducks."));
        assert_eq!(
            (link.url.as_str(), link.images.as_slice()),
            ("http://pond.example/#reeds", &[args[2].1.to_owned()][..])
        );
        assert_eq!(link.privacy.value, Shown::AllFriends);
        let story = shelf.graph().post(link.post.unwrap()).await.unwrap().unwrap();
        assert_eq!(
            (story.owner, story.message.as_str(), story.attachment.unwrap().name.as_str()),
            (ANN, "Look", "Pond")
        );
        let address = [WebAddress::read(POND)];
        assert_eq!(shelf.graph().link_counts(&address).await.unwrap()[0].shares, 1);
        assert!(shelf.xml(METHOD, &args).await.contains("</links_post_response>"));
        assert_eq!(shelf.graph().link_counts(&address).await.unwrap()[0].shares, 2);
    }

    #[tokio::test]
    async fn a_picture_that_is_not_the_pages_is_passed_over() {
        let shelf = Shelf::new().await;
        find_at(&shelf, POND, "").await;
        for (image, chosen) in [
            ("http://evil.example/x.jpg", "a.jpg"),
            ("", "a.jpg"),
            ("nonsense", "a.jpg"),
            ("pond.example/b.jpg", "b.jpg"),
        ] {
            let link = link(shelf.graph(), &shelf.ask(METHOD, &[("url", POND), ("image", image)]).await).await;
            assert_eq!(link.images, [format!("http://pond.example/{chosen}")], "{image}");
            assert_eq!(link.title, POND, "a page without a title");
        }
    }

    #[tokio::test]
    async fn where_nothing_is_fetched_the_address_stands_for_the_title() {
        let shelf = Shelf::new().await;
        let answer = shelf.ask(METHOD, &[("url", "https://lake.example/a b"), ("comment", "")]).await;
        let link = link(shelf.graph(), &answer).await;
        assert_eq!((link.title.as_str(), link.summary.as_str()), ("https://lake.example/a%20b", ""));
        assert!(link.images.is_empty() && link.comment.is_empty());
    }

    #[tokio::test]
    async fn whoever_granted_it_is_posted_for() {
        let shelf = Shelf::new().await;
        let by = |uid: &'static str| [("url", POND), ("uid", uid)];
        assert_eq!(link(shelf.graph(), &shelf.by_server(METHOD, &by("1240077")).await).await.owner, ANN);
        assert_eq!(code(&shelf.by_server(METHOD, &by("1240078")).await), 282, "Bob granted nothing");
        shelf.grant(BOB, "publish_stream").await;
        assert_eq!(link(shelf.graph(), &shelf.ask(METHOD, &by("1240078")).await).await.owner, BOB);
        assert_eq!(code(&shelf.by_server(METHOD, &[("url", POND)]).await), 100, "neither a session nor a uid");
        assert_eq!(code(&shelf.by_session_secret(METHOD, &[("url", POND)]).await), 15);
        shelf.revoke(ANN).await;
        assert_eq!(code(&shelf.ask(METHOD, &[("url", POND)]).await), 282);
        let counts = shelf.graph().link_counts(&[WebAddress::read(POND)]).await.unwrap();
        assert_eq!(counts[0].shares, 2, "nothing else was written");
    }

    #[tokio::test]
    async fn what_is_wrong_is_told() {
        let shelf = Shelf::new().await;
        assert_eq!(code(&shelf.ask(METHOD, &[("comment", "Look")]).await), 100);
        for url in
            ["javascript:alert(1)", "ftp://pond.example/", "http://", "http://a:b@pond.example/", "file:///etc/passwd"]
        {
            assert_eq!(code(&shelf.ask(METHOD, &[("url", url)]).await), 1500, "{url}");
        }
        let (long, longest) = ("c".repeat(MAX_COMMENT + 1), "ü".repeat(MAX_COMMENT));
        assert_eq!(code(&shelf.ask(METHOD, &[("url", POND), ("comment", &long)]).await), 100);
        assert!(shelf.ask(METHOD, &[("url", POND), ("comment", &longest)]).await.is_u64());
    }
}
