//! Signing in: the three ways, and what they share.

mod address;
mod bought;
mod browser;
mod connect;
mod draft;
mod env_file;
mod oauth_error;
mod ways;

pub(crate) use bought::Bought;
pub(crate) use draft::Drafts;
pub(crate) use env_file::read as read_env;
