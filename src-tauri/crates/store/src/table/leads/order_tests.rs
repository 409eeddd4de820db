//! The order of lists, and what they cost.

use super::tests::{NOW, numbers, put};
use super::*;
use crate::sample::{account, lead, tag, write};
use cadencia_domain::id::{KommoFieldId, KommoPipelineId, KommoStatusId, KommoTagId, KommoUserId};
use cadencia_domain::lead::Lead;
use cadencia_domain::pipeline::{Pipeline, Stage, StageKind};
use cadencia_domain::time::UtcMillis;
use rusqlite::Connection;

const COLUMNS: [LeadColumn; 6] = [
    LeadColumn::UpdatedAt,
    LeadColumn::CreatedAt,
    LeadColumn::Name,
    LeadColumn::Price,
    LeadColumn::ClosestTask,
    LeadColumn::ClosedAt,
];

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
