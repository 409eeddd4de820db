//! From a name and JSON to a command's body: the one dispatcher of both hosts.

use crate::App;
use crate::command;
use cadencia_contract::*;
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Runs the command `name` with `request`.
pub(crate) async fn call(app: &App, name: &str, request: Value) -> Result<Value, ApiError> {
    macro_rules! dispatch {
        ($($command:ident($request:ident) -> $response:ident;)*) => {
            match name {
                $(stringify!($command) => {
                    let request: $request = read(request)?;
                    let response: $response = command::$command(app, request).await?;
                    serde_json::to_value(response).map_err(|error| {
                        tracing::error!(%error, command = name, "a response cannot be written as JSON");
                        ApiError::new(ErrorCode::Internal)
                    })
                })*
                _ => Err(ApiError::new(ErrorCode::UnknownCommand).with_detail(shortened(name))),
            }
        };
    }
    for_each_command!(dispatch)
}

/// Reads a request; `null` counts as `{}`.
fn read<T: DeserializeOwned>(request: Value) -> Result<T, ApiError> {
    let request = if request.is_null() { serde_json::json!({}) } else { request };
    serde_json::from_value(request).map_err(|error| {
        // serde names the field; a value could be a secret, so what it says of values is left out.
        let field = error.to_string().split('`').nth(1).unwrap_or_default().to_owned();
        let is_field = error.to_string().starts_with("missing field")
            || error.to_string().starts_with("unknown variant");
        ApiError::new(ErrorCode::InvalidRequest).with_detail(if is_field {
            shortened(&field)
        } else {
            String::new()
        })
    })
}

fn shortened(text: &str) -> String {
    text.chars().take(60).collect()
}
