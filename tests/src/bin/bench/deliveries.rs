//! Webhooks from another program: how fast they are answered, and whether any answered one is lost by a power cut.

use crate::client::Client;
use crate::outside::Kommo;
use crate::program::{Problem, Program};
use crate::report::{Report, percentile};
use crate::steps::until;
use cadencia_clock::{Clock as _, SystemClock};
use serde_json::{Value, json};
use std::collections::BTreeSet;
use std::net::{Ipv4Addr, TcpListener};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::JoinSet;

/// Deliveries a second: more than the largest account makes.
const PER_SECOND: u32 = 200;
/// Milliseconds within which 99 of 100 are answered. Kommo itself waits for 2,000.
const ANSWER_LIMIT_MS: f64 = 20.0;
/// Times that Kommo would come again for one that was not answered.
const MOST_ROUNDS: usize = 40;

/// One delivery and what became of it.
struct Told {
    lead: i64,
    /// Before the program was killed: what comes while it starts again waits for that.
    is_before: bool,
    is_kept: bool,
    took_ms: u64,
}

/// Where Kommo delivers to.
#[derive(Clone)]
struct Hook {
    client: Client,
    address: String,
    /// Kommo's number of the account.
    account: String,
}

/// Delivers for so many seconds, each delivery about a lead of its own; in the middle the program is killed and started
/// again.
pub(crate) async fn all(client: &Client, seconds: u32, report: &mut Report) -> Result<(), Problem> {
    let folder = tempfile::tempdir()?;
    let sim = Kommo::start(PER_SECOND * seconds, &["--rate-limit", "off"])?;
    let port = free_port()?.to_string();
    let more = ["--rate-limit", "off", "--listener-port", &port];
    let mut server = Some(sim.server(folder.path(), &more)?);
    let hook = subscribe(client, server.as_ref(), &sim).await?;
    let leads = leads(client, &sim.program).await?;

    let clock = Arc::new(SystemClock::new());
    let mut beat = tokio::time::interval(Duration::from_millis(u64::from(1_000 / PER_SECOND)));
    let mut under_way = JoinSet::new();
    let mut restart = None;
    for (n, lead) in leads.iter().copied().enumerate() {
        beat.tick().await;
        if n == leads.len() / 2 {
            // Dropped is killed. Kommo goes on while the program is dead and while it starts again.
            drop(server.take());
            let (sim, folder, port) = (sim.where_it_is(), folder.path().to_owned(), port.clone());
            restart = Some(tokio::task::spawn_blocking(move || {
                sim.server(&folder, &["--rate-limit", "off", "--listener-port", &port])
            }));
        }
        let (hook, clock, is_before) = (hook.clone(), Arc::clone(&clock), restart.is_none());
        under_way.spawn(async move {
            let begun = clock.monotonic_ms();
            let is_kept = hook.deliver(lead).await;
            Told { lead, is_before, is_kept, took_ms: clock.monotonic_ms() - begun }
        });
    }
    let told = under_way.join_all().await;
    let Some(restart) = restart else { return Err(Problem("there is nothing to deliver".to_owned())) };
    let server = restart.await??;
    answers(&told, report);
    come_again(&hook, told.iter().filter(|one| !one.is_kept).map(|one| one.lead).collect()).await?;
    let kept = kept(client, &server, &clock, report).await?;
    let lost = leads.iter().filter(|lead| !kept.contains(lead)).count();
    report.add_with_limit("deliveries: answered well and lost", count_of(lost), "deliveries", 0.0);
    Ok(())
}

/// Waits for the import, then subscribes.
async fn subscribe(client: &Client, server: Option<&Program>, sim: &Kommo) -> Result<Hook, Problem> {
    let Some(server) = server else { return Err(Problem("the program is not there".to_owned())) };
    until(client, server, &SystemClock::new(), |status| status["import"]["state"] == "finished").await?;
    // Names of this computer alone are refused.
    let way_in = server.text("listener_url")?.replace("localhost", "127.0.0.1");
    client.call(server, "webhook_set", &json!({"public_url": way_in})).await?;
    let token = Some(sim.program.text("long_lived_token")?);
    let base = sim.program.text("base_url")?;
    let hooks: Value = serde_json::from_slice(&client.get(&format!("{base}/api/v4/webhooks"), token).await?)?;
    let account: Value =
        serde_json::from_slice(&client.get(&format!("{base}/api/v4/account"), token).await?)?;
    let address = hooks["_embedded"]["webhooks"][0]["destination"].as_str();
    let address = address.ok_or_else(|| Problem("nobody subscribed".to_owned()))?.to_owned();
    Ok(Hook { client: client.clone(), address, account: account["id"].to_string() })
}

impl Hook {
    /// Whether it was kept.
    async fn deliver(&self, lead: i64) -> bool {
        let body = format!(
            "leads[update][0][id]={lead}&leads[update][0][name]=Casa+de+{lead}&leads[update][0][price]=18500\
             &leads[update][0][last_modified]=1790000000&leads[update][0][account_id]={account}\
             &account[id]={account}&account[subdomain]=demo",
            account = self.account,
        );
        self.client.post_form(&self.address, body).await.is_ok_and(|status| status == 200)
    }
}

fn answers(told: &[Told], report: &mut Report) {
    let well: Vec<&Told> = told.iter().filter(|one| one.is_kept).collect();
    #[expect(clippy::cast_precision_loss, reason = "milliseconds")]
    let times = |of: &[&Told]| of.iter().map(|one| one.took_ms as f64).collect::<Vec<f64>>();
    let before: Vec<&Told> = well.iter().copied().filter(|one| one.is_before).collect();
    let (mut all, mut times) = (times(&well), times(&before));
    report.add("deliveries: made", count_of(told.len()), "deliveries");
    report.add(
        "deliveries: not answered while the program was dead",
        count_of(told.len() - well.len()),
        "deliveries",
    );
    report.add("deliveries: median until the answer", percentile(&mut times, 0.5), "ms");
    report.add_with_limit(
        "deliveries: p99 until the answer",
        percentile(&mut times, 0.99),
        "ms",
        ANSWER_LIMIT_MS,
    );
    report.add("deliveries: slowest answer, while it starts again", percentile(&mut all, 1.0), "ms");
}

/// Delivers again what was not answered, as Kommo does, until it is.
async fn come_again(hook: &Hook, mut missed: Vec<i64>) -> Result<(), Problem> {
    let mut beat = tokio::time::interval(Duration::from_millis(250));
    for _ in 0..MOST_ROUNDS {
        beat.tick().await;
        let mut still = Vec::new();
        for lead in missed {
            if !hook.deliver(lead).await {
                still.push(lead);
            }
        }
        if still.is_empty() {
            return Ok(());
        }
        missed = still;
    }
    Err(Problem(format!("{} deliveries are never answered", missed.len())))
}

/// The leads that the kept deliveries are about, once all of them are looked at.
async fn kept(
    client: &Client,
    server: &Program,
    clock: &SystemClock,
    report: &mut Report,
) -> Result<BTreeSet<i64>, Problem> {
    let begun = clock.monotonic_ms();
    let mut beat = tokio::time::interval(Duration::from_millis(50));
    loop {
        beat.tick().await;
        let list = client.call(server, "delivery_list", &json!({"limit": 1})).await?;
        if list["summary"]["waiting"] == 0 {
            break;
        }
    }
    let waited = clock.monotonic_ms() - begun;
    #[expect(clippy::cast_precision_loss, reason = "milliseconds")]
    report.add("deliveries: until all are looked at, after the last", waited as f64 / 1_000.0, "s");
    let (mut found, mut before) = (BTreeSet::new(), Value::Null);
    loop {
        let list = client.call(server, "delivery_list", &json!({"limit": 500, "before_id": before})).await?;
        let rows = list["rows"].as_array().cloned().unwrap_or_default();
        let Some(last) = rows.last() else { return Ok(found) };
        before = last["id"].clone();
        found.extend(rows.iter().filter_map(|row| row["lead_kommo_id"].as_i64()));
    }
}

/// Every lead of the account.
async fn leads(client: &Client, sim: &Program) -> Result<Vec<i64>, Problem> {
    let url = format!("{}/state?parts=leads", sim.text("control_url")?);
    let state: Value = serde_json::from_slice(&client.get(&url, None).await?)?;
    let leads = state["leads"].as_array().into_iter().flatten();
    Ok(leads.filter(|lead| lead["is_deleted"] != true).filter_map(|lead| lead["id"].as_i64()).collect())
}

fn free_port() -> Result<u16, Problem> {
    Ok(TcpListener::bind((Ipv4Addr::LOCALHOST, 0))?.local_addr()?.port())
}

#[expect(clippy::cast_precision_loss, reason = "a count")]
fn count_of(many: usize) -> f64 {
    many as f64
}
