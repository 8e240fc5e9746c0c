//! The namespace `users`.

mod fields;
pub(crate) mod get_info;
pub(crate) mod get_logged_in_user;
pub(crate) mod get_standard_info;
pub(crate) mod has_app_permission;
pub(crate) mod is_app_user;
pub(crate) mod is_verified;
pub(crate) mod set_status;
#[cfg(test)]
mod tests;
mod user;
mod value;
