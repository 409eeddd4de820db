#![doc = include_str!("../README.md")]

mod apply;
mod context;
pub mod difference;
mod engine;
pub mod hooks;
mod inbox;
pub mod log;
pub mod mapping;
pub mod outbox;
mod own;
mod progress;
pub mod pull;
mod status;
mod trouble;

pub use engine::{Engine, EngineParts, EngineSettings};
pub use inbox::InboxReport;
pub use status::{
    Connection, EngineEvent, EngineStatus, EntityProgress, EntityState, ImportProgress, ImportState,
    Imported, Polling,
};
pub use trouble::{SyncError, Trouble};
