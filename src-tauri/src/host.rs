//! The two things the page can ask for: a command of the core, and a web address opened outside.

use cadencia_app::App;
use cadencia_contract::{ApiError, ErrorCode};
use serde_json::Value;
use tauri::State;
use url::Url;

/// Runs a command of the core. Names, requests and responses are the contract's.
#[tauri::command]
pub async fn call(core: State<'_, App>, command: String, request: Value) -> Result<Value, ApiError> {
    core.call(&command, request).await
}

/// Opens a web address in the system's browser. Refuses everything else, because the system would run it.
#[tauri::command]
pub async fn open_external(url: String) -> Result<(), ApiError> {
    if !is_web_address(&url) {
        return Err(ApiError::new(ErrorCode::InvalidRequest).with_detail("url"));
    }
    tauri_plugin_opener::open_url(&url, None::<&str>).map_err(|error| {
        tracing::warn!(%error, "the system opens no browser");
        ApiError::new(ErrorCode::Internal)
    })
}

/// `https` everywhere, `http` on this machine only: there the listener and the demo account answer.
fn is_web_address(address: &str) -> bool {
    let Ok(url) = Url::parse(address) else { return false };
    match url.scheme() {
        "https" => url.has_host(),
        "http" => matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]")),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_addresses_leave_the_window() {
        for good in [
            "https://acme.kommo.com/leads/detail/1",
            "http://localhost:8000/auth/kommo/login",
            "http://127.0.0.1:4000/",
            "http://[::1]:4000/",
        ] {
            assert!(is_web_address(good), "{good}");
        }
        for bad in [
            "http://example.com/",
            "http://localhost.example.com/",
            "file:///etc/passwd",
            "javascript:alert(1)",
            "mailto:a@b.c",
            "calc.exe",
            "",
        ] {
            assert!(!is_web_address(bad), "{bad}");
        }
    }
}
