//! What an access token says about itself. Kommo publishes no key, so nothing is verified: use it for
//! display and for planning a refresh, never as proof.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::{URL_SAFE, URL_SAFE_NO_PAD};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Deserializer};

use crate::wire::lenient;

/// The claims of an access token (Kommo docs: oauth-20; keys as seen on live accounts).
#[derive(Clone, PartialEq, Eq, Default, Deserialize)]
pub struct Claims {
    /// When it ends, unix seconds.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub exp: Option<i64>,
    /// When it was issued, unix seconds.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub iat: Option<i64>,
    /// The account.
    #[serde(default, deserialize_with = "lenient::int_opt")]
    pub account_id: Option<i64>,
    /// The user, as text.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub sub: Option<String>,
    /// The integration.
    #[serde(default, deserialize_with = "first")]
    pub aud: Option<String>,
    /// For example `kommo.com`. The subdomain is not told.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub base_domain: Option<String>,
    /// For example `api-c.kommo.com`; missing in tokens from before 2024-08-21.
    #[serde(default, deserialize_with = "lenient::string_opt")]
    pub api_domain: Option<String>,
    /// For example `crm`, `files`, `notifications`, `send_external_messages`.
    #[serde(default, deserialize_with = "lenient::strings")]
    pub scopes: Vec<String>,
}

impl Claims {
    /// Whether the token was granted `scope`.
    #[must_use]
    pub fn has_scope(&self, scope: &str) -> bool {
        self.scopes.iter().any(|granted| granted == scope)
    }
}

impl fmt::Debug for Claims {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Claims")
            .field("exp", &self.exp)
            .field("account_id", &self.account_id)
            .field("scopes", &self.scopes)
            .finish_non_exhaustive()
    }
}

/// What was given is no token of this kind.
#[derive(Debug, thiserror::Error)]
pub enum JwtError {
    /// Not three parts separated by dots.
    #[error("an access token has three parts separated by dots")]
    Parts,
    /// The middle part is not base64.
    #[error("the claims of the token are not base64")]
    Base64(#[source] base64::DecodeError),
    /// The middle part is not a JSON object.
    #[error("the claims of the token are not a JSON object")]
    Json(#[source] serde_json::Error),
}

/// Reads the claims of `token` without verifying its signature.
///
/// # Errors
/// [`JwtError`] when it is not a JSON Web Token.
pub fn claims(token: &SecretString) -> Result<Claims, JwtError> {
    let mut parts = token.expose_secret().trim().split('.');
    let (Some(_), Some(middle), Some(_), None) = (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(JwtError::Parts);
    };
    let engine = if middle.ends_with('=') { URL_SAFE } else { URL_SAFE_NO_PAD };
    let json = engine.decode(middle).map_err(JwtError::Base64)?;
    serde_json::from_slice(&json).map_err(JwtError::Json)
}

// `aud` may be one text or several.
fn first<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum OneOrMany {
        One(String),
        Many(Vec<String>),
        Other(serde::de::IgnoredAny),
    }
    Ok(match OneOrMany::deserialize(deserializer)? {
        OneOrMany::One(text) => Some(text),
        OneOrMany::Many(texts) => texts.into_iter().next(),
        OneOrMany::Other(_) => None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(claims: &str) -> SecretString {
        let middle = URL_SAFE_NO_PAD.encode(claims);
        SecretString::from(format!("eyJ0eXAiOiJKV1QifQ.{middle}.c2ln"))
    }

    #[test]
    fn claims_are_read_whatever_type_their_numbers_have() {
        let whole = r#"{"aud":"id-1","exp":1790086400,"iat":1790000000,"sub":"11087123","account_id":32720107,
            "base_domain":"kommo.com","api_domain":"api-c.kommo.com","scopes":["crm","files"],"version":2}"#;
        let odd = r#"{"aud":["id-1"],"exp":1790086400.0,"iat":"1790000000","sub":11087123,"account_id":"32720107",
            "base_domain":"kommo.com","api_domain":"api-c.kommo.com","scopes":{"0":"crm","1":"files"}}"#;
        let expected = Claims {
            exp: Some(1_790_086_400),
            iat: Some(1_790_000_000),
            account_id: Some(32_720_107),
            sub: Some("11087123".into()),
            aud: Some("id-1".into()),
            base_domain: Some("kommo.com".into()),
            api_domain: Some("api-c.kommo.com".into()),
            scopes: vec!["crm".into(), "files".into()],
        };
        assert!(claims(&token(whole)).unwrap() == expected);
        assert!(claims(&token(odd)).unwrap() == expected);
        assert!(expected.has_scope("crm") && !expected.has_scope("send_external_messages"));
    }

    #[test]
    fn a_token_that_says_little_is_still_a_token() {
        assert!(claims(&token("{}")).unwrap() == Claims::default());
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let not_tokens = ["", "abc", "a.b", "a.!!!.c", "a.b.c.d"];
        for text in not_tokens {
            assert!(claims(&SecretString::from(text)).is_err(), "{text}");
        }
        assert!(matches!(claims(&token("[1,")), Err(JwtError::Json(_))));
    }
}
