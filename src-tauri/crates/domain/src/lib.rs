#![doc = include_str!("../README.md")]

pub mod account;
pub mod card_value;
pub mod contact;
pub mod event;
pub mod field;
pub mod id;
pub mod lead;
pub mod phone;
pub mod pipeline;
pub mod text;
pub mod time;
pub mod work;
pub mod write;
