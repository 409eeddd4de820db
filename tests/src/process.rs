//! One run of the program, on threads of its own.

use crate::panics;
use crate::waiting::wait_for;
use cadencia_app::{App, AppConfig, StartError};
use cadencia_contract::AppEvent;
use std::ops::ControlFlow;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::Duration;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::broadcast;
use tokio::sync::broadcast::error::TryRecvError;

/// Longer than any thread needs to see that its runtime is gone.
const CUT_WITHIN: Duration = Duration::from_secs(10);

/// A running program.
pub(crate) struct Process {
    pub(crate) app: App,
    runtime: Runtime,
    name: String,
    events: Mutex<(broadcast::Receiver<AppEvent>, Vec<AppEvent>)>,
}

impl Process {
    pub(crate) fn start(config: AppConfig, is_simulated: bool) -> Result<Self, StartError> {
        static NUMBER: AtomicU64 = AtomicU64::new(0);
        panics::watch();
        let name = format!("process-{}", NUMBER.fetch_add(1, Ordering::Relaxed));
        let mut builder = if is_simulated {
            let mut one = tokio::runtime::Builder::new_current_thread();
            one.start_paused(true);
            one
        } else {
            tokio::runtime::Builder::new_multi_thread()
        };
        let runtime = builder
            .worker_threads(2)
            .thread_name(name.clone())
            .enable_all()
            .build()
            .expect("a runtime needs nothing that can be missing");
        match runtime.block_on(App::start(config)) {
            Ok(app) => {
                let events = Mutex::new((app.subscribe(), Vec::new()));
                Ok(Self { app, runtime, name, events })
            }
            Err(error) => {
                runtime.shutdown_background();
                Err(error)
            }
        }
    }

    pub(crate) fn handle(&self) -> &Handle {
        self.runtime.handle()
    }

    /// Runs `work` on the program's own threads.
    pub(crate) fn block_on<T>(&self, work: impl Future<Output = T>) -> T {
        self.runtime.block_on(work)
    }

    /// Everything told since the start, as far as the channel still had it.
    pub(crate) fn events(&self) -> Vec<AppEvent> {
        let mut events = self.events.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match events.0.try_recv() {
                Ok(event) => events.1.push(event),
                Err(TryRecvError::Lagged(_)) => {}
                Err(TryRecvError::Empty | TryRecvError::Closed) => return events.1.clone(),
            }
        }
    }

    /// Cuts every task at the point where it waits, as a crash would. What they held is free when this returns, as a
    /// system frees what a dead program held.
    pub(crate) fn crash(self) {
        self.runtime.shutdown_timeout(CUT_WITHIN);
    }

    /// Panics of its tasks.
    pub(crate) fn panics(&self) -> Vec<String> {
        panics::take(&self.name)
    }

    /// Ends well, and says whether nothing was left.
    pub(crate) fn end(self) {
        let left = self.runtime.handle().clone();
        self.runtime.block_on(self.app.shutdown());
        drop(self.app);
        wait_for("all tasks to end after the shutdown", || match left.metrics().num_alive_tasks() {
            0 => ControlFlow::Break(()),
            alive => ControlFlow::Continue(format!("{alive} tasks")),
        });
        self.runtime.shutdown_background();
        // Taken last: a task may panic while it ends, too.
        let panics = panics::take(&self.name);
        assert!(panics.is_empty(), "tasks panicked: {panics:#?}");
    }
}
