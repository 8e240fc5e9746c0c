//! links.preview: what a link would look like when it is posted.
//!
//! The answer has the form of a post's attachment; one of its pictures' `src` goes back as `image` of links.post. Nothing is fetched unless the
//! owner of the server lets it (`--outbound`, `RECONNECT_OUTBOUND`): then the address itself is all that is known. Why a page could not be
//! fetched is not told, or whoever may call this could look around in the server's own network.

use super::address;
use crate::stream::post::{StreamMedia, StreamProperty};
use reconnect_core::link_preview::Looked;
use reconnect_core::method::Fidelity;
use reconnect_core::web_address::WebAddress;
use reconnect_core::{Access, Context, Method, Result};
use reconnect_wire::Code;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) struct Preview;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The page.
    url: String,
}

/// What a post would carry.
#[derive(Serialize, JsonSchema)]
pub(crate) struct Shown {
    /// The page's pictures, to choose one from.
    media: Vec<StreamMedia>,
    /// The title.
    name: String,
    /// Where the title leads.
    href: String,
    /// The line below the title: the host.
    caption: String,
    /// What the page says of itself.
    description: String,
    /// Labels with values; a link has none.
    properties: Vec<StreamProperty>,
    /// A small picture; there is none.
    icon: String,
    /// Empty: it is nothing of the site's.
    fb_object_type: String,
    /// Empty.
    fb_object_id: String,
}

impl Shown {
    fn of(address: &WebAddress, looked: &Looked) -> Shown {
        let found = looked.preview().cloned().unwrap_or_default();
        let href = address.text().to_owned();
        let medium = |src| StreamMedia::image(href.clone(), src);
        Shown {
            media: found.images.into_iter().map(medium).collect(),
            name: if found.title.is_empty() { href.clone() } else { found.title },
            caption: address.host().to_owned(),
            description: found.description,
            properties: Vec::new(),
            icon: String::new(),
            fb_object_type: String::new(),
            fb_object_id: String::new(),
            href,
        }
    }
}

impl Method for Preview {
    const NAME: &'static str = "links.preview";
    const SUMMARY: &'static str = "Shows what a link would look like when it is posted.";
    // It writes down what it found, for an hour; to the caller it is a read.
    const ACCESS: Access = Access::optional_session().no_session_secret().writes().on_read_host();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Shown;

    async fn call(cx: &Context, args: Args) -> Result<Shown> {
        let address = address(&args.url)?;
        let looked = cx.services.look_at_page(&address).await?;
        if looked.failed {
            let why = "url: there is no page, or none that this server may fetch; its owner says which by --outbound (RECONNECT_OUTBOUND)";
            return Err(Code::ShareBadUrl.because(why).into());
        }
        Ok(Shown::of(&address, &looked))
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::shelf::{Shelf, code};
    use crate::tests::world::World;
    use reconnect_core::Settings;
    use reconnect_core::outbound::Reach;
    use reconnect_core::page_preview::Preview as Found;
    use reconnect_core::web_address::WebAddress;
    use serde_json::json;

    const METHOD: &str = "links.preview";
    const POND: &str = "http://pond.example/";

    async fn find_at(shelf: &Shelf, url: &str) {
        let (title, description) = ("Pond & <ducks>".to_owned(), "Ducks.".to_owned());
        let found = Found { title, description, images: vec!["http://pond.example/d.jpg".to_owned()] };
        shelf.graph().keep_web_page(&WebAddress::read(url).unwrap(), None, Some(found)).await.unwrap();
    }

    #[tokio::test]
    async fn what_is_known_looks_as_the_schema_has_it() {
        let shelf = Shelf::new().await;
        find_at(&shelf, POND).await;
        insta::assert_snapshot!(shelf.xml(METHOD, &[("url", POND)]).await, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <links_preview_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd">
          <media list="true">
            <stream_media>
              <href>http://pond.example/</href>
              <type>image</type>
              <src>http://pond.example/d.jpg</src>
            </stream_media>
          </media>
          <name>Pond &amp; &lt;ducks&gt;</name>
          <href>http://pond.example/</href>
          <caption>pond.example</caption>
          <description>Ducks.</description>
          <properties list="true"/>
          <icon/>
          <fb_object_type/>
          <fb_object_id/>
        </links_preview_response>
        "#);
        let json = shelf.by_server(METHOD, &[("url", "pond.example#reeds")]).await;
        let href = "http://pond.example/#reeds";
        let media = json!([{"href": href, "type": "image", "src": "http://pond.example/d.jpg"}]);
        assert_eq!((&json["name"], &json["href"], &json["media"]), (&json!("Pond & <ducks>"), &json!(href), &media));
    }

    #[tokio::test]
    async fn where_nothing_is_fetched_the_address_is_all_that_is_known() {
        let shelf = Shelf::new().await;
        let known = json!({
            "media": [], "name": "http://lake.example/", "href": "http://lake.example/", "caption": "lake.example", "description": "",
            "properties": [], "icon": "", "fb_object_type": "", "fb_object_id": "",
        });
        assert_eq!(shelf.ask(METHOD, &[("url", "lake.example")]).await, known);
        let address = WebAddress::read("lake.example").unwrap();
        assert_eq!(shelf.graph().web_page(&address).await.unwrap(), None, "that was no finding");
    }

    #[tokio::test]
    async fn what_is_wrong_is_told() {
        let settings = Settings { pages: Reach::Public, ..Settings::default() };
        let shelf = Shelf::on(World::under(settings, |_| ()).await).await;
        assert_eq!(code(&shelf.ask(METHOD, &[]).await), 100);
        let unfit = ["javascript:alert(1)", "ftp://pond.example/", "http://"];
        let forbidden = [
            "http://127.0.0.1:1/",
            "http://localhost:1/",
            "http://[::1]/",
            "http://169.254.169.254/",
            "http://10.1.2.3/",
        ];
        let mut told = Vec::new();
        for url in unfit.iter().chain(&forbidden) {
            let answer = shelf.ask(METHOD, &[("url", url)]).await;
            assert_eq!(code(&answer), 1500, "{url}");
            told.push(answer["error_msg"].as_str().unwrap().to_owned());
        }
        assert!(told[unfit.len()..].iter().all(|text| *text == told[unfit.len()]), "nothing is told apart: {told:?}");
        assert!(told[unfit.len()].contains("--outbound"), "{told:?}");
        assert_eq!(code(&shelf.by_session_secret(METHOD, &[("url", POND)]).await), 15);
        // What was found before is told while it is there, though nothing can be fetched now.
        find_at(&shelf, "http://127.0.0.1:1/").await;
        shelf.world.clock.advance(2 * 3_600_000);
        assert_eq!(shelf.ask(METHOD, &[("url", "http://127.0.0.1:1/")]).await["name"], "Pond & <ducks>");
    }
}
