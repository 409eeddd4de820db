//! The lead table: order, filters, search.

use cadencia_contract::{ErrorCode, LeadColumn, LeadDetail, LeadList, LeadRow, MappingView};
use cadencia_tests::TestApp;
use serde_json::{Value, json};
use std::cmp::Ordering;
use std::collections::BTreeMap;

fn imported() -> TestApp {
    let app = TestApp::builder().leads(150).start();
    app.connect_and_import();
    app
}

fn all(app: &TestApp, request: Value) -> Vec<LeadRow> {
    let mut request = request;
    request["limit"] = json!(500);
    let list: LeadList = app.get("lead_list", request);
    assert_eq!(list.total as usize, list.rows.len());
    list.rows
}

fn ids(rows: &[LeadRow]) -> Vec<i64> {
    let mut ids: Vec<i64> = rows.iter().map(|row| row.kommo_id.0).collect();
    ids.sort_unstable();
    ids
}

/// Rows of the unfiltered table for which `holds`.
fn expected(app: &TestApp, holds: impl Fn(&LeadRow) -> bool) -> Vec<i64> {
    let rows: Vec<LeadRow> = all(app, json!({})).into_iter().filter(|row| holds(row)).collect();
    ids(&rows)
}

#[test]
fn the_table_is_ordered_by_every_column_in_both_directions() {
    let app = imported();
    let mapping: MappingView = app.get("mapping_get", json!({}));
    let mut stages = BTreeMap::new();
    for (place, stage) in mapping.pipelines.iter().flat_map(|pipeline| &pipeline.stages).enumerate() {
        stages.insert((stage.pipeline_id.0, stage.status_id.0), place);
    }
    let users: BTreeMap<i64, String> =
        mapping.users.iter().map(|user| (user.kommo_id.0, user.name.to_lowercase())).collect();
    let compare = |column: LeadColumn, a: &LeadRow, b: &LeadRow| -> Ordering {
        match column {
            LeadColumn::Price => a.price.total_cmp(&b.price),
            LeadColumn::Created => a.created_at_ms.0.cmp(&b.created_at_ms.0),
            LeadColumn::Updated => a.updated_at_ms.0.cmp(&b.updated_at_ms.0),
            LeadColumn::Stage => {
                let place = |row: &LeadRow| stages.get(&(row.pipeline_id.0, row.status_id.0)).copied();
                place(a).cmp(&place(b))
            }
            LeadColumn::Responsible => {
                let name = |row: &LeadRow| row.responsible_id.and_then(|id| users.get(&id.0).cloned());
                match (name(a), name(b)) {
                    (Some(a), Some(b)) => a.cmp(&b),
                    _ => Ordering::Equal,
                }
            }
            LeadColumn::NextTask => match (a.next_task_at_ms, b.next_task_at_ms) {
                (Some(a), Some(b)) => a.0.cmp(&b.0),
                _ => Ordering::Equal,
            },
            // Accents and case do not count, which plain comparison does not know: only neighbours that are plain.
            LeadColumn::Name => {
                let plain = |row: &LeadRow| row.name.is_ascii().then(|| row.name.to_lowercase());
                match (plain(a), plain(b)) {
                    (Some(a), Some(b))
                        if a.chars().all(|c| c.is_alphanumeric() || c == ' ')
                            && b.chars().all(|c| c.is_alphanumeric() || c == ' ') =>
                    {
                        a.cmp(&b)
                    }
                    _ => Ordering::Equal,
                }
            }
        }
    };
    let whole = ids(&all(&app, json!({})));
    for column in [
        LeadColumn::Name,
        LeadColumn::Price,
        LeadColumn::Stage,
        LeadColumn::Responsible,
        LeadColumn::Created,
        LeadColumn::Updated,
        LeadColumn::NextTask,
    ] {
        for descending in [false, true] {
            let rows = all(&app, json!({"sort": {"column": column, "descending": descending}}));
            assert_eq!(ids(&rows), whole, "{column:?}");
            for pair in rows.windows(2) {
                let order = compare(column, &pair[0], &pair[1]);
                let wrong = if descending { Ordering::Less } else { Ordering::Greater };
                assert_ne!(order, wrong, "{column:?} descending {descending}: {:?} {:?}", pair[0], pair[1]);
                if column == LeadColumn::NextTask {
                    assert!(
                        pair[0].next_task_at_ms.is_some() || pair[1].next_task_at_ms.is_none(),
                        "none come last"
                    );
                }
            }
        }
    }
}

#[test]
fn windows_of_any_size_make_up_the_whole_table() {
    let app = imported();
    for sort in ["stage", "responsible", "updated", "name"] {
        let sort = json!({"column": sort, "descending": true});
        let whole = all(&app, json!({"sort": sort}));
        let mut windows = Vec::new();
        while windows.len() < whole.len() {
            let part: LeadList =
                app.get("lead_list", json!({"sort": sort, "offset": windows.len(), "limit": 17}));
            assert_eq!(part.offset as usize, windows.len());
            assert!(!part.rows.is_empty());
            windows.extend(part.rows);
        }
        assert_eq!(windows, whole);
    }
    for limit in [0, 501] {
        assert_eq!(app.fails("lead_list", json!({"limit": limit})).code, ErrorCode::InvalidRequest);
    }
}

#[test]
fn filters_show_exactly_the_rows_they_name() {
    let app = imported();
    let mapping: MappingView = app.get("mapping_get", json!({}));
    let rows = all(&app, json!({}));
    let stage = (rows[0].pipeline_id, rows[0].status_id);
    let found = all(&app, json!({"filters": {"stages": [{"pipeline_id": stage.0, "status_id": stage.1}]}}));
    assert_eq!(ids(&found), expected(&app, |row| (row.pipeline_id, row.status_id) == stage));
    let pipeline = mapping.pipelines.last().unwrap().kommo_id;
    let found = all(&app, json!({"filters": {"pipeline_ids": [pipeline]}}));
    assert_eq!(ids(&found), expected(&app, |row| row.pipeline_id == pipeline));
    let user = rows.iter().find_map(|row| row.responsible_id).unwrap();
    let found = all(&app, json!({"filters": {"responsible_ids": [user]}}));
    assert_eq!(ids(&found), expected(&app, |row| row.responsible_id == Some(user)));
    let tag = rows.iter().flat_map(|row| &row.tags).next().unwrap().kommo_id;
    let found = all(&app, json!({"filters": {"tag_ids": [tag]}}));
    assert_eq!(ids(&found), expected(&app, |row| row.tags.iter().any(|known| known.kommo_id == tag)));
    let price = rows.iter().map(|row| row.price).fold(0.0, f64::max) / 2.0;
    let found = all(&app, json!({"filters": {"price_from": price}}));
    assert_eq!(ids(&found), expected(&app, |row| row.price >= price));
    let is_closed = |row: &LeadRow| matches!(row.status_id.0, 142 | 143);
    let found = all(&app, json!({"filters": {"is_open": true}}));
    assert_eq!(ids(&found), expected(&app, |row| !is_closed(row)));
    let found = all(&app, json!({"filters": {"is_open": false, "responsible_ids": [user]}}));
    assert_eq!(ids(&found), expected(&app, |row| is_closed(row) && row.responsible_id == Some(user)));
    let found = all(&app, json!({"filters": {"has_task": true}}));
    assert_eq!(ids(&found), expected(&app, |row| row.next_task_at_ms.is_some()));
    let middle = rows[rows.len() / 2].created_at_ms;
    let found = all(&app, json!({"filters": {"created_from_ms": middle}}));
    assert_eq!(ids(&found), expected(&app, |row| row.created_at_ms.0 >= middle.0));
    let found = all(&app, json!({"filters": {"created_to_ms": middle}}));
    assert_eq!(ids(&found), expected(&app, |row| row.created_at_ms.0 < middle.0), "the end is excluded");
}

#[test]
fn a_filter_on_a_field_shows_the_leads_with_that_option() {
    let app = imported();
    let mapping: MappingView = app.get("mapping_get", json!({}));
    let state = app.sim.state_snapshot();
    let mut checked = 0;
    for field in mapping.fields.iter().filter(|field| field.entity == cadencia_contract::FieldEntity::Lead) {
        for option in field.options.iter().take(2) {
            let leads =
                state["leads"].as_array().unwrap().iter().filter(|lead| lead["is_deleted"] == json!(false));
            let mut theirs: Vec<i64> = leads
                .filter(|lead| {
                    lead["values"].as_array().unwrap().iter().any(|value| {
                        value[0] == json!(field.kommo_id.0)
                            && value[1]
                                .as_array()
                                .unwrap()
                                .iter()
                                .any(|item| item[1] == json!(option.enum_id.0))
                    })
                })
                .map(|lead| lead["id"].as_i64().unwrap())
                .collect();
            theirs.sort_unstable();
            let filter = json!({"field_id": field.kommo_id, "enum_ids": [option.enum_id]});
            let found = all(&app, json!({"filters": {"fields": [filter]}}));
            assert_eq!(ids(&found), theirs, "{} = {}", field.name, option.label);
            checked += theirs.len();
        }
    }
    assert!(checked > 0);
}

#[test]
fn a_lead_is_found_by_its_phone_however_it_is_typed() {
    let app = imported();
    let rows = all(&app, json!({}));
    let phones: Vec<(i64, String)> = rows
        .iter()
        .filter_map(|row| Some((row.kommo_id.0, row.phone.clone().filter(|p| p.starts_with("+55"))?)))
        .collect();
    assert!(phones.len() > 20);
    for (lead, phone) in phones.iter().take(25) {
        let digits = phone.trim_start_matches("+55");
        let (area, local) = digits.split_at(2);
        let (first, last) = local.split_at(local.len() - 4);
        for typed in [
            phone.clone(),
            phone.trim_start_matches('+').to_owned(),
            digits.to_owned(),
            format!("({area}) {first}-{last}"),
            format!("+55 {area} {first} {last}"),
            local.to_owned(),
        ] {
            let found = all(&app, json!({"search": typed}));
            assert!(
                found.iter().any(|row| row.kommo_id.0 == *lead),
                "{typed:?} does not find lead {lead} with {phone}"
            );
        }
        if local.len() == 9 {
            let without_ninth = format!("{area}{}", &local[1..]);
            let found = all(&app, json!({"search": without_ninth}));
            assert!(
                found.iter().any(|row| row.kommo_id.0 == *lead),
                "{without_ninth:?} does not find {phone}"
            );
        }
    }
}

#[test]
fn a_lead_is_found_by_words_of_its_name_without_accents_and_by_the_start_of_words() {
    let app = imported();
    for row in all(&app, json!({})).iter().take(15) {
        let name = row.contact_name.clone().unwrap_or_else(|| row.name.clone());
        let Some(word) = name.split_whitespace().find(|word| word.chars().count() >= 4) else { continue };
        let bare: String = word.to_uppercase().chars().map(without_accent).collect();
        let start: String = bare.chars().take(4).collect();
        for typed in [word.to_owned(), bare, start] {
            let found = all(&app, json!({"search": typed}));
            assert!(found.iter().any(|hit| hit.id == row.id), "{typed:?} does not find {name:?}");
        }
    }
    for nothing in ["zzzzqqqq", "\"", "' OR 1=1 --", "NEAR(", "*", "(((", "a AND"] {
        let _: LeadList = app.get("lead_list", json!({"search": nothing}));
    }
}

fn without_accent(c: char) -> char {
    match c {
        'Á' | 'À' | 'Â' | 'Ã' => 'A',
        'É' | 'Ê' => 'E',
        'Í' => 'I',
        'Ó' | 'Ô' | 'Õ' => 'O',
        'Ú' | 'Ü' => 'U',
        'Ç' => 'C',
        other => other,
    }
}

#[test]
fn a_deleted_lead_leaves_the_table_and_comes_back_when_restored() {
    let app = imported();
    let lead = all(&app, json!({}))[0].clone();
    let number = u32::try_from(lead.kommo_id.0).unwrap();
    assert!(app.sim.delete_card("leads", number));
    app.poll();
    assert!(all(&app, json!({})).iter().all(|row| row.id != lead.id));
    let gone: LeadDetail = app.get("lead_get", json!({"lead_id": lead.id}));
    assert!(gone.deleted_at_ms.is_some(), "its page still opens and says so");
    app.assert_mirror_equals_simulator();
    app.advance(std::time::Duration::from_secs(30));
    assert!(app.sim.restore_card("leads", number));
    app.poll();
    assert!(all(&app, json!({})).iter().any(|row| row.id == lead.id));
    app.assert_mirror_equals_simulator();
    assert_eq!(app.fails("lead_get", json!({"lead_id": "no such"})).code, ErrorCode::LeadUnknown);
}

#[test]
fn a_lead_shows_everything_that_hangs_on_it() {
    let app = imported();
    let state = app.sim.state_snapshot();
    let of = |part: &str, lead: i64| {
        let rows = state[part].as_array().unwrap().iter();
        rows.filter(|row| row["entity_type"] == json!("leads") && row["entity_id"] == json!(lead))
            .filter(|row| row["is_deleted"] != json!(true))
            .count()
    };
    for row in all(&app, json!({})).iter().take(30) {
        let detail: LeadDetail = app.get("lead_get", json!({"lead_id": row.id}));
        let number = row.kommo_id.0;
        assert_eq!(detail.tasks.len(), of("tasks", number), "tasks of {number}");
        assert_eq!(detail.notes.len(), of("notes", number), "notes of {number}");
        let theirs =
            state["leads"].as_array().unwrap().iter().find(|lead| lead["id"] == json!(number)).unwrap();
        assert_eq!(detail.contacts.len(), theirs["contacts"].as_array().unwrap().len(), "people of {number}");
        assert_eq!(
            detail.contacts.first().map(|contact| contact.is_main),
            (!detail.contacts.is_empty()).then_some(true)
        );
    }
}
