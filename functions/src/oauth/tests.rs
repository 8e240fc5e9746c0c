//! What servers are given for what, and what they are refused.

use crate::pages::tests::{Answer, Browser, World};
use axum::body::Body;
use http::{Request, StatusCode};
use reconnect_core::session::Plan;
use std::collections::HashMap;
use url::form_urlencoded;

async fn post(browser: &mut Browser, path: &str, fields: &[(&str, &str)]) -> Answer {
    let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    browser.send(Request::post(path).body(Body::from(body)).unwrap()).await
}

impl World {
    fn server(&self) -> Browser {
        let mut server = self.browser();
        server.https = true;
        server
    }

    /// Trades something for a token: the answer's fields, or the code and the message of the refusal.
    async fn trade(&self, more: &[(&str, &str)]) -> Result<HashMap<String, String>, (u64, String)> {
        let id = self.app.id.to_string();
        let fields = [&[("client_id", id.as_str()), ("client_secret", &self.app.secret)], more].concat();
        told(&post(&mut self.server(), "/oauth/access_token", &fields).await)
    }

    async fn plan_for_ann(&self) -> Plan {
        self.authorize(&self.ann, "").await;
        let graph = &self.site.services.graph;
        let grant = graph.grant(self.ann.id, self.app.id).await.unwrap().unwrap();
        let login = graph.login(self.ann.id).await.unwrap().unwrap();
        Plan {
            person: self.ann.id,
            granted_epoch: grant.epoch,
            login_epoch: login.epoch,
            infinite: false,
            secret: false,
            browser: None,
        }
    }
}

fn told(answer: &Answer) -> Result<HashMap<String, String>, (u64, String)> {
    if answer.status == StatusCode::OK {
        return Ok(form_urlencoded::parse(answer.body.as_bytes()).into_owned().collect());
    }
    let error: serde_json::Value = serde_json::from_str(&answer.body).unwrap_or_else(|e| panic!("{e}: {answer:?}"));
    assert_eq!(error["error"]["type"], "OAuthException");
    Err((error["error"]["code"].as_u64().unwrap(), error["error"]["message"].as_str().unwrap().to_owned()))
}

#[tokio::test]
async fn a_code_is_traded_once_by_whoever_knows_the_secret() {
    let world = World::new().await;
    let plan = world.plan_for_ann().await;
    let services = &world.site.services;
    let code = services.create_dialog_code(&world.app, &plan, "http://game.example/fb/").await.unwrap();
    let args = [("code", code.as_str()), ("redirect_uri", "http://game.example/fb/")];
    let id = world.app.id.to_string();
    let wrong = [("client_id", id.as_str()), ("client_secret", "wrong"), args[0], args[1]];
    let answer = post(&mut world.server(), "/oauth/access_token", &wrong).await;
    assert_eq!(told(&answer).unwrap_err(), (1, "Error validating client secret.".to_owned()));
    assert_eq!(world.trade(&[args[0]]).await.unwrap_err().0, 100, "another redirect_uri");
    let got = world.trade(&args).await.unwrap();
    assert!(got["expires"].parse::<i64>().unwrap() > 80_000);
    let key = got["access_token"].split('|').nth(1).unwrap();
    assert!(services.graph.live_session(world.app.id, key).await.unwrap().is_some());
    let (code, message) = world.trade(&args).await.unwrap_err();
    assert!(code == 100 && message.starts_with("Invalid verification code format."), "{message}");
}

#[tokio::test]
async fn of_many_rivals_with_the_code_of_a_cookie_one_gets_the_token() {
    let world = World::new().await;
    let plan = world.plan_for_ann().await;
    let services = &world.site.services;
    let opened = services.graph.open_session(&world.app, &plan).await.unwrap();
    let code = services.code_of(&opened.session);
    let args = [("code", code.as_str()), ("redirect_uri", "")];
    let trades = futures_util::future::join_all((0..16).map(|_| world.trade(&args))).await;
    assert_eq!(trades.iter().filter(|trade| trade.is_ok()).count(), 1, "{trades:?}");
    // An authorisation that is gone takes its codes with it.
    let opened = services.graph.open_session(&world.app, &plan).await.unwrap();
    services.graph.withdraw(world.ann.id, world.app.id, false).await.unwrap();
    let code = services.code_of(&opened.session);
    assert_eq!(world.trade(&[("code", &code)]).await.unwrap_err().0, 100);
}

#[tokio::test]
async fn an_application_gets_a_token_of_its_own() {
    let world = World::new().await;
    for kind in [("grant_type", "client_credentials"), ("type", "client_cred")] {
        let got = world.trade(&[kind]).await.unwrap();
        let rest = world.site.services.secrets.app_token(world.app.id, &world.app.secret);
        assert_eq!(got["access_token"], format!("{}|{rest}", world.app.id));
        assert!(!got.contains_key("expires"));
    }
    let (code, message) = world.trade(&[("grant_type", "password")]).await.unwrap_err();
    assert!(code == 100 && message.contains("client_credentials"), "{message}");
}

#[tokio::test]
async fn a_token_is_exchanged_for_one_that_lives_sixty_days() {
    let world = World::new().await;
    let plan = world.plan_for_ann().await;
    let services = &world.site.services;
    let opened = services.graph.open_session(&world.app, &plan).await.unwrap();
    let short = crate::handover::Handover::of(services, &world.app, opened).access_token();
    let kind = ("grant_type", "fb_exchange_token");
    let got = world.trade(&[kind, ("fb_exchange_token", &short)]).await.unwrap();
    let expires: i64 = got["expires"].parse().unwrap();
    assert!((60 * 86_400..61 * 86_400).contains(&expires), "{expires}");
    let key = got["access_token"].split('|').nth(1).unwrap();
    assert!(services.graph.live_session(world.app.id, key).await.unwrap().is_some());
    for bad in ["", "x", &format!("{}|x", world.app.id), &short.replace("2.", "3."), &short.replacen('|', "0|", 1)] {
        let (code, message) = world.trade(&[kind, ("fb_exchange_token", bad)]).await.unwrap_err();
        assert!(matches!(code, 100 | 190), "{bad}: {message}");
    }
    services.graph.withdraw(world.ann.id, world.app.id, false).await.unwrap();
    assert_eq!(world.trade(&[kind, ("fb_exchange_token", &short)]).await.unwrap_err().0, 190);
}

#[tokio::test]
async fn old_session_keys_become_tokens_in_their_order() {
    let world = World::new().await;
    let plan = world.plan_for_ann().await;
    let graph = &world.site.services.graph;
    let expiring = graph.open_session(&world.app, &plan).await.unwrap();
    let endless = graph.open_session(&world.app, &Plan { infinite: true, ..plan }).await.unwrap();
    let id = world.app.id.to_string();
    let sessions = format!("{},nonsense,{}", expiring.key, endless.key);
    let fields = [("client_id", id.as_str()), ("client_secret", &world.app.secret), ("sessions", &sessions)];
    let answer = post(&mut world.server(), "/oauth/exchange_sessions", &fields).await;
    let list: serde_json::Value = serde_json::from_str(&answer.body).unwrap();
    assert_eq!(list.as_array().unwrap().len(), 3);
    assert_eq!(list[0]["expires"], expiring.session.expires);
    assert!(list[0]["access_token"].as_str().unwrap().contains(&expiring.key));
    assert!(list[1].is_null() && list[2].get("expires").is_none(), "{list}");
    let many = vec!["x"; 101].join(",");
    let fields = [fields[0], fields[1], ("sessions", many.as_str())];
    let answer = post(&mut world.server(), "/oauth/exchange_sessions", &fields).await;
    assert!(answer.body.contains("at most 100"), "{}", answer.body);
}

#[tokio::test]
async fn secrets_are_taken_over_https_and_from_the_applications_servers_only() {
    let world = World::with(|app| app.ip_list = vec!["192.0.2.*".to_owned()]).await;
    let id = world.app.id.to_string();
    let fields =
        [("client_id", id.as_str()), ("client_secret", &world.app.secret), ("grant_type", "client_credentials")];
    let mut plain = world.browser();
    let (_, message) = told(&post(&mut plain, "/oauth/access_token", &fields).await).unwrap_err();
    assert!(message.contains("https://"), "{message}");
    let mut elsewhere = world.server();
    elsewhere.address = "198.51.100.1";
    assert_eq!(told(&post(&mut elsewhere, "/oauth/access_token", &fields).await).unwrap_err().0, 5);
    assert!(told(&post(&mut world.server(), "/oauth/access_token", &fields).await).is_ok());
    for (fields, code) in [(&fields[1..], 101), (&[("client_id", "1")][..], 101)] {
        assert_eq!(told(&post(&mut world.server(), "/oauth/access_token", fields).await).unwrap_err().0, code);
    }
}
