//! For the tests of methods that several people call: what each of them is answered.

use super::world::{ANN, By, World, text};
use reconnect_core::context::Host;
use reconnect_core::permission::Permissions;
use reconnect_store::Id;
use reconnect_wire::Args;
use reconnect_wire::token::AccessToken;
use serde_json::Value;

impl World {
    /// The key of a session of somebody who has authorised the web application.
    pub(crate) async fn key_of(&self, person: Id) -> String {
        let plan = self.plan(&self.web, person, false).await;
        self.services.graph.open_session(&self.web, &plan).await.unwrap().key
    }

    /// What a call in somebody's session with the web application answers.
    pub(crate) async fn ask(&self, person: Id, method: &str, args: &[(&str, &str)]) -> Value {
        let key = self.key_of(person).await;
        self.json(By::App(&self.web), method, &with(&[("session_key", &key)], args)).await
    }

    /// Its error code, 0 where there is none.
    pub(crate) async fn ask_code(&self, person: Id, method: &str, args: &[(&str, &str)]) -> u64 {
        self.ask(person, method, args).await["error_code"].as_u64().unwrap_or(0)
    }

    /// The same in XML.
    pub(crate) async fn ask_xml(&self, person: Id, method: &str, args: &[(&str, &str)]) -> String {
        let key = self.key_of(person).await;
        self.call(By::App(&self.web), method, &with(&[("session_key", &key)], args)).await
    }

    /// What a program that knows only the secret of a session of Ann's is answered.
    pub(crate) async fn ask_by_secret(&self, method: &str, args: &[(&str, &str)]) -> Value {
        let key = self.key_of(ANN).await;
        let secret = self.json(By::App(&self.web), "auth.promoteSession", &[("session_key", &key)]).await;
        let args = with(&[("session_key", &key), ("ss", "1")], args);
        self.json(By::Session(&self.web, secret.as_str().unwrap()), method, &args).await
    }

    /// What a page's script is answered that knows only an access token of Ann's.
    pub(crate) async fn ask_by_token(&self, method: &str, args: &[(&str, &str)]) -> Value {
        let key = self.key_of(ANN).await;
        let mac = self.services.secrets.access_token_mac(self.web.id, &key);
        let token = AccessToken::User { app_id: self.web.id.0, session_key: key, mac }.to_string();
        let mut all = Args::new();
        for (name, value) in with(&[("method", method), ("access_token", &token), ("format", "json")], args) {
            all.set(name.as_bytes(), value.as_bytes());
        }
        serde_json::from_str(&text(&self.send(all, Host::Api).await)).unwrap()
    }

    /// Lets somebody grant the web application more.
    pub(crate) async fn permit(&self, person: Id, permissions: &str) {
        let (permissions, unknown) = Permissions::parse(permissions);
        assert!(unknown.is_empty(), "{unknown:?}");
        self.services.graph.authorize(person, self.web.id, &permissions).await.unwrap();
    }
}

fn with<'a>(first: &[(&'a str, &'a str)], rest: &[(&'a str, &'a str)]) -> Vec<(&'a str, &'a str)> {
    first.iter().chain(rest).copied().collect()
}
