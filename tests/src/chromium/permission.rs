//! What a person lets a site do, in the browser's own boxes.

use super::Chromium;
use serde_json::{Value, json};

impl Chromium {
    /// Lets pages of `server` use their cookies within pages of `page` (the Storage Access API's box, agreed to).
    #[track_caller]
    pub fn grant_storage_access(&self, page: &str, server: &str) {
        let permission = json!({"permission": {"name": "storage-access"}, "setting": "granted", "origin": page, "embeddedOrigin": server});
        self.devtools("Browser.setPermission", &permission);
    }

    /// Waits for the browser's box that offers accounts (FedCM), and chooses the first.
    #[track_caller]
    pub fn choose_account(&self) {
        self.wait("the box that offers accounts", || {
            let shown = self.driver.tell("GET", "/fedcm/getdialogtype", &Value::Null);
            shown.is_string().then_some(())
        });
        self.tell("POST", "/fedcm/selectaccount", &json!({"accountIndex": 0}));
    }
}
