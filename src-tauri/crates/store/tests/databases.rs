//! Files: keys, versions, faults, several at once.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use cadencia_domain::id::{
    ContactId, KommoContactId, KommoFieldId, KommoLeadId, KommoPipelineId, KommoStatusId, LeadId,
};
use cadencia_domain::time::UtcMillis;
use cadencia_store::{
    AccountStore, Connection, DatabaseKey, OpenError, Registry, StoreError, contacts, credentials, leads,
    settings,
};
use secrecy::SecretString;
use serde_json::json;
use std::path::{Path, PathBuf};
use std::sync::mpsc;

const NOW: UtcMillis = UtcMillis(1_790_000_000_000);

fn key(byte: u8) -> DatabaseKey {
    DatabaseKey::new([byte; 32])
}

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    fn file(&self) -> PathBuf {
        self.0.path().join("data").join("registry.db")
    }

    /// Everything on the disk: the database, its journal, whatever else.
    fn bytes(&self) -> Vec<u8> {
        let mut files: Vec<_> = std::fs::read_dir(self.0.path().join("data"))
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        files.iter().flat_map(|file| std::fs::read(file).unwrap()).collect()
    }
}

async fn remember(registry: &Registry, name: &'static str, value: &'static str) -> Result<(), StoreError> {
    registry.write(move |tx| settings::put(tx, name, value, NOW)).await
}

async fn recall(registry: &Registry, name: &'static str) -> Option<String> {
    registry.read(move |conn| settings::get(conn, name)).await.unwrap()
}

#[tokio::test]
async fn what_was_written_is_there_after_opening_again() {
    let folder = Folder::new();
    let registry = Registry::open(&folder.file(), &key(1)).await.unwrap();
    remember(&registry, "theme", "dark").await.unwrap();
    drop(registry);
    let registry = Registry::open(&folder.file(), &key(1)).await.unwrap();
    assert_eq!(recall(&registry, "theme").await.as_deref(), Some("dark"));
}

#[tokio::test]
async fn another_key_is_refused_and_harms_nothing() {
    let folder = Folder::new();
    let registry = Registry::open(&folder.file(), &key(1)).await.unwrap();
    remember(&registry, "theme", "dark").await.unwrap();
    registry.close().await;
    let before = folder.bytes();
    let refused = Registry::open(&folder.file(), &key(2)).await;
    assert!(matches!(refused, Err(OpenError::WrongKey { .. })), "{refused:?}");
    assert_eq!(folder.bytes(), before);
    let registry = Registry::open(&folder.file(), &key(1)).await.unwrap();
    assert_eq!(recall(&registry, "theme").await.as_deref(), Some("dark"));
}

#[tokio::test]
async fn a_file_that_is_no_database_is_told_apart_and_left_alone() {
    let folder = Folder::new();
    std::fs::create_dir_all(folder.file().parent().unwrap()).unwrap();
    std::fs::write(folder.file(), "not a database at all, just a text ".repeat(400)).unwrap();
    let before = folder.bytes();
    let refused = Registry::open(&folder.file(), &key(1)).await;
    assert!(matches!(refused, Err(OpenError::WrongKey { .. })), "{refused:?}");
    assert_eq!(folder.bytes(), before);
}

#[tokio::test]
async fn a_database_of_a_newer_program_is_refused_and_not_touched() {
    let folder = Folder::new();
    let registry = Registry::open(&folder.file(), &key(1)).await.unwrap();
    let change = |tx: &cadencia_store::Transaction<'_>| {
        tx.pragma_update(None, "user_version", 99).unwrap();
        Ok(())
    };
    registry.write(change).await.unwrap();
    registry.close().await;
    let before = folder.bytes();
    let refused = Registry::open(&folder.file(), &key(1)).await;
    assert!(matches!(refused, Err(OpenError::NewerVersion { found: 99, known: 3, .. })), "{refused:?}");
    assert_eq!(folder.bytes(), before);
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_an_error_of_the_file() {
    let folder = Folder::new();
    std::fs::write(folder.0.path().join("data"), "in the way").unwrap();
    let refused = Registry::open(&folder.file(), &key(1)).await;
    assert!(matches!(refused, Err(OpenError::Io { .. })), "{refused:?}");
}

#[tokio::test]
async fn a_damaged_page_is_reported_as_damage() {
    let folder = Folder::new();
    let registry = Registry::open(&folder.file(), &key(1)).await.unwrap();
    let long: &'static str = Box::leak("x".repeat(200_000).into_boxed_str());
    remember(&registry, "long", long).await.unwrap();
    registry.close().await;
    let mut bytes = std::fs::read(folder.file()).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 64].fill(0);
    std::fs::write(folder.file(), bytes).unwrap();
    let registry = Registry::open(&folder.file(), &key(1)).await.unwrap();
    let read = registry.read(|conn| settings::get(conn, "long")).await;
    assert!(matches!(read, Err(StoreError::Corrupt { .. })), "{read:?}");
}

#[tokio::test]
async fn a_full_disk_loses_only_the_write_that_did_not_fit() {
    let folder = Folder::new();
    let registry = Registry::open(&folder.file(), &key(1)).await.unwrap();
    remember(&registry, "theme", "dark").await.unwrap();
    registry
        .write(|tx| {
            let pages: i64 = tx.query_row("PRAGMA page_count", [], |row| row.get(0)).unwrap();
            tx.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(())).unwrap();
            Ok(())
        })
        .await
        .unwrap();
    let long: &'static str = Box::leak("x".repeat(200_000).into_boxed_str());
    let full = remember(&registry, "long", long).await;
    assert!(matches!(full, Err(StoreError::DiskFull { .. })), "{full:?}");
    assert_eq!(recall(&registry, "long").await, None);
    remember(&registry, "theme", "light").await.unwrap();
    assert_eq!(recall(&registry, "theme").await.as_deref(), Some("light"));
}

#[tokio::test]
async fn a_write_that_fails_or_panics_leaves_no_trace() {
    let registry = Registry::open_in_memory().unwrap();
    let failed: Result<(), StoreError> = registry
        .write(|tx| {
            settings::put(tx, "theme", "dark", NOW)?;
            Err(StoreError::Closed)
        })
        .await;
    assert!(failed.is_err());
    let panicking = registry.clone();
    let panicked = tokio::spawn(async move {
        panicking
            .write(|tx| -> Result<(), StoreError> {
                settings::put(tx, "theme", "dark", NOW)?;
                panic!("on purpose")
            })
            .await
    });
    assert!(panicked.await.is_err());
    assert_eq!(recall(&registry, "theme").await, None);
    remember(&registry, "theme", "light").await.unwrap();
    assert_eq!(recall(&registry, "theme").await.as_deref(), Some("light"));
}

/// The program can end at any moment: what counts is what is on the disk then.
#[tokio::test]
async fn a_copy_of_the_files_taken_in_the_middle_of_a_write_holds_all_or_nothing() {
    let folder = Folder::new();
    let registry = Registry::open(&folder.file(), &key(1)).await.unwrap();
    remember(&registry, "first", "kept").await.unwrap();
    let (halfway, wait) = mpsc::channel();
    let (go_on, gate) = mpsc::channel::<()>();
    let writing = {
        let registry = registry.clone();
        tokio::spawn(async move {
            registry
                .write(move |tx| {
                    for number in 0..2_000 {
                        settings::put(tx, &format!("many {number}"), &"x".repeat(500), NOW)?;
                    }
                    halfway.send(()).unwrap();
                    gate.recv().unwrap();
                    Ok(())
                })
                .await
        })
    };
    let wait = tokio::task::spawn_blocking(move || wait.recv());
    wait.await.unwrap().unwrap();
    let copy = Folder::new();
    copy_files(&folder, &copy);
    go_on.send(()).unwrap();
    writing.await.unwrap().unwrap();
    let count = |conn: &Connection| Ok(settings::list(conn)?.len());
    let after = Registry::open(&copy.file(), &key(1)).await.unwrap();
    assert_eq!(after.read(count).await.unwrap(), 1);
    assert_eq!(registry.read(count).await.unwrap(), 2_001);
    // And what was answered is in the files before anybody closes them.
    let copy = Folder::new();
    copy_files(&folder, &copy);
    let after = Registry::open(&copy.file(), &key(1)).await.unwrap();
    assert_eq!(after.read(count).await.unwrap(), 2_001);
}

fn copy_files(from: &Folder, to: &Folder) {
    std::fs::create_dir_all(to.file().parent().unwrap()).unwrap();
    for file in std::fs::read_dir(from.file().parent().unwrap()).unwrap() {
        let file = file.unwrap().path();
        // The index of the journal belongs to living processes; a crash leaves it useless.
        if !file.to_str().unwrap().ends_with("-shm") {
            std::fs::copy(&file, to.file().with_file_name(file.file_name().unwrap())).unwrap();
        }
    }
}

#[tokio::test]
async fn two_programs_share_a_database_and_lose_no_write() {
    let folder = Folder::new();
    // Opened at once, so that both may find a new file.
    let (file, first, second) = (folder.file(), key(1), key(1));
    let (one, other) = tokio::join!(Registry::open(&file, &first), Registry::open(&file, &second));
    let stores = [one.unwrap(), other.unwrap()];
    let writers: Vec<_> = (0..40)
        .map(|number| {
            let registry = stores[number % 2].clone();
            tokio::spawn(async move {
                registry
                    .write(move |tx| {
                        let count: i64 = settings::get(tx, "count")?.map_or(0, |text| text.parse().unwrap());
                        settings::put(tx, "count", &(count + 1).to_string(), NOW)
                    })
                    .await
                    .unwrap();
            })
        })
        .collect();
    for writer in writers {
        writer.await.unwrap();
    }
    for registry in &stores {
        assert_eq!(recall(registry, "count").await.as_deref(), Some("40"));
    }
}

#[tokio::test]
async fn a_reader_sees_one_state_from_beginning_to_end_and_does_not_wait_for_the_writer() {
    let folder = Folder::new();
    let registry = Registry::open(&folder.file(), &key(1)).await.unwrap();
    remember(&registry, "theme", "dark").await.unwrap();
    let (reading, began) = mpsc::channel();
    let (go_on, gate) = mpsc::channel::<()>();
    let reader = {
        let registry = registry.clone();
        tokio::spawn(async move {
            registry
                .read(move |conn| {
                    let before = settings::get(conn, "theme")?;
                    reading.send(()).unwrap();
                    gate.recv().unwrap();
                    Ok((before, settings::get(conn, "theme")?))
                })
                .await
                .unwrap()
        })
    };
    tokio::task::spawn_blocking(move || began.recv()).await.unwrap().unwrap();
    remember(&registry, "theme", "light").await.unwrap();
    go_on.send(()).unwrap();
    assert_eq!(reader.await.unwrap(), (Some("dark".to_owned()), Some("dark".to_owned())));
    assert_eq!(recall(&registry, "theme").await.as_deref(), Some("light"));
}

#[tokio::test]
async fn a_reader_cannot_write() {
    let folder = Folder::new();
    let registry = Registry::open(&folder.file(), &key(1)).await.unwrap();
    let refused = registry.read(|conn| Ok(conn.execute("DELETE FROM settings", []).is_err())).await.unwrap();
    assert!(refused);
}

#[tokio::test]
async fn a_write_nobody_waits_for_any_more_still_ends() {
    let folder = Folder::new();
    let registry = Registry::open(&folder.file(), &key(1)).await.unwrap();
    let (began, begun) = mpsc::channel();
    let (go_on, gate) = mpsc::channel::<()>();
    let writing = {
        let registry = registry.clone();
        tokio::spawn(async move {
            registry
                .write(move |tx| {
                    began.send(()).unwrap();
                    gate.recv().unwrap();
                    settings::put(tx, "theme", "dark", NOW)
                })
                .await
        })
    };
    tokio::task::spawn_blocking(move || begun.recv()).await.unwrap().unwrap();
    writing.abort();
    assert!(writing.await.unwrap_err().is_cancelled());
    go_on.send(()).unwrap();
    // The next write waits its turn, so the abandoned one is over then.
    remember(&registry, "language", "pt-BR").await.unwrap();
    assert_eq!(recall(&registry, "theme").await.as_deref(), Some("dark"));
}

#[tokio::test]
async fn a_closed_store_refuses_everything_and_leaves_one_file() {
    let folder = Folder::new();
    let registry = Registry::open(&folder.file(), &key(1)).await.unwrap();
    let clone = registry.clone();
    remember(&registry, "theme", "dark").await.unwrap();
    registry.close().await;
    registry.close().await;
    assert!(matches!(remember(&clone, "theme", "light").await, Err(StoreError::Closed)));
    let read = clone.read(|conn| settings::get(conn, "theme")).await;
    assert!(matches!(read, Err(StoreError::Closed)));
    let files: Vec<_> = std::fs::read_dir(folder.file().parent().unwrap()).unwrap().collect();
    assert_eq!(files.len(), 1);
    let memory = Registry::open_in_memory().unwrap();
    memory.close().await;
    assert!(matches!(remember(&memory, "theme", "light").await, Err(StoreError::Closed)));
}

#[tokio::test]
async fn no_name_phone_or_token_can_be_read_from_the_files() {
    let folder = Folder::new();
    let store = AccountStore::open(&folder.file(), &key(1)).await.unwrap();
    let canaries =
        ["Canarina Amarela", "98765-4321", "5511987654321", "canary-token-1234567890", "canary@exemplo.com"];
    let lead = cadencia_domain::lead::Lead {
        kommo_id: KommoLeadId(1),
        name: format!("Usina {}", canaries[0]),
        price_cents: 0,
        pipeline: KommoPipelineId(1),
        status: KommoStatusId(1),
        responsible: None,
        loss_reason: None,
        source: None,
        company: None,
        contacts: Vec::new(),
        tags: Vec::new(),
        fields: Vec::new(),
        created_by: None,
        updated_by: None,
        created_at: NOW,
        updated_at: NOW,
        closed_at: None,
        closest_task_at: None,
        is_deleted: false,
    };
    let field = |code: &str, value: &str| cadencia_domain::field::FieldValue {
        field: KommoFieldId(1),
        name: code.to_owned(),
        code: Some(code.to_owned()),
        kind: "multitext".to_owned(),
        items: vec![cadencia_domain::field::FieldItem {
            value: json!(value),
            enum_id: None,
            enum_code: None,
        }],
    };
    let contact = cadencia_domain::contact::Contact {
        kommo_id: KommoContactId(1),
        name: canaries[0].to_owned(),
        first_name: None,
        last_name: None,
        responsible: None,
        company: None,
        fields: vec![field("PHONE", "(11) 98765-4321"), field("EMAIL", canaries[4])],
        tags: Vec::new(),
        created_at: NOW,
        updated_at: NOW,
        is_unsorted: false,
        is_deleted: false,
    };
    let tokens = credentials::Credentials {
        kind: credentials::CredentialKind::LongLived,
        base_url: "https://acme.kommo.com".to_owned(),
        access_token: SecretString::from(canaries[3]),
        refresh_token: None,
        expires_at: None,
        client_id: None,
        client_secret: None,
        redirect_uri: None,
    };
    let shown = format!("{tokens:?}");
    store
        .write(move |tx| {
            let mut lead_id = || LeadId::from_uuid(uuid::Uuid::from_u128(1));
            let mut contact_id = || ContactId::from_uuid(uuid::Uuid::from_u128(1));
            leads::upsert_many(tx, &[lead], NOW, &mut lead_id)?;
            contacts::upsert_many(tx, &[contact], NOW, &mut contact_id)?;
            credentials::put(tx, &tokens, NOW)
        })
        .await
        .unwrap();
    let open = folder.bytes();
    store.close().await;
    let closed = folder.bytes();
    for bytes in [open, closed] {
        assert!(bytes.len() > 4_096);
        assert!(!holds(&bytes, b"SQLite format"), "not encrypted");
        for canary in canaries {
            assert!(!holds(&bytes, canary.as_bytes()), "{canary}");
        }
    }
    assert!(!shown.contains("canary"), "{shown}");
}

fn holds(bytes: &[u8], wanted: &[u8]) -> bool {
    bytes.windows(wanted.len()).any(|window| window == wanted)
}

#[cfg(unix)]
#[tokio::test]
async fn the_files_are_for_this_user_alone() {
    use std::os::unix::fs::PermissionsExt as _;
    let folder = Folder::new();
    let registry = Registry::open(&folder.file(), &key(1)).await.unwrap();
    remember(&registry, "theme", "dark").await.unwrap();
    for file in std::fs::read_dir(folder.file().parent().unwrap()).unwrap() {
        let file = file.unwrap();
        let mode = file.metadata().unwrap().permissions().mode();
        assert_eq!(mode & 0o077, 0, "{:?} {mode:o}", file.path());
    }
}

/// Waits are tested with files only: `path` is what keeps two handles apart.
#[tokio::test]
async fn a_database_another_program_keeps_locked_can_still_be_read() {
    let folder = Folder::new();
    let one = Registry::open(&folder.file(), &key(1)).await.unwrap();
    remember(&one, "theme", "dark").await.unwrap();
    let (began, begun) = mpsc::channel();
    let (go_on, gate) = mpsc::channel::<()>();
    let path: &Path = &folder.file();
    let other = Registry::open(path, &key(1)).await.unwrap();
    let holding = tokio::spawn(async move {
        other
            .write(move |tx| {
                settings::put(tx, "theme", "light", NOW)?;
                began.send(()).unwrap();
                gate.recv().unwrap();
                Ok(())
            })
            .await
    });
    tokio::task::spawn_blocking(move || begun.recv()).await.unwrap().unwrap();
    assert_eq!(recall(&one, "theme").await.as_deref(), Some("dark"));
    let third = Registry::open(path, &key(1)).await.unwrap();
    assert_eq!(recall(&third, "theme").await.as_deref(), Some("dark"));
    go_on.send(()).unwrap();
    holding.await.unwrap().unwrap();
    assert_eq!(recall(&third, "theme").await.as_deref(), Some("light"));
}
