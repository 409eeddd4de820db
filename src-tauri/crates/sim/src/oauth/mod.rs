//! OAuth 2.0 as Kommo speaks it: authorization page, token endpoint, tokens that look like Kommo's.

mod authorize;
mod grants;
mod jwt;
mod token;

pub(crate) use authorize::{decide, page};
pub(crate) use grants::Grants;
pub(crate) use token::{access_token, account_domain, current_subdomain};
