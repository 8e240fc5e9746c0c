//! The namespace `users`.

pub(crate) mod get_logged_in_user;
pub(crate) mod has_app_permission;
pub(crate) mod is_app_user;
