//! What the simulator answers: HAL JSON, problems in Kommo's shapes, nothing, or a web page.

use serde::Serialize;
use serde_json::{Value, json};

/// A good answer.
#[derive(Debug)]
pub(crate) enum Answer {
    /// HAL JSON. `list` marks envelopes that the list faults may replace.
    Json {
        status: u16,
        body: Value,
        list: bool,
    },
    /// HAL JSON with 200 that is text already.
    Written {
        body: Vec<u8>,
        list: bool,
    },
    /// 204, and the empty 202.
    Empty(u16),
    Text {
        status: u16,
        body: String,
    },
    Html {
        status: u16,
        body: String,
    },
    Redirect(String),
}

impl Answer {
    pub(crate) fn ok(body: Value) -> Self {
        Answer::Json { status: 200, body, list: false }
    }

    /// 200 with something that writes itself.
    pub(crate) fn written(body: &impl Serialize) -> Self {
        Answer::Written { body: serde_json::to_vec(body).unwrap_or_default(), list: false }
    }

    pub(crate) fn created(body: Value) -> Self {
        Answer::Json { status: 201, body, list: false }
    }

    pub(crate) fn list(body: Value) -> Self {
        Answer::Json { status: 200, body, list: true }
    }

    pub(crate) fn none() -> Self {
        Answer::Empty(204)
    }
}

/// A refused request: status and JSON body (`application/problem+json`).
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    pub(crate) body: Value,
}

pub(crate) type Outcome = Result<Answer, Refusal>;

/// One error of a validation answer.
#[derive(Clone, Debug)]
pub(crate) struct FieldError {
    pub(crate) code: &'static str,
    pub(crate) path: String,
    pub(crate) detail: String,
}

impl FieldError {
    pub(crate) fn choice(path: impl Into<String>) -> Self {
        Self {
            code: "NotSupportedChoice",
            path: path.into(),
            detail: "The value you selected is not a valid choice.".to_owned(),
        }
    }

    pub(crate) fn of_type(path: impl Into<String>, wanted: &str) -> Self {
        Self {
            code: "InvalidType",
            path: path.into(),
            detail: format!("This value should be of type {wanted}."),
        }
    }

    pub(crate) fn missing(path: impl Into<String>) -> Self {
        Self { code: "FieldMissing", path: path.into(), detail: "This field is missing.".to_owned() }
    }

    pub(crate) fn too_low(path: impl Into<String>) -> Self {
        Self { code: "TooLow", path: path.into(), detail: "This value should be positive.".to_owned() }
    }
}

impl Refusal {
    /// A plain problem; its title follows from the status.
    pub(crate) fn problem(status: u16, detail: impl Into<String>) -> Self {
        let body = json!({
            "title": title(status),
            "type": format!("https://httpstatus.es/{status}"),
            "status": status,
            "detail": detail.into(),
        });
        Self { status, body }
    }

    pub(crate) fn unauthorized() -> Self {
        Self::problem(401, "Invalid user name or password")
    }

    pub(crate) fn too_many_requests(retry_after_s: u32) -> Self {
        let mut refusal = Self::problem(
            429,
            "You have sent too many requests in a given amount of time. Please try again later.",
        );
        refusal.body["retry_after"] = json!(retry_after_s);
        refusal
    }

    pub(crate) fn server_error(trace_id: &str) -> Self {
        let body = json!({
            "title": "ErrInternalServer", "status": 500, "detail": "Internal server error", "trace_id": trace_id,
        });
        Self { status: 500, body }
    }

    pub(crate) fn not_admin() -> Self {
        Self::problem(403, "Access denied")
    }

    pub(crate) fn not_found() -> Self {
        Self::problem(404, "Requested entity not found")
    }

    pub(crate) fn empty_body() -> Self {
        Self::problem(400, "Request data can not be empty")
    }

    /// The validation answer; each item is named by its `request_id`.
    pub(crate) fn validation(items: Vec<(String, Vec<FieldError>)>) -> Self {
        let items: Vec<Value> = items
            .into_iter()
            .map(|(request_id, errors)| {
                let errors: Vec<Value> = errors
                    .into_iter()
                    .map(|error| json!({"code": error.code, "path": error.path, "detail": error.detail}))
                    .collect();
                json!({"request_id": request_id, "errors": errors})
            })
            .collect();
        let body = json!({
            "validation-errors": items,
            "title": "Bad Request",
            "type": "https://httpstatus.es/400",
            "status": 400,
            "detail": "Request validation failed",
        });
        Self { status: 400, body }
    }

    pub(crate) fn invalid(error: FieldError) -> Self {
        Self::validation(vec![("0".to_owned(), vec![error])])
    }
}

/// The page nginx shows to a blocked address.
pub(crate) const BLOCKED_PAGE: &str = "<html>\r\n<head><title>403 Forbidden</title></head>\r\n<body>\r\n\
<center><h1>403 Forbidden</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

/// The page of the gateway that waited too long for the application behind it.
pub(crate) const GATEWAY_TIMEOUT_PAGE: &str = "<html>\r\n<head><title>504 Gateway Time-out</title></head>\r\n<body>\r\n\
<center><h1>504 Gateway Time-out</h1></center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n";

/// A web page where JSON was expected, as a captive portal or a maintenance notice would be.
pub(crate) const STRAY_PAGE: &str = "<!DOCTYPE html>\n<html><head><title>Kommo</title></head>\
<body><h1>We will be back soon</h1></body></html>\n";

fn title(status: u16) -> &'static str {
    match status {
        400 => "Bad Request",
        401 => "Unauthorized",
        402 => "Payment Required",
        403 => "Forbidden",
        404 => "Not Found",
        405 => "Method Not Allowed",
        422 => "Unprocessable Entity",
        429 => "Too Many Requests",
        _ => "Error",
    }
}
