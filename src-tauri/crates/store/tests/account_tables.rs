//! The tables of an account, but for leads, which are tested where they are.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use cadencia_domain::account::{AccountProfile, TaskType, User};
use cadencia_domain::contact::{Company, Contact};
use cadencia_domain::event::AccountEvent;
use cadencia_domain::field::{CustomField, EntityKind, FieldItem, FieldOption, FieldValue};
use cadencia_domain::id::{
    ContactId, KommoAccountId, KommoCompanyId, KommoContactId, KommoFieldId, KommoLossReasonId, KommoNoteId,
    KommoPipelineId, KommoStatusId, KommoTagId, KommoTaskId, KommoUserId,
};
use cadencia_domain::lead::{LossReason, Tag};
use cadencia_domain::phone::Phone;
use cadencia_domain::pipeline::{Pipeline, Stage, StageKind};
use cadencia_domain::time::UtcMillis;
use cadencia_domain::work::{EntityRef, Note, Task};
use cadencia_store::credentials::{self, CredentialKind, Credentials, TokenPair};
use cadencia_store::import_runs::{self, ImportEntity, ImportEntityState, ImportRunId, ImportState};
use cadencia_store::sync_cursors::{self, SyncEntity};
use cadencia_store::sync_log::{self, LogActor, LogDirection, LogEntity, LogOutcome, LogQuery, NewLogEntry};
use cadencia_store::{
    AccountStore, StoreError, Transaction, account_profiles, companies, contacts, custom_fields, events,
    loss_reasons, notes, pipelines, read_clock, tags, tasks, users,
};
use secrecy::{ExposeSecret as _, SecretString};
use serde_json::json;

const NOW: UtcMillis = UtcMillis(1_790_000_000_000);

/// Runs a test in one transaction of a fresh database.
async fn in_store(test: impl FnOnce(&Transaction<'_>) -> Result<(), StoreError> + Send + 'static) {
    AccountStore::open_in_memory().unwrap().write(test).await.unwrap();
}

fn oauth() -> Credentials {
    Credentials {
        kind: CredentialKind::OAuth,
        base_url: "https://acme.kommo.com".to_owned(),
        access_token: SecretString::from("access 1"),
        refresh_token: Some(SecretString::from("refresh 1")),
        expires_at: Some(NOW.plus(1_000)),
        client_id: Some("id".to_owned()),
        client_secret: Some(SecretString::from("secret")),
        redirect_uri: Some("http://localhost".to_owned()),
    }
}

fn pair(number: u8) -> TokenPair {
    TokenPair {
        access_token: SecretString::from(format!("access {number}")),
        refresh_token: SecretString::from(format!("refresh {number}")),
        expires_at: NOW.plus(i64::from(number) * 1_000),
    }
}

#[tokio::test]
async fn tokens_are_written_only_over_the_generation_that_was_read() {
    in_store(|tx| {
        assert!(credentials::get(tx)?.is_none());
        let first = credentials::put(tx, &oauth(), NOW)?;
        let second = credentials::rotate(tx, first, &pair(2), NOW)?.unwrap();
        assert_eq!(credentials::rotate(tx, first, &pair(3), NOW)?, None, "somebody was faster");
        let stored = credentials::get(tx)?.unwrap();
        assert_eq!(stored.generation, second);
        assert_eq!(stored.credentials.access_token.expose_secret(), "access 2");
        assert_eq!(stored.credentials.refresh_token.unwrap().expose_secret(), "refresh 2");
        assert_eq!(stored.credentials.client_secret.unwrap().expose_secret(), "secret");
        assert!(!credentials::mark_needs_sign_in(tx, first, "refresh_refused", NOW)?);
        assert_eq!(credentials::get(tx)?.unwrap().needs_sign_in, None);
        assert!(credentials::mark_needs_sign_in(tx, second, "refresh_refused", NOW)?);
        let stored = credentials::get(tx)?.unwrap();
        assert_eq!(stored.needs_sign_in.as_deref(), Some("refresh_refused"));
        assert_eq!(stored.credentials.access_token.expose_secret(), "access 2", "tokens stay");
        credentials::probe_writable(tx)?;
        let fresh = credentials::put(tx, &oauth(), NOW)?;
        assert!(fresh > stored.generation);
        assert_eq!(credentials::get(tx)?.unwrap().needs_sign_in, None);
        credentials::forget(tx)?;
        assert!(credentials::get(tx)?.is_none());
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn what_was_read_before_signing_out_is_never_written_over_a_later_sign_in() {
    in_store(|tx| {
        let old = credentials::put(tx, &oauth(), NOW)?;
        credentials::forget(tx)?;
        assert!(credentials::get(tx)?.is_none());
        assert_eq!(credentials::rotate(tx, old, &pair(2), NOW)?, None, "signed out");
        assert!(credentials::get(tx)?.is_none());
        // Signing out twice is signing out.
        credentials::forget(tx)?;
        let fresh = credentials::put(tx, &oauth(), NOW)?;
        assert!(fresh > old);
        assert_eq!(credentials::rotate(tx, old, &pair(2), NOW)?, None);
        assert!(!credentials::mark_needs_sign_in(tx, old, "refresh_refused", NOW)?);
        let stored = credentials::get(tx)?.unwrap();
        assert_eq!(stored.generation, fresh);
        assert_eq!(stored.needs_sign_in, None);
        assert_eq!(stored.credentials.access_token.expose_secret(), "access 1");
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn signing_out_leaves_no_token_and_no_secret_behind() {
    in_store(|tx| {
        credentials::put(tx, &oauth(), NOW)?;
        credentials::forget(tx)?;
        let left: i64 = tx
            .query_row(
                "SELECT count(*) FROM credentials WHERE access_token <> '' OR refresh_token IS NOT NULL
                     OR client_id IS NOT NULL OR client_secret IS NOT NULL OR redirect_uri IS NOT NULL",
                [],
                |row| row.get(0),
            )
            .unwrap();
        assert_eq!(left, 0);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_oauth_pair_needs_what_refreshes_it_and_a_long_lived_token_does_not() {
    in_store(|tx| {
        let alone = Credentials {
            refresh_token: None,
            client_id: None,
            client_secret: None,
            redirect_uri: None,
            ..oauth()
        };
        assert!(credentials::put(tx, &alone, NOW).is_err());
        credentials::put(tx, &Credentials { kind: CredentialKind::LongLived, ..alone }, NOW)?;
        let generation = credentials::get(tx)?.unwrap().generation;
        assert_eq!(
            credentials::rotate(tx, generation, &pair(2), NOW)?,
            None,
            "a long-lived token is not refreshed"
        );
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_profile_is_kept_and_says_in_which_country_phones_are() {
    in_store(|tx| {
        assert_eq!(account_profiles::get(tx)?, None);
        let profile = AccountProfile {
            kommo_id: KommoAccountId(1),
            name: "ACME".to_owned(),
            subdomain: "acme".to_owned(),
            country: Some("PT".to_owned()),
            currency: Some("EUR".to_owned()),
            time_zone: Some("Europe/Lisbon".to_owned()),
            current_user: Some(KommoUserId(9)),
            task_types: vec![TaskType { kommo_id: 1, name: "Ligar".to_owned() }],
        };
        account_profiles::put(tx, &profile, NOW)?;
        assert_eq!(account_profiles::get(tx)?, Some(profile));
        contacts::upsert_many(tx, &[contact(1, &["912 345 678"])], NOW, &mut contact_ids())?;
        let stored = contacts::find(tx, KommoContactId(1))?.unwrap();
        assert_eq!(stored.phones[0].number.as_ref().unwrap().e164(), "+351912345678");
        Ok(())
    })
    .await;
}

fn pipeline(id: i64, statuses: &[i64]) -> Pipeline {
    Pipeline {
        kommo_id: KommoPipelineId(id),
        name: format!("Funil {id}"),
        sort: id,
        is_main: id == 1,
        is_archived: false,
        stages: (0..)
            .zip(statuses)
            .map(|(sort, status)| Stage {
                pipeline: KommoPipelineId(id),
                status: KommoStatusId(*status),
                name: format!("Etapa {status}"),
                sort,
                color: "#fffeb2".to_owned(),
                kind: StageKind::of(KommoStatusId(*status), 0),
            })
            .collect(),
    }
}

#[tokio::test]
async fn pipelines_that_vanish_stay_nameable_and_can_come_back() {
    in_store(|tx| {
        let all = [pipeline(1, &[10, 142, 143]), pipeline(2, &[20, 142, 143])];
        pipelines::replace_all(tx, &all, NOW)?;
        pipelines::replace_all(tx, &all, NOW.plus(1))?;
        assert_eq!(pipelines::list(tx)?, all);
        let fewer = [pipeline(1, &[142, 143])];
        pipelines::replace_all(tx, &fewer, NOW.plus(2))?;
        assert_eq!(pipelines::list(tx)?, fewer);
        let ever = pipelines::list_all(tx)?;
        assert_eq!(ever.len(), 2);
        assert_eq!(ever[1].0.removed_at, Some(NOW.plus(2)));
        let gone: Vec<i64> = ever[0]
            .1
            .iter()
            .filter(|stage| stage.removed_at.is_some())
            .map(|stage| stage.item.status.0)
            .collect();
        assert_eq!(gone, [10]);
        pipelines::replace_all(tx, &all, NOW.plus(3))?;
        assert_eq!(pipelines::list(tx)?, all);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn users_reasons_and_tags_that_vanish_stay_nameable() {
    in_store(|tx| {
        let user = |id, name: &str| User {
            kommo_id: KommoUserId(id),
            name: name.to_owned(),
            email: None,
            is_admin: false,
            is_active: true,
        };
        users::replace_all(tx, &[user(1, "Bia"), user(2, "Ana")], NOW)?;
        users::replace_all(tx, &[user(2, "Ana")], NOW)?;
        assert_eq!(users::list(tx)?, [user(2, "Ana")]);
        assert_eq!(users::list_all(tx)?.len(), 2);
        let reason =
            |id, name: &str| LossReason { kommo_id: KommoLossReasonId(id), name: name.to_owned(), sort: id };
        loss_reasons::replace_all(tx, &[reason(2, "Preço"), reason(1, "Prazo")], NOW)?;
        loss_reasons::replace_all(tx, &[reason(2, "Caro")], NOW)?;
        assert_eq!(loss_reasons::list(tx)?, [reason(2, "Caro")]);
        assert_eq!(loss_reasons::list_all(tx)?.len(), 2);
        let tag = |id, name: &str, color: Option<&str>| Tag {
            kommo_id: KommoTagId(id),
            name: name.to_owned(),
            color: color.map(str::to_owned),
        };
        tags::replace_all(
            tx,
            EntityKind::Lead,
            &[tag(1, "Frio", Some("#ffffff")), tag(2, "Quente", None)],
            NOW,
        )?;
        tags::replace_all(tx, EntityKind::Contact, &[tag(1, "Outro conjunto", None)], NOW)?;
        tags::replace_all(tx, EntityKind::Lead, &[tag(1, "Frio", None)], NOW)?;
        assert_eq!(
            tags::list(tx, EntityKind::Lead)?,
            [tag(1, "Frio", Some("#ffffff"))],
            "a known colour stays"
        );
        assert_eq!(tags::list_all(tx, EntityKind::Lead)?.len(), 2);
        assert_eq!(tags::list(tx, EntityKind::Contact)?, [tag(1, "Outro conjunto", None)]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn custom_fields_follow_kommo_per_entity() {
    in_store(|tx| {
        let field = |entity, id, options: &[i64]| CustomField {
            kommo_id: KommoFieldId(id),
            entity,
            name: format!("Campo {id}"),
            kind: "select".to_owned(),
            code: None,
            sort: id,
            is_api_only: false,
            options: options
                .iter()
                .map(|id| FieldOption { enum_id: *id, label: format!("Opção {id}") })
                .collect(),
        };
        let leads = [field(EntityKind::Lead, 1, &[12, 11]), field(EntityKind::Lead, 2, &[])];
        custom_fields::replace_all(tx, EntityKind::Lead, &leads, NOW)?;
        let people = [field(EntityKind::Contact, 1, &[5]), field(EntityKind::Lead, 7, &[])];
        custom_fields::replace_all(tx, EntityKind::Contact, &people, NOW)?;
        assert_eq!(custom_fields::list(tx, EntityKind::Lead)?, leads);
        assert_eq!(custom_fields::list(tx, EntityKind::Contact)?, people[..1]);
        let changed = [field(EntityKind::Lead, 1, &[11, 13])];
        custom_fields::replace_all(tx, EntityKind::Lead, &changed, NOW)?;
        assert_eq!(custom_fields::list(tx, EntityKind::Lead)?, changed);
        assert_eq!(custom_fields::list_all(tx, EntityKind::Lead)?.len(), 2);
        assert_eq!(custom_fields::list(tx, EntityKind::Contact)?.len(), 1, "other entities are not touched");
        Ok(())
    })
    .await;
}

fn contact_ids() -> impl FnMut() -> ContactId {
    let mut number = 0;
    move || {
        number += 1;
        ContactId::from_uuid(uuid::Uuid::from_u128(number))
    }
}

fn contact(id: i64, phones: &[&str]) -> Contact {
    let items = phones.iter().map(|phone| FieldItem { value: json!(phone), enum_id: None, enum_code: None });
    Contact {
        kommo_id: KommoContactId(id),
        name: format!("Pessoa {id}"),
        first_name: Some("Pessoa".to_owned()),
        last_name: None,
        responsible: Some(KommoUserId(1)),
        company: Some(KommoCompanyId(2)),
        fields: vec![FieldValue {
            field: KommoFieldId(3),
            name: "Telefone".to_owned(),
            code: Some("PHONE".to_owned()),
            kind: "multitext".to_owned(),
            items: items.collect(),
        }],
        tags: vec![Tag { kommo_id: KommoTagId(1), name: "VIP".to_owned(), color: None }],
        created_at: UtcMillis(1),
        updated_at: UtcMillis(1_000 + id),
        is_unsorted: false,
        is_deleted: false,
    }
}

#[tokio::test]
async fn a_person_is_found_by_any_form_of_the_phone() {
    in_store(|tx| {
        let people = [
            contact(1, &["(11) 98765-4321", "ramal 7"]),
            contact(2, &["+55 11 8765-4321"]),
            contact(3, &["21 98765-4321"]),
        ];
        let mut ids = contact_ids();
        let applied = contacts::upsert_many(tx, &people, NOW, &mut ids)?;
        assert_eq!((applied.inserted, applied.changed.len()), (3, 3));
        assert!(!contacts::upsert_many(tx, &people, NOW, &mut ids)?.any());
        let stored = contacts::find(tx, KommoContactId(1))?.unwrap();
        assert_eq!(stored.contact, people[0]);
        assert_eq!(stored.phones[1].typed, "ramal 7");
        assert_eq!(stored.phones[1].number, None);
        assert!(!format!("{:?}", stored.phones).contains("98765"));
        assert_eq!(contacts::get(tx, &stored.id)?, Some(stored));
        let found = |typed: &str| -> Result<Vec<i64>, StoreError> {
            let phone = Phone::parse(typed, "BR").unwrap();
            let people = contacts::find_by_phone(tx, &phone)?;
            Ok(people.iter().map(|person| person.contact.kommo_id.0).collect())
        };
        assert_eq!(found("11 98765-4321")?, [2, 1]);
        assert_eq!(found("11 8765-4321")?, [2, 1]);
        assert_eq!(found("31 98765-4321")?, Vec::<i64>::new());
        assert_eq!(contacts::mark_deleted(tx, &[KommoContactId(2)], NOW)?, [KommoContactId(2)]);
        assert_eq!(contacts::mark_deleted(tx, &[KommoContactId(2)], NOW)?, []);
        assert_eq!(found("11 98765-4321")?, [1]);
        assert_eq!(contacts::kommo_ids_after(tx, None, 10)?, [KommoContactId(1), KommoContactId(3)]);
        assert_eq!(contacts::page_after(tx, Some(KommoContactId(1)), 10)?.len(), 2);
        let moved = Contact { updated_at: UtcMillis(9_000), ..contact(1, &["31 98765-4321"]) };
        contacts::upsert_many(tx, &[moved], NOW, &mut ids)?;
        assert_eq!(found("31 98765-4321")?, [1]);
        assert_eq!(found("11 98765-4321")?, Vec::<i64>::new());
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_person_is_found_by_name_and_phone_also_without_a_lead() {
    in_store(|tx| {
        let named =
            |id: i64, name: &str, phone: &str| Contact { name: name.to_owned(), ..contact(id, &[phone]) };
        let people = [
            named(1, "Ana Conceição", "(11) 98765-4321"),
            named(2, "Mariana Anastácio", "21 3333-0000"),
            named(3, "Bruno Dias", "+55 11 8765-4321"),
        ];
        let mut ids = contact_ids();
        contacts::upsert_many(tx, &people, NOW, &mut ids)?;
        let found = |typed: &str| -> Result<Vec<i64>, StoreError> {
            Ok(contacts::search(tx, typed, 10)?.rows.iter().map(|one| one.kommo_id.0).collect())
        };
        assert_eq!(
            found("ana")?,
            [1, 2],
            "a name that begins so comes first, though the other changed later"
        );
        assert_eq!(found("conceicao")?, [1]);
        assert_eq!(found("11 98765-4321")?, [3, 1], "with the ninth digit and without");
        assert_eq!(found("b")?, [3]);
        assert_eq!(found(" ")?, Vec::<i64>::new());
        let first = contacts::search(tx, "ana", 1)?;
        assert!(first.has_more && first.rows[0].phone.as_deref() == Some("+5511987654321"));
        assert!(!format!("{first:?}").contains("98765"));
        let moved = Contact { updated_at: UtcMillis(9_000), ..named(1, "Beatriz", "31 98765-4321") };
        contacts::upsert_many(tx, &[moved], NOW, &mut ids)?;
        assert_eq!((found("ana")?, found("beat")?), (vec![2], vec![1]));
        contacts::mark_deleted(tx, &[KommoContactId(1)], NOW)?;
        assert_eq!(found("beat")?, Vec::<i64>::new());
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn companies_keep_the_newest() {
    in_store(|tx| {
        let company = |name: &str, updated| Company {
            kommo_id: KommoCompanyId(1),
            name: name.to_owned(),
            responsible: None,
            fields: Vec::new(),
            tags: Vec::new(),
            created_at: UtcMillis(1),
            updated_at: UtcMillis(updated),
            is_deleted: false,
        };
        companies::upsert_many(tx, &[company("Nova", 5)], NOW)?;
        let earlier = NOW.plus(-1);
        let applied = companies::upsert_many(tx, &[company("Velha", 4), company("Nova", 5)], earlier)?;
        assert_eq!(applied.unchanged, 2);
        assert_eq!(companies::find(tx, KommoCompanyId(1))?, Some(company("Nova", 5)));
        assert_eq!(companies::mark_deleted(tx, &[KommoCompanyId(1), KommoCompanyId(2)], NOW)?, 1);
        assert!(companies::find(tx, KommoCompanyId(1))?.unwrap().is_deleted);
        assert_eq!(companies::page_after(tx, None, 10)?.len(), 1);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn the_clock_of_questions_never_goes_back() {
    in_store(|tx| {
        assert_eq!(read_clock::latest(tx)?, None);
        for (noted, latest) in [(5, 5), (3, 5), (9, 9)] {
            read_clock::note(tx, UtcMillis(noted))?;
            assert_eq!(read_clock::latest(tx)?, Some(UtcMillis(latest)));
        }
        Ok(())
    })
    .await;
}

fn task(id: i64, about: Option<i64>, due: i64, is_completed: bool) -> Task {
    Task {
        kommo_id: KommoTaskId(id),
        about: about.map(|kommo_id| EntityRef { kind: EntityKind::Lead, kommo_id }),
        responsible: Some(KommoUserId(1)),
        task_type: 1,
        text: "Ligar".to_owned(),
        due_at: UtcMillis(due),
        is_completed,
        result: is_completed.then(|| "Feito".to_owned()),
        created_at: UtcMillis(1),
        updated_at: UtcMillis(5),
    }
}

#[tokio::test]
async fn tasks_of_a_lead_come_open_ones_first() {
    in_store(|tx| {
        let all = [
            task(1, Some(7), 10, true),
            task(2, Some(7), 30, false),
            task(3, Some(7), 20, false),
            task(4, None, 1, false),
        ];
        assert_eq!(tasks::upsert_many(tx, &all, NOW)?.inserted, 4);
        assert!(!tasks::upsert_many(tx, &all, NOW)?.any());
        let about = EntityRef { kind: EntityKind::Lead, kommo_id: 7 };
        let order = |tx| -> Result<Vec<i64>, StoreError> {
            Ok(tasks::about(tx, about)?.iter().map(|task| task.kommo_id.0).collect())
        };
        assert_eq!(order(tx)?, [3, 2, 1]);
        assert_eq!(tasks::find(tx, KommoTaskId(4))?, Some(all[3].clone()));
        assert_eq!(tasks::mark_deleted(tx, &[KommoTaskId(3)], NOW)?, [KommoTaskId(3)]);
        assert_eq!(order(tx)?, [2, 1]);
        tasks::upsert_many(tx, &all, NOW)?;
        assert_eq!(order(tx)?, [2, 1], "asked before the deletion was seen");
        tasks::upsert_many(tx, &all, NOW.plus(1))?;
        assert_eq!(order(tx)?, [3, 2, 1], "asked after");
        assert_eq!(tasks::page_after(tx, Some(KommoTaskId(2)), 10)?, all[2..]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn notes_of_a_lead_come_pinned_ones_first_then_the_latest() {
    in_store(|tx| {
        let note = |id, is_pinned| Note {
            kommo_id: KommoNoteId(id),
            about: EntityRef { kind: EntityKind::Lead, kommo_id: 7 },
            kind: "common".to_owned(),
            text: format!("Nota {id}"),
            params: json!({"text": format!("Nota {id}")}),
            created_by: None,
            is_pinned,
            created_at: UtcMillis(id),
            updated_at: UtcMillis(id),
        };
        let all = [note(1, true), note(2, false), note(3, false)];
        notes::upsert_many(tx, &all, NOW)?;
        assert!(!notes::upsert_many(tx, &all, NOW)?.any());
        let listed = notes::about(tx, all[0].about, 10)?;
        assert_eq!(listed, [note(1, true), note(3, false), note(2, false)]);
        assert_eq!(notes::about(tx, all[0].about, 2)?.len(), 2);
        notes::mark_deleted(tx, &[KommoNoteId(3)], NOW)?;
        assert_eq!(notes::page_after(tx, None, 10)?, all[..2]);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_event_is_taken_once() {
    in_store(|tx| {
        let event = |id: &str, at| AccountEvent {
            kommo_id: id.to_owned(),
            kind: "lead_status_changed".to_owned(),
            entity_type: "lead".to_owned(),
            entity_kommo_id: 7,
            created_by: Some(KommoUserId(1)),
            created_at: UtcMillis(at),
            value_before: json!([{"lead_status": {"id": 1}}]),
            value_after: json!(null),
        };
        let all = [event("a", 1), event("b", 2), event("a", 1)];
        assert_eq!(events::insert_new(tx, &all)?, [&event("a", 1), &event("b", 2)]);
        assert!(events::insert_new(tx, &all)?.is_empty());
        assert_eq!(events::about(tx, "lead", 7, 10)?, [event("b", 2), event("a", 1)]);
        assert_eq!(events::about(tx, "contact", 7, 10)?, []);
        assert_eq!(events::page_after(tx, Some("a"), 10)?, [event("b", 2)]);
        assert_eq!(events::count(tx)?, 2);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn an_import_remembers_its_pages_and_never_leaves_a_final_state() {
    in_store(|tx| {
        assert_eq!(import_runs::open(tx)?, None);
        let run = import_runs::start(tx, &[ImportEntity::Contacts, ImportEntity::Leads], NOW)?;
        assert!(import_runs::start(tx, &[], NOW).is_err(), "one at a time");
        import_runs::set_size(tx, run, ImportEntity::Leads, None, Some(700))?;
        import_runs::set_size(tx, run, ImportEntity::Leads, Some(3), None)?;
        import_runs::set_entity_state(tx, run, ImportEntity::Leads, ImportEntityState::Running)?;
        for page in [1, 3, 3] {
            import_runs::add_page(tx, run, ImportEntity::Leads, page, 250)?;
        }
        assert!(import_runs::add_page(tx, run, ImportEntity::Tasks, 1, 1).is_err(), "it does not read tasks");
        assert_eq!(import_runs::pages(tx, run, ImportEntity::Leads)?.into_iter().collect::<Vec<_>>(), [1, 3]);
        let open = import_runs::open(tx)?.unwrap();
        let leads = open.entities[0];
        assert_eq!((leads.entity, leads.state), (ImportEntity::Leads, ImportEntityState::Running));
        assert_eq!(
            (leads.total_pages, leads.estimated_items, leads.pages, leads.items),
            (Some(3), Some(700), 2, 500)
        );
        assert_eq!(open.entities[1].state, ImportEntityState::Waiting);
        assert!(import_runs::set_state(tx, run, ImportState::Paused, None, NOW)?);
        assert_eq!(import_runs::open(tx)?.unwrap().state, ImportState::Paused);
        assert!(import_runs::set_state(tx, run, ImportState::Running, None, NOW)?);
        assert!(import_runs::set_state(tx, run, ImportState::Failed, None, NOW).is_err(), "why is missing");
        assert!(import_runs::set_state(tx, run, ImportState::Finished, None, NOW.plus(9))?);
        for state in ImportState::ALL {
            assert!(!import_runs::set_state(tx, run, *state, None, NOW)?, "{state:?}");
        }
        assert_eq!(import_runs::open(tx)?, None);
        assert_eq!(import_runs::latest_finished(tx)?.unwrap().finished_at, Some(NOW.plus(9)));
        let second = import_runs::start(tx, &[ImportEntity::Leads], NOW)?;
        assert!(import_runs::set_state(tx, second, ImportState::Failed, Some("ip_blocked"), NOW)?);
        let latest = import_runs::latest(tx)?.unwrap();
        assert_eq!((latest.id, latest.failure.as_deref()), (second, Some("ip_blocked")));
        assert_eq!(import_runs::latest_finished(tx)?.unwrap().id, run);
        assert!(!import_runs::set_state(tx, ImportRunId(99), ImportState::Paused, None, NOW)?);
        Ok(())
    })
    .await;
}

#[tokio::test]
async fn a_cursor_never_moves_back() {
    in_store(|tx| {
        for entity in SyncEntity::ALL {
            assert_eq!(sync_cursors::get(tx, *entity)?, None);
            sync_cursors::advance(tx, *entity, UtcMillis(50), UtcMillis(1))?;
            sync_cursors::advance(tx, *entity, UtcMillis(40), UtcMillis(2))?;
            let cursor = sync_cursors::get(tx, *entity)?.unwrap();
            assert_eq!((cursor.cursor, cursor.polled_at), (UtcMillis(50), UtcMillis(2)));
            sync_cursors::reset(tx, *entity)?;
            assert_eq!(sync_cursors::get(tx, *entity)?, None);
        }
        Ok(())
    })
    .await;
}

fn entry(at: i64) -> NewLogEntry {
    NewLogEntry {
        at: UtcMillis(at),
        direction: LogDirection::In,
        channel: "poll".to_owned(),
        operation: "leads_read".to_owned(),
        entity: None,
        details: json!({"count": 3}),
        outcome: LogOutcome::Done,
        error_code: None,
        duration_ms: Some(12),
        attempt: 1,
        actor: LogActor::Engine,
        difference: None,
        payload_redacted: None,
    }
}

fn about_lead(at: i64, kommo_id: i64, name: &str) -> NewLogEntry {
    let entity = LogEntity { kind: "lead".to_owned(), kommo_id: Some(kommo_id), name: Some(name.to_owned()) };
    NewLogEntry { entity: Some(entity), direction: LogDirection::Out, actor: LogActor::Person, ..entry(at) }
}

#[tokio::test]
async fn the_log_is_filtered_searched_followed_and_aged_out() {
    in_store(|tx| {
        let entries = [
            entry(1),
            about_lead(2, 77, "Usina Conceição"),
            NewLogEntry {
                outcome: LogOutcome::Failed,
                error_code: Some("rate_limited".to_owned()),
                channel: "import".to_owned(),
                difference: Some(json!({"stage": ["Novo", "Proposta"]})),
                ..entry(3)
            },
            about_lead(4, 78, "Telhado Maria"),
        ];
        let mut ids = Vec::new();
        for entry in &entries {
            ids.push(sync_log::append(tx, entry)?);
        }
        assert_eq!(sync_log::latest_id(tx)?, ids[3]);
        assert_eq!(sync_log::get(tx, ids[2])?.unwrap().entry, entries[2]);
        let listed = |query: LogQuery| -> Result<Vec<i64>, StoreError> {
            let found = sync_log::list(tx, &LogQuery { limit: 10, ..query })?;
            Ok(found.iter().map(|entry| entry.entry.at.0).collect())
        };
        let base = LogQuery::default;
        let search = |text: &str| LogQuery { search: Some(text.to_owned()), ..base() };
        for (query, expected) in [
            (base(), vec![4, 3, 2, 1]),
            (LogQuery { directions: vec![LogDirection::Out], ..base() }, vec![4, 2]),
            (LogQuery { outcomes: vec![LogOutcome::Failed, LogOutcome::Refused], ..base() }, vec![3]),
            (LogQuery { actors: vec![LogActor::Engine], ..base() }, vec![3, 1]),
            (LogQuery { channels: vec!["import".to_owned()], ..base() }, vec![3]),
            (
                LogQuery { operations: vec!["leads_read".to_owned()], from: Some(UtcMillis(3)), ..base() },
                vec![4, 3],
            ),
            (LogQuery { to: Some(UtcMillis(2)), ..base() }, vec![2, 1]),
            (LogQuery { entity: Some(("lead".to_owned(), 77)), ..base() }, vec![2]),
            (LogQuery { before_id: Some(ids[2]), ..base() }, vec![2, 1]),
            (LogQuery { after_id: Some(ids[2]), ..base() }, vec![4]),
            (search("conceicao"), vec![2]),
            (search("77"), vec![2]),
            (search("rate_limited"), vec![3]),
            (search("proposta"), vec![3]),
            (search("poll"), vec![4, 2, 1]),
            (search("nada"), vec![]),
            (search("?"), vec![]),
            (LogQuery { directions: vec![LogDirection::In], ..search("leads") }, vec![3, 1]),
            (LogQuery { entity: Some(("lead".to_owned(), 78)), ..search("usina") }, vec![]),
        ] {
            assert_eq!(listed(query.clone())?, expected, "{query:?}");
        }
        assert_eq!(sync_log::list(tx, &LogQuery { limit: 2, ..base() })?.len(), 2);
        assert_eq!(sync_log::delete_before(tx, UtcMillis(3), 1)?, 1);
        assert_eq!(listed(base())?, [4, 3, 2], "the oldest first");
        assert_eq!(sync_log::delete_before(tx, UtcMillis(3), 100)?, 1);
        assert_eq!(listed(search("conceicao"))?, Vec::<i64>::new());
        let next = sync_log::append(tx, &entry(9))?;
        assert!(next > ids[3], "numbers are never given out twice");
        Ok(())
    })
    .await;
}
