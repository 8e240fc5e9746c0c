//! An application as everybody may know it.

use reconnect_core::model::Application;
use schemars::JsonSchema;
use serde::Serialize;

/// An application.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "app_info")]
pub(crate) struct AppInfo {
    app_id: u64,
    api_key: String,
    /// Its place on the canvas; empty where it has none.
    canvas_name: String,
    display_name: String,
    icon_url: String,
    logo_url: String,
    developers: Vec<DeveloperInfo>,
    company_name: String,
    description: String,
    daily_active_users: u64,
    weekly_active_users: u64,
    monthly_active_users: u64,
    category: String,
    subcategory: String,
}

/// Whoever made an application.
#[derive(Serialize, JsonSchema)]
#[serde(rename = "developer_info")]
pub(crate) struct DeveloperInfo {
    uid: u64,
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
