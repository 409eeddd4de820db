//! `cadencia-sim`: the simulated outside world on a port.

use anyhow::Context;
use cadencia_sim::{DEFAULT_REDIRECT_URI, Fault, FaultName, SimClock, SimConfig, Simulator};
use clap::{Parser, ValueEnum};
use tokio::net::TcpListener;

/// A simulated Kommo account. The first line of output is one JSON object that says how to connect.
#[derive(Debug, Parser)]
#[command(name = "cadencia-sim", version)]
struct Arguments {
    /// Port on 127.0.0.1; 0 takes a free one.
    #[arg(long, default_value_t = 0)]
    port: u16,
    /// What everything random follows from.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many leads the account starts with.
    #[arg(long, default_value_t = 2000)]
    leads: usize,
    /// Whether seven requests per second are enforced.
    #[arg(long, value_enum, default_value_t = Switch::On)]
    rate_limit: Switch,
    /// A fault that is on from the start; may be repeated.
    #[arg(long = "fault", value_parser = parse_fault)]
    faults: Vec<FaultName>,
    /// The redirect URL the integration is configured with.
    #[arg(long, default_value = DEFAULT_REDIRECT_URI)]
    redirect_uri: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Switch {
    On,
    Off,
}

fn parse_fault(text: &str) -> Result<FaultName, cadencia_sim::UnknownFault> {
    text.parse()
}

// More threads than most machines have cores: writing a large answer must not keep another request from being counted
// when it arrives.
#[tokio::main(worker_threads = 8)]
async fn main() -> anyhow::Result<()> {
    tracing_subscriber::fmt()
        .with_env_filter(tracing_subscriber::EnvFilter::from_default_env())
        .with_writer(std::io::stderr)
        .init();
    let arguments = Arguments::parse();
    let listener = TcpListener::bind(("127.0.0.1", arguments.port))
        .await
        .with_context(|| format!("port {} cannot be listened on", arguments.port))?;
    let sim = Simulator::new(SimConfig {
        seed: arguments.seed,
        leads: arguments.leads,
        rate_limit: arguments.rate_limit == Switch::On,
        faults: arguments.faults.into_iter().map(Fault::always).collect(),
        clock: SimClock::Real { offset_s: 0 },
        redirect_uri: arguments.redirect_uri,
        ..SimConfig::default()
    });
    let handle = sim.serve(listener).context("the listener has no address")?;
    print_line(&serde_json::to_string(&sim.credentials()).context("the credentials cannot be written")?)?;
    ended().await?;
    handle.shutdown().await;
    Ok(())
}

fn print_line(line: &str) -> anyhow::Result<()> {
    use std::io::Write;
    let mut out = std::io::stdout().lock();
    writeln!(out, "{line}").and_then(|()| out.flush()).context("the first line cannot be written")
}

/// Waits until the process is asked to end.
#[cfg(unix)]
async fn ended() -> anyhow::Result<()> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).context("SIGTERM cannot be listened for")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("SIGINT cannot be listened for")?;
    tokio::select! {
        _ = terminate.recv() => {}
        _ = interrupt.recv() => {}
    }
    Ok(())
}

/// Waits until the process is asked to end.
#[cfg(not(unix))]
async fn ended() -> anyhow::Result<()> {
    tokio::signal::ctrl_c().await.context("Ctrl-C cannot be listened for")
}
