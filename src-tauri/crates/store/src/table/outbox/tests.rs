use super::*;
use crate::sample::{account, write};
use crate::sync_log::LogActor;
use cadencia_domain::card_value::CardValue;
use cadencia_domain::field::EntityKind;
use cadencia_domain::id::KommoLeadId;
use cadencia_domain::work::EntityRef;

const NOW: UtcMillis = UtcMillis(1_000_000);

fn name(text: &str) -> CardValue {
    CardValue::Name { text: text.to_owned() }
}

fn card(lead: i64) -> EntityRef {
    EntityRef { kind: EntityKind::Lead, kommo_id: lead }
}

fn edit(lead: i64, base: &str, wanted: &str) -> Write {
    Write::Edit { card: card(lead), base: name(base), wanted: name(wanted) }
}

fn note(lead: i64) -> Write {
    Write::Note { about: card(lead), text: "oi".to_owned() }
}

fn tag(lead: i64) -> Write {
    Write::Tag { lead: KommoLeadId(lead), name: "vip".to_owned(), is_added: true }
}

fn promise(conn: &mut rusqlite::Connection, write_: Write, due_in: i64) -> i64 {
    let count: i64 = conn.query_row("SELECT count(*) FROM outbox", [], |row| row.get(0)).unwrap();
    let new = NewWrite {
        intent: format!("intent-{count}"),
        batch: Some("batch".to_owned()),
        actor: LogActor::Person,
        write: write_,
        due_at: NOW.plus(due_in),
        now: NOW,
        kommo_now_s: 1_000,
    };
    write(conn, |tx| enqueue(tx, &new).unwrap())
}

fn due_ids(conn: &rusqlite::Connection) -> Vec<i64> {
    due(conn, NOW, 100).unwrap().into_iter().map(|row| row.id).collect()
}

#[test]
fn of_each_lane_only_what_comes_first_is_due_and_what_can_go_with_it() {
    let mut conn = account();
    let first = promise(&mut conn, edit(1, "a", "b"), 0);
    let with_it = promise(&mut conn, tag(1), 0);
    let behind = promise(&mut conn, note(1), 0);
    let other_lane = promise(&mut conn, note(2), 0);
    assert_eq!(due_ids(&conn), [first, with_it, other_lane]);
    write(&mut conn, |tx| {
        assert!(done(tx, first, None, NOW).unwrap());
        assert!(done(tx, with_it, None, NOW).unwrap());
    });
    assert_eq!(due_ids(&conn), [behind, other_lane]);
}

#[test]
fn what_waits_for_its_time_holds_up_what_comes_after_it_and_a_wedged_one_does_not() {
    let mut conn = account();
    let later = promise(&mut conn, edit(1, "a", "b"), 5_000);
    let behind = promise(&mut conn, tag(1), 0);
    assert_eq!(due_ids(&conn), Vec::<i64>::new());
    assert_eq!(next_due(&conn).unwrap(), Some(NOW));
    write(&mut conn, |tx| assert!(wedge(tx, later, "gone", None).unwrap()));
    assert_eq!(due_ids(&conn), [behind]);
}

#[test]
fn a_later_change_takes_the_place_of_one_that_waits_and_starts_from_where_that_did() {
    let mut conn = account();
    let first = promise(&mut conn, edit(1, "a", "b"), 0);
    let second = promise(&mut conn, edit(1, "b", "c"), 0);
    assert_eq!(get(&conn, first).unwrap().unwrap().state, WriteState::Superseded);
    assert_eq!(get(&conn, second).unwrap().unwrap().write, edit(1, "a", "c"));
    // One that was sent may have been carried out: the next one starts from it, and waits behind it.
    write(&mut conn, |tx| assert_eq!(begin(tx, &[second], NOW, NOW).unwrap(), [second]));
    let third = promise(&mut conn, edit(1, "c", "d"), 0);
    assert_eq!(get(&conn, second).unwrap().unwrap().state, WriteState::Sending);
    assert_eq!(get(&conn, third).unwrap().unwrap().write, edit(1, "c", "d"));
}

#[test]
fn what_waits_behind_a_change_that_failed_starts_from_where_that_did() {
    let mut conn = account();
    let failed = promise(&mut conn, edit(1, "a", "b"), 0);
    write(&mut conn, |tx| assert_eq!(begin(tx, &[failed], NOW, NOW).unwrap(), [failed]));
    let behind = promise(&mut conn, edit(1, "b", "c"), 0);
    write(&mut conn, |tx| assert!(wedge(tx, failed, "refused_by_kommo", None).unwrap()));
    assert_eq!(get(&conn, behind).unwrap().unwrap().write, edit(1, "a", "c"));
    // So does what takes its place.
    let last = promise(&mut conn, edit(1, "c", "d"), 0);
    assert_eq!(get(&conn, last).unwrap().unwrap().write, edit(1, "a", "d"));
}

#[test]
fn nothing_is_begun_that_was_taken_back_or_while_sending_is_stopped() {
    let mut conn = account();
    let back = promise(&mut conn, edit(1, "a", "b"), 0);
    let stays = promise(&mut conn, edit(2, "a", "b"), 0);
    write(&mut conn, |tx| {
        assert!(discard(tx, back, NOW).unwrap());
        assert_eq!(begin(tx, &[back, stays], NOW, NOW).unwrap(), [stays]);
        set_paused(tx, true, NOW).unwrap();
        assert_eq!(begin(tx, &[stays], NOW, NOW).unwrap(), [0_i64; 0]);
    });
}

#[test]
fn what_was_promised_before_the_clock_was_set_back_is_due() {
    let mut conn = account();
    let before = promise(&mut conn, edit(1, "a", "b"), 24 * 3_600_000);
    let with_it = promise(&mut conn, tag(1), 0);
    assert_eq!(due_ids(&conn), [before, with_it]);
}

#[test]
fn one_without_an_answer_is_looked_for_again_only_when_it_had_time_to_arrive() {
    let mut conn = account();
    let [unsure, refused] = [1, 2].map(|lead| promise(&mut conn, note(lead), 0));
    write(&mut conn, |tx| {
        assert_eq!(begin(tx, &[unsure, refused], NOW, NOW.plus(60_000)).unwrap(), [unsure, refused]);
        assert!(wedge(tx, unsure, "no_answer", None).unwrap());
        assert!(wedge(tx, refused, "refused_by_kommo", None).unwrap());
        assert!(retry(tx, unsure, NOW).unwrap() && retry(tx, refused, NOW).unwrap());
    });
    assert_eq!(due_ids(&conn), [refused]);
}

#[test]
fn what_was_sent_is_known_again_also_when_it_lost_in_the_end() {
    let mut conn = account();
    let sent = promise(&mut conn, edit(1, "a", "b"), 0);
    write(&mut conn, |tx| {
        assert_eq!(begin(tx, &[sent], NOW, NOW).unwrap(), [sent]);
        assert!(conflict(tx, sent, "changed_in_kommo", NOW.plus(10)).unwrap());
    });
    let never = promise(&mut conn, edit(1, "a", "c"), 0);
    write(&mut conn, |tx| assert!(conflict(tx, never, "changed_in_kommo", NOW.plus(20)).unwrap()));
    let known = |since| recent_of_lane(&conn, "lead:1", since).unwrap().into_iter().map(|row| row.id);
    assert_eq!(known(NOW).collect::<Vec<_>>(), [sent]);
    assert_eq!(known(NOW.plus(11)).count(), 0);
}

#[test]
fn no_two_things_created_on_one_card_share_a_second() {
    let mut conn = account();
    let ids = [0; 3].map(|_| promise(&mut conn, note(1), 0));
    let markers = ids.map(|id| get(&conn, id).unwrap().unwrap().marker_at_s);
    assert_eq!(markers, [1_000, 1_001, 1_002]);
}

#[test]
fn what_was_sent_cannot_be_taken_back_and_a_final_state_stays() {
    let mut conn = account();
    let sent = promise(&mut conn, edit(1, "a", "b"), 0);
    let waiting = promise(&mut conn, edit(2, "a", "b"), 0);
    write(&mut conn, |tx| assert_eq!(begin(tx, &[sent], NOW, NOW).unwrap(), [sent]));
    assert_eq!(write(&mut conn, |tx| discard_batch(tx, "batch", NOW).unwrap()), 1);
    assert_eq!(get(&conn, sent).unwrap().unwrap().state, WriteState::Sending);
    assert_eq!(get(&conn, waiting).unwrap().unwrap().state, WriteState::Discarded);
    write(&mut conn, |tx| {
        assert!(!done(tx, waiting, None, NOW).unwrap());
        assert!(!wedge(tx, waiting, "gone", None).unwrap());
        assert!(!retry(tx, waiting, NOW).unwrap());
        assert!(!conflict(tx, waiting, "changed_in_kommo", NOW).unwrap());
    });
    assert_eq!(get(&conn, waiting).unwrap().unwrap().state, WriteState::Discarded);
}

#[test]
fn a_wedged_change_is_looked_up_first_when_it_may_have_been_carried_out() {
    let mut conn = account();
    let sent = promise(&mut conn, note(1), 0);
    let never = promise(&mut conn, note(2), 0);
    write(&mut conn, |tx| {
        assert_eq!(begin(tx, &[sent], NOW, NOW).unwrap(), [sent]);
        assert!(wedge(tx, sent, "no_answer", None).unwrap());
        assert!(wedge(tx, never, "no_answer", Some("words")).unwrap());
    });
    assert_eq!(counts(&conn).unwrap().wedged, 2);
    assert_eq!(write(&mut conn, |tx| retry_alike(tx, "no_answer", NOW).unwrap()), 2);
    assert_eq!(get(&conn, sent).unwrap().unwrap().state, WriteState::Sending);
    assert_eq!(get(&conn, never).unwrap().unwrap().state, WriteState::Waiting);
    assert_eq!(counts(&conn).unwrap().open, 2);
}

#[test]
fn sending_is_paused_until_somebody_goes_on() {
    let mut conn = account();
    assert!(!is_paused(&conn).unwrap());
    write(&mut conn, |tx| set_paused(tx, true, NOW).unwrap());
    assert!(is_paused(&conn).unwrap());
    write(&mut conn, |tx| set_paused(tx, false, NOW).unwrap());
    assert!(!is_paused(&conn).unwrap());
}
