//! The namespace `auth`: tokens, sessions, authorisations.

pub(crate) mod create_token;
pub(crate) mod expire_session;
pub(crate) mod get_session;
pub(crate) mod promote_session;
pub(crate) mod revoke_authorization;
pub(crate) mod revoke_extended_permission;
