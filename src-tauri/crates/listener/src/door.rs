//! What the listener asks of the app.

use bytes::Bytes;
use secrecy::SecretString;
use tokio::sync::oneshot;

/// One request that came in, with the place for its answer. Dropping `answer` makes the listener answer 503.
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
    /// Kommo delivers something.
    Delivery {
        /// The unguessable part of the address.
        secret: SecretString,
        /// The body as it came. Personal.
        body: Bytes,
        /// Whether it was kept.
        answer: oneshot::Sender<DeliveryOutcome>,
    },
    /// Subscribe to webhooks, or end that.
    WebhookSetup {
        /// The request.
        body: serde_json::Value,
        /// JSON to answer.
        answer: oneshot::Sender<JsonAnswer>,
    },
    /// A test of the way in arrives.
    Reach {
        /// The number it carries.
        number: String,
        /// What to answer; none to a number of nobody's.
        answer: oneshot::Sender<Option<String>>,
    },
    /// Forget the tokens.
    Logout {
        /// The account; without it the one that is shown.
        account_id: Option<String>,
        /// JSON to answer.
        answer: oneshot::Sender<JsonAnswer>,
    },
}

// Queries hold codes, bodies what people wrote.
impl std::fmt::Debug for Request {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Login { .. } => "Login",
            Self::Callback { .. } => "Callback",
            Self::Status { .. } => "Status",
            Self::Refresh { .. } => "Refresh",
            Self::Delivery { .. } => "Delivery",
            Self::WebhookSetup { .. } => "WebhookSetup",
            Self::Reach { .. } => "Reach",
            Self::Logout { .. } => "Logout",
        })
    }
}

/// How a delivery ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DeliveryOutcome {
    /// It is on the disk.
    Kept,
    /// Nobody has this secret.
    Unknown,
    /// It cannot be kept at the moment: it should come again.
    NotReady,
    /// More come than can be kept: it should come again.
    TooMany,
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
