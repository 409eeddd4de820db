//! The tables of the registry.
#![expect(clippy::unwrap_used, reason = "helpers of tests fail as tests do")]

use cadencia_domain::id::{AccountId, KommoAccountId, SignInId};
use cadencia_domain::time::UtcMillis;
use cadencia_store::accounts::{self, Account};
use cadencia_store::sign_in_attempts::{self, Consumed, SignInAttempt, SignInMethod};
use cadencia_store::{Registry, local_api_keys, settings};
use secrecy::{ExposeSecret as _, SecretString};

const NOW: UtcMillis = UtcMillis(1_790_000_000_000);

fn account(number: u128) -> Account {
    Account {
        id: AccountId::from_uuid(uuid::Uuid::from_u128(number)),
        subdomain: format!("acme{number}"),
        base_url: format!("https://acme{number}.kommo.com"),
        name: format!("ACME {number}"),
        kommo_id: Some(KommoAccountId(i64::try_from(number).unwrap())),
        file_name: format!("{number}.db"),
        is_demo: false,
        sort: -i64::try_from(number).unwrap(),
        created_at: NOW,
    }
}

fn attempt(number: u128) -> SignInAttempt {
    SignInAttempt {
        id: SignInId::from_uuid(uuid::Uuid::from_u128(number)),
        method: SignInMethod::Browser,
        account: None,
        subdomain: Some("acme".to_owned()),
        client_id: "integration".to_owned(),
        client_secret: SecretString::from("hush"),
        redirect_uri: "http://localhost:8000/auth/kommo/callback".to_owned(),
        created_at: NOW,
        expires_at: NOW.plus(600_000),
    }
}

#[tokio::test]
async fn accounts_are_listed_changed_and_removed() {
    let registry = Registry::open_in_memory().unwrap();
    registry
        .write(|tx| {
            accounts::insert(tx, &account(1))?;
            accounts::insert(tx, &account(2))
        })
        .await
        .unwrap();
    assert_eq!(registry.read(accounts::list).await.unwrap(), [account(2), account(1)]);
    let renamed = Account { name: "Outro nome".to_owned(), ..account(1) };
    let wanted = renamed.clone();
    assert!(registry.write(move |tx| accounts::update(tx, &renamed)).await.unwrap());
    let found = registry.read(|conn| accounts::find_by_kommo_id(conn, KommoAccountId(1))).await.unwrap();
    assert_eq!(found, Some(wanted));
    registry
        .write(|tx| {
            assert!(accounts::mark_removed(tx, &account(1).id, NOW)?);
            assert!(!accounts::mark_removed(tx, &account(1).id, NOW)?);
            assert!(!accounts::update(tx, &account(1))?);
            assert_eq!(accounts::get(tx, &account(1).id)?, None);
            assert_eq!(accounts::removed_files(tx)?, [(account(1).id, "1.db".to_owned())]);
            accounts::forget(tx, &account(1).id)?;
            accounts::forget(tx, &account(2).id)?;
            assert_eq!(accounts::removed_files(tx)?, []);
            assert_eq!(accounts::list(tx)?, [account(2)]);
            Ok(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn an_account_of_kommo_is_connected_at_most_once_but_can_come_back() {
    let registry = Registry::open_in_memory().unwrap();
    let again = Account { kommo_id: Some(KommoAccountId(1)), ..account(2) };
    registry.write(|tx| accounts::insert(tx, &account(1))).await.unwrap();
    let twice = again.clone();
    assert!(registry.write(move |tx| accounts::insert(tx, &twice)).await.is_err());
    let demo = Account { is_demo: true, ..again.clone() };
    registry.write(move |tx| accounts::insert(tx, &demo)).await.unwrap();
    registry
        .write(move |tx| {
            accounts::mark_removed(tx, &account(1).id, NOW)?;
            accounts::insert(tx, &Account { file_name: "3.db".to_owned(), id: account(3).id, ..again })
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn a_state_opens_one_door_once_for_a_while() {
    let registry = Registry::open_in_memory().unwrap();
    let state = |text: &str| SecretString::from(text);
    registry
        .write(move |tx| {
            sign_in_attempts::insert(tx, &attempt(1), &state("one"))?;
            sign_in_attempts::insert(tx, &attempt(2), &state("two"))
        })
        .await
        .unwrap();
    registry
        .write(move |tx| {
            let consume = |text, now| sign_in_attempts::consume(tx, &state(text), now);
            assert!(matches!(consume("three", NOW)?, Consumed::Unknown));
            assert!(matches!(consume("", NOW)?, Consumed::Unknown));
            assert!(matches!(consume("two", NOW.plus(600_000))?, Consumed::Expired));
            let Consumed::Good(found) = consume("one", NOW.plus(599_999))? else { panic!("it is good") };
            assert_eq!(found.id, attempt(1).id);
            assert_eq!(found.client_secret.expose_secret(), "hush");
            assert!(matches!(consume("one", NOW)?, Consumed::AlreadyUsed));
            Ok(())
        })
        .await
        .unwrap();
    let same = registry.write(move |tx| sign_in_attempts::insert(tx, &attempt(3), &state("two"))).await;
    assert!(same.is_err(), "a state is given out once");
    let deleted = registry.write(|tx| sign_in_attempts::delete_expired(tx, NOW.plus(700_000))).await.unwrap();
    assert_eq!(deleted, 2);
    assert!(registry.read(|conn| sign_in_attempts::get(conn, &attempt(1).id)).await.unwrap().is_none());
}

#[tokio::test]
async fn only_a_digest_of_the_state_is_stored() {
    let registry = Registry::open_in_memory().unwrap();
    registry
        .write(|tx| sign_in_attempts::insert(tx, &attempt(1), &SecretString::from("the state itself")))
        .await
        .unwrap();
    let stored: Vec<u8> = registry
        .read(|conn| {
            Ok(conn.query_row("SELECT state_sha256 FROM sign_in_attempts", [], |row| row.get(0)).unwrap())
        })
        .await
        .unwrap();
    assert_eq!(stored.len(), 32);
    assert!(!stored.windows(5).any(|window| window == b"state"));
    assert!(!format!("{:?}", attempt(1)).contains("hush"));
}

#[tokio::test]
async fn settings_are_kept_by_name() {
    let registry = Registry::open_in_memory().unwrap();
    registry
        .write(|tx| {
            settings::put(tx, "theme", "dark", NOW)?;
            settings::put(tx, "theme", "light", NOW)?;
            settings::put(tx, "language", "pt-BR", NOW)?;
            settings::put_secret(tx, "hook", &SecretString::from("hush"), NOW)?;
            assert_eq!(settings::get(tx, "theme")?.as_deref(), Some("light"));
            let all = settings::list(tx)?;
            assert_eq!(all, [("language".into(), "pt-BR".into()), ("theme".into(), "light".into())]);
            assert_eq!(settings::get_secret(tx, "hook")?.unwrap().expose_secret(), "hush");
            settings::remove(tx, "theme")?;
            settings::remove_secret(tx, "hook")?;
            assert_eq!(settings::get(tx, "theme")?, None);
            assert!(settings::get_secret(tx, "hook")?.is_none());
            Ok(())
        })
        .await
        .unwrap();
}

#[tokio::test]
async fn there_is_one_key_for_the_local_api() {
    let registry = Registry::open_in_memory().unwrap();
    let key = |letter: &str| SecretString::from(letter.repeat(32));
    assert!(registry.read(local_api_keys::get).await.unwrap().is_none());
    assert!(registry.write(|tx| local_api_keys::put(tx, &SecretString::from("short"), NOW)).await.is_err());
    registry.write(move |tx| local_api_keys::put(tx, &key("a"), NOW)).await.unwrap();
    registry.write(move |tx| local_api_keys::put(tx, &key("b"), NOW)).await.unwrap();
    let kept = registry.read(local_api_keys::get).await.unwrap().unwrap();
    assert_eq!(kept.expose_secret(), "b".repeat(32));
}
