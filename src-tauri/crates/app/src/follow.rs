//! Follows one account: what its engine, its tokens and its requests tell becomes log rows and events.

use crate::account::{Account, Signals};
use crate::convert;
use crate::notice::{self, Told};
use crate::state::App;
use crate::tokens::TokenEvent;
use cadencia_contract::AppEvent;
use cadencia_domain::time::UtcMillis;
use cadencia_store::sync_log::{self, LogQuery, NewLogEntry};
use cadencia_sync::{EngineEvent, log};
use kommo::RequestRecord;
use std::collections::BTreeSet;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast::error::RecvError;
use tokio::sync::mpsc;
use tokio::time::MissedTickBehavior;

/// The screen is told at most this often.
const BEAT: Duration = Duration::from_millis(250);
/// Rows of the log sent in one event.
const ROWS: u32 = 50;
/// More changed leads than this are told as "many".
const MANY: usize = 200;
/// Beats after the last request during which the rate is still told, so that the meter comes back to rest.
const AFTERGLOW: u32 = 8;

const DAY_MS: i64 = 24 * 3_600_000;
/// The end of a long-lived token is told from this long before.
const WARN_BEFORE_MS: i64 = 14 * DAY_MS;

/// What there is to tell at the next beat.
#[derive(Default)]
struct Pending {
    status: bool,
    afterglow: u32,
    structure: bool,
    accounts: bool,
    outbox: bool,
    deliveries: bool,
    many_leads: bool,
    leads: BTreeSet<i64>,
    told_expiry: Option<UtcMillis>,
}

impl App {
    /// Follows an account until it or the program ends.
    pub(crate) fn follow(&self, account: &Arc<Account>, mut signals: Signals) {
        let (app, account) = (self.clone(), Arc::clone(account));
        let mut events = account.engine.subscribe();
        let mut status = account.engine.watch();
        let of = Arc::clone(&account);
        let (_, nobody) = mpsc::channel(1);
        let deliveries = std::mem::replace(&mut signals.deliveries, nobody);
        let (stop, keeping) = (self.0.stop.clone(), Arc::clone(&account).keep_deliveries(deliveries));
        self.0.tasks.spawn(of.until_end(async move { stop.run_until_cancelled(keeping).await }));
        self.0.tasks.spawn(of.until_end(async move {
            let mut pending = Pending::default();
            let mut told_log = account.store.read(sync_log::latest_id).await.unwrap_or(0);
            let mut beat = tokio::time::interval(BEAT);
            beat.set_missed_tick_behavior(MissedTickBehavior::Delay);
            loop {
                tokio::select! {
                    () = app.0.stop.cancelled() => return,
                    event = events.recv() => match event {
                        Ok(event) => app.note_event(&account, event, &mut pending).await,
                        Err(RecvError::Lagged(_)) => {
                            pending.many_leads = true;
                            pending.structure = true;
                            pending.status = true;
                        }
                        Err(RecvError::Closed) => return,
                    },
                    changed = status.changed() => {
                        if changed.is_err() {
                            return;
                        }
                        pending.status = true;
                        pending.accounts |= app.connection_changed(&account);
                        app.warn_of_expiry(&account, &mut pending);
                    }
                    Some(record) = signals.requests.recv() => {
                        pending.afterglow = AFTERGLOW;
                        app.note_request(&account, &record).await;
                    }
                    Some(event) = signals.tokens.recv() => {
                        app.note_token(&account, &event).await;
                        pending.accounts = true;
                    }
                    _ = beat.tick() => app.tell_pending(&account, &mut pending, &mut told_log).await,
                }
            }
        }));
    }

    async fn note_event(&self, account: &Arc<Account>, event: EngineEvent, pending: &mut Pending) {
        let name = account.row().name;
        match event {
            EngineEvent::LeadsChanged(ids) => {
                pending.many_leads |= ids.is_empty() || pending.leads.len() + ids.len() > MANY;
                pending.leads.extend(ids);
            }
            EngineEvent::StructureChanged => {
                pending.structure = true;
                pending.accounts = true;
                if let Err(error) = account.reload_profile().await {
                    tracing::warn!(error = &error as &dyn std::error::Error, "the profile could not be read");
                }
                self.keep_name(account).await;
            }
            // New rows are looked for at each beat, whoever wrote them.
            EngineEvent::LogAppended(_) => {}
            EngineEvent::ImportFinished { leads, .. } => {
                account.forget_counts();
                self.tell_notice(&Told::ImportFinished { account: name, leads });
            }
            EngineEvent::ConnectionLost => self.tell_notice(&Told::ConnectionLost { account: name }),
            EngineEvent::ConnectionRestored => self.tell_notice(&Told::ConnectionRestored { account: name }),
            // The keeper of the tokens tells it, once.
            EngineEvent::SignInLost => {}
            EngineEvent::OutboxChanged => pending.outbox = true,
            EngineEvent::InboxChanged => pending.deliveries = true,
            EngineEvent::ChangesWedged(changes) => {
                pending.outbox = true;
                self.tell_notice(&Told::ChangesWedged { account: name, changes });
            }
        }
    }

    /// Tells once a day, from two weeks before, that the long-lived token ends.
    fn warn_of_expiry(&self, account: &Arc<Account>, pending: &mut Pending) {
        let now = self.now();
        let Some(end) = account.summary().token_expires_at_ms else { return };
        let left = end.0 - now.0;
        let told_today = pending.told_expiry.is_some_and(|at| (0..DAY_MS).contains(&now.since(at)));
        if (0..=WARN_BEFORE_MS).contains(&left) && !told_today {
            pending.told_expiry = Some(now);
            self.tell_notice(&Told::TokenExpiring { account: account.row().name, days: left / DAY_MS });
        }
    }

    /// Whether the list of accounts shows another connection now.
    fn connection_changed(&self, account: &Arc<Account>) -> bool {
        let now = account.summary();
        account.remember_shown(now.connection, now.problem)
    }

    /// Requests that worked are told by the page or poll they belong to; those that failed have a row each.
    async fn note_request(&self, account: &Arc<Account>, record: &RequestRecord) {
        let Some(kind) = record.error else { return };
        let now = self.now();
        let code = convert::log::code_of_request(kind, record);
        let operation = match code {
            "rate_limited" => "rate_limited",
            "ip_blocked" => "ip_blocked",
            _ => "request_failed",
        };
        let status = record.status.map_or_else(|| "-".to_owned(), |status| status.to_string());
        let row = log::row(operation)
            .channel("kommo")
            .detail("method", &record.method)
            .detail("path", &record.path)
            .detail("status", &status)
            .took(u64::try_from(record.duration.as_millis()).unwrap_or(u64::MAX))
            .attempt(record.attempt)
            .failed(code, true)
            .exchange(convert::log::exchange(record))
            .outgoing(now);
        self.write_log(account, row).await;
    }

    async fn note_token(&self, account: &Arc<Account>, event: &TokenEvent) {
        let now = self.now();
        let row = match event {
            TokenEvent::Refreshed => log::row("token_refreshed").channel("sign_in").outgoing(now),
            TokenEvent::RefreshFailed { code } => {
                log::row("token_refresh_failed").channel("sign_in").failed(code, true).outgoing(now)
            }
            TokenEvent::SignInLost => {
                self.tell_notice(&Told::NeedsSignIn { account: account.row().name });
                log::row("sign_in_lost").channel("sign_in").failed("needs_sign_in", false).outgoing(now)
            }
        };
        self.write_log(account, row).await;
    }

    pub(crate) async fn write_log(&self, account: &Arc<Account>, row: NewLogEntry) {
        if let Err(error) = account.store.write(move |tx| sync_log::append(tx, &row)).await {
            tracing::warn!(error = &error as &dyn std::error::Error, "the log could not be written");
        }
    }

    pub(crate) fn tell_notice(&self, told: &Told) {
        if self.preferences().notifications {
            self.tell(AppEvent::Notice { notice: notice::word(told, self.language()) });
        }
    }

    async fn tell_pending(&self, account: &Arc<Account>, pending: &mut Pending, told_log: &mut i64) {
        let account_id = account.id.to_string();
        if pending.many_leads || !pending.leads.is_empty() {
            account.forget_counts();
            let leads = std::mem::take(&mut pending.leads);
            let lead_ids =
                if pending.many_leads { Vec::new() } else { convert::lead::own_ids(account, leads).await };
            pending.many_leads = false;
            pending.status = true;
            self.tell(AppEvent::LeadsChanged { account_id: account_id.clone(), lead_ids });
        }
        if std::mem::take(&mut pending.outbox) {
            pending.status = true;
            match account.store.read(convert::outbox::summary).await {
                Ok(summary) => {
                    self.tell(AppEvent::OutboxChanged { account_id: account_id.clone(), summary });
                }
                Err(error) => {
                    tracing::warn!(
                        error = &error as &dyn std::error::Error,
                        "what is on its way could not be read"
                    );
                }
            }
        }
        if std::mem::take(&mut pending.deliveries) {
            pending.status = true;
            self.tell(AppEvent::DeliveriesChanged { account_id: account_id.clone() });
        }
        if std::mem::take(&mut pending.structure) {
            self.tell(AppEvent::StructureChanged { account_id: account_id.clone() });
        }
        if std::mem::take(&mut pending.accounts) {
            self.tell_accounts().await;
        }
        let latest = account.store.read(sync_log::latest_id).await.unwrap_or(*told_log);
        if latest > *told_log {
            self.note_other_programs(account, pending).await;
            self.tell_log(account, account_id, *told_log, latest).await;
            *told_log = latest;
        }
        if pending.afterglow > 0 {
            pending.afterglow -= 1;
            pending.status = true;
        }
        if std::mem::take(&mut pending.status) {
            match self.sync_status(account).await {
                Ok(status) => self.tell(AppEvent::SyncChanged { status: Box::new(status) }),
                Err(error) => tracing::warn!(code = ?error.code, "the state of the sync could not be read"),
            }
        }
    }

    /// The log grew, perhaps by what another program did to this account.
    async fn note_other_programs(&self, account: &Arc<Account>, pending: &mut Pending) {
        if account.runs_elsewhere() {
            pending.many_leads = true;
            pending.structure = true;
        }
        let lost = |account: &Account| account.keeper.known().is_none_or(|kept| kept.needs_sign_in.is_some());
        if !lost(account) {
            return;
        }
        match account.keeper.reload().await {
            Ok(()) if !lost(account) => {
                account.engine.want_retry();
                pending.accounts = true;
            }
            Ok(()) => {}
            Err(error) => {
                tracing::warn!(
                    error = &error as &dyn std::error::Error,
                    "the sign-in could not be read again"
                );
            }
        }
    }

    async fn tell_log(&self, account: &Arc<Account>, account_id: String, after: i64, latest: i64) {
        let query = LogQuery { after_id: Some(after), limit: ROWS, ..LogQuery::default() };
        match account.store.read(move |conn| sync_log::list(conn, &query)).await {
            Ok(entries) => {
                let sent = i64::try_from(entries.len()).unwrap_or(i64::MAX);
                let skipped = u32::try_from((latest - after - sent).max(0)).unwrap_or(u32::MAX);
                let rows = entries.into_iter().map(convert::log::row).collect();
                self.tell(AppEvent::LogAppended { account_id, rows, skipped });
            }
            Err(error) => {
                tracing::warn!(error = &error as &dyn std::error::Error, "the log could not be read")
            }
        }
    }

    /// Tells the screen which accounts there are.
    pub(crate) async fn tell_accounts(&self) {
        let accounts = self.0.accounts.read().await.list();
        self.tell(AppEvent::AccountsChanged { accounts });
    }

    /// An account that was renamed in Kommo is renamed here.
    async fn keep_name(&self, account: &Arc<Account>) {
        let Some(profile) = account.profile() else { return };
        let mut row = account.row();
        if row.name == profile.name {
            return;
        }
        row.name = profile.name;
        account.set_row(row.clone());
        if row.is_demo {
            return;
        }
        if let Ok(registry) = self.registry().await
            && let Err(error) = registry.write(move |tx| cadencia_store::accounts::update(tx, &row)).await
        {
            tracing::warn!(
                error = &error as &dyn std::error::Error,
                "the account's new name could not be kept"
            );
        }
    }
}
