//! What was measured: a table for people, JSON for programs.

use serde::Serialize;
use std::path::Path;

/// One figure.
#[derive(Debug, Serialize)]
pub(crate) struct Figure {
    /// What was measured.
    pub(crate) name: &'static str,
    /// The figure.
    pub(crate) value: f64,
    /// Its unit.
    pub(crate) unit: &'static str,
    /// What it is held against, when there is a limit.
    pub(crate) limit: Option<f64>,
}

/// All figures.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Report {
    figures: Vec<Figure>,
}

impl Report {
    pub(crate) fn add(&mut self, name: &'static str, value: f64, unit: &'static str) {
        self.figures.push(Figure { name, value, unit, limit: None });
    }

    pub(crate) fn add_with_limit(&mut self, name: &'static str, value: f64, unit: &'static str, limit: f64) {
        self.figures.push(Figure { name, value, unit, limit: Some(limit) });
    }

    #[expect(clippy::print_stdout, reason = "a program's own report")]
    pub(crate) fn print(&self) {
        println!("{:<58} {:>14} {:<10} {:>10}", "what", "value", "unit", "limit");
        for figure in &self.figures {
            let limit = figure.limit.map(|limit| format!("{limit:.3}")).unwrap_or_default();
            println!("{:<58} {:>14.3} {:<10} {limit:>10}", figure.name, figure.value, figure.unit);
        }
    }

    pub(crate) fn write(&self, path: &Path) -> std::io::Result<()> {
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        std::fs::write(path, serde_json::to_vec_pretty(self)?)
    }
}

/// The value below which `share` of the values lie.
pub(crate) fn percentile(values: &mut [f64], share: f64) -> f64 {
    values.sort_by(f64::total_cmp);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "an index"
    )]
    let index = ((values.len() as f64 * share).ceil() as usize).saturating_sub(1);
    values.get(index.min(values.len().saturating_sub(1))).copied().unwrap_or(0.0)
}
