//! The part of the engine that forgets what is over for long.

use super::Engine;
use crate::trouble::SyncError;
use cadencia_store::{conflicts, deliveries, outbox, sync_log};

/// Rows deleted together.
const TRIM: u32 = 2_000;

impl Engine {
    /// Forgets what ended longer ago than the log is kept. What is open stays.
    pub(super) async fn trim(&self) -> Result<(), SyncError> {
        let days = i64::from(self.0.settings.borrow().log_retention_days);
        let before = self.0.context.clock.now().plus(-days * 24 * 3_600_000);
        self.0
            .context
            .store
            .write(move |tx| {
                sync_log::delete_before(tx, before, TRIM)?;
                conflicts::forget(tx, before, TRIM)?;
                outbox::forget(tx, before, TRIM)?;
                deliveries::age_out(tx, before, TRIM)
            })
            .await?;
        Ok(())
    }
}
