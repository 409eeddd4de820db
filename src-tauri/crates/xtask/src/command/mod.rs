//! One file per command; `start` holds those that build a program and become it.

pub mod fuzz;
pub mod gen_contract;
pub mod icons;
pub mod run;
pub mod start;
pub mod test;
pub mod tidy;
