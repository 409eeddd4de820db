//! People and companies as the mirror knows them.

use crate::field::FieldValue;
use crate::id::{KommoCompanyId, KommoContactId, KommoUserId};
use crate::lead::Tag;
use crate::time::UtcMillis;
use serde::{Deserialize, Serialize};

/// A person read from Kommo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Contact {
    /// Kommo's number.
    pub kommo_id: KommoContactId,
    /// Full name as shown.
    pub name: String,
    /// Given name, when filled.
    pub first_name: Option<String>,
    /// Family name, when filled.
    pub last_name: Option<String>,
    /// Who is responsible.
    pub responsible: Option<KommoUserId>,
    /// Their company.
    pub company: Option<KommoCompanyId>,
    /// Filled custom fields, phones and e-mails among them.
    pub fields: Vec<FieldValue>,
    /// Their tags (a set apart from lead tags).
    pub tags: Vec<Tag>,
    /// Created, by Kommo's clock.
    pub created_at: UtcMillis,
    /// Last changed, by Kommo's clock.
    pub updated_at: UtcMillis,
    /// Made by an incoming lead that nobody accepted yet.
    pub is_unsorted: bool,
    /// In Kommo's recycle bin.
    pub is_deleted: bool,
}

impl Contact {
    /// Phones as people typed them in Kommo, in order.
    pub fn phones(&self) -> impl Iterator<Item = String> + '_ {
        self.texts_of("PHONE")
    }

    /// E-mail addresses, in order.
    pub fn emails(&self) -> impl Iterator<Item = String> + '_ {
        self.texts_of("EMAIL")
    }

    fn texts_of<'a>(&'a self, code: &'a str) -> impl Iterator<Item = String> + 'a {
        self.fields
            .iter()
            .filter(move |field| field.code.as_deref() == Some(code))
            .flat_map(|field| field.items.iter().map(super::field::FieldItem::text))
            .filter(|text| !text.trim().is_empty())
    }
}

/// A company read from Kommo.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Company {
    /// Kommo's number.
    pub kommo_id: KommoCompanyId,
    /// Its name.
    pub name: String,
    /// Who is responsible.
    pub responsible: Option<KommoUserId>,
    /// Filled custom fields.
    pub fields: Vec<FieldValue>,
    /// Its tags.
    pub tags: Vec<Tag>,
    /// Created, by Kommo's clock.
    pub created_at: UtcMillis,
    /// Last changed, by Kommo's clock.
    pub updated_at: UtcMillis,
    /// In Kommo's recycle bin.
    pub is_deleted: bool,
}
