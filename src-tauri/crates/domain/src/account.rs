//! The connected account and its people.

use crate::id::{KommoAccountId, KommoUserId};
use serde::{Deserialize, Serialize};

/// What Kommo says of the account itself.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AccountProfile {
    /// Kommo's number.
    pub kommo_id: KommoAccountId,
    /// Name shown in Kommo.
    pub name: String,
    /// `acme` of `acme.kommo.com`.
    pub subdomain: String,
    /// ISO 3166 country, when known.
    pub country: Option<String>,
    /// ISO 4217 code of all prices, such as `BRL`.
    pub currency: Option<String>,
    /// IANA zone of the account, such as `America/Sao_Paulo`.
    pub time_zone: Option<String>,
    /// The user the token belongs to.
    pub current_user: Option<KommoUserId>,
    /// Task types of the account, in Kommo's order.
    pub task_types: Vec<TaskType>,
}

/// A kind of task, such as "Follow-up" or "Meeting".
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TaskType {
    /// Kommo's number.
    pub kommo_id: i64,
    /// Name shown in Kommo.
    pub name: String,
}

/// A person who works in the Kommo account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Kommo's number.
    pub kommo_id: KommoUserId,
    /// Name shown in Kommo.
    pub name: String,
    /// Sign-in e-mail, when visible to us.
    pub email: Option<String>,
    /// Administrator of the account.
    pub is_admin: bool,
    /// May sign in.
    pub is_active: bool,
}

/// Why a subdomain cannot be right.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a Kommo address")]
pub struct InvalidSubdomain;

/// Reads what a person types or pastes as "their Kommo address" and returns the subdomain:
/// `acme`, `ACME `, `acme.kommo.com` and `https://acme.kommo.com/leads/` are the same account.
/// `www` and foreign hosts are refused.
pub fn parse_subdomain(typed: &str) -> Result<String, InvalidSubdomain> {
    let text = typed.trim().to_lowercase();
    let text = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://")).unwrap_or(&text);
    let host = text.split(['/', '?', '#']).next().unwrap_or_default();
    let name = match host.split_once('.') {
        None => host,
        Some((name, "kommo.com" | "amocrm.com")) => name,
        Some(_) => return Err(InvalidSubdomain),
    };
    let fits = (1..=63).contains(&name.len())
        && name.chars().all(|c| c.is_ascii_alphanumeric() || c == '-')
        && !name.starts_with('-')
        && !name.ends_with('-')
        && name != "www";
    if fits { Ok(name.to_owned()) } else { Err(InvalidSubdomain) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_to_write_the_address_gives_the_subdomain() {
        for typed in
            ["acme", " ACME ", "acme.kommo.com", "https://acme.kommo.com/leads/?page=1", "acme.amocrm.com"]
        {
            assert_eq!(parse_subdomain(typed).as_deref(), Ok("acme"), "{typed}");
        }
    }

    #[test]
    fn what_is_no_kommo_address_is_refused() {
        for typed in ["", "www.kommo.com", "acme.example.org", "a b", "-acme", "acme_1", "ação", "https://"]
        {
            assert_eq!(parse_subdomain(typed), Err(InvalidSubdomain), "{typed}");
        }
    }
}
