//! From Kommo's words to ours. Nothing but this module and the app's `convert` translates.

mod entity;
mod structure;
mod value;
mod work;

pub use entity::{company, contact, lead};
pub use structure::{account, custom_field, loss_reason, pipeline, tag, user};
pub use work::{event, note, task};
