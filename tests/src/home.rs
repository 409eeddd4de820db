//! What outlives a run of the program.

use crate::wire::Wire;
use cadencia_clock::ManualClock;
use cadencia_secrets::{MemoryStore, SecretStore as _};
use cadencia_sim::Simulator;
use cadencia_store::{AccountStore, DatabaseKey};
use kommo::{RouterTransport, Transport as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use tempfile::TempDir;

/// A computer and the world around it: the data folder, the keyring, the clock, and Kommo.
pub struct Home {
    /// Kommo.
    pub sim: Simulator,
    /// This computer's clock.
    pub clock: Arc<ManualClock>,
    /// The way from here to Kommo.
    pub wire: Arc<Wire>,
    /// This computer's keyring.
    pub keyring: Arc<MemoryStore>,
    folder: TempDir,
    starts: AtomicU64,
}

impl Home {
    pub(crate) fn new(sim: Simulator, clock: ManualClock) -> Self {
        Self {
            wire: Arc::new(Wire::new(&sim)),
            sim,
            clock: Arc::new(clock),
            keyring: Arc::default(),
            folder: tempfile::tempdir().expect("the system has a folder for temporary files"),
            starts: AtomicU64::new(0),
        }
    }

    /// The data folder.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// Another number for each run: no two share their chance.
    pub(crate) fn next_start(&self) -> u64 {
        self.starts.fetch_add(1, Ordering::Relaxed)
    }

    /// What another program would send to Kommo, with an integration of its own.
    ///
    /// # Panics
    /// When `path` is no path.
    pub fn request_of_someone(
        &self,
        method: http::Method,
        path: &str,
        body: &serde_json::Value,
    ) -> http::Request<bytes::Bytes> {
        let known = self.sim.credentials();
        http::Request::builder()
            .method(method)
            .uri(format!("{}{path}", known.base_url))
            .header("authorization", format!("Bearer {}", known.long_lived_token))
            .header("content-type", "application/json")
            .body(bytes::Bytes::from(body.to_string()))
            .expect("a path and a token make a request")
    }

    /// Another program writes to Kommo: the answer's status.
    pub async fn someone_writes(&self, method: http::Method, path: &str, body: &serde_json::Value) -> u16 {
        let request = self.request_of_someone(method, path, body);
        let answer = RouterTransport::new(self.sim.router()).send(request).await;
        answer.expect("the simulator answers").status().as_u16()
    }

    /// The key of the databases.
    ///
    /// # Panics
    /// When the program has not made one yet.
    pub fn key(&self) -> DatabaseKey {
        let key = self.keyring.load().expect("memory does not fail").expect("the program made a key");
        DatabaseKey::new(*key.expose())
    }

    /// Files of accounts, without their journals.
    pub fn account_files(&self) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(self.folder().join("accounts")) else { return Vec::new() };
        let mut files: Vec<PathBuf> = entries
            .filter_map(|entry| entry.ok().map(|entry| entry.path()))
            .filter(|path| path.extension().is_some_and(|extension| extension == "db"))
            .collect();
        files.sort();
        files
    }

    /// Every file in the folder, however deep.
    pub fn files(&self) -> Vec<PathBuf> {
        let mut found = Vec::new();
        let mut folders = vec![self.folder().to_owned()];
        while let Some(folder) = folders.pop() {
            for entry in std::fs::read_dir(folder).into_iter().flatten().flatten() {
                let path = entry.path();
                if path.is_dir() { folders.push(path) } else { found.push(path) }
            }
        }
        found
    }

    /// Opens the mirror of the only account beside the program, does something with it, and closes it.
    ///
    /// # Panics
    /// When there is not exactly one account, or its file cannot be opened.
    pub fn with_mirror<T>(&self, work: impl AsyncFnOnce(&AccountStore) -> T) -> T {
        let files = self.account_files();
        let [file] = files.as_slice() else { panic!("expected one account, found {files:?}") };
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime needs nothing that can be missing").block_on(async {
            let store = AccountStore::open(file, &self.key()).await.expect("the mirror opens with its key");
            let done = work(&store).await;
            store.close().await;
            done
        })
    }
}
