//! The real window, driven through WebDriver: the program as people start it, against the simulator, in a session of
//! its own (screen, bus and home). `cargo xtask test` makes that session; by hand it takes the variables below.
//!
//! | Variable | What |
//! |---|---|
//! | `CADENCIA_APP`, `CADENCIA_SIM` | the built programs |
//! | `TAURI_DRIVER`, `WEBKIT_DRIVER` | the drivers |
//! | `DISPLAY`, `DBUS_SESSION_BUS_ADDRESS` | a screen and a bus that nobody else uses |
#![cfg(target_os = "linux")]

mod journey;
mod kommo_side;
mod notifications;
mod programs;
mod window;
mod words;
mod writing;
