//! auth.createToken: a one-time token that a desktop program passes to login.php and afterwards trades for a session.
//!
//! A session key that comes along is checked and otherwise ignored; the PHP client sends an empty one. The token belongs to the
//! calling application, lives an hour, and is bound to a person by the login page only.

use reconnect_core::method::Fidelity;
use reconnect_core::{Access, Context, Method, Result};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

pub(crate) struct CreateToken;

#[derive(Deserialize, JsonSchema)]
pub(crate) struct Args {}

/// 32 lower-case hex digits.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "auth_token")]
pub(crate) struct AuthToken(String);

impl Method for CreateToken {
    const NAME: &'static str = "auth.createToken";
    const SUMMARY: &'static str =
        "Makes a one-time token that a person logs in with and that is then traded for a session.";
    const ACCESS: Access = Access::app_secret().writes();
    const FIDELITY: Fidelity = Fidelity::Authentic;
    type Args = Args;
    type Answer = AuthToken;

    async fn call(cx: &Context, _: Args) -> Result<AuthToken> {
        Ok(AuthToken(cx.graph().create_token(cx.app()).await?))
    }
}

#[cfg(test)]
mod tests {
    use crate::tests::world::{By, World};

    #[tokio::test]
    async fn a_token_is_made_for_whoever_knows_the_applications_secret() {
        let world = World::new().await;
        for app in [&world.web, &world.desktop] {
            let token = world.json(By::App(app), "auth.createToken", &[("session_key", "")]).await;
            let token = token.as_str().unwrap();
            assert!(
                token.len() == 32 && token.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)),
                "{token}"
            );
        }
    }

    #[tokio::test]
    async fn the_xml_answer_is_the_token_in_the_root() {
        let world = World::new().await;
        let xml = world.call(By::App(&world.web), "facebook.auth.createToken", &[]).await;
        let token = xml.split(['>', '<']).nth_back(2).unwrap().to_owned();
        insta::assert_snapshot!(xml.replace(&token, "TOKEN"), @r#"
        <?xml version="1.0" encoding="UTF-8"?>
        <auth_createToken_response xmlns="http://api.facebook.com/1.0/" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://api.facebook.com/1.0/ http://api.facebook.com/1.0/facebook.xsd">TOKEN</auth_createToken_response>
        "#);
    }

    #[tokio::test]
    async fn a_session_secret_makes_no_token() {
        let world = World::new().await;
        let opened = world.session(&world.desktop).await;
        let secret = world.services.secrets.session_secret(opened.session.id, false);
        let args = [("session_key", opened.key.as_str()), ("ss", "1")];
        assert_eq!(world.code(By::Session(&world.desktop, &secret), "auth.createToken", &args).await, 15);
    }
}
