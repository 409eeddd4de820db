//! Who keeps an account in sync. Of all the programs on one data folder one does: two engines would ask Kommo twice as
//! much as it allows. The others show the same mirror, and one of them goes on when the first has ended.

use crate::account::Account;
use crate::lock_file::LockFile;
use crate::state::App;
use std::fs::File;
use std::sync::Arc;
use std::time::Duration;

/// So long the end of the program waits for changes to be sent.
const DRAIN_FOR: Duration = Duration::from_secs(5);
/// Whoever only shows an account looks this often whether it is free.
const LOOK_AGAIN_MS: i64 = 5_000;

/// The right to keep an account in sync.
enum Turn {
    /// Ours while this is held; nothing to hold when no other program can have the account.
    Ours(Option<File>),
    /// Another program's.
    Elsewhere,
}

impl App {
    /// Keeps the account in sync, or waits until no other program does.
    pub(crate) fn run_engine(&self, account: &Arc<Account>) {
        match self.take_turn(account) {
            Turn::Ours(held) => {
                let (engine, stop) = (account.engine.clone(), self.0.stop.clone());
                self.0.tasks.spawn(account.until_end(async move {
                    let _held = held;
                    engine.run(stop).await;
                    // What a person changed a moment ago need not wait for the next start.
                    if tokio::time::timeout(DRAIN_FOR, engine.drain()).await.is_err() {
                        tracing::info!("changes wait for the next start");
                    }
                }));
            }
            Turn::Elsewhere => {
                account.show_only();
                let (app, waiting) = (self.clone(), Arc::clone(account));
                self.0.tasks.spawn(async move { app.wait_for_turn(&waiting).await });
            }
        }
    }

    fn take_turn(&self, account: &Account) -> Turn {
        if account.demo.is_some() {
            return Turn::Ours(None);
        }
        match LockFile::of_engine(&self.account_file(&account.row().file_name)).try_take() {
            Ok(Some(held)) => Turn::Ours(Some(held)),
            Ok(None) => Turn::Elsewhere,
            Err(error) => {
                // A folder that knows no locks most likely has no second program either.
                tracing::warn!(%error, "the lock of an account could not be asked for");
                Turn::Ours(None)
            }
        }
    }

    async fn wait_for_turn(&self, account: &Account) {
        let clock = Arc::clone(&self.0.config.clock);
        loop {
            tokio::select! {
                () = account.ended() => return,
                () = self.0.stop.cancelled() => return,
                () = clock.sleep_until(self.now().plus(LOOK_AGAIN_MS)) => {}
            }
            if matches!(self.take_turn(account), Turn::Ours(_)) {
                break;
            }
        }
        // What was read at the start is old: the other program has worked since. All of it is opened anew.
        if let Err(error) = self.take_over(account).await {
            tracing::warn!(code = ?error.code, "an account could not be taken over");
        }
    }
}
