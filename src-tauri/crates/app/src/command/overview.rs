//! The first page.

use crate::calendar::month_start;
use crate::convert::error::of_store;
use crate::convert::lead::money;
use crate::convert::{event, structure};
use crate::state::App;
use cadencia_contract::{AccountScope, ApiError, Int53, Overview, RecentEvent};
use cadencia_store::leads::{self, Between, LeadQuery, LeadState};
use cadencia_store::{loss_reasons, overview, pipelines, users};

/// Things that happened lately, shown on the first page.
const RECENT: u32 = 10;
const WEEK_MS: i64 = 7 * 24 * 3_600_000;

pub(crate) async fn overview_get(app: &App, scope: AccountScope) -> Result<Overview, ApiError> {
    let account = app.account(scope.account_id.as_deref()).await?;
    let sync = app.sync_status(&account).await?;
    let now = account.engine.kommo_now();
    let month = month_start(now, &account.summary().time_zone);
    let found = account.store.read(move |conn| {
        let open = LeadQuery { state: LeadState::Open, ..LeadQuery::default() };
        let won = LeadQuery {
            state: LeadState::Won,
            closed_at: Between { from: Some(month), to: None },
            ..LeadQuery::default()
        };
        let fresh = LeadQuery {
            created_at: Between { from: Some(now.plus(-WEEK_MS)), to: None },
            ..LeadQuery::default()
        };
        let idle = LeadQuery { has_open_task: Some(false), ..open.clone() };
        let names =
            structure::names(&pipelines::list(conn)?, &users::list(conn)?, &loss_reasons::list(conn)?);
        let sum = |query: &LeadQuery| {
            leads::stage_counts(conn, query).map(|counts| {
                (
                    counts.iter().map(|c| c.leads).sum::<u32>(),
                    counts.iter().map(|c| c.price_cents).sum::<i64>(),
                )
            })
        };
        let (open_leads, open_cents) = sum(&open)?;
        let (won_month, won_cents) = sum(&won)?;
        Ok(Overview {
            sync,
            new_leads_7d: leads::count(conn, &fresh)?,
            open_leads,
            open_value: money(open_cents),
            won_month,
            won_value_month: money(won_cents),
            overdue_tasks: overview::overdue_tasks(conn, now)?,
            leads_without_task: leads::count(conn, &idle)?,
            recent: overview::recent_events(conn, RECENT)?
                .into_iter()
                .map(|recent| RecentEvent {
                    lead_id: recent.lead.to_string(),
                    lead_kommo_id: Int53(recent.lead_kommo_id.0),
                    lead_name: recent.lead_name,
                    event: event::view(&recent.event, &names),
                })
                .collect(),
        })
    });
    found.await.map_err(|error| of_store(&error))
}
