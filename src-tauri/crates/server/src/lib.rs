#![doc = include_str!("../README.md")]

mod route;

pub use route::router;
