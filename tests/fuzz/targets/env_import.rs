//! A dropped `.env` file: whatever it holds, lines that cannot be used are told by number and name, never by value.
#![no_main]

use libfuzzer_sys::fuzz_target;

// The file itself, not the whole crate around it: that would bring the database along.
#[path = "../../../src-tauri/crates/app/src/sign_in/env_file.rs"]
#[allow(dead_code, reason = "only its reader is called here")]
mod env_file;

fuzz_target!(|text: &str| {
    let file = env_file::read(text);
    for problem in &file.problems {
        assert!(problem.line > 0);
        assert!(problem.key.as_ref().is_none_or(|key| !key.contains('=')));
    }
});
