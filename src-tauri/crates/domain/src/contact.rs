//! People and companies as the mirror knows them.

use crate::field::{FieldItem, FieldValue};
use crate::id::{KommoCompanyId, KommoContactId, KommoUserId};
use crate::lead::Tag;
use crate::phone::Masked;
use crate::time::UtcMillis;
use serde::{Deserialize, Serialize};
use std::fmt;

/// A person read from Kommo.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
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
        self.phone_items().map(FieldItem::text)
    }

    /// E-mail addresses, in order.
    pub fn emails(&self) -> impl Iterator<Item = String> + '_ {
        self.email_items().map(FieldItem::text)
    }

    /// The same phones, each with its kind.
    pub fn phone_items(&self) -> impl Iterator<Item = &FieldItem> + '_ {
        self.items_of("PHONE")
    }

    /// The same e-mail addresses, each with its kind.
    pub fn email_items(&self) -> impl Iterator<Item = &FieldItem> + '_ {
        self.items_of("EMAIL")
    }

    fn items_of<'a>(&'a self, code: &'a str) -> impl Iterator<Item = &'a FieldItem> + 'a {
        self.fields
            .iter()
            .filter(move |field| field.code.as_deref() == Some(code))
            .flat_map(|field| &field.items)
            .filter(|item| !item.text().trim().is_empty())
    }
}

// Who wrote by messenger is called by their number until somebody gives a name.
impl fmt::Debug for Contact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Contact")
            .field("kommo_id", &self.kommo_id)
            .field("name", &Masked(&self.name))
            .field("responsible", &self.responsible)
            .field("company", &self.company)
            .field("fields", &self.fields)
            .field("tags", &self.tags)
            .field("updated_at", &self.updated_at)
            .field("is_unsorted", &self.is_unsorted)
            .field("is_deleted", &self.is_deleted)
            .finish_non_exhaustive()
    }
}

/// A company read from Kommo.
#[derive(Clone, PartialEq, Serialize, Deserialize)]
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

impl fmt::Debug for Company {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Company")
            .field("kommo_id", &self.kommo_id)
            .field("name", &Masked(&self.name))
            .field("responsible", &self.responsible)
            .field("fields", &self.fields)
            .field("tags", &self.tags)
            .field("updated_at", &self.updated_at)
            .field("is_deleted", &self.is_deleted)
            .finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::field::FieldItem;
    use crate::id::KommoFieldId;
    use serde_json::json;

    #[test]
    fn people_and_companies_print_their_numbers_and_no_phone() {
        let phone = "+55 11 98765-4321";
        let fields = vec![FieldValue {
            field: KommoFieldId(7),
            name: "Telefone".to_owned(),
            code: Some("PHONE".to_owned()),
            kind: "multitext".to_owned(),
            items: vec![FieldItem {
                value: json!(phone),
                enum_id: Some(3),
                enum_code: Some("WORK".to_owned()),
            }],
        }];
        let contact = Contact {
            kommo_id: KommoContactId(4_242),
            name: phone.to_owned(),
            first_name: Some("5511987654321".to_owned()),
            last_name: Some("98765-4321".to_owned()),
            responsible: Some(KommoUserId(31)),
            company: Some(KommoCompanyId(32)),
            fields: fields.clone(),
            tags: Vec::new(),
            created_at: UtcMillis(1),
            updated_at: UtcMillis(2),
            is_unsorted: false,
            is_deleted: false,
        };
        let company = Company {
            kommo_id: KommoCompanyId(4_243),
            name: phone.to_owned(),
            responsible: None,
            fields,
            tags: Vec::new(),
            created_at: UtcMillis(1),
            updated_at: UtcMillis(2),
            is_deleted: false,
        };
        for (shown, id) in [(format!("{contact:?}"), "4242"), (format!("{company:#?}"), "4243")] {
            assert!(!shown.contains("8765") && !shown.contains("4321"), "{shown}");
            assert!(shown.contains(id) && shown.contains("PHONE") && shown.contains("WORK"), "{shown}");
        }
    }
}
