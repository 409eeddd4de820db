//! Starts the core without a window. See the crate's README.

use anyhow::Context as _;
use cadencia_app::{App, AppConfig, Source};
use cadencia_clock::{Entropy as _, SystemEntropy};
use cadencia_contract::VaultStatus;
use clap::Parser;
use secrecy::{ExposeSecret as _, SecretString};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::PathBuf;
use std::process::ExitCode;
use tokio_util::sync::CancellationToken;

/// Runs Cadência without a window: commands, events and the interface over HTTP on loopback.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    /// Folder of the data; created when missing.
    #[arg(long)]
    data: PathBuf,
    /// Port of the HTTP server on loopback; 0 takes a free one.
    #[arg(long)]
    port: u16,
    /// Use the embedded demo account; real accounts are left alone.
    #[arg(long, conflicts_with_all = ["kommo_url", "token"])]
    demo: bool,
    /// Connect an account at this address instead of `https://SUBDOMAIN.kommo.com`.
    #[arg(long)]
    kommo_url: Option<url::Url>,
    /// Long-lived token for `--kommo-url`.
    #[arg(long, requires = "kommo_url")]
    token: Option<String>,
    /// Port of the embedded listener for sign-in; 0 takes a free one. Without it the preference, 8000 at first.
    #[arg(long)]
    listener_port: Option<u16>,
    /// Seconds between two polls, 1 to 3600; without it the preference, 30 at first.
    #[arg(long)]
    poll_interval: Option<u32>,
    /// `off` asks as fast as the other side answers: only for measuring against a simulator without a limit.
    #[arg(long, value_enum, default_value = "on", requires = "kommo_url")]
    rate_limit: RateLimit,
    /// Folder of the built interface.
    #[arg(long)]
    ui: Option<PathBuf>,
}

/// Whether requests keep to Kommo's rate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum RateLimit {
    /// Seven a second.
    On,
    /// As fast as possible.
    Off,
}

const LEAST_THREADS: usize = 4;

fn main() -> ExitCode {
    if rustls::crypto::ring::default_provider().install_default().is_err() {
        tracing::debug!("a TLS provider was already there");
    }
    let filter = tracing_subscriber::EnvFilter::try_from_env("CADENCIA_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    // Reading a large answer must not keep the next request from going out in its time, also on a small machine.
    let threads =
        std::thread::available_parallelism().map_or(LEAST_THREADS, |cores| cores.get().max(LEAST_THREADS));
    let runtime =
        match tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build() {
            Ok(runtime) => runtime,
            Err(error) => return fail(&anyhow::Error::new(error).context("cannot start the runtime")),
        };
    match runtime.block_on(run(Arguments::parse())) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

#[expect(clippy::print_stderr, reason = "a program's own report")]
fn fail(error: &anyhow::Error) -> ExitCode {
    eprintln!("cadencia-server: {error:#}");
    ExitCode::from(2)
}

#[expect(clippy::print_stdout, reason = "the first line of output is what other programs read")]
async fn run(arguments: Arguments) -> anyhow::Result<()> {
    // Bound first: a taken port is told before anything is opened.
    let address = SocketAddr::from((Ipv4Addr::LOCALHOST, arguments.port));
    let socket = tokio::net::TcpListener::bind(address)
        .await
        .with_context(|| format!("cannot listen on port {}: choose another with --port", arguments.port))?;

    let mut config = AppConfig::new(arguments.data);
    config.source = match (arguments.demo, arguments.kommo_url, arguments.token) {
        (true, ..) => Source::Demo,
        (_, Some(url), token) => Source::Address { url, token: token.map(SecretString::from) },
        _ => Source::Kommo,
    };
    if arguments.rate_limit == RateLimit::Off {
        config.budget = cadencia_app::Budget::unlimited();
    }
    config.listener_port = arguments.listener_port;
    config.poll_interval_s = arguments.poll_interval;
    config.passphrase =
        std::env::var("CADENCIA_PASSPHRASE").ok().filter(|p| !p.is_empty()).map(SecretString::from);
    let was_given = config.passphrase.is_some();
    let app = App::start(config).await.context("cannot start")?;
    // The core would wait for a person. Whoever gave a passphrase does not expect one to come.
    let refused = match app.vault_status().await {
        VaultStatus::NeedsPassphrase => Some("is not the passphrase that opens the data"),
        VaultStatus::NeedsNewPassphrase => Some("is too short for a passphrase"),
        _ => None,
    };
    if let Some(refused) = refused.filter(|_| was_given) {
        app.shutdown().await;
        anyhow::bail!("what CADENCIA_PASSPHRASE holds {refused}");
    }

    let key = SecretString::from(hex::encode(SystemEntropy.secret_bytes()));
    let port = socket.local_addr().context("cannot read the port")?.port();
    println!(
        "{}",
        serde_json::json!({
            "url": format!("http://127.0.0.1:{port}"),
            "key": key.expose_secret(),
            "listener_url": app.listener_url(),
            "agent_key": app.local_api_key().await.map(|key| key.expose_secret().to_owned()),
        })
    );

    let stopping = CancellationToken::new();
    let routes = cadencia_server::router(app.clone(), key, arguments.ui, stopping.clone());
    axum::serve(socket, routes)
        .with_graceful_shutdown(async move {
            asked_to_stop().await;
            stopping.cancel();
        })
        .await
        .context("the server ended badly")?;
    app.shutdown().await;
    Ok(())
}

/// Returns on SIGTERM or Ctrl C.
async fn asked_to_stop() {
    let interrupted = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminated = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => {
                signal.recv().await;
            }
            Err(_) => std::future::pending::<()>().await,
        }
    };
    #[cfg(not(unix))]
    let terminated = std::future::pending::<()>();
    tokio::select! {
        () = interrupted => {}
        () = terminated => {}
    }
}
