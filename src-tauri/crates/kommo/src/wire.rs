//! Reading JSON that was made by PHP: numbers as strings, empty objects as arrays, lists as objects.

pub(crate) mod envelope;
pub(crate) mod fault;
pub(crate) mod lenient;
pub(crate) mod renamed;
