//! The protocol of the Legacy REST API, pure: what a call looks like on the wire and what an answer looks like.
//!
//! | module | what it holds |
//! |---|---|
//! | [`call`] | [`Call::read`]: query, form and multipart to arguments, method, format, callback |
//! | [`args`] | [`Args`]: arguments in arrival order, as bytes |
//! | [`mod@decode`] | [`decode()`]: arguments to a method's own struct |
//! | [`sign`] | the md5 signature of calls; [`fb_sig`], [`cookies`], [`signed_request`]: its relatives |
//! | [`token`] | the texts of auth tokens, session keys, session secrets, access tokens |
//! | [`error`], [`code`] | [`ApiError`] and the table of all codes |
//! | [`render`], [`value`] | answers and errors as XML, JSON, json-strings, with or without JSONP |
//!
//! No I/O, no clock, no randomness, no async runtime: bytes in, bytes out. Nothing here panics on what a client sends.

pub mod args;
pub mod call;
pub mod code;
pub mod cookies;
pub mod decode;
mod decode_json;
mod decode_value;
pub mod error;
pub mod fb_sig;
mod form;
pub mod hashes;
mod hex;
mod json;
mod members;
pub mod method_name;
mod multipart;
pub mod render;
mod schema;
pub mod sign;
pub mod signed_request;
pub mod token;
pub mod value;
mod xml;

pub use args::Args;
pub use call::{Call, Limits, Refused, Request, TooLarge, Upload};
pub use code::Code;
pub use decode::{UidList, decode};
pub use error::ApiError;
pub use method_name::MethodName;
pub use render::{Document, Format, RenderError};
pub use token::constant_time_eq;
pub use value::{Hidden, KeyedMap, Row, Visible};
