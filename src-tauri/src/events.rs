//! From the core to everybody who listens: the page, the tray icon, notifications, the start with the system.

use cadencia_app::App;
use cadencia_contract::{AppEvent, AppStatus, SyncStatus};
use serde_json::json;
use tauri::{AppHandle, Emitter as _, async_runtime};
use tokio::sync::broadcast::error::RecvError;

use crate::standing::Standing;
use crate::{autostart, notify, tray};

/// The one Tauri event.
const APP_EVENT: &str = "app_event";

/// Follows the core until it stops.
pub fn follow(app: &AppHandle, core: App) {
    let mut events = core.subscribe();
    let app = app.clone();
    async_runtime::spawn(async move {
        loop {
            match events.recv().await {
                Ok(event) => pass_on(&app, &event),
                Err(RecvError::Lagged(missed)) => {
                    tracing::warn!(missed, "events were missed; their sum is told instead");
                    for event in sum(&core).await {
                        pass_on(&app, &event);
                    }
                }
                Err(RecvError::Closed) => break,
            }
        }
    });
}

/// How everything stands before the first event.
pub async fn first_standing(core: &App) -> Standing {
    let mut standing = Standing::default();
    sum(core).await.iter().for_each(|event| standing.apply(event));
    standing
}

fn pass_on(app: &AppHandle, event: &AppEvent) {
    if let Err(error) = app.emit(APP_EVENT, event) {
        tracing::warn!(%error, "an event does not reach the page");
    }
    let wanted = tray::standing(app).autostart;
    tray::update(app, |standing| standing.apply(event));
    let wants = tray::standing(app).autostart;
    if wanted != wants {
        autostart::set(app, wants);
    }
    if let AppEvent::Notice { notice } = event {
        notify::about(app, notice);
    }
}

/// Events that say of everything how it is now, whatever happened before.
async fn sum(core: &App) -> Vec<AppEvent> {
    let mut events = Vec::new();
    let answer = core.call("app_status", json!({})).await;
    let Some(status) = answer.ok().and_then(|answer| serde_json::from_value::<AppStatus>(answer).ok()) else {
        tracing::warn!("the core does not tell its state");
        return events;
    };
    let accounts: Vec<String> = status.accounts.accounts.iter().map(|account| account.id.clone()).collect();
    events.push(AppEvent::AppChanged { status });
    for account_id in accounts {
        let answer = core.call("sync_status", json!({ "account_id": account_id })).await;
        if let Some(status) = answer.ok().and_then(|answer| serde_json::from_value::<SyncStatus>(answer).ok())
        {
            events.push(AppEvent::SyncChanged { status: Box::new(status) });
        }
        events.push(AppEvent::StructureChanged { account_id: account_id.clone() });
        events.push(AppEvent::LeadsChanged { account_id: account_id.clone(), lead_ids: Vec::new() });
        // At least one newer row: how many is not known, and the page reads them anew anyway.
        events.push(AppEvent::LogAppended { account_id, rows: Vec::new(), skipped: 1 });
    }
    events
}
