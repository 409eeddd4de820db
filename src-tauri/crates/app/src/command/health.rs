//! "Saúde da integração": real probes.

use crate::account::Account;
use crate::convert::error::{of_kommo, of_store};
use crate::state::App;
use cadencia_contract::{
    AccountScope, ApiError, ConnectionState, ErrorCode, HealthItem, HealthProbe, HealthReport, HealthState,
    Int53,
};
use cadencia_domain::field::EntityKind;
use cadencia_domain::pipeline::StageKind;
use cadencia_store::{custom_fields, pipelines, users};
use cadencia_sync::ImportState;
use std::sync::Arc;

/// Clocks further apart than this are told.
const SKEW_MS: i64 = 120_000;

pub(crate) async fn health_check(app: &App, scope: AccountScope) -> Result<HealthReport, ApiError> {
    let account = app.account(scope.account_id.as_deref()).await?;
    let mut items = asked_now(&account).await;
    items.extend(read_from_mirror(&account).await?);
    items.push(import(&account));
    items.push(polling(app, &account));
    items.push(webhooks(&account).await);
    items.push(clock(&account));
    items.push(listener(app));
    Ok(HealthReport { checked_at_ms: Int53(app.now().0), items })
}

fn item(probe: HealthProbe, state: HealthState) -> HealthItem {
    HealthItem { probe, state, count: None, detail: String::new(), problem: None }
}

fn bad(probe: HealthProbe, error: &ApiError) -> HealthItem {
    HealthItem { problem: Some(error.code), detail: error.detail.clone(), ..item(probe, HealthState::Bad) }
}

/// Sign-in and account: asked from Kommo now.
async fn asked_now(account: &Arc<Account>) -> Vec<HealthItem> {
    match cadencia_sync::pull::structure::profile(&account.client).await {
        Ok(profile) => {
            let zone = profile.time_zone.clone().unwrap_or_default();
            let about = HealthItem {
                detail: format!("{} · {zone}", profile.name),
                ..item(HealthProbe::Account, HealthState::Good)
            };
            vec![item(HealthProbe::SignIn, HealthState::Good), about]
        }
        Err(error) => {
            let api = of_kommo(&error);
            let known = account.profile().map_or_else(
                || item(HealthProbe::Account, HealthState::Waiting),
                |profile| HealthItem {
                    detail: profile.name,
                    ..item(HealthProbe::Account, HealthState::Limited)
                },
            );
            vec![bad(HealthProbe::SignIn, &api), known]
        }
    }
}

async fn read_from_mirror(account: &Arc<Account>) -> Result<Vec<HealthItem>, ApiError> {
    let found = account.store.read(|conn| {
        Ok((pipelines::list(conn)?, custom_fields::list(conn, EntityKind::Lead)?.len(), users::list(conn)?))
    });
    let (pipelines, fields, users) = found.await.map_err(|error| of_store(&error))?;
    let read = !pipelines.is_empty();
    let stages =
        pipelines.iter().flat_map(|p| &p.stages).filter(|stage| stage.kind == StageKind::Ordinary).count();
    let counted = |probe, count: usize, enough: bool| HealthItem {
        count: read.then(|| u32::try_from(count).unwrap_or(u32::MAX)),
        ..item(
            probe,
            match (read, enough) {
                (false, _) => HealthState::Waiting,
                (true, true) => HealthState::Good,
                (true, false) => HealthState::Limited,
            },
        )
    };
    let current = account.profile().and_then(|profile| profile.current_user);
    let is_admin = users.iter().any(|user| Some(user.kommo_id) == current && user.is_admin);
    let mut administrator = counted(HealthProbe::Administrator, 0, is_admin);
    administrator.count = None;
    administrator.problem = (read && !is_admin).then_some(ErrorCode::Forbidden);
    let mut people = counted(HealthProbe::Users, users.len(), !users.is_empty());
    people.problem = (read && users.is_empty()).then_some(ErrorCode::Forbidden);
    Ok(vec![
        administrator,
        counted(HealthProbe::Pipelines, stages, stages > 0),
        counted(HealthProbe::Fields, fields, fields > 0),
        people,
    ])
}

fn import(account: &Arc<Account>) -> HealthItem {
    let progress = account.engine.status().import;
    let leads =
        progress.entities.iter().find(|e| e.entity == cadencia_sync::Imported::Leads).map_or(0, |e| e.items);
    let state = match progress.state {
        ImportState::Finished => HealthState::Good,
        ImportState::Cancelled => HealthState::Limited,
        ImportState::Never | ImportState::Running | ImportState::Waiting => HealthState::Waiting,
    };
    HealthItem { count: (leads > 0).then_some(leads), ..item(HealthProbe::Import, state) }
}

fn polling(app: &App, account: &Arc<Account>) -> HealthItem {
    let status = account.engine.status();
    let interval = app.0.settings.borrow().poll_interval_s;
    let detail = interval.to_string();
    if account.runs_elsewhere() {
        let problem = Some(ErrorCode::RunsElsewhere);
        return HealthItem { problem, ..item(HealthProbe::Polling, HealthState::Limited) };
    }
    match (status.polling.last_at, account.summary().connection) {
        (Some(_), ConnectionState::Connected) => {
            HealthItem { detail, ..item(HealthProbe::Polling, HealthState::Good) }
        }
        (_, ConnectionState::NeedsSignIn) => {
            bad(HealthProbe::Polling, &ApiError::new(ErrorCode::NeedsSignIn))
        }
        (_, ConnectionState::Offline | ConnectionState::Limited) => HealthItem {
            problem: status.trouble.as_ref().map(|trouble| crate::convert::error::of_trouble(trouble).code),
            ..item(HealthProbe::Polling, HealthState::Limited)
        },
        _ => item(HealthProbe::Polling, HealthState::Waiting),
    }
}

/// Whether the plan and the user's rights allow webhooks: asked from Kommo now. Without them changes still arrive by
/// polling, so this is never bad.
async fn webhooks(account: &Arc<Account>) -> HealthItem {
    match account.client.webhooks().list(None).await {
        Ok(_) => item(HealthProbe::Webhooks, HealthState::Good),
        Err(error) => {
            let code = of_kommo(&error).code;
            HealthItem { problem: Some(code), ..item(HealthProbe::Webhooks, HealthState::Limited) }
        }
    }
}

fn clock(account: &Arc<Account>) -> HealthItem {
    match account.client.server_time_offset() {
        None => item(HealthProbe::Clock, HealthState::Waiting),
        Some(skew) => {
            let state = if skew.abs() > SKEW_MS { HealthState::Limited } else { HealthState::Good };
            HealthItem { detail: (skew / 1_000).to_string(), ..item(HealthProbe::Clock, state) }
        }
    }
}

fn listener(app: &App) -> HealthItem {
    let status = app.listener_status();
    match status.url {
        Some(url) => HealthItem { detail: url, ..item(HealthProbe::Listener, HealthState::Good) },
        None => HealthItem {
            detail: status.port.to_string(),
            problem: status.is_port_taken.then_some(ErrorCode::PortTaken),
            ..item(HealthProbe::Listener, HealthState::Limited)
        },
    }
}
