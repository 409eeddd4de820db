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

pub(super) const NOW: UtcMillis = UtcMillis(10_000_000);

pub(super) fn put(conn: &mut Connection, leads: &[Lead]) {
    let mut ids = lead_ids();
    let first = conn.query_row("SELECT count(*) FROM leads", [], |row| row.get::<_, u32>(0)).unwrap();
    (0..first).for_each(|_| drop(ids()));
    write(conn, |tx| upsert_many(tx, leads, NOW, &mut ids).unwrap());
}

pub(super) fn numbers(page: &LeadPage) -> Vec<i64> {
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
    assert_eq!(page_after(&conn, None, 10).unwrap(), std::slice::from_ref(&stored));
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
fn the_answer_to_an_earlier_question_never_overwrites_that_to_a_later_one() {
    let mut conn = account();
    let mut newer = lead(7, "Novo");
    newer.updated_at = UtcMillis(5_000);
    put(&mut conn, &[newer]);
    let mut write_at = |name: &str, at| {
        let applied = write(&mut conn, |tx| upsert_many(tx, &[lead(7, name)], at, &mut lead_ids()).unwrap());
        (applied.updated, find(&conn, KommoLeadId(7)).unwrap().unwrap().lead.name)
    };
    assert_eq!(write_at("Velho", NOW.plus(-1)), (0, "Novo".to_owned()));
    // Asked for later, although whoever changed it wrote an old date.
    assert_eq!(write_at("Mais novo", NOW.plus(1)), (1, "Mais novo".to_owned()));
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
        (LeadQuery { search: Some("b".to_owned()), tags: vec![KommoTagId(2)], ..base }, vec![2]),
        (
            LeadQuery { search: Some("?".to_owned()), tags: vec![KommoTagId(2)], ..LeadQuery::default() },
            vec![],
        ),
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
