//! What changed between two readings of a lead or a person, in readable words: pure.

use cadencia_domain::card_value::CardValue;
use cadencia_domain::contact::Contact;
use cadencia_domain::field::FieldValue;
use cadencia_domain::lead::{Lead, Tag};
use cadencia_domain::phone::mask;
use serde::{Deserialize, Serialize};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// One changed field.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Change {
    /// `name`, `price`, `stage`, `responsible`, `tags`, `contacts`, `loss_reason`, `phone`, `email`... or a custom
    /// field's label.
    pub field: String,
    /// Before; none when it was empty.
    pub before: Option<String>,
    /// After; none when it is empty.
    pub after: Option<String>,
}

/// Names of the account's own things, for readable differences. A number without a name shows as itself.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// By (pipeline, status).
    pub stages: HashMap<(i64, i64), String>,
    /// By user.
    pub users: HashMap<i64, String>,
    /// By loss reason.
    pub loss_reasons: HashMap<i64, String>,
    /// By person, as far as lead rows at hand need them.
    pub contacts: HashMap<i64, String>,
    /// By company, likewise.
    pub companies: HashMap<i64, String>,
    /// Fields that hold phones.
    pub phone_fields: BTreeSet<i64>,
}

impl Names {
    /// A single value in readable words; none when it is empty.
    pub fn value(&self, value: &CardValue) -> Option<String> {
        match value {
            CardValue::Name { text: name } => text(name),
            CardValue::Price { cents } => money(*cents),
            CardValue::Stage { pipeline, status, loss_reason } => {
                let key = (pipeline.0, status.0);
                let stage = self.stages.get(&key).cloned().unwrap_or_else(|| key.1.to_string());
                let reason = loss_reason.map(|id| Self::named(&self.loss_reasons, id.0));
                Some(reason.map_or_else(|| stage.clone(), |reason| format!("{stage} ({reason})")))
            }
            CardValue::Responsible { user } => self.user(*user),
            CardValue::Field { items, field } => {
                let code = self.phone_fields.contains(&field.0).then(|| "PHONE".to_owned());
                text(&shown(&FieldValue {
                    field: *field,
                    name: String::new(),
                    code,
                    kind: String::new(),
                    items: items.clone(),
                }))
            }
        }
    }

    fn stage(&self, lead: &Lead) -> String {
        let key = (lead.pipeline.0, lead.status.0);
        self.stages.get(&key).cloned().unwrap_or_else(|| key.1.to_string())
    }

    fn named(names: &HashMap<i64, String>, id: i64) -> String {
        names.get(&id).filter(|name| !name.is_empty()).cloned().unwrap_or_else(|| id.to_string())
    }

    fn user(&self, id: Option<cadencia_domain::id::KommoUserId>) -> Option<String> {
        id.map(|id| self.users.get(&id.0).cloned().unwrap_or_else(|| id.to_string()))
    }
}

/// What changed on a lead. Bookkeeping (who and when, next task) is not a change.
pub fn of_leads(before: &Lead, after: &Lead, names: &Names) -> Vec<Change> {
    let mut changes = Vec::new();
    push(&mut changes, "name", text(&before.name), text(&after.name));
    push(&mut changes, "price", money(before.price_cents), money(after.price_cents));
    push(&mut changes, "stage", Some(names.stage(before)), Some(names.stage(after)));
    push(&mut changes, "responsible", names.user(before.responsible), names.user(after.responsible));
    let reason = |lead: &Lead| {
        lead.loss_reason.map(|id| names.loss_reasons.get(&id.0).cloned().unwrap_or_else(|| id.to_string()))
    };
    push(&mut changes, "loss_reason", reason(before), reason(after));
    push(&mut changes, "tags", tags(&before.tags), tags(&after.tags));
    let contacts = |lead: &Lead| {
        let ids: Vec<String> =
            lead.contacts.iter().map(|link| Names::named(&names.contacts, link.contact.0)).collect();
        text(&ids.join(", "))
    };
    push(&mut changes, "contacts", contacts(before), contacts(after));
    let company = |lead: &Lead| lead.company.map(|id| Names::named(&names.companies, id.0));
    push(&mut changes, "company", company(before), company(after));
    fields(&mut changes, &before.fields, &after.fields);
    changes
}

/// What changed on a person. Phones are masked.
pub fn of_contacts(before: &Contact, after: &Contact, names: &Names) -> Vec<Change> {
    let mut changes = Vec::new();
    push(&mut changes, "name", text(&before.name), text(&after.name));
    push(&mut changes, "responsible", names.user(before.responsible), names.user(after.responsible));
    push(&mut changes, "tags", tags(&before.tags), tags(&after.tags));
    fields(&mut changes, &before.fields, &after.fields);
    changes
}

fn fields(changes: &mut Vec<Change>, before: &[FieldValue], after: &[FieldValue]) {
    let read = |values: &[FieldValue]| -> BTreeMap<i64, (String, String)> {
        values.iter().map(|value| (value.field.0, (label(value), shown(value)))).collect()
    };
    let (old, new) = (read(before), read(after));
    for (id, (label, value)) in &new {
        push(changes, label, old.get(id).and_then(|(_, value)| text(value)), text(value));
    }
    for (label, value) in old.iter().filter(|(id, _)| !new.contains_key(id)).map(|(_, value)| value) {
        push(changes, label, text(value), None);
    }
}

fn label(value: &FieldValue) -> String {
    match value.code.as_deref() {
        Some("PHONE") => "phone".to_owned(),
        Some("EMAIL") => "email".to_owned(),
        _ => value.name.clone(),
    }
}

fn shown(value: &FieldValue) -> String {
    let is_phone = value.code.as_deref() == Some("PHONE");
    let items = value.items.iter().map(|item| if is_phone { mask(&item.text()) } else { item.text() });
    items.collect::<Vec<_>>().join(", ")
}

fn tags(tags: &[Tag]) -> Option<String> {
    let mut names: Vec<&str> = tags.iter().map(|tag| tag.name.as_str()).collect();
    names.sort_unstable();
    text(&names.join(", "))
}

fn money(cents: i64) -> Option<String> {
    (cents != 0).then(|| {
        let sign = if cents < 0 { "-" } else { "" };
        format!("{sign}{}.{:02}", cents.abs() / 100, cents.abs() % 100)
    })
}

fn text(value: &str) -> Option<String> {
    (!value.is_empty()).then(|| value.to_owned())
}

fn push(changes: &mut Vec<Change>, field: &str, before: Option<String>, after: Option<String>) {
    if before != after {
        changes.push(Change { field: field.to_owned(), before, after });
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use cadencia_domain::field::FieldItem;
    use cadencia_domain::id::*;
    use cadencia_domain::time::UtcMillis;
    use serde_json::json;

    fn lead() -> Lead {
        Lead {
            kommo_id: KommoLeadId(1),
            name: "Maria".into(),
            price_cents: 150_000,
            pipeline: KommoPipelineId(10),
            status: KommoStatusId(100),
            responsible: Some(KommoUserId(7)),
            loss_reason: None,
            source: None,
            company: None,
            contacts: vec![],
            tags: vec![],
            fields: vec![],
            created_by: None,
            updated_by: None,
            created_at: UtcMillis(1),
            updated_at: UtcMillis(1),
            closed_at: None,
            closest_task_at: None,
            is_deleted: false,
        }
    }

    fn field(id: i64, name: &str, code: Option<&str>, value: serde_json::Value) -> FieldValue {
        FieldValue {
            field: KommoFieldId(id),
            name: name.into(),
            code: code.map(str::to_owned),
            kind: "text".into(),
            items: vec![FieldItem { value, enum_id: None, enum_code: None }],
        }
    }

    #[test]
    fn each_changed_field_is_told_in_words() {
        let names = Names {
            stages: HashMap::from([((10, 100), "Novo Lead".to_owned()), ((10, 142), "Ganho".to_owned())]),
            users: HashMap::from([(7, "Ana".to_owned())]),
            ..Names::default()
        };
        let before = Lead { fields: vec![field(5, "Concorrente", None, json!("Origo"))], ..lead() };
        let after = Lead {
            price_cents: 0,
            status: KommoStatusId::WON,
            responsible: Some(KommoUserId(8)),
            fields: vec![field(6, "Score", None, json!("78"))],
            updated_at: UtcMillis(9),
            ..lead()
        };
        let told: Vec<_> = of_leads(&before, &after, &names)
            .into_iter()
            .map(|c| (c.field, c.before.unwrap_or_default(), c.after.unwrap_or_default()))
            .collect();
        let line = |a: &str, b: &str, c: &str| (a.to_owned(), b.to_owned(), c.to_owned());
        assert_eq!(
            told,
            vec![
                line("price", "1500.00", ""),
                line("stage", "Novo Lead", "Ganho"),
                line("responsible", "Ana", "8"),
                line("Score", "", "78"),
                line("Concorrente", "Origo", ""),
            ]
        );
    }

    #[test]
    fn the_same_lead_read_again_has_no_changes() {
        let again = Lead { updated_at: UtcMillis(2), closest_task_at: Some(UtcMillis(3)), ..lead() };
        assert_eq!(of_leads(&lead(), &again, &Names::default()), vec![]);
    }

    #[test]
    fn a_phone_in_a_difference_is_masked() {
        let with = |number: &str| Lead {
            fields: vec![field(1, "Telefone", Some("PHONE"), json!(number))],
            ..lead()
        };
        let changes = of_leads(&with("+5511987654321"), &with("+5511987650000"), &Names::default());
        assert_eq!(changes[0].field, "phone");
        assert!(!format!("{changes:?}").contains("98765"));
    }
}
