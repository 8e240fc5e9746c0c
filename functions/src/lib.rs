//! The API: every method in an explicit list, the pages, and the router that serves them.

mod answer;
mod auth;
mod batch;
mod canvas;
mod comments;
mod disclosure;
mod fan_pages;
mod friends;
mod graph_api;
mod groups;
mod handover;
mod links;
mod login_status;
mod notes;
mod oauth;
mod pictures;
mod plain;
mod reference;
mod sdk;
mod status;
mod stream;
mod users;

pub mod names;
pub mod pages;
pub mod router;
pub mod schema;
pub mod settings;
pub mod site;
#[cfg(test)]
mod tests;

use reconnect_core::{Handler, Registry};

/// Every method that is served, in the order of the alphabet.
pub static METHODS: &[Handler] = &[
    Handler::of::<auth::create_token::CreateToken>(),
    Handler::of::<auth::expire_session::ExpireSession>(),
    Handler::of::<auth::get_session::GetSession>(),
    Handler::of::<auth::promote_session::PromoteSession>(),
    Handler::of::<auth::revoke_authorization::RevokeAuthorization>(),
    Handler::of::<auth::revoke_extended_permission::RevokeExtendedPermission>(),
    Handler::of::<batch::run::Run>(),
    Handler::of::<comments::add::Add>(),
    Handler::of::<comments::get::Get>(),
    Handler::of::<comments::remove::Remove>(),
    Handler::of::<friends::are_friends::AreFriends>(),
    Handler::of::<friends::get::Get>(),
    Handler::of::<friends::get_app_users::GetAppUsers>(),
    Handler::of::<friends::get_lists::GetLists>(),
    Handler::of::<friends::get_mutual_friends::GetMutualFriends>(),
    Handler::of::<groups::get::Get>(),
    Handler::of::<groups::get_members::GetMembers>(),
    Handler::of::<links::get::Get>(),
    Handler::of::<links::get_stats::GetStats>(),
    Handler::of::<links::post::Post>(),
    Handler::of::<links::preview::Preview>(),
    Handler::of::<notes::create::Create>(),
    Handler::of::<notes::delete::Delete>(),
    Handler::of::<notes::edit::Edit>(),
    Handler::of::<notes::get::Get>(),
    Handler::of::<fan_pages::block_fan::BlockFan>(),
    Handler::of::<fan_pages::get_info::GetInfo>(),
    Handler::of::<fan_pages::is_admin::IsAdmin>(),
    Handler::of::<fan_pages::is_app_added::IsAppAdded>(),
    Handler::of::<fan_pages::is_fan::IsFan>(),
    Handler::of::<status::get::Get>(),
    Handler::of::<status::set::Set>(),
    Handler::of::<stream::add_comment::AddComment>(),
    Handler::of::<stream::add_like::AddLike>(),
    Handler::of::<stream::get::Get>(),
    Handler::of::<stream::get_comments::GetComments>(),
    Handler::of::<stream::get_filters::GetFilters>(),
    Handler::of::<stream::publish::Publish>(),
    Handler::of::<stream::remove::Remove>(),
    Handler::of::<stream::remove_comment::RemoveComment>(),
    Handler::of::<stream::remove_like::RemoveLike>(),
    Handler::of::<users::get_info::GetInfo>(),
    Handler::of::<users::get_logged_in_user::GetLoggedInUser>(),
    Handler::of::<users::get_standard_info::GetStandardInfo>(),
    Handler::of::<users::has_app_permission::HasAppPermission>(),
    Handler::of::<users::is_app_user::IsAppUser>(),
    Handler::of::<users::is_verified::IsVerified>(),
    Handler::of::<users::set_status::SetStatus>(),
];

/// The registry of [`METHODS`].
pub fn registry() -> Registry {
    Registry::new(METHODS)
}
