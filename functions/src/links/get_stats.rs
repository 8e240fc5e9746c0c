//! links.getStats: how often addresses were shared, liked, commented and followed.
//!
//! Share counters in pages ask for it without any application or signature. Spellings of one address are counted together; which those are is
//! inferred, as is the limit. An address that nobody shared, or that is none, has zeros.

use percent_encoding::percent_decode_str;
use reconnect_core::error::invalid;
use reconnect_core::method::Fidelity;
use reconnect_core::web_address::{LinkCounts, WebAddress};
use reconnect_core::{Access, Context, Method, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) struct GetStats;

/// How many addresses one call may name.
const MAX_URLS: usize = 100;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {
    /// The addresses: a JSON array, or a comma list, in which each may be percent-encoded as a whole.
    urls: Vec<String>,
}

/// What is counted of an address.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "link_stat")]
pub(crate) struct LinkStat {
    /// As the caller wrote it.
    url: String,
    /// How often it was shared.
    share_count: u64,
    /// How many people like it.
    like_count: u64,
    /// How many comments it has.
    comment_count: u64,
    /// These three together.
    total_count: u64,
    /// How often it was followed.
    click_count: u64,
    /// The spelling under which it is counted.
    normalized_url: String,
}

impl LinkStat {
    fn of(url: String, address: Option<&WebAddress>, counts: LinkCounts) -> LinkStat {
        let LinkCounts { shares, likes, comments, clicks } = counts;
        LinkStat {
            share_count: shares,
            like_count: likes,
            comment_count: comments,
            total_count: shares + likes + comments,
            click_count: clicks,
            normalized_url: address.map_or_else(|| url.clone(), WebAddress::normal),
            url,
        }
    }
}

impl Method for GetStats {
    const NAME: &'static str = "links.getStats";
    const SUMMARY: &'static str = "Counts shares, likes, comments and clicks of addresses.";
    const ACCESS: Access = Access::public();
    const FIDELITY: Fidelity = Fidelity::Inferred;
    type Args = Args;
    type Answer = Vec<LinkStat>;

    async fn call(cx: &Context, args: Args) -> Result<Vec<LinkStat>> {
        if args.urls.len() > MAX_URLS {
            return Err(invalid(format!("urls names {} addresses, and a call takes {MAX_URLS}", args.urls.len())));
        }
        let urls: Vec<String> = args.urls.into_iter().map(plain).collect();
        let addresses: Vec<Option<WebAddress>> = urls.iter().map(|url| WebAddress::read(url)).collect();
        let counts = cx.graph().link_counts(&addresses).await?;
        let each = urls.into_iter().zip(&addresses).zip(counts);
        Ok(each.map(|((url, address), counts)| LinkStat::of(url, address.as_ref(), counts)).collect())
    }
}

/// An address that was percent-encoded as a whole, to hide its commas from the list, has its colon encoded.
fn plain(url: String) -> String {
    let scheme = url.get(..9).unwrap_or_default().to_ascii_lowercase();
    if !(scheme.starts_with("http%3a%2") || scheme.starts_with("https%3a%")) {
        return url;
    }
    percent_decode_str(&url).decode_utf8().map(Into::into).unwrap_or(url)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::shelf::{Shelf, code};
    use crate::tests::world::{ANN, By};
    use reconnect_core::kinds;
    use reconnect_store::{Batch, Id};
    use serde_json::json;

    const METHOD: &str = "links.getStats";

    #[tokio::test]
    async fn addresses_are_counted_in_any_spelling_and_told_in_the_order_of_the_call() {
        let shelf = Shelf::new().await;
        let address = WebAddress::read("http://pond.example/").unwrap();
        let id = shelf.graph().keep_web_page(&address, None, None).await.unwrap();
        let mut batch = Batch::new();
        batch.add(id, kinds::SHARES, 0, 6).add(id, kinds::CLICKS, 0, 2).keep(id, kinds::COMMENT, Id(5), 1, Vec::new());
        for n in 1..4 {
            batch.keep(id, kinds::LIKED_BY, Id(ANN.0 + n), 1, Vec::new());
        }
        shelf.graph().commit(batch).await.unwrap();
        let answer = shelf.unsigned(METHOD, &[("urls", "http://nobody.example/x#y, POND.example")]).await;
        let none = json!({
            "url": "http://nobody.example/x#y", "share_count": 0, "like_count": 0, "comment_count": 0, "total_count": 0, "click_count": 0,
            "normalized_url": "http://nobody.example/x",
        });
        let pond = json!({
            "url": "POND.example", "share_count": 6, "like_count": 3, "comment_count": 1, "total_count": 10, "click_count": 2,
            "normalized_url": "http://pond.example/",
        });
        assert_eq!(answer, json!([none, pond]));
        let by_json = [("urls", r#"["POND.example"]"#)];
        assert_eq!(shelf.by_server(METHOD, &by_json).await, json!([pond]), "signed");
        assert_eq!(shelf.ask(METHOD, &by_json).await, json!([pond]), "in a session, which is not needed");
        assert_eq!(shelf.by_session_secret(METHOD, &by_json).await, json!([pond]));
        insta::assert_snapshot!(shelf.xml(METHOD, &by_json).await, @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <links_getStats_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd" list="true">
          <link_stat>
            <url>POND.example</url>
            <share_count>6</share_count>
            <like_count>3</like_count>
            <comment_count>1</comment_count>
            <total_count>10</total_count>
            <click_count>2</click_count>
            <normalized_url>http://pond.example/</normalized_url>
          </link_stat>
        </links_getStats_response>
        "#);
    }

    #[tokio::test]
    async fn an_address_encoded_as_a_whole_is_decoded_and_what_is_none_has_zeros() {
        let shelf = Shelf::new().await;
        let of = async |urls: &str| {
            let answer = shelf.unsigned(METHOD, &[("urls", urls)]).await;
            let told = answer.as_array().unwrap_or_else(|| panic!("{answer}")).iter();
            told.map(|one| one["normalized_url"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
        };
        let both = "HTTP%3A%2F%2Fpond.example%2Fa%2Cb%3Fc%3Dd%2525,https%3a%2f%2fpond.example";
        assert_eq!(of(both).await, ["http://pond.example/a,b?c=d%25", "https://pond.example/"]);
        assert_eq!(of("http://pond.example/%3A%2F").await, ["http://pond.example/%3A%2F"], "no whole encoding");
        assert_eq!(of("javascript:alert(1),http%3A%2F%2F%FF").await, ["javascript:alert(1)", "http%3A%2F%2F%FF"]);
    }

    #[tokio::test]
    async fn what_is_wrong_is_told_and_a_wrong_signature_is_not_passed_over() {
        let shelf = Shelf::new().await;
        assert_eq!(code(&shelf.unsigned(METHOD, &[]).await), 100);
        assert_eq!(code(&shelf.unsigned(METHOD, &[("urls", "")]).await), 100);
        assert_eq!(code(&shelf.unsigned(METHOD, &[("urls", &vec!["a.example"; MAX_URLS + 1].join(","))]).await), 100);
        let one = ("urls", "a.example");
        assert_eq!(code(&shelf.unsigned(METHOD, &[one, ("api_key", "0")]).await), 101);
        assert_eq!(code(&shelf.unsigned(METHOD, &[one, ("sig", "0")]).await), 101, "whoever signs is somebody");
        let forged = By::Session(&shelf.world.web, "0");
        assert_eq!(shelf.world.code(forged, METHOD, &[one]).await, 104);
        let known = [one, ("api_key", shelf.world.web.api_key.as_str())];
        assert!(shelf.unsigned(METHOD, &known).await.is_array(), "an application without a signature");
        assert_eq!(
            code(&shelf.unsigned("users.getInfo", &[("uids", "1"), ("fields", "name")]).await),
            101,
            "others not"
        );
    }
}
