//! Leads written, found and listed.

use super::*;
use crate::sample::{account, contact, contact_ids, field, lead, lead_ids, link, tag, write};
use crate::table::contacts;
use cadencia_domain::id::{
    KommoContactId, KommoFieldId, KommoLeadId, KommoPipelineId, KommoStatusId, KommoTagId, KommoUserId,
};
use cadencia_domain::lead::Lead;
use cadencia_domain::time::UtcMillis;
use proptest::prelude::*;
use rusqlite::Connection;
use serde_json::json;

const NOW: UtcMillis = UtcMillis(10_000_000);
const COLUMNS: [LeadColumn; 6] = [
    LeadColumn::UpdatedAt,
    LeadColumn::CreatedAt,
    LeadColumn::Name,
    LeadColumn::Price,
    LeadColumn::ClosestTask,
    LeadColumn::ClosedAt,
];

fn put(conn: &mut Connection, leads: &[Lead]) {
    let mut ids = lead_ids();
    let first = conn.query_row("SELECT count(*) FROM leads", [], |row| row.get::<_, u32>(0)).unwrap();
    (0..first).for_each(|_| drop(ids()));
    write(conn, |tx| upsert_many(tx, leads, NOW, &mut ids).unwrap());
}

fn numbers(page: &LeadPage) -> Vec<i64> {
    page.rows.iter().map(|row| row.kommo_id.0).collect()
}

fn listed(conn: &Connection, query: &LeadQuery) -> Vec<i64> {
    let query = LeadQuery { limit: 100, ..query.clone() };
    let page = list(conn, &query).unwrap();
    assert_eq!(page.total as usize, page.rows.len(), "{query:?}");
    let counted: u32 = stage_counts(conn, &query).unwrap().iter().map(|count| count.leads).sum();
    assert_eq!(counted, page.total, "{query:?}");
    let mut numbers = numbers(&page);
    numbers.sort_unstable();
    numbers
}

fn searched(conn: &Connection, text: &str) -> Vec<i64> {
    listed(conn, &LeadQuery { search: Some(text.to_owned()), ..LeadQuery::default() })
}

#[test]
fn what_is_written_is_read_back_whole() {
    let mut conn = account();
    let mut whole = lead(7, "Usina Conceição");
    whole.tags = vec![tag(2, "VIP"), tag(1, "Solar")];
    whole.contacts = vec![link(31, true), link(30, false)];
    whole.fields = vec![
        field(5, "select", json!("Casa"), Some(55)),
        field(6, "monetary", json!("4350.50"), None),
        field(8, "legal_entity", json!({"name": "ACME"}), None),
    ];
    whole.responsible = Some(KommoUserId(9));
    whole.closed_at = Some(UtcMillis(5));
    put(&mut conn, std::slice::from_ref(&whole));
    let stored = find(&conn, KommoLeadId(7)).unwrap().unwrap();
    assert_eq!(stored.lead, whole);
    assert_eq!((stored.deleted_at, stored.synced_at), (None, NOW));
    assert_eq!(get(&conn, &stored.id).unwrap().unwrap().lead, whole);
    assert_eq!(page_after(&conn, None, 10).unwrap(), [stored.clone()]);
    assert_eq!(page_after(&conn, Some(KommoLeadId(7)), 10).unwrap(), []);
    assert_eq!(id_of(&conn, KommoLeadId(7)).unwrap(), Some(stored.id));
}

#[test]
fn a_lead_is_found_by_everything_a_person_knows_of_it() {
    let mut conn = account();
    let mut maria = lead(7, "Usina São João");
    maria.tags = vec![tag(1, "Energia Solar")];
    maria.contacts = vec![link(30, true), link(31, false)];
    maria.fields = vec![field(5, "text", json!("Rua das Acácias, 12"), None)];
    let mut pedro = lead(8, "Telhado Pedro");
    pedro.contacts = vec![link(32, true)];
    put(&mut conn, &[maria, pedro]);
    let people = [
        contact(30, "Maria da Conceição", &["(11) 98765-4321"], &["Maria@Exemplo.com.br"]),
        contact(31, "José", &["11 3333-0000"], &[]),
        contact(32, "Pedro", &["+55 21 8888-7777"], &[]),
    ];
    write(&mut conn, |tx| contacts::upsert_many(tx, &people, NOW, &mut contact_ids()).unwrap());
    for (text, found) in [
        ("são joão", vec![7]),
        ("SAO", vec![7]),
        ("joao sao", vec![7]),
        ("conceicao", vec![7]),
        ("concei", vec![7]),
        ("maria acacias", vec![7]),
        ("acácias, 12", vec![7]),
        ("acácias 13", vec![]),
        ("exemplo.com", vec![7]),
        ("maria@exemplo.com.br", vec![7]),
        ("maria@exe", vec![7]),
        ("solar", vec![7]),
        ("José", vec![7]),
        ("(11) 98765-4321", vec![7]),
        ("11987654321", vec![7]),
        ("1187654321", vec![7]),
        ("8765-4321", vec![7]),
        ("+55 11 98765 4321", vec![7]),
        ("5511987654321", vec![7]),
        ("011 98765-4321", vec![7]),
        ("0 15 11 98765-4321", vec![7]),
        ("98765", vec![7]),
        ("7654", vec![7]),
        ("4321", vec![7]),
        ("maria 98765-4321", vec![7]),
        ("33330000", vec![7]),
        ("21 98888-7777", vec![8]),
        ("(21) 8888-7777", vec![8]),
        ("pedro", vec![8]),
        ("us", vec![7]),
        ("u", vec![7]),
        ("jo", vec![7]),
        ("te", vec![8]),
        ("us zz", vec![]),
        ("joao us", vec![7]),
        ("maria da c", vec![7]),
        ("maria d", vec![7]),
        ("maria zz", vec![]),
        ("maria pedro", vec![]),
        ("nada disso", vec![]),
        ("\"", vec![]),
        ("*", vec![]),
        ("", vec![7, 8]),
        ("   ", vec![7, 8]),
    ] {
        assert_eq!(searched(&conn, text), found, "{text}");
    }
}

#[test]
fn search_follows_a_contact_that_arrives_later_changes_or_goes() {
    let mut conn = account();
    let mut first = lead(7, "Primeiro");
    first.contacts = vec![link(30, true)];
    let mut second = lead(8, "Segundo");
    second.contacts = vec![link(30, true)];
    put(&mut conn, &[first.clone(), second]);
    assert_eq!(searched(&conn, "amanda"), Vec::<i64>::new());
    let mut ids = contact_ids();
    let mut person = contact(30, "Amanda", &[], &[]);
    write(&mut conn, |tx| contacts::upsert_many(tx, std::slice::from_ref(&person), NOW, &mut ids).unwrap());
    assert_eq!(searched(&conn, "amanda"), [7, 8]);
    person.name = "Beatriz".to_owned();
    write(&mut conn, |tx| contacts::upsert_many(tx, std::slice::from_ref(&person), NOW, &mut ids).unwrap());
    assert_eq!(searched(&conn, "amanda"), Vec::<i64>::new());
    assert_eq!(searched(&conn, "beatriz"), [7, 8]);
    first.contacts.clear();
    put(&mut conn, &[first]);
    assert_eq!(searched(&conn, "beatriz"), [8]);
    write(&mut conn, |tx| contacts::mark_deleted(tx, &[KommoContactId(30)], NOW).unwrap());
    assert_eq!(searched(&conn, "beatriz"), Vec::<i64>::new());
}

#[test]
fn search_follows_a_lead_that_changes_goes_and_comes_back() {
    let mut conn = account();
    put(&mut conn, &[lead(7, "Antigo")]);
    let mut changed = lead(7, "Renovado");
    changed.updated_at = UtcMillis(2_000);
    put(&mut conn, std::slice::from_ref(&changed));
    assert_eq!(searched(&conn, "antigo"), Vec::<i64>::new());
    assert_eq!(searched(&conn, "renovado"), [7]);
    let gone = write(&mut conn, |tx| mark_deleted(tx, &[KommoLeadId(7), KommoLeadId(99)], NOW).unwrap());
    assert_eq!(gone, [KommoLeadId(7)]);
    assert_eq!(searched(&conn, "renovado"), Vec::<i64>::new());
    assert_eq!(listed(&conn, &LeadQuery::default()), Vec::<i64>::new());
    put(&mut conn, std::slice::from_ref(&changed));
    assert_eq!(searched(&conn, "renovado"), Vec::<i64>::new(), "asked before the deletion was seen");
    write(&mut conn, |tx| upsert_many(tx, &[changed], NOW.plus(1), &mut lead_ids()).unwrap());
    assert_eq!(searched(&conn, "renovado"), [7]);
}

#[test]
fn an_older_answer_never_overwrites_a_newer_one() {
    let mut conn = account();
    let mut newer = lead(7, "Novo");
    newer.updated_at = UtcMillis(5_000);
    put(&mut conn, &[newer]);
    let applied = write(&mut conn, |tx| upsert_many(tx, &[lead(7, "Velho")], NOW, &mut lead_ids()).unwrap());
    assert_eq!((applied.inserted, applied.updated, applied.unchanged), (0, 0, 1));
    assert_eq!(find(&conn, KommoLeadId(7)).unwrap().unwrap().lead.name, "Novo");
}

#[test]
fn every_filter_restricts_and_filters_add_up() {
    let mut conn = account();
    let mut a = lead(1, "Ana");
    a.pipeline = KommoPipelineId(1);
    a.status = KommoStatusId(11);
    a.responsible = Some(KommoUserId(5));
    a.tags = vec![tag(1, "Quente"), tag(2, "Frio")];
    a.fields = vec![field(50, "select", json!("Casa"), Some(500)), field(51, "numeric", json!("7.5"), None)];
    a.closest_task_at = Some(UtcMillis(77));
    let mut b = lead(2, "Bia");
    b.status = KommoStatusId(142);
    b.closed_at = Some(UtcMillis(900));
    b.tags = vec![tag(2, "Frio")];
    b.fields = vec![
        field(50, "select", json!("Loja"), Some(501)),
        field(51, "numeric", json!(3), None),
        field(52, "text", json!("Telhado cerâmico"), None),
        field(53, "checkbox", json!(true), None),
    ];
    let mut c = lead(3, "Caio");
    c.pipeline = KommoPipelineId(2);
    c.status = KommoStatusId(143);
    c.responsible = Some(KommoUserId(6));
    c.loss_reason = Some(cadencia_domain::id::KommoLossReasonId(70));
    c.source = Some(cadencia_domain::id::KommoSourceId(80));
    c.company = Some(cadencia_domain::id::KommoCompanyId(90));
    put(&mut conn, &[a, b, c]);
    let base = LeadQuery::default();
    let stage = |pipeline, status: Option<i64>| StageChoice {
        pipeline: KommoPipelineId(pipeline),
        status: status.map(KommoStatusId),
    };
    let on = |field, test| LeadQuery {
        fields: vec![FieldFilter { field: KommoFieldId(field), test }],
        ..LeadQuery::default()
    };
    let cases = [
        (base.clone(), vec![1, 2, 3]),
        (LeadQuery { stages: vec![stage(1, None)], ..base.clone() }, vec![1, 2]),
        (LeadQuery { stages: vec![stage(1, Some(142))], ..base.clone() }, vec![2]),
        (LeadQuery { stages: vec![stage(2, Some(143)), stage(1, Some(11))], ..base.clone() }, vec![1, 3]),
        (LeadQuery { state: LeadState::Open, ..base.clone() }, vec![1]),
        (LeadQuery { state: LeadState::Closed, ..base.clone() }, vec![2, 3]),
        (LeadQuery { state: LeadState::Won, ..base.clone() }, vec![2]),
        (LeadQuery { state: LeadState::Lost, ..base.clone() }, vec![3]),
        (LeadQuery { responsibles: vec![Some(KommoUserId(5)), None], ..base.clone() }, vec![1, 2]),
        (LeadQuery { responsibles: vec![None], ..base.clone() }, vec![2]),
        (LeadQuery { responsibles: vec![Some(KommoUserId(6))], ..base.clone() }, vec![3]),
        (LeadQuery { tags: vec![KommoTagId(2)], ..base.clone() }, vec![1, 2]),
        (LeadQuery { tags: vec![KommoTagId(1), KommoTagId(2)], ..base.clone() }, vec![1, 2]),
        (
            LeadQuery { loss_reasons: vec![cadencia_domain::id::KommoLossReasonId(70)], ..base.clone() },
            vec![3],
        ),
        (LeadQuery { sources: vec![cadencia_domain::id::KommoSourceId(80)], ..base.clone() }, vec![3]),
        (LeadQuery { company: Some(cadencia_domain::id::KommoCompanyId(90)), ..base.clone() }, vec![3]),
        (LeadQuery { price_cents: Between { from: Some(200), to: None }, ..base.clone() }, vec![2, 3]),
        (LeadQuery { price_cents: Between { from: Some(200), to: Some(200) }, ..base.clone() }, vec![2]),
        (
            LeadQuery { created_at: Between { from: None, to: Some(UtcMillis(2)) }, ..base.clone() },
            vec![1, 2],
        ),
        (
            LeadQuery { updated_at: Between { from: Some(UtcMillis(1_003)), to: None }, ..base.clone() },
            vec![3],
        ),
        (LeadQuery { closed_at: Between { from: Some(UtcMillis(1)), to: None }, ..base.clone() }, vec![2]),
        (LeadQuery { has_open_task: Some(true), ..base.clone() }, vec![1]),
        (LeadQuery { has_open_task: Some(false), ..base.clone() }, vec![2, 3]),
        (on(50, FieldTest::OneOf(vec![500])), vec![1]),
        (on(50, FieldTest::OneOf(vec![500, 501])), vec![1, 2]),
        (on(51, FieldTest::Number(Between { from: Some(3.0), to: Some(7.0) })), vec![2]),
        (on(51, FieldTest::Number(Between { from: Some(7.5), to: None })), vec![1]),
        (on(53, FieldTest::Number(Between { from: Some(1.0), to: Some(1.0) })), vec![2]),
        (on(52, FieldTest::Contains("CERAMICO".to_owned())), vec![2]),
        (on(52, FieldTest::Contains("ce".to_owned())), vec![2]),
        (on(50, FieldTest::Contains("ceramico".to_owned())), vec![]),
        (on(50, FieldTest::Filled), vec![1, 2]),
        (on(50, FieldTest::Empty), vec![3]),
        (LeadQuery { tags: vec![KommoTagId(2)], state: LeadState::Open, ..base.clone() }, vec![1]),
        (
            LeadQuery {
                tags: vec![KommoTagId(2)],
                fields: vec![
                    FieldFilter { field: KommoFieldId(50), test: FieldTest::Filled },
                    FieldFilter { field: KommoFieldId(52), test: FieldTest::Empty },
                ],
                ..base.clone()
            },
            vec![1],
        ),
        (LeadQuery { search: Some("frio".to_owned()), state: LeadState::Won, ..base.clone() }, vec![2]),
        (LeadQuery { search: Some("frio".to_owned()), tags: vec![KommoTagId(1)], ..base.clone() }, vec![1]),
        (LeadQuery { search: Some("b".to_owned()), tags: vec![KommoTagId(2)], ..base.clone() }, vec![2]),
        (LeadQuery { search: Some("?".to_owned()), tags: vec![KommoTagId(2)], ..base.clone() }, vec![]),
        (
            LeadQuery { search: Some("bia".to_owned()), ..on(52, FieldTest::Contains("telha".to_owned())) },
            vec![2],
        ),
    ];
    for (query, expected) in cases {
        assert_eq!(listed(&conn, &query), expected, "{query:?}");
    }
}

#[test]
fn lists_are_ordered_and_paged() {
    let mut conn = account();
    let mut leads: Vec<Lead> =
        ["Érica", "ana", "Zoe", "bruno"].iter().zip(1..).map(|(n, id)| lead(id, n)).collect();
    leads[1].closest_task_at = Some(UtcMillis(20));
    leads[2].closest_task_at = Some(UtcMillis(10));
    put(&mut conn, &leads);
    for (column, descending, expected) in [
        (LeadColumn::UpdatedAt, true, [4, 3, 2, 1]),
        (LeadColumn::CreatedAt, false, [1, 2, 3, 4]),
        (LeadColumn::Name, false, [2, 4, 1, 3]),
        (LeadColumn::Price, true, [4, 3, 2, 1]),
        (LeadColumn::ClosestTask, false, [3, 2, 1, 4]),
        (LeadColumn::ClosestTask, true, [2, 3, 4, 1]),
        (LeadColumn::ClosedAt, false, [1, 2, 3, 4]),
    ] {
        let sort = LeadSort { column, descending };
        let query = LeadQuery { sort, limit: 10, ..LeadQuery::default() };
        assert_eq!(numbers(&list(&conn, &query).unwrap()), expected, "{sort:?}");
        let part = LeadQuery { offset: 1, limit: 2, ..query };
        let page = list(&conn, &part).unwrap();
        assert_eq!((page.total, numbers(&page)), (4, expected[1..3].to_vec()), "{sort:?}");
    }
}

#[test]
fn a_row_of_the_list_shows_the_main_contact_and_its_phone() {
    let mut conn = account();
    let mut shown = lead(7, "Lead");
    shown.contacts = vec![link(30, false), link(31, true)];
    put(&mut conn, &[shown]);
    let query = LeadQuery { limit: 10, ..LeadQuery::default() };
    assert_eq!(list(&conn, &query).unwrap().rows[0].contact, None);
    let people = [contact(30, "Outro", &[], &[]), contact(31, "Principal", &["11 98765-4321", "x"], &[])];
    write(&mut conn, |tx| contacts::upsert_many(tx, &people, NOW, &mut contact_ids()).unwrap());
    let brief = list(&conn, &query).unwrap().rows[0].contact.clone().unwrap();
    assert_eq!((brief.name.as_str(), brief.phone.as_deref()), ("Principal", Some("+5511987654321")));
}

fn steps(conn: &Connection, sql: &str) -> Vec<String> {
    let mut statement = conn.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
    let values = vec![rusqlite::types::Value::Null; statement.parameter_count()];
    let steps = statement.query_map(rusqlite::params_from_iter(values), |row| row.get(3)).unwrap();
    steps.map(Result::unwrap).collect()
}

#[test]
fn no_part_of_a_question_reads_a_table_from_end_to_end() {
    let conn = account();
    let on = |test| FieldFilter { field: KommoFieldId(1), test };
    let everything = LeadQuery {
        search: Some("maria".to_owned()),
        stages: vec![StageChoice { pipeline: KommoPipelineId(1), status: None }],
        state: LeadState::Open,
        responsibles: vec![Some(KommoUserId(1)), None],
        tags: vec![KommoTagId(1), KommoTagId(2)],
        company: Some(cadencia_domain::id::KommoCompanyId(1)),
        price_cents: Between { from: Some(1), to: Some(2) },
        fields: vec![
            on(FieldTest::OneOf(vec![1, 2])),
            on(FieldTest::Number(Between { from: Some(1.0), to: None })),
            on(FieldTest::Contains("telhado".to_owned())),
            on(FieldTest::Filled),
            on(FieldTest::Empty),
        ],
        ..LeadQuery::default()
    };
    let beginning = LeadQuery { search: Some("m".to_owned()), ..LeadQuery::default() };
    for query in [everything, beginning] {
        let parts = super::matching::Parts::of(&query, "BR");
        assert!(!parts.within.is_empty());
        for (sql, _) in parts.within.iter().chain(&parts.without) {
            for step in steps(&conn, sql) {
                let good = step.starts_with("SEARCH")
                    || step.contains("USING COVERING INDEX")
                    || step.starts_with("SCAN leads_fts VIRTUAL TABLE");
                assert!(good, "{step}\n{sql}");
            }
        }
    }
}

#[test]
fn no_order_is_sorted_for() {
    let conn = account();
    for column in COLUMNS {
        for descending in [true, false] {
            let sql = super::order::walk(LeadSort { column, descending });
            let steps = steps(&conn, &sql);
            assert!(steps.iter().all(|step| step.contains("COVERING INDEX")), "{steps:?}\n{sql}");
        }
    }
}

/// Sets are cut out of orders in three ways, by size: all have to agree with sorting in memory.
#[test]
fn pages_of_large_and_small_sets_are_in_the_same_order() {
    let mut conn = account();
    let leads: Vec<Lead> = (1..=1_000)
        .map(|id| {
            let mut lead = lead(id, ["ana", "Bia", "Érica"][usize::try_from(id * 7 % 3).unwrap()]);
            lead.price_cents = id * 37 % 100;
            lead.updated_at = UtcMillis(id * 91 % 500);
            lead.closest_task_at = (id % 5 != 0).then_some(UtcMillis(id * 13 % 40));
            lead.tags = vec![tag(id % 2, "metade")];
            lead
        })
        .collect();
    put(&mut conn, &leads);
    for column in COLUMNS {
        for descending in [true, false] {
            let key = |lead: &Lead| -> (bool, i64, String, i64) {
                let (value, text) = match column {
                    LeadColumn::Name => (0, cadencia_domain::text::fold(&lead.name)),
                    LeadColumn::Price => (lead.price_cents, String::new()),
                    LeadColumn::CreatedAt => (lead.created_at.0, String::new()),
                    LeadColumn::ClosestTask => (lead.closest_task_at.map_or(0, |at| at.0), String::new()),
                    LeadColumn::ClosedAt => (0, String::new()),
                    _ => (lead.updated_at.0, String::new()),
                };
                let absent = column == LeadColumn::ClosestTask && lead.closest_task_at.is_none();
                (absent, value, text, lead.kommo_id.0)
            };
            for (tags, chosen) in [(vec![], 1_000), (vec![KommoTagId(1)], 500), (vec![KommoTagId(1)], 30)] {
                let highest = leads.len().min(if chosen == 30 { 60 } else { 1_000 });
                let created_at = Between { from: None, to: Some(UtcMillis(i64::try_from(highest).unwrap())) };
                let created_at = if chosen == 30 { created_at } else { Between::default() };
                let mut expected: Vec<&Lead> = leads[..highest]
                    .iter()
                    .filter(|lead| tags.is_empty() || lead.kommo_id.0 % 2 == 1)
                    .collect();
                expected.sort_by(|one, other| {
                    let ((one_absent, one), (other_absent, other)) = {
                        let (one, other) = (key(one), key(other));
                        ((one.0, (one.1, one.2, one.3)), (other.0, (other.1, other.2, other.3)))
                    };
                    let order = if descending { other.cmp(&one) } else { one.cmp(&other) };
                    one_absent.cmp(&other_absent).then(order)
                });
                let expected: Vec<i64> = expected.iter().map(|lead| lead.kommo_id.0).collect();
                assert_eq!(expected.len(), chosen);
                for (offset, limit) in [(0, 20), (7, 5), (chosen - 10, 50), (chosen, 5)] {
                    let query = LeadQuery {
                        tags: tags.clone(),
                        created_at,
                        sort: LeadSort { column, descending },
                        offset: u32::try_from(offset).unwrap(),
                        limit,
                        ..LeadQuery::default()
                    };
                    let page = list(&conn, &query).unwrap();
                    let wanted: Vec<i64> =
                        expected.iter().skip(offset).take(limit as usize).copied().collect();
                    assert_eq!((page.total as usize, numbers(&page)), (chosen, wanted), "{query:?}");
                }
            }
        }
    }
}

#[test]
fn leads_can_be_ordered_by_stage_and_by_responsible() {
    let mut conn = account();
    let mut leads: Vec<Lead> = (1..=6).map(|id| lead(id, "x")).collect();
    for (lead, (pipeline, status, user)) in leads.iter_mut().zip([
        (2, 142, Some(8)),
        (2, 20, None),
        (1, 10, Some(7)),
        (1, 11, Some(8)),
        (1, 10, Some(9)),
        (9, 9, Some(7)),
    ]) {
        lead.pipeline = KommoPipelineId(pipeline);
        lead.status = KommoStatusId(status);
        lead.responsible = user.map(KommoUserId);
    }
    put(&mut conn, &leads);
    use cadencia_domain::pipeline::{Pipeline, Stage, StageKind};
    let pipeline = |id: i64, sort, statuses: &[i64]| Pipeline {
        kommo_id: KommoPipelineId(id),
        name: format!("Funil {id}"),
        sort,
        is_main: false,
        is_archived: false,
        stages: (0..)
            .zip(statuses)
            .map(|(sort, status)| Stage {
                pipeline: KommoPipelineId(id),
                status: KommoStatusId(*status),
                name: status.to_string(),
                sort,
                color: "#ffffff".to_owned(),
                kind: StageKind::of(KommoStatusId(*status), 0),
            })
            .collect(),
    };
    let user = |id: i64, name: &str| cadencia_domain::account::User {
        kommo_id: KommoUserId(id),
        name: name.to_owned(),
        email: None,
        is_admin: false,
        is_active: true,
    };
    write(&mut conn, |tx| {
        let pipelines = [pipeline(1, 2, &[11, 10]), pipeline(2, 1, &[20, 142])];
        crate::table::pipelines::replace_all(tx, &pipelines, NOW).unwrap();
        crate::table::users::replace_all(tx, &[user(8, "Ána"), user(7, "bruno")], NOW).unwrap();
    });
    for (column, descending, expected) in [
        (LeadColumn::Stage, false, [2, 1, 4, 5, 3, 6]),
        (LeadColumn::Stage, true, [6, 5, 3, 4, 1, 2]),
        (LeadColumn::Responsible, false, [4, 1, 6, 3, 5, 2]),
        (LeadColumn::Responsible, true, [2, 5, 6, 3, 4, 1]),
    ] {
        let query = LeadQuery { sort: LeadSort { column, descending }, limit: 10, ..LeadQuery::default() };
        assert_eq!(numbers(&list(&conn, &query).unwrap()), expected, "{column:?} {descending}");
        for offset in 0..6 {
            let part = LeadQuery { offset, limit: 2, ..query.clone() };
            let wanted: Vec<i64> = expected.into_iter().skip(offset as usize).take(2).collect();
            assert_eq!(numbers(&list(&conn, &part).unwrap()), wanted, "{column:?} {descending} {offset}");
        }
    }
}

fn any_lead() -> impl Strategy<Value = Lead> {
    let id = 1..6_i64;
    let names = prop_oneof!["ana", "bruno", "carla"];
    (
        id,
        names,
        0..3_i64,
        prop::collection::vec(1..4_i64, 0..3),
        prop::collection::vec(1..4_i64, 0..3),
        any::<bool>(),
    )
        .prop_map(|(id, name, age, tags, people, is_deleted)| {
            let mut lead = lead(id, &name);
            lead.updated_at = UtcMillis(age);
            lead.is_deleted = is_deleted;
            let mut tags = tags;
            tags.sort_unstable();
            tags.dedup();
            lead.tags = tags.iter().map(|id| tag(*id, &format!("tag {id}"))).collect();
            let mut people = people;
            people.sort_unstable();
            people.dedup();
            lead.contacts = people.iter().map(|id| link(*id, *id == people[0])).collect();
            lead.fields = tags.iter().map(|id| field(*id, "numeric", json!(age), None)).collect();
            lead
        })
}

/// Everything that is stored of leads, index included.
fn everything(conn: &Connection) -> Vec<String> {
    let mut all: Vec<String> =
        page_after(conn, None, 100).unwrap().iter().map(|lead| format!("{lead:?}")).collect();
    for word in ["ana", "bruno", "carla", "tag 1", "tag 2", "tag 3"] {
        let mut found: Vec<i64> = conn
            .prepare("SELECT rowid FROM leads_fts WHERE leads_fts MATCH ?1")
            .unwrap()
            .query_map([format!("\"{word}\"")], |row| row.get(0))
            .unwrap()
            .map(Result::unwrap)
            .collect();
        found.sort_unstable();
        all.push(format!("{word}: {found:?}"));
    }
    let values: Vec<String> = conn
        .prepare(
            "SELECT lead_row || ' ' || field_kommo_id || ' ' || number FROM lead_field_values ORDER BY 1",
        )
        .unwrap()
        .query_map([], |row| row.get(0))
        .unwrap()
        .map(Result::unwrap)
        .collect();
    all.extend(values);
    all
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn writing_the_same_page_again_changes_nothing(
        before in prop::collection::vec(any_lead(), 0..6),
        page in prop::collection::vec(any_lead(), 1..6),
    ) {
        let mut conn = account();
        let mut ids = lead_ids();
        write(&mut conn, |tx| upsert_many(tx, &before, UtcMillis(1), &mut ids).unwrap());
        write(&mut conn, |tx| upsert_many(tx, &page, UtcMillis(2), &mut ids).unwrap());
        let once = everything(&conn);
        // A page may hold a lead twice: what comes last among equals wins, so only the last of each is repeated.
        let mut last: Vec<Lead> = Vec::new();
        for lead in page.iter().rev() {
            if !last.iter().any(|seen| seen.kommo_id == lead.kommo_id)
                && find(&conn, lead.kommo_id).unwrap().unwrap().lead == *lead
            {
                last.push(lead.clone());
            }
        }
        let applied = write(&mut conn, |tx| upsert_many(tx, &last, UtcMillis(3), &mut ids).unwrap());
        prop_assert!(!applied.any());
        prop_assert_eq!(everything(&conn), once);
    }

    #[test]
    fn the_index_holds_exactly_the_leads_that_are_there(pages in prop::collection::vec(prop::collection::vec(any_lead(), 0..5), 0..5)) {
        let mut conn = account();
        let mut ids = lead_ids();
        for (read_at, page) in pages.iter().enumerate() {
            let read_at = UtcMillis(i64::try_from(read_at).unwrap() + 1);
            write(&mut conn, |tx| upsert_many(tx, page, read_at, &mut ids).unwrap());
        }
        for name in ["ana", "bruno", "carla"] {
            let there: Vec<i64> = page_after(&conn, None, 100)
                .unwrap()
                .iter()
                .filter(|stored| stored.deleted_at.is_none() && stored.lead.name == name)
                .map(|stored| stored.lead.kommo_id.0)
                .collect();
            prop_assert_eq!(searched(&conn, name), there);
        }
    }
}
