//! The measurements.

use crate::Arguments;
use crate::client::Client;
use crate::deliveries;
use crate::outside::Kommo;
use crate::program::{Problem, Program};
use crate::report::{Report, percentile};
use cadencia_clock::{Clock as _, SystemClock};
use serde_json::{Value, json};
use std::path::Path;
use std::time::Duration;

/// Requests a second that Kommo allows.
const PER_SECOND: f64 = 7.0;
/// Megabytes that the core may hold with 100,000 leads.
const MEMORY_LIMIT_MB: f64 = 300.0;
/// Milliseconds that 95 of 100 searches may take.
const SEARCH_LIMIT_MS: f64 = 50.0;

/// Everything, in order.
pub(crate) async fn all(arguments: &Arguments, report: &mut Report) -> Result<(), Problem> {
    let client = Client::new()?;
    if arguments.is_wanted("deliveries") {
        deliveries::all(&client, arguments.delivery_seconds, report).await?;
    }
    if arguments.is_wanted("paced") {
        paced_import(&client, arguments.paced_leads, report).await?;
    }
    if arguments.is_wanted("large") {
        let folder = tempfile::tempdir()?;
        unlimited_import(&client, folder.path(), arguments.leads, report).await?;
    }
    Ok(())
}

/// Seconds until `done` says so of the state of the sync.
pub(crate) async fn until(
    client: &Client,
    server: &Program,
    clock: &SystemClock,
    done: impl Fn(&Value) -> bool,
) -> Result<f64, Problem> {
    let begun = clock.monotonic_ms();
    let mut beat = tokio::time::interval(Duration::from_millis(50));
    loop {
        beat.tick().await;
        let status = client.call(server, "sync_status", &json!({})).await?;
        if done(&status) {
            return Ok(seconds(clock.monotonic_ms() - begun));
        }
        if status["connection"] == "needs_sign_in" {
            return Err(Problem("the sign-in was lost".to_owned()));
        }
    }
}

fn is_done(status: &Value, entity: &str) -> bool {
    let entities = status["import"]["entities"].as_array().cloned().unwrap_or_default();
    entities.iter().any(|known| known["entity"] == entity && known["state"] == "done")
}

/// The import against the limit: how much longer than the requests need at 7 a second.
async fn paced_import(client: &Client, leads: u32, report: &mut Report) -> Result<(), Problem> {
    let folder = tempfile::tempdir()?;
    let clock = SystemClock::new();
    let sim = Kommo::start(leads, &[])?;
    let before = stats(client, &sim.program).await?;
    let server = sim.server(folder.path(), &["--listener-port", "0"])?;
    // Counted from when the import begins: starting the program is measured apart.
    until(client, &server, &clock, |status| status["import"]["state"] == "running").await?;
    let took = until(client, &server, &clock, |status| is_done(status, "contacts")).await?;
    let after = stats(client, &sim.program).await?;
    let requests = after["requests"].as_f64().unwrap_or(0.0) - before["requests"].as_f64().unwrap_or(0.0);
    report.add_with_limit(
        "paced import: time against 7 requests/s",
        took * PER_SECOND / requests.max(1.0),
        "ratio",
        1.02,
    );
    report.add_with_limit(
        "paced import: answers 429",
        after["by_status"]["429"].as_f64().unwrap_or(0.0),
        "answers",
        0.0,
    );
    report.add("paced import: requests", requests, "requests");
    report.add("paced import: time", took, "s");
    Ok(())
}

async fn stats(client: &Client, sim: &Program) -> Result<Value, Problem> {
    let url = format!("{}/stats", sim.text("control_url")?);
    Ok(serde_json::from_slice(&client.get(&url, None).await?)?)
}

/// The import without a limit, then everything that needs a large account.
async fn unlimited_import(
    client: &Client,
    folder: &Path,
    leads: u32,
    report: &mut Report,
) -> Result<(), Problem> {
    let clock = SystemClock::new();
    let sim = Kommo::start(leads, &["--rate-limit", "off"])?;
    parse_rate(client, &sim.program, &clock, report).await?;
    let no_limit = ["--rate-limit", "off", "--listener-port", "0"];
    let first = sim.server(folder, &no_limit)?;
    let took = until(client, &first, &clock, |status| is_done(status, "contacts")).await?;
    report.add("import without limit: leads and people", f64::from(leads) * 2.0 / took, "rows/s");
    if let Some(cpu) = first.cpu_seconds() {
        report.add("import without limit: processor time per lead", cpu * 1_000.0 / f64::from(leads), "ms");
    }
    until(client, &first, &clock, |status| status["import"]["state"] == "finished").await?;
    searches(client, &first, &clock, report).await?;
    pages(client, &first, &clock, leads, report).await?;
    if let Some(bytes) = first.peak_memory() {
        report.add_with_limit("peak resident memory of the core", megabytes(bytes), "MB", MEMORY_LIMIT_MB);
    }
    drop(first);
    let begun = clock.monotonic_ms();
    let again = sim.server(folder, &no_limit)?;
    client.call(&again, "lead_list", &json!({"limit": 50})).await?;
    report.add(
        "start on the imported database until the first list",
        seconds(clock.monotonic_ms() - begun),
        "s",
    );
    if let Some(bytes) = again.peak_memory() {
        report.add("resident memory after that start", megabytes(bytes), "MB");
    }
    Ok(())
}

/// Leads read from JSON by the client's own types.
async fn parse_rate(
    client: &Client,
    sim: &Program,
    clock: &SystemClock,
    report: &mut Report,
) -> Result<(), Problem> {
    let url = format!("{}/api/v4/leads?limit=250&with=contacts", sim.text("base_url")?);
    let page = client.get(&url, Some(sim.text("long_lived_token")?)).await?;
    let whole: Value = serde_json::from_slice(&page)?;
    let leads = serde_json::to_vec(&whole["_embedded"]["leads"])?;
    let (mut parsed, begun) = (0_usize, clock.monotonic_ms());
    while clock.monotonic_ms() - begun < 2_000 {
        let rows: Vec<kommo::leads::Lead> = serde_json::from_slice(&leads)?;
        parsed += rows.len();
    }
    #[expect(clippy::cast_precision_loss, reason = "a count")]
    report.add("leads parsed from JSON", parsed as f64 / seconds(clock.monotonic_ms() - begun), "leads/s");
    Ok(())
}

/// What people search for: names, parts of names, phones in several forms, two words, nothing that is there.
async fn searches(
    client: &Client,
    server: &Program,
    clock: &SystemClock,
    report: &mut Report,
) -> Result<(), Problem> {
    let list = client.call(server, "lead_list", &json!({"limit": 200})).await?;
    let rows = list["rows"].as_array().cloned().unwrap_or_default();
    let mut words: Vec<String> = [
        "maria",
        "silva",
        "ma",
        "jo",
        "souza",
        "conceicao",
        "maria silva",
        "zzzz",
        "11",
        "119",
        "9876",
        "ana paula",
    ]
    .map(str::to_owned)
    .to_vec();
    for row in rows.iter().take(60) {
        words.extend(row["name"].as_str().filter(|name| !name.is_empty()).map(str::to_owned));
        if let Some(phone) = row["phone"].as_str() {
            words.push(phone.to_owned());
            words.push(phone.chars().rev().take(8).collect::<String>().chars().rev().collect());
        }
    }
    let mut times = Vec::new();
    for word in &words {
        times.push(timed(client, server, clock, &json!({"search": word, "limit": 50})).await?);
    }
    report.add("search: median of the command", percentile(&mut times, 0.5), "ms");
    report.add_with_limit("search: p95 of the command", percentile(&mut times, 0.95), "ms", SEARCH_LIMIT_MS);
    report.add("search: slowest command", percentile(&mut times, 1.0), "ms");
    Ok(())
}

/// Windows of the table: every order, at the beginning, in the middle and at the end.
async fn pages(
    client: &Client,
    server: &Program,
    clock: &SystemClock,
    leads: u32,
    report: &mut Report,
) -> Result<(), Problem> {
    let mut times = Vec::new();
    for column in ["updated", "created", "name", "price", "stage", "responsible", "next_task"] {
        for descending in [true, false] {
            for offset in [0, leads / 2, leads.saturating_sub(200)] {
                let sort = json!({"column": column, "descending": descending});
                times.push(
                    timed(client, server, clock, &json!({"sort": sort, "offset": offset, "limit": 100}))
                        .await?,
                );
            }
        }
    }
    report.add("list page: median of the command", percentile(&mut times, 0.5), "ms");
    report.add("list page: p95 of the command", percentile(&mut times, 0.95), "ms");
    report.add("list page: slowest command", percentile(&mut times, 1.0), "ms");
    Ok(())
}

/// Milliseconds that a list takes, asked a second time so that it is not the disk that is measured.
async fn timed(
    client: &Client,
    server: &Program,
    clock: &SystemClock,
    request: &Value,
) -> Result<f64, Problem> {
    client.call(server, "lead_list", request).await?;
    let rounds = 5_u32;
    let begun = clock.monotonic_ms();
    for _ in 0..rounds {
        client.call(server, "lead_list", request).await?;
    }
    Ok(seconds(clock.monotonic_ms() - begun) * 1_000.0 / f64::from(rounds))
}

#[expect(clippy::cast_precision_loss, reason = "a duration in milliseconds")]
fn seconds(millis: u64) -> f64 {
    millis as f64 / 1_000.0
}

#[expect(clippy::cast_precision_loss, reason = "a size in bytes")]
fn megabytes(bytes: u64) -> f64 {
    bytes as f64 / 1_000_000.0
}
