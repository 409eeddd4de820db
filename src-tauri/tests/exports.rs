//! What the program shows to the libraries that are loaded into it.
#![cfg(target_os = "linux")]

use std::process::Command;

#[test]
fn the_program_exports_none_of_its_sqlite() {
    let output = Command::new("nm").args(["-D", "--defined-only", env!("CARGO_BIN_EXE_cadencia")]).output();
    let output = output.expect("nm, from binutils, reads the program");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let symbols = String::from_utf8_lossy(&output.stdout);
    let ours: Vec<&str> = symbols.lines().filter(|line| line.contains("sqlite3_")).collect();
    assert!(ours.is_empty(), "WebKit would run on our SQLite instead of the system's: {ours:#?}");
}
