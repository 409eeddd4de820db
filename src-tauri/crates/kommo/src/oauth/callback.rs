use std::fmt;

use secrecy::SecretString;
use url::form_urlencoded;

/// What the browser brings to the redirect address.
#[derive(Clone)]
pub enum Callback {
    /// Consent was given.
    Code {
        /// To be exchanged within 20 minutes, once.
        code: SecretString,
        /// What was sent along. Absent when Kommo itself calls after an installation.
        state: Option<String>,
        /// The account's host, for example `acme.kommo.com`, without scheme and slash.
        referer: Option<String>,
        /// The integration.
        client_id: Option<String>,
        /// Kommo's server calls after an installation from the marketplace, not a person's browser.
        from_widget: bool,
    },
    /// Consent was refused.
    Refused {
        /// For example `access_denied`.
        error: String,
        /// What was sent along.
        state: Option<String>,
    },
}

/// What arrived is neither consent nor refusal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the query holds neither a code nor an error")]
pub struct CallbackError;

impl Callback {
    /// Reads the query of the redirect, with or without `?` in front.
    ///
    /// # Errors
    /// [`CallbackError`] when it holds neither `code` nor `error`.
    pub fn parse(query: &str) -> Result<Self, CallbackError> {
        let query = query.strip_prefix('?').unwrap_or(query);
        let (mut code, mut error, mut state, mut referer, mut client_id) = (None, None, None, None, None);
        let mut from_widget = false;
        for (key, value) in form_urlencoded::parse(query.as_bytes()) {
            match key.as_ref() {
                "code" => code = Some(value.into_owned()),
                "error" => error = Some(value.into_owned()),
                "state" => state = Some(value.into_owned()),
                "referer" | "referrer" => referer = host(&value),
                "client_id" => client_id = Some(value.into_owned()),
                "from_widget" => from_widget = matches!(value.as_ref(), "1" | "true"),
                _ => {}
            }
        }
        if let Some(error) = error {
            return Ok(Self::Refused { error, state });
        }
        let code = code.filter(|code| !code.is_empty()).ok_or(CallbackError)?;
        Ok(Self::Code { code: SecretString::from(code), state, referer, client_id, from_widget })
    }

    /// What was sent along, whatever the outcome.
    #[must_use]
    pub fn state(&self) -> Option<&str> {
        match self {
            Self::Code { state, .. } | Self::Refused { state, .. } => state.as_deref(),
        }
    }
}

/// The host, however much around it was written.
fn host(text: &str) -> Option<String> {
    let text = text.trim();
    let bare = text.split_once("://").map_or(text, |(_, rest)| rest);
    let bare = bare.split(['/', '?', '#']).next().unwrap_or(bare);
    (!bare.is_empty()).then(|| bare.to_ascii_lowercase())
}

// The state is as good as a secret until it has been compared.
impl fmt::Debug for Callback {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Code { referer, client_id, from_widget, .. } => f
                .debug_struct("Code")
                .field("referer", referer)
                .field("client_id", client_id)
                .field("from_widget", from_widget)
                .finish_non_exhaustive(),
            Self::Refused { error, .. } => {
                f.debug_struct("Refused").field("error", error).finish_non_exhaustive()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use secrecy::ExposeSecret as _;

    use super::*;

    #[test]
    fn consent_is_read_with_either_spelling_and_any_form_of_the_host() {
        let hosts = [
            "referer=acme.kommo.com",
            "referrer=acme.kommo.com",
            "referer=https%3A%2F%2Facme.kommo.com%2F",
            "referer=http://ACME.kommo.com",
        ];
        for host in hosts {
            let query = format!("?code=def502&state=s1&{host}&client_id=id-1&platform=2");
            let Ok(Callback::Code { code, state, referer, client_id, from_widget }) = Callback::parse(&query)
            else {
                panic!("{query} is consent")
            };
            assert_eq!(code.expose_secret(), "def502");
            assert_eq!(state.as_deref(), Some("s1"));
            assert_eq!(referer.as_deref(), Some("acme.kommo.com"), "{host}");
            assert_eq!(client_id.as_deref(), Some("id-1"));
            assert!(!from_widget);
        }
    }

    #[test]
    fn a_refusal_is_told_from_consent() {
        let refused = Callback::parse("error=access_denied&client_id=id-1&state=s1").unwrap();
        assert!(matches!(&refused, Callback::Refused { error, .. } if error == "access_denied"));
        assert_eq!(refused.state(), Some("s1"));
    }

    #[test]
    fn a_query_without_code_and_error_is_neither() {
        for query in ["", "?", "state=s1", "code=&state=s1"] {
            assert!(Callback::parse(query).is_err(), "{query}");
        }
    }

    #[test]
    fn code_and_state_are_not_shown() {
        let shown = format!("{:?}", Callback::parse("code=def502&state=canary").unwrap());
        assert!(!shown.contains("def502") && !shown.contains("canary"), "{shown}");
    }
}
