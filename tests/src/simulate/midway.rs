//! What happens here while a request of ours is under way.

use super::Simulation;
use std::time::Duration;

/// Looks at the wire at most so often, until the request is out.
const MOST_LOOKS: u32 = 2_000;
const BETWEEN: Duration = Duration::from_millis(1);

impl Simulation {
    /// Sends, and while one of the requests waits for its answer the manager does something else.
    pub(crate) fn changes_of_mind(&mut self) {
        let engine = self.engine();
        let before = self.moves_so_far();
        let passing = self.chance.below(4);
        self.home().wire.hold_after(passing);
        let sending =
            self.app.handle().spawn(async move { engine.send_once().await.map(|report| report.sent) });
        let home = std::sync::Arc::clone(self.home());
        let is_held = self.block_on(async {
            for _ in 0..MOST_LOOKS {
                if sending.is_finished() || home.wire.is_holding_one() {
                    break;
                }
                // Time stands still unless everything waits.
                pause().await;
            }
            !sending.is_finished()
        });
        if is_held {
            self.say(format!("while request {} is under way:", passing + 1));
            match self.chance.below(4) {
                0 => self.manager_edits(),
                1 => self.manager_creates(),
                _ => self.manager_tidies(),
            }
        }
        self.home().wire.release();
        let ended = self.block_on(sending);
        self.note_moves(before);
        self.say(match ended {
            Ok(Ok(sent)) => format!("sends: {sent} sent"),
            Ok(Err(error)) => format!("sends: {error}"),
            Err(error) => format!("sends: {error}"),
        });
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "virtual time, which passes only when nothing else can be done"
)]
async fn pause() {
    tokio::time::sleep(BETWEEN).await;
}
