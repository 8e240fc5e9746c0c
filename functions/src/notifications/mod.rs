//! The namespace `notifications`.

mod app_info;
pub(crate) mod get;
pub(crate) mod get_list;
mod mail_text;
pub(crate) mod mark_read;
pub(crate) mod send_email;
#[cfg(test)]
mod tests;
