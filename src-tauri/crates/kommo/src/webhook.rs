//! Webhook deliveries: what Kommo sends to a subscribed address, and to the "API: send webhook" of a digital
//! pipeline.
//!
//! The body is a form, as PHP's `http_build_query` writes nested arrays: `{entity}[{action}][{index}]{field}`
//! beside `account[id]` and `account[subdomain]`. Every scalar is a text; nulls and empty lists are absent (Kommo
//! docs: webhooks-general; recorded). A delivery carries no signature: who listens has to keep the address secret,
//! and to compare [`Delivery::account_id`]. The same event may come twice, late, or never.
//!
//! ```
//! let body = b"account%5Bid%5D=32720107&leads%5Bdelete%5D%5B0%5D%5Bid%5D=9375716";
//! let delivery = kommo::webhook::parse(body)?;
//! assert_eq!(delivery.account_id, Some(32720107));
//! assert_eq!(delivery.events[0].kind(), "lead_deleted");
//! assert_eq!(delivery.events[0].id, Some(9375716));
//! # Ok::<(), kommo::webhook::ParseError>(())
//! ```

use std::fmt;

mod collect;
mod event;
mod form;
mod item;
mod talk;
mod told;

pub use event::{HookAbout, HookAction, HookEntity, HookEvent};
pub use item::Item;
pub use talk::{HookAuthor, HookDirection, HookMessage};
pub use told::{HookNote, HookOutcome, HookResponsible, HookStage, HookUnsorted};

use crate::wire::lenient;

/// How long a body may be, in bytes. The longest recorded ones have a few kilobytes.
pub const MAX_BODY_BYTES: usize = 1024 * 1024;
/// How many pairs a body may hold. Recorded ones hold up to a hundred for an item.
pub const MAX_PAIRS: usize = 10_000;
/// How deep a key may nest, its first word included. An incoming lead's custom fields need 11.
pub const MAX_DEPTH: usize = 12;
/// How long a key may be, in bytes, once decoded.
pub const MAX_KEY_BYTES: usize = 1024;

/// Reads the body of a delivery.
///
/// Tolerated, because it comes or may come: other entities and actions than the known ones, items without an id,
/// several items and several kinds in one body, the account at the end or missing (2018), items without their
/// entity (Kommo docs, 2026: `add[0][id]` for a message), any text as an index, a scalar and a list under one
/// name (recorded), invalid UTF-8 (replaced), keys that nest too deep or are too long and more pairs than [`MAX_PAIRS`]
/// beside others (passed over). Of equal keys the last one counts.
///
/// # Errors
/// Says what the body is instead. Nothing of the body is in the error.
pub fn parse(body: &[u8]) -> Result<Delivery, ParseError> {
    if body.len() > MAX_BODY_BYTES {
        return Err(ParseError::TooLarge { bytes: body.len() });
    }
    // In a form, white space is encoded: what lies around it is not part of it.
    let body = body.trim_ascii();
    match body.first() {
        None => return Err(ParseError::Empty),
        Some(b'{' | b'[' | b'"' | b'<') => return Err(ParseError::NotAForm),
        Some(_) => {}
    }
    let collected = collect::collect(body);
    if !collected.has_account && collected.groups.is_empty() {
        let nothing = if collected.is_nested { ParseError::NotADelivery } else { ParseError::NotAForm };
        return Err(collected.passed_over.unwrap_or(nothing));
    }
    Ok(Delivery {
        account_id: collected.account_id.as_deref().and_then(lenient::int_in),
        subdomain: collected.subdomain,
        events: collected.groups.into_iter().map(HookEvent::from).collect(),
        is_lossy: collected.is_lossy,
        is_partial: collected.passed_over.is_some(),
    })
}

/// What one request of Kommo's says.
#[derive(Clone, PartialEq, Eq, Hash, Default)]
pub struct Delivery {
    /// `account[id]`. Bodies of 2018 had none (recorded); anyone who knows the address can write any.
    pub account_id: Option<i64>,
    /// `account[subdomain]`.
    pub subdomain: Option<String>,
    /// What happened, in the order of the body. Empty when it only names the account.
    pub events: Vec<HookEvent>,
    /// Something in the body was no UTF-8 and was replaced by U+FFFD.
    pub is_lossy: bool,
    /// Pairs were passed over: keys deeper than [`MAX_DEPTH`] or longer than [`MAX_KEY_BYTES`], or what comes after
    /// [`MAX_PAIRS`].
    pub is_partial: bool,
}

impl fmt::Debug for Delivery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Delivery")
            .field("account_id", &self.account_id)
            .field("events", &self.events)
            .field("is_lossy", &self.is_lossy)
            .field("is_partial", &self.is_partial)
            .finish_non_exhaustive()
    }
}

/// Why a body is no delivery. The same body will never be one: there is no use in asking for it again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ParseError {
    /// Nothing, or only white space.
    #[error("the body is empty")]
    Empty,
    /// JSON, a page, prose: no key with brackets is in it.
    #[error("the body is no form with nested keys")]
    NotAForm,
    /// A form with nested keys, but neither an account nor an item under an entity and an action.
    #[error("the form names neither an account nor an event")]
    NotADelivery,
    /// Longer than [`MAX_BODY_BYTES`].
    #[error("the body has {bytes} bytes, more than {MAX_BODY_BYTES}")]
    TooLarge {
        /// How long it is.
        bytes: usize,
    },
    /// More than [`MAX_PAIRS`], none of which says anything.
    #[error("the body has more than {MAX_PAIRS} pairs")]
    TooManyPairs,
    /// Nothing but keys that nest deeper than [`MAX_DEPTH`].
    #[error("a key nests deeper than {MAX_DEPTH}")]
    TooDeep,
    /// Nothing but nested keys longer than [`MAX_KEY_BYTES`].
    #[error("a key is longer than {MAX_KEY_BYTES} bytes")]
    KeyTooLong,
}
