//! Finding people, and putting them on a lead.

use cadencia_contract::{
    ChangesPromised, ContactList, ContactRow, ErrorCode, FieldEntity, LeadDetail, LeadList, MappingView,
    OutboxList,
};
use cadencia_tests::{TestApp, wait_for};
use serde_json::{Value, json};
use std::ops::ControlFlow;

fn found(app: &TestApp, typed: &str) -> Vec<ContactRow> {
    app.get::<ContactList>("contact_search", json!({"search": typed})).rows
}

fn lead(app: &TestApp, id: i64) -> LeadDetail {
    app.get("lead_get", json!({"lead_id": id.to_string()}))
}

fn wait_until_sent(app: &TestApp) {
    wait_for("everything to be sent", || {
        let list: OutboxList = app.get("outbox_list", json!({}));
        match list.summary.open {
            0 => ControlFlow::Break(()),
            _ => ControlFlow::Continue(format!("{:?}", list.rows)),
        }
    });
}

/// A lead, and a person of another lead with a Brazilian mobile number.
fn lead_and_stranger(app: &TestApp) -> (LeadDetail, ContactRow) {
    let list: LeadList = app.get("lead_list", json!({"limit": 60}));
    let shown = lead(app, list.rows[0].kommo_id.0);
    let known: Vec<i64> = shown.contacts.iter().map(|one| one.kommo_id.0).collect();
    let stranger = list
        .rows
        .iter()
        .filter(|row| row.phone.as_ref().is_some_and(|phone| phone.len() == 14 && phone.starts_with("+55")))
        .find_map(|row| {
            found(app, row.phone.as_deref()?).into_iter().find(|one| !known.contains(&one.kommo_id.0))
        });
    (shown, stranger.unwrap())
}

#[test]
fn a_person_is_found_by_name_by_phone_with_and_without_the_ninth_digit_and_by_email() {
    let app = TestApp::start();
    app.connect_and_import();
    let (_, person) = lead_and_stranger(&app);
    let phone = person.phone.clone().unwrap();
    let without = format!("{}{}", &phone[3..5], &phone[6..]);
    let word = person.name.split(' ').next().unwrap().to_uppercase();
    let email = person.email.clone();
    for typed in [Some(phone[3..].to_owned()), Some(without), Some(word), email].into_iter().flatten() {
        let all: ContactList = app.get("contact_search", json!({"search": typed, "limit": 50}));
        assert!(all.rows.contains(&person), "{typed}: {all:?}");
    }
    assert!(person.leads > 0 && person.lead_name.is_some());
    assert_eq!(found(&app, ""), []);
    assert_eq!(found(&app, "ninguém se chama assim"), []);
    let one: ContactList = app.get("contact_search", json!({"search": "a", "limit": 1}));
    assert!(one.rows.len() == 1 && one.has_more);
    assert_eq!(
        app.fails("contact_search", json!({"search": "a", "limit": 51})).code,
        ErrorCode::InvalidRequest
    );
}

#[test]
fn a_phone_keeps_its_kind_or_gets_another() {
    let app = TestApp::start();
    app.connect_and_import();
    let list: LeadList = app.get("lead_list", json!({"limit": 60}));
    let shown = list.rows.iter().find(|row| row.phone.is_some()).unwrap();
    let person = |app: &TestApp| lead(app, shown.kommo_id.0).contacts.remove(0);
    let before = person(&app);
    let mapping: MappingView = app.get("mapping_get", json!({}));
    let field = mapping
        .fields
        .iter()
        .find(|field| field.entity == FieldEntity::Contact && field.code.as_deref() == Some("PHONE"))
        .unwrap();
    let kind = before.phones[0].enum_id.expect("the simulator gives each phone a kind");
    let other = field.options.iter().find(|option| option.enum_id != kind).unwrap().enum_id;
    for wanted in [other, kind] {
        let items = json!([{"text": before.phones[0].typed, "enum_id": wanted}]);
        let value = json!({"as": "texts", "items": items});
        let change = json!({"of": "field", "field_id": field.kommo_id, "value": value});
        let request = json!({"contact_id": before.id, "changes": [change]});
        assert_eq!(app.get::<ChangesPromised>("contact_edit", request).changes, 1);
        assert_eq!(person(&app).phones[0].enum_id, Some(wanted), "it shows at once");
        wait_until_sent(&app);
        let after = person(&app);
        assert_eq!(
            (after.phones[0].enum_id, &after.phones[0].typed),
            (Some(wanted), &before.phones[0].typed)
        );
    }
    app.assert_mirror_equals_simulator();
}

#[test]
fn a_person_who_was_found_is_put_on_a_lead_and_is_in_kommo_soon() {
    let app = TestApp::start();
    app.connect_and_import();
    let (shown, person) = lead_and_stranger(&app);
    let id = shown.row.kommo_id.0;
    app.wire.hold_after(0);
    let change = json!({"of": "link", "contact_id": person.kommo_id, "is_main": false});
    let promised: ChangesPromised =
        app.get("lead_edit", json!({"lead_id": id.to_string(), "changes": [change]}));
    assert_eq!(promised.changes, 1);
    let after = lead(&app, id);
    assert!(after.contacts.iter().any(|one| one.kommo_id == person.kommo_id), "it shows at once");
    assert_eq!(after.pending[0].subject, format!("contact:{}", person.kommo_id.0));
    app.wire.release();
    wait_until_sent(&app);
    let state: Value = app.sim.state_snapshot();
    assert!(state.to_string().contains(&person.kommo_id.0.to_string()));
    app.poll();
    assert!(lead(&app, id).contacts.iter().any(|one| one.kommo_id == person.kommo_id));
    app.assert_mirror_equals_simulator();
}
