//! The script: one step after another, by chance.

use super::{Broken, STEPS, Simulation};
use cadencia_sim::{Fault, FaultName};
use cadencia_store::Moment;

/// Rounds after which everything has to be at rest.
const MOST_ROUNDS: usize = 60;

impl Simulation {
    pub(crate) fn script(&mut self) -> Result<(), Broken> {
        for _ in 0..STEPS {
            self.step();
            self.revive();
            self.check_moves()?;
        }
        self.come_to_rest()
    }

    fn step(&mut self) {
        match self.chance.weighted(&[11, 7, 1, 2, 6, 6, 5, 13, 8, 8, 10, 10, 6, 5, 4, 4, 1]) {
            0 => self.manager_edits(),
            1 => self.manager_creates(),
            2 => self.manager_edits_many(),
            3 => self.manager_tidies(),
            4 => self.people_work(),
            5 => self.somebody_writes(),
            6 => self.somebody_is_faster(),
            7 => self.send(),
            8 => self.look_into_inbox(),
            9 => self.poll(),
            10 => self.let_deliveries_arrive(),
            11 => {
                let seconds = 1 + self.chance.below(300) as u64;
                self.say(format!("{seconds} s pass"));
                self.pass(seconds);
            }
            12 => self.trouble(),
            13 => self.power_cut(),
            14 => self.agent_moves(),
            15 => self.changes_of_mind(),
            _ => {
                self.say("asleep for two days");
                self.pass(2 * 24 * 3_600);
            }
        }
    }

    pub(crate) fn send(&mut self) {
        let engine = self.engine();
        let before = self.moves_so_far();
        let ended = self.block_on(async { engine.send_once().await });
        self.note_moves(before);
        self.say(match ended {
            Ok(report) => format!("sends: {} sent, {} wedged", report.sent, report.wedged),
            Err(error) => format!("sends: {error}"),
        });
    }

    pub(crate) fn look_into_inbox(&mut self) {
        let engine = self.engine();
        let ended = self.block_on(async { engine.inbox_once().await });
        self.say(match ended {
            Ok(report) => format!("looks into the inbox: {}", report.handled),
            Err(error) => format!("looks into the inbox: {error}"),
        });
    }

    pub(crate) fn poll(&mut self) {
        let engine = self.engine();
        let ended = self.block_on(async { engine.poll_once().await });
        self.say(match ended {
            Ok((report, _)) => format!("polls: {} changes", report.changes),
            Err(error) => format!("polls: {error}"),
        });
    }

    /// Something goes wrong in Kommo, or on the way, with one of the next requests.
    fn trouble(&mut self) {
        const KINDS: [(FaultName, &str); 8] = [
            (FaultName::RateLimited, "/api/v4"),
            (FaultName::ServerError, "/api/v4"),
            (FaultName::TimeoutAfterWrite, "/api/v4/leads"),
            (FaultName::TimeoutAfterWrite, "/api/v4/tasks"),
            (FaultName::TruncatedBody, "/api/v4"),
            (FaultName::EmptyList204, "/api/v4/leads"),
            (FaultName::FilterIgnored, "/api/v4/leads"),
            (FaultName::HookDisabled, "/api/v4"),
        ];
        let Some((name, path)) = self.chance.pick(&KINDS).copied() else { return };
        let (times, after) = (1 + self.chance.below(4), self.chance.below(6));
        self.say(format!("trouble: {} {times} times after {after}", name.as_str()));
        let fault = Fault {
            times: u32::try_from(times).ok(),
            after: u32::try_from(after).unwrap_or(0),
            ..Fault::always(name).on_path(path)
        };
        self.home().sim.set_fault(fault);
    }

    /// The power goes at one of the next commits.
    fn power_cut(&mut self) {
        let commits = 1 + self.chance.below(5);
        let moment = if self.chance.percent(50) { Moment::BeforeCommit } else { Moment::AfterCommit };
        self.say(format!("the power will go at commit {commits}, {moment:?}"));
        if let Ok(mirror) = self.block_on(self.app.app().mirror(None)) {
            mirror.die_at(u32::try_from(commits).unwrap_or(1), moment);
        }
    }

    /// No more trouble: everything that is under way ends.
    fn come_to_rest(&mut self) -> Result<(), Broken> {
        self.say("from here on nothing goes wrong");
        self.home().sim.clear_faults();
        // A cut that is still due would come now.
        self.app.crash_and_restart();
        let _ = self.app.call("outbox_pause", serde_json::json!({"is_paused": false}));
        let engine = self.engine();
        let _ = self.block_on(async { engine.check_webhook().await });
        for _ in 0..MOST_ROUNDS {
            self.pass(1_900);
            self.send();
            self.poll();
            while self.bag.pop().is_some() {}
            self.look_into_inbox();
            self.check_moves()?;
            if self.is_at_rest()? {
                self.poll();
                return Ok(());
            }
        }
        Err(Broken("it does not come to rest".to_owned()))
    }
}
