//! What the listener asks of the app.

use tokio::sync::oneshot;

/// One request that came in, with the place for its answer. Dropping `answer` makes the listener answer 503.
#[derive(Debug)]
pub enum Request {
    /// Somebody opened the login address.
    Login {
        /// Where to send them.
        answer: oneshot::Sender<LoginOutcome>,
    },
    /// Kommo sent somebody back.
    Callback {
        /// The raw query string. It holds the code: a secret until used.
        query: String,
        /// Which page to show.
        answer: oneshot::Sender<CallbackOutcome>,
    },
    /// How the accounts stand.
    Status {
        /// JSON to answer.
        answer: oneshot::Sender<JsonAnswer>,
    },
    /// Renew the access token now.
    Refresh {
        /// The account; without it the one that is shown.
        account_id: Option<String>,
        /// JSON to answer.
        answer: oneshot::Sender<JsonAnswer>,
    },
    /// Forget the tokens.
    Logout {
        /// The account; without it the one that is shown.
        account_id: Option<String>,
        /// JSON to answer.
        answer: oneshot::Sender<JsonAnswer>,
    },
}

/// Where a login goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LoginOutcome {
    /// To Kommo, at this address.
    Redirect(String),
    /// No integration is known yet: it has to be entered in the program first.
    NothingToSignInTo,
}

/// How a callback ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallbackOutcome {
    /// Signed in.
    Done,
    /// The person refused in Kommo.
    Refused,
    /// The attempt is unknown, used or too old.
    Expired,
    /// Kommo refused the code or did not answer; the program says why.
    Failed,
}

/// A JSON answer with its status.
#[derive(Clone, Debug, PartialEq)]
pub struct JsonAnswer {
    /// HTTP status.
    pub status: u16,
    /// Body.
    pub body: serde_json::Value,
}
