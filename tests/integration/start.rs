//! Starting: newer data, taken ports, folders that cannot be written, keys that cannot be had.

use cadencia_app::StartError;
use cadencia_contract::{
    AppEvent, AppStatus, ErrorCode, Language, LeadList, Preferences, SignInBrowserStarted, Theme, VaultStatus,
};
use cadencia_secrets::{DatabaseKeyBytes, KeyringPolicy, MemoryStore, SecretError, SecretStore};
use cadencia_store::{AccountStore, Registry};
use cadencia_tests::{Home, TestApp, wait_for};
use serde_json::json;
use std::ops::ControlFlow;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

fn status(app: &TestApp) -> AppStatus {
    app.get("app_status", json!({}))
}

fn code(error: &StartError) -> ErrorCode {
    error.api().code
}

/// A home where an account was connected and the program ended.
fn used_home() -> Arc<Home> {
    let app = TestApp::builder().leads(20).start();
    app.connect_and_import();
    Arc::clone(app.home())
}

/// The schema's version as a program from the future would leave it.
const FUTURE: &str = "PRAGMA user_version = 9999";

fn make_newer(home: &Home, file: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    let key = home.key();
    runtime.block_on(async {
        if file.ends_with("cadencia.db") {
            let registry = Registry::open(file, &key).await.unwrap();
            registry
                .write(|tx| {
                    tx.execute_batch(FUTURE).unwrap();
                    Ok(())
                })
                .await
                .unwrap();
            registry.close().await;
        } else {
            let store = AccountStore::open(file, &key).await.unwrap();
            store
                .write(|tx| {
                    tx.execute_batch(FUTURE).unwrap();
                    Ok(())
                })
                .await
                .unwrap();
            store.close().await;
        }
    });
}

#[test]
fn data_of_a_newer_version_is_refused_and_left_as_it_is() {
    for part in ["registry", "account"] {
        let home = used_home();
        let file = match part {
            "registry" => home.folder().join("cadencia.db"),
            _ => home.account_files().remove(0),
        };
        make_newer(&home, &file);
        let before = std::fs::read(&file).unwrap();
        let error = TestApp::builder().at_home(&home).try_start().err().expect("newer data is refused");
        assert_eq!(code(&error), ErrorCode::DatabaseNewer, "{part}");
        assert!(std::fs::read(&file).unwrap() == before, "the {part} was touched");
    }
}

#[test]
fn a_damaged_database_is_told_and_not_replaced() {
    let home = used_home();
    let file = home.folder().join("cadencia.db");
    std::fs::write(&file, vec![7_u8; 8_192]).unwrap();
    let error = TestApp::builder().at_home(&home).try_start().err().expect("damaged data is refused");
    assert_eq!(code(&error), ErrorCode::DatabaseDamaged);
    assert_eq!(std::fs::read(&file).unwrap(), vec![7_u8; 8_192]);
}

#[test]
fn a_data_folder_that_cannot_be_written_is_named() {
    let home = TestApp::builder().home();
    std::fs::write(home.folder().join("accounts"), b"in the way").unwrap();
    let error = TestApp::builder().at_home(&home).try_start().err().expect("it cannot start");
    let api = error.api();
    assert_eq!(api.code, ErrorCode::StorageNotWritable);
    assert_eq!(api.detail, home.folder().display().to_string());
}

#[test]
fn a_taken_port_is_told_and_everything_else_works() {
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port();
    let app = TestApp::builder().leads(20).listener_port(Some(port)).start();
    let listener = status(&app).listener;
    assert_eq!((listener.port, listener.url, listener.is_port_taken), (u32::from(port), None, true));
    app.connect_and_import();
    app.assert_mirror_equals_simulator();
    let browser = json!({"client_id": "x", "client_secret": "y"});
    let error = app.fails("sign_in_browser_start", browser.clone());
    assert_eq!((error.code, error.detail), (ErrorCode::PortTaken, port.to_string()));
    drop(taken);
    let _: Preferences = app.get("preferences_set", json!({}));
    let listener = status(&app).listener;
    assert!(!listener.is_port_taken);
    assert_eq!(listener.url, Some(format!("http://localhost:{port}")));
    let _: SignInBrowserStarted = app.get("sign_in_browser_start", browser);
}

#[test]
fn a_second_process_on_the_same_port_starts_and_says_so() {
    let first = TestApp::builder().leads(20).without_engines().start();
    first.connect();
    let port = u16::try_from(status(&first).listener.port).unwrap();
    let second = TestApp::builder().at_home(first.home()).without_engines().listener_port(Some(port)).start();
    assert!(status(&second).listener.is_port_taken);
    assert_eq!(second.account().id, first.account().id);
}

/// A keyring that can be locked.
#[derive(Debug, Default)]
struct Lockable {
    inside: MemoryStore,
    is_locked: AtomicBool,
}

impl Lockable {
    fn check(&self) -> Result<(), SecretError> {
        if self.is_locked.load(Ordering::Relaxed) {
            return Err(SecretError::Locked { source: "the screen is locked".into() });
        }
        Ok(())
    }
}

impl SecretStore for Lockable {
    fn load(&self) -> Result<Option<DatabaseKeyBytes>, SecretError> {
        self.check()?;
        self.inside.load()
    }

    fn save_new(&self, key: &DatabaseKeyBytes) -> Result<(), SecretError> {
        self.check()?;
        self.inside.save_new(key)
    }
}

#[test]
fn a_locked_keyring_is_waited_for_and_loses_nothing() {
    let keyring = Arc::new(Lockable::default());
    let policy = KeyringPolicy::Given(Arc::clone(&keyring) as _);
    let mut app = TestApp::builder().leads(20).keyring(policy).start();
    app.connect_and_import();
    let leads: LeadList = app.get("lead_list", json!({}));
    keyring.is_locked.store(true, Ordering::Relaxed);
    app.restart();
    assert_eq!(status(&app).vault, VaultStatus::KeyringLocked);
    assert_eq!(app.fails("lead_list", json!({})).code, ErrorCode::VaultLocked);
    assert_eq!(app.fails("vault_unlock", json!({"passphrase": ""})).code, ErrorCode::KeyringDenied);
    assert_eq!(status(&app).vault, VaultStatus::KeyringLocked);
    keyring.is_locked.store(false, Ordering::Relaxed);
    let after: AppStatus = app.get("vault_unlock", json!({"passphrase": ""}));
    assert_eq!(after.vault, VaultStatus::Open);
    app.wait_for_import();
    let again: LeadList = app.get("lead_list", json!({}));
    assert_eq!(again, leads);
}

#[test]
fn data_whose_key_is_gone_is_told_and_left_as_it_is() {
    let home = used_home();
    let file = home.folder().join("cadencia.db");
    let before = std::fs::read(&file).unwrap();
    let empty = KeyringPolicy::Given(Arc::new(MemoryStore::default()));
    let app = TestApp::builder().at_home(&home).keyring(empty).start();
    assert_eq!(status(&app).vault, VaultStatus::KeyMissing);
    let known = app.sim.credentials();
    let request = json!({"subdomain": known.subdomain, "token": known.long_lived_token});
    assert_eq!(app.fails("sign_in_long_lived", request).code, ErrorCode::VaultLocked);
    assert_eq!(app.fails("vault_unlock", json!({"passphrase": ""})).code, ErrorCode::KeyMissing);
    assert_eq!(status(&app).vault, VaultStatus::KeyMissing);
    drop(app);
    assert!(std::fs::read(&file).unwrap() == before);
}

#[test]
fn without_a_keyring_a_passphrase_opens_the_data() {
    let mut app = TestApp::builder().leads(20).keyring(KeyringPolicy::Avoid).start();
    assert_eq!(status(&app).vault, VaultStatus::NeedsNewPassphrase);
    let short = app.fails("vault_create", json!({"passphrase": "seven77"}));
    assert_eq!((short.code, short.detail.as_str()), (ErrorCode::PassphraseTooShort, "8"));
    let open: AppStatus = app.get("vault_create", json!({"passphrase": "correct horse"}));
    assert_eq!(open.vault, VaultStatus::Open);
    app.connect_and_import();
    app.restart();
    assert_eq!(status(&app).vault, VaultStatus::NeedsPassphrase);
    assert_eq!(status(&app).accounts.accounts, vec![]);
    let wrong = app.fails("vault_unlock", json!({"passphrase": "wrong horse"}));
    assert_eq!(wrong.code, ErrorCode::WrongPassphrase);
    assert_eq!(app.fails("lead_list", json!({})).code, ErrorCode::VaultLocked);
    let open: AppStatus = app.get("vault_unlock", json!({"passphrase": "correct horse"}));
    assert_eq!((open.vault, open.accounts.accounts.len()), (VaultStatus::Open, 1));
    app.wait_for_import();
    // Given twice, as by two windows, it opens nothing twice.
    let again: AppStatus = app.get("vault_unlock", json!({"passphrase": "correct horse"}));
    assert_eq!(again.accounts.accounts.len(), 1);
}

#[test]
fn a_second_passphrase_never_replaces_the_first() {
    let app = TestApp::builder().leads(20).keyring(KeyringPolicy::Avoid).start();
    let _: AppStatus = app.get("vault_create", json!({"passphrase": "correct horse"}));
    app.connect();
    let refused = app.fails("vault_create", json!({"passphrase": "another horse"}));
    assert_eq!(refused.code, ErrorCode::WrongPassphrase);
    // The same one again, as from a second window, is no fault.
    let same: AppStatus = app.get("vault_create", json!({"passphrase": "correct horse"}));
    assert_eq!((same.vault, same.accounts.accounts.len()), (VaultStatus::Open, 1));
    let home = Arc::clone(app.home());
    drop(app);
    let app = TestApp::builder().at_home(&home).keyring(KeyringPolicy::Avoid).start();
    let open: AppStatus = app.get("vault_unlock", json!({"passphrase": "correct horse"}));
    assert_eq!(open.accounts.accounts.len(), 1);
}

#[test]
fn a_passphrase_given_at_the_start_is_used_and_in_place_of_a_wrong_one_a_person_is_asked() {
    let start = || TestApp::builder().leads(20).keyring(KeyringPolicy::Avoid);
    let app = start().passphrase("short").start();
    assert_eq!(status(&app).vault, VaultStatus::NeedsNewPassphrase, "one that is too short is not taken");
    let home = Arc::clone(app.home());
    drop(app);
    let app = start().at_home(&home).passphrase("correct horse").start();
    assert_eq!(status(&app).vault, VaultStatus::Open);
    drop(app);
    let app = start().at_home(&home).passphrase("wrong horse").start();
    assert_eq!(status(&app).vault, VaultStatus::NeedsPassphrase);
    let open: AppStatus = app.get("vault_unlock", json!({"passphrase": "correct horse"}));
    assert_eq!(open.vault, VaultStatus::Open);
    drop(app);
    let app = start().at_home(&home).passphrase("correct horse").start();
    assert_eq!(status(&app).vault, VaultStatus::Open);
}

#[test]
fn a_start_without_a_person_or_a_keyring_names_the_way_out() {
    let home = TestApp::builder().home();
    let source = cadencia_app::Source::Address {
        url: "https://solarhorizonte.kommo.com".parse().unwrap(),
        token: Some(home.sim.credentials().long_lived_token.into()),
    };
    let start = || TestApp::builder().keyring(KeyringPolicy::Avoid).source(source.clone()).at_home(&home);
    let error = start().try_start().err().expect("nobody is there to choose a passphrase");
    assert_eq!(code(&error), ErrorCode::VaultLocked);
    assert!(error.to_string().contains("CADENCIA_PASSPHRASE"), "{error}");
    let app = start().passphrase("correct horse").start();
    assert_eq!(status(&app).accounts.accounts.len(), 1);
    drop(app);
    let error = start().passphrase("wrong horse").try_start().err().expect("the data stays locked");
    assert!(error.to_string().contains("CADENCIA_PASSPHRASE"), "{error}");
}

#[test]
fn a_key_file_that_cannot_be_used_is_told_apart_from_a_keyring() {
    let home = {
        let app = TestApp::builder().keyring(KeyringPolicy::Avoid).passphrase("correct horse").start();
        Arc::clone(app.home())
    };
    let file = home.folder().join("key.json");
    let whole = std::fs::read_to_string(&file).unwrap();
    for (text, code) in [
        (whole.replace("\"version\": 1", "\"version\": 2"), ErrorCode::DatabaseNewer),
        (whole.replace("\"memory_kib\": 8", "\"memory_kib\": 4294967295"), ErrorCode::DatabaseDamaged),
        ("{".to_owned(), ErrorCode::DatabaseDamaged),
    ] {
        assert_ne!(text, whole);
        std::fs::write(&file, &text).unwrap();
        let app = TestApp::builder().at_home(&home).keyring(KeyringPolicy::Avoid).start();
        let error = app.fails("vault_unlock", json!({"passphrase": "correct horse"}));
        assert_eq!(error.code, code, "{text}");
        drop(app);
        let given = TestApp::builder().keyring(KeyringPolicy::Avoid).passphrase("correct horse");
        let error = given.at_home(&home).try_start().err().expect("it cannot start");
        assert_eq!(self::code(&error), code, "{text}");
    }
}

/// A keyring in which somebody else keeps something under our name.
#[derive(Debug)]
struct Foreign;

impl SecretStore for Foreign {
    fn load(&self) -> Result<Option<DatabaseKeyBytes>, SecretError> {
        Err(SecretError::Unreadable)
    }

    fn save_new(&self, _key: &DatabaseKeyBytes) -> Result<(), SecretError> {
        Err(SecretError::Unreadable)
    }
}

#[test]
fn a_foreign_entry_in_the_keyring_means_that_the_key_is_gone() {
    let home = used_home();
    let app = TestApp::builder().at_home(&home).keyring(KeyringPolicy::Given(Arc::new(Foreign))).start();
    assert_eq!(status(&app).vault, VaultStatus::KeyMissing);
    assert_eq!(app.fails("vault_unlock", json!({"passphrase": ""})).code, ErrorCode::KeyMissing);
}

#[test]
fn an_account_that_cannot_be_opened_is_told_at_every_try_and_nothing_works_meanwhile() {
    let mut app = TestApp::builder().leads(20).keyring(KeyringPolicy::Avoid).start();
    let _: AppStatus = app.get("vault_create", json!({"passphrase": "correct horse"}));
    app.connect_and_import();
    let leads: LeadList = app.get("lead_list", json!({}));
    app.end();
    let file = app.account_files().remove(0);
    let whole = std::fs::read(&file).unwrap();
    std::fs::write(&file, vec![7_u8; 8_192]).unwrap();
    app.start_again();
    app.wire.forget_sent();
    for _ in 0..2 {
        let error = app.fails("vault_unlock", json!({"passphrase": "correct horse"}));
        assert_eq!(error.code, ErrorCode::DatabaseDamaged);
        assert_eq!(status(&app).vault, VaultStatus::NeedsPassphrase);
        assert_eq!(status(&app).accounts.accounts, vec![]);
    }
    assert_eq!(app.wire.sent(), vec![]);
    std::fs::write(&file, whole).unwrap();
    let open: AppStatus = app.get("vault_unlock", json!({"passphrase": "correct horse"}));
    assert_eq!(open.accounts.accounts.len(), 1, "the file given back, everything is there again");
    let again: LeadList = app.get("lead_list", json!({}));
    assert_eq!(again, leads);
    app.wait_for_import();
}

#[test]
fn preferences_survive_a_restart_and_need_no_key() {
    let mut app = TestApp::builder().leads(20).keyring(KeyringPolicy::Avoid).without_engines().start();
    let wanted = json!({"language": "es", "theme": "dark", "poll_interval_s": 45, "shortcuts": false});
    let set: Preferences = app.get("preferences_set", wanted);
    app.restart();
    assert_eq!(status(&app).vault, VaultStatus::NeedsNewPassphrase);
    let kept: Preferences = app.get("preferences_get", json!({}));
    assert_eq!(kept, set);
    assert_eq!((kept.language, kept.theme), (Some(Language::Es), Theme::Dark));
    let refused = app.fails("preferences_set", json!({"poll_interval_s": 3}));
    assert_eq!((refused.code, refused.detail.as_str()), (ErrorCode::InvalidRequest, "poll_interval_s"));
}

#[test]
fn notifications_speak_the_pages_language_until_a_person_chooses_one() {
    let app = TestApp::builder().leads(20).language(Language::En).start();
    let titles = |app: &TestApp, count: usize| {
        wait_for("the notification of an import", || {
            let notices = app.events().into_iter().filter_map(|event| match event {
                AppEvent::Notice { notice } => Some(notice.title),
                _ => None,
            });
            let titles: Vec<_> = notices.collect();
            if titles.len() == count {
                ControlFlow::Break(titles)
            } else {
                ControlFlow::Continue(format!("{titles:?}"))
            }
        })
    };
    app.connect_and_import();
    assert!(titles(&app, 1)[0].ends_with("account imported"));
    // A page is opened, which shows another language than the host's; that is no choice of a person.
    let told: AppStatus = app.get("app_status", json!({"language": "pt-BR"}));
    assert_eq!(told.preferences.language, None);
    status(&app);
    app.get::<serde_json::Value>("import_start", json!({}));
    assert!(titles(&app, 2)[1].ends_with("conta importada"));
    let _: Preferences = app.get("preferences_set", json!({"language": "es"}));
    app.get::<serde_json::Value>("app_status", json!({"language": "pt-BR"}));
    app.get::<serde_json::Value>("import_start", json!({}));
    assert!(titles(&app, 3)[2].ends_with("cuenta importada"));
}

#[test]
fn every_command_answers_in_every_state_of_the_vault() {
    macro_rules! names {
        ($($name:ident($request:ident) -> $response:ident;)*) => { [$(stringify!($name)),*] };
    }
    let names = cadencia_contract::for_each_command!(names);
    let locked = TestApp::builder().keyring(KeyringPolicy::Avoid).without_engines().start();
    let empty = TestApp::builder().without_engines().start();
    for name in names {
        for request in [json!({}), json!(null), json!([]), json!("text"), json!({"account_id": 7})] {
            for (app, is_locked) in [(&locked, true), (&empty, false)] {
                if name == "demo_start" {
                    continue;
                }
                if let Err(error) = app.call(name, &request) {
                    assert_ne!(error.code, ErrorCode::Internal, "{name} with {request}, locked: {is_locked}");
                    assert_ne!(error.code, ErrorCode::UnknownCommand, "{name}");
                }
            }
        }
    }
}
