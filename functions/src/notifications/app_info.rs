//! An application as everybody may know it.

use reconnect_core::model::Application;
use schemars::JsonSchema;
use serde::Serialize;

/// An application.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "app_info")]
pub(crate) struct AppInfo {
    /// Its id.
    app_id: u64,
    /// Its API key.
    api_key: String,
    /// Its place on the canvas; empty where it has none.
    canvas_name: String,
    /// What it is called.
    display_name: String,
    /// A small picture; always empty.
    icon_url: String,
    /// A larger picture; always empty.
    logo_url: String,
    /// Who makes it; nobody is told.
    developers: Vec<DeveloperInfo>,
    /// Which company makes it; always empty.
    company_name: String,
    /// What it is for; always empty.
    description: String,
    /// How many use it in a day; not counted, 0.
    daily_active_users: u64,
    /// In a week.
    weekly_active_users: u64,
    /// In a month.
    monthly_active_users: u64,
    /// What sort of application it is; always empty.
    category: String,
    /// And what of that sort; always empty.
    subcategory: String,
}

/// Whoever made an application.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "developer_info")]
pub(crate) struct DeveloperInfo {
    /// Who.
    uid: u64,
    /// What they are called.
    name: String,
}

impl AppInfo {
    /// What is known of one. Nobody has said yet who makes it, what it looks like and what it is for, and its users are not counted by the day.
    pub(crate) fn of(app: Application) -> AppInfo {
        AppInfo {
            app_id: app.id.0,
            api_key: app.api_key,
            canvas_name: app.canvas_name.unwrap_or_default(),
            display_name: app.name,
            icon_url: String::new(),
            logo_url: String::new(),
            developers: Vec::new(),
            company_name: String::new(),
            description: String::new(),
            daily_active_users: 0,
            weekly_active_users: 0,
            monthly_active_users: 0,
            category: String::new(),
            subcategory: String::new(),
        }
    }
}
