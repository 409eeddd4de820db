//! Changing leads and people.

use crate::account::Account;
use crate::convert::error::of_store;
use crate::edit::{self, NotPromised, invalid, promise, promise_for, text_of};
use crate::state::App;
use cadencia_contract::{
    ApiError, BatchRequest, BatchTakenBack, BulkPreview, BulkRequest, ChangesPromised, ContactEditRequest,
    ErrorCode, LeadCreateRequest, LeadEditRequest, NoteAddRequest, TaskAddRequest, TaskCompleteRequest,
};
use cadencia_domain::field::EntityKind;
use cadencia_domain::id::{
    ContactId, KommoContactId, KommoLeadId, KommoPipelineId, KommoStatusId, KommoTaskId, KommoUserId, LeadId,
};
use cadencia_domain::lead::Lead;
use cadencia_domain::time::UtcMillis;
use cadencia_domain::work::EntityRef;
use cadencia_domain::write::{NewLead, Write};
use cadencia_store::sync_log::LogActor;
use cadencia_store::{Connection, contacts, leads, loss_reasons, outbox, pipelines, tasks, users};
use std::sync::Arc;

/// A change to many leads can be taken back for this long.
const UNDO_MS: i64 = 10_000;
const LONGEST_NOTE: usize = 20_000;
/// Names in a lead to create.
const LONGEST_NAME: usize = 255;

pub(crate) async fn lead_edit(app: &App, request: LeadEditRequest) -> Result<ChangesPromised, ApiError> {
    lead_edit_for(LogActor::Person, app, request).await
}

/// The same for whoever asks: what is not a person at this computer may not move a lead against people.
pub(crate) async fn lead_edit_for(
    actor: LogActor,
    app: &App,
    request: LeadEditRequest,
) -> Result<ChangesPromised, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    promise_for(actor, app, &account, 0, move |tx| {
        let lead = lead_named(tx, &request.lead_id)?;
        edit::lead_writes(tx, lead, &request.changes)
    })
    .await
}

pub(crate) async fn contact_edit(
    app: &App,
    request: ContactEditRequest,
) -> Result<ChangesPromised, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    promise(app, &account, 0, move |tx| {
        let stored = match (ContactId::parse(&request.contact_id), request.contact_id.parse::<i64>()) {
            (Ok(id), _) => contacts::get(tx, &id)?,
            (_, Ok(number)) => contacts::find(tx, KommoContactId(number))?,
            _ => None,
        };
        let stored = stored
            .filter(|stored| stored.deleted_at.is_none())
            .ok_or_else(|| ApiError::new(ErrorCode::ContactUnknown))?;
        edit::contact_writes(tx, stored.contact, &request.changes)
    })
    .await
}

pub(crate) async fn note_add(app: &App, request: NoteAddRequest) -> Result<ChangesPromised, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let text = text_of(&request.text, LONGEST_NOTE).ok_or_else(|| invalid("note"))?;
    promise(app, &account, 0, move |tx| {
        let lead = lead_named(tx, &request.lead_id)?;
        Ok(vec![Write::Note { about: about(&lead), text }])
    })
    .await
}

pub(crate) async fn task_add(app: &App, request: TaskAddRequest) -> Result<ChangesPromised, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let text = text_of(&request.text, LONGEST_NOTE).ok_or_else(|| invalid("task"))?;
    // From 2000 to 2200: anything else is a slip of the finger.
    if !(946_684_800_000..=7_258_118_400_000).contains(&request.due_at_ms.0) {
        return Err(invalid("due"));
    }
    let types = account.profile().map(|profile| profile.task_types).unwrap_or_default();
    if !types.is_empty() && !types.iter().any(|known| known.kommo_id == request.task_type_id.0) {
        return Err(invalid("task_type"));
    }
    promise(app, &account, 0, move |tx| {
        let lead = lead_named(tx, &request.lead_id)?;
        let responsible = request.responsible_id.map(|id| KommoUserId(id.0)).or(lead.responsible);
        let known = users::list(tx)?;
        let is_fit = |user: KommoUserId| known.is_empty() || known.iter().any(|known| known.kommo_id == user);
        if responsible.is_some_and(|user| !is_fit(user)) {
            return Err(invalid("responsible").into());
        }
        Ok(vec![Write::Task {
            about: about(&lead),
            text,
            task_type: request.task_type_id.0,
            due_at: UtcMillis(request.due_at_ms.0),
            responsible,
        }])
    })
    .await
}

pub(crate) async fn task_complete(
    app: &App,
    request: TaskCompleteRequest,
) -> Result<ChangesPromised, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let result = match request.result.trim() {
        "" => String::new(),
        text => text_of(text, LONGEST_NOTE).ok_or_else(|| invalid("result"))?,
    };
    promise(app, &account, 0, move |tx| {
        let task = tasks::find(tx, KommoTaskId(request.task_id.0))?
            .ok_or_else(|| ApiError::new(ErrorCode::TaskUnknown))?;
        if task.is_completed {
            return Ok(Vec::new());
        }
        Ok(vec![Write::TaskDone { task: task.kommo_id, about: task.about, result }])
    })
    .await
}

pub(crate) async fn lead_create(app: &App, request: LeadCreateRequest) -> Result<ChangesPromised, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let name = text_of(&request.name, LONGEST_NAME).ok_or_else(|| invalid("name"))?;
    let price_cents = edit::check_price(request.price)?;
    promise(app, &account, 0, move |tx| {
        edit::check_stage(tx, request.pipeline_id, request.status_id)?;
        let responsible = request.responsible_id.map(|id| KommoUserId(id.0));
        let known = users::list(tx)?;
        if responsible.is_some_and(|user| !known.is_empty() && !known.iter().any(|k| k.kommo_id == user)) {
            return Err(invalid("responsible").into());
        }
        let mut people = Vec::new();
        for id in &request.contact_ids {
            let stored = contacts::find(tx, KommoContactId(id.0))?;
            let stored = stored.filter(|stored| stored.deleted_at.is_none());
            people.push(stored.ok_or_else(|| ApiError::new(ErrorCode::ContactUnknown))?.contact.kommo_id);
        }
        let tags: Option<Vec<String>> = request.tags.iter().map(|tag| text_of(tag, 100)).collect();
        Ok(vec![Write::Lead(NewLead {
            name,
            price_cents,
            pipeline: KommoPipelineId(request.pipeline_id.0),
            status: KommoStatusId(request.status_id.0),
            responsible,
            contacts: people,
            tags: tags.ok_or_else(|| invalid("tags"))?,
        })])
    })
    .await
}

pub(crate) async fn lead_bulk_preview(app: &App, request: BulkRequest) -> Result<BulkPreview, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let chosen = edit::choose(request.leads, &request.change)?;
    let change = request.change;
    let seen = account.store.read(move |conn| {
        let names = crate::convert::structure::names(
            &pipelines::list(conn)?,
            &users::list(conn)?,
            &loss_reasons::list(conn)?,
        );
        match edit::preview_bulk(conn, &chosen, &change, &names) {
            Ok(preview) => Ok(Ok(preview)),
            Err(NotPromised::Refused(error)) => Ok(Err(error)),
            Err(NotPromised::Store(error)) => Err(error),
        }
    });
    seen.await.map_err(|error| of_store(&error))?
}

pub(crate) async fn lead_bulk_apply(app: &App, request: BulkRequest) -> Result<ChangesPromised, ApiError> {
    let account = app.account(request.account_id.as_deref()).await?;
    let chosen = edit::choose(request.leads, &request.change)?;
    let change = request.change;
    promise(app, &account, UNDO_MS, move |tx| edit::apply_bulk(tx, &chosen, &change)).await
}

pub(crate) async fn batch_take_back(app: &App, request: BatchRequest) -> Result<BatchTakenBack, ApiError> {
    let account: Arc<Account> = app.account(request.account_id.as_deref()).await?;
    let (now, batch) = (app.now(), request.batch_id);
    let taken = account
        .store
        .write(move |tx| {
            let rows = outbox::of_batch(tx, &batch)?;
            let taken_back = outbox::discard_batch(tx, &batch, now)?;
            let leads: Vec<i64> = rows.iter().filter_map(|row| row.write.lead()).map(|lead| lead.0).collect();
            Ok((rows.len(), taken_back, leads))
        })
        .await;
    let (all, taken_back, leads) = taken.map_err(|error| of_store(&error))?;
    if all == 0 {
        return Err(ApiError::new(ErrorCode::ChangeUnknown));
    }
    account.engine.promised(leads);
    let count = |number: usize| u32::try_from(number).unwrap_or(u32::MAX);
    Ok(BatchTakenBack { taken_back: count(taken_back), too_late: count(all - taken_back) })
}

fn about(lead: &Lead) -> EntityRef {
    EntityRef { kind: EntityKind::Lead, kommo_id: lead.kommo_id.0 }
}

/// The lead that a request names by our identity or by Kommo's number.
fn lead_named(conn: &Connection, name: &str) -> Result<Lead, NotPromised> {
    let number = match (LeadId::parse(name), name.parse::<i64>()) {
        (Ok(id), _) => leads::kommo_id_of(conn, &id)?,
        (_, Ok(number)) => Some(KommoLeadId(number)),
        _ => None,
    };
    let stored = match number {
        Some(number) => leads::find(conn, number)?,
        None => None,
    };
    Ok(edit::open_lead(stored)?)
}
