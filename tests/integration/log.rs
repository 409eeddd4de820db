//! The sync log.

use cadencia_contract::{
    ErrorCode, Int53, LogChannel, LogDetail, LogDirection, LogExport, LogList, LogOutcome, LogRow,
};
use cadencia_sim::{Fault, FaultName};
use cadencia_tests::TestApp;
use serde_json::json;
use std::time::Duration;

/// An account with rows of every kind in its log.
fn with_history() -> TestApp {
    let app = TestApp::builder().leads(80).start();
    app.connect_and_import();
    app.sim.people_edit(80, 3);
    app.poll();
    app.sim.set_fault(Fault::always(FaultName::ServerError));
    app.advance(Duration::from_secs(30));
    app.wait_for_status("trouble", |status| status.problem.is_some());
    app.sim.clear_faults();
    app.advance_to_retry();
    app.wait_for_status("the end of it", |status| status.polling.next_at_ms.is_some());
    app
}

#[test]
fn the_log_is_filtered_searched_and_read_page_by_page() {
    let app = with_history();
    let all: LogList = app.get("log_list", json!({"limit": 500}));
    assert_eq!(all.rows.len() as u32, all.total.min(500));
    assert!(all.rows.windows(2).all(|pair| pair[0].id.0 > pair[1].id.0), "newest first");

    let mut paged = Vec::new();
    let mut before: Option<Int53> = None;
    loop {
        let page: LogList = app.get("log_list", json!({"limit": 7, "before_id": before}));
        let Some(last) = page.rows.last() else { break };
        before = Some(last.id);
        paged.extend(page.rows);
    }
    assert_eq!(paged.len() as u32, all.total);
    assert!(paged.iter().take(500).eq(all.rows.iter()));

    for direction in [LogDirection::In, LogDirection::Out, LogDirection::Local] {
        let part: LogList = app.get("log_list", json!({"directions": [direction], "limit": 500}));
        let expected = paged.iter().filter(|row| row.direction == direction).count();
        assert_eq!(part.total as usize, expected, "{direction:?}");
        assert!(expected > 0, "{direction:?}");
    }
    for outcome in [LogOutcome::Done, LogOutcome::Retrying] {
        let part: LogList = app.get("log_list", json!({"outcomes": [outcome], "limit": 500}));
        let expected = paged.iter().filter(|row| row.outcome == outcome).count();
        assert_eq!(part.total as usize, expected, "{outcome:?}");
        assert!(expected > 0, "{outcome:?}");
    }
    let lead = paged.iter().find(|row| row.entity_kind.as_deref() == Some("lead")).unwrap();
    let about: LogList = app.get("log_list", json!({"lead_kommo_id": lead.entity_kommo_id, "limit": 500}));
    assert!(about.total > 0);
    assert!(about.rows.iter().all(|row| row.entity_kommo_id == lead.entity_kommo_id));
    let name = lead.entity_name.clone().unwrap();
    let word = name.split_whitespace().max_by_key(|word| word.len()).unwrap().to_owned();
    let found: LogList = app.get("log_list", json!({"search": word, "limit": 500}));
    assert!(found.rows.iter().any(|row| row.id == lead.id), "{word:?} finds {name:?}");
    let none: LogList = app.get("log_list", json!({"search": "zzzzqqqq"}));
    assert_eq!(none.total, 0);
}

#[test]
fn a_search_finds_rows_by_the_words_that_the_screen_has_for_them() {
    let app = with_history();
    let filter =
        json!({"search": "mudou", "worded": {"operations": ["lead_changed"], "channels": ["import"]}});
    let found: LogList = app.get("log_list", &filter);
    let is_worded = |row: &LogRow| row.operation == "lead_changed" || row.channel == LogChannel::Import;
    assert!(found.rows.iter().all(is_worded));
    assert!(found.rows.iter().any(|row| row.operation == "lead_changed"));
    assert!(found.rows.iter().any(|row| row.channel == LogChannel::Import));
    let export: LogExport = app.get("log_export", json!({"filter": filter}));
    assert_eq!(export.rows, found.total);
}

#[test]
fn a_row_about_a_note_is_called_by_whom_the_note_is_about() {
    let app = with_history();
    let added = app.log("note_added", 500);
    assert!(!added.is_empty());
    for row in added.iter().filter(|row| row.entity_kind.as_deref() == Some("lead")) {
        let number = row.entity_kommo_id.unwrap();
        let lead: cadencia_contract::LeadDetail =
            app.get("lead_get", json!({"lead_id": number.0.to_string()}));
        assert_eq!(row.entity_name.clone().unwrap_or_default(), lead.row.name, "{row:?}");
    }
}

#[test]
fn a_row_leads_to_its_lead() {
    let app = with_history();
    let list: LogList = app.get("log_list", json!({"limit": 500}));
    let row = list.rows.iter().find(|row| row.operation == "lead_changed").unwrap();
    let detail: LogDetail = app.get("log_get", json!({"log_id": row.id}));
    assert_eq!(&detail.row, row);
    let number = row.entity_kommo_id.unwrap().0;
    assert!(detail.web_url.unwrap().ends_with(&format!("/leads/detail/{number}")));
    let lead: cadencia_contract::LeadDetail =
        app.get("lead_get", json!({"lead_id": detail.lead_id.unwrap()}));
    assert_eq!(lead.row.kommo_id.0, number);
    assert_eq!(app.fails("log_get", json!({"log_id": 99_999_999})).code, ErrorCode::LogUnknown);
}

#[test]
fn the_export_holds_what_the_filter_shows_and_is_read_back() {
    let app = with_history();
    for filter in [json!({}), json!({"directions": ["out"]}), json!({"search": "zzzzqqqq"})] {
        let list: LogList = app.get("log_list", &filter);
        let export: LogExport = app.get("log_export", json!({"filter": filter}));
        assert_eq!(export.rows, list.total);
        let text = export.csv.strip_prefix('\u{feff}').expect("a byte order mark");
        let mut reader = csv::ReaderBuilder::new().delimiter(b';').from_reader(text.as_bytes());
        let rows: Vec<csv::StringRecord> = reader.records().map(|row| row.unwrap()).collect();
        assert_eq!(rows.len() as u32, export.rows);
        if let (Some(first), Some(newest)) = (rows.first(), list.rows.first()) {
            assert_eq!(first.get(0), Some(newest.id.0.to_string().as_str()));
        }
    }
}

#[test]
fn old_rows_are_deleted_after_the_days_a_person_chose() {
    let app = TestApp::builder().leads(20).start();
    app.connect_and_import();
    let _: cadencia_contract::Preferences = app.get("preferences_set", json!({"log_retention_days": 7}));
    let before = app.last_poll().unwrap().id.0;
    app.advance(Duration::from_secs(8 * 24 * 3_600));
    app.wait_for_poll_after(before);
    app.poll();
    assert_eq!(app.log("import_started", 500).len(), 0);
    assert!(app.last_poll().is_some());
}
