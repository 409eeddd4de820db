use std::time::Duration;

use kommo::{Error, ErrorKind, MalformedKind, RetryClass};

use crate::server::{Broken, Reply, Server, client, fixture};

/// What a write gets for one answer of the server: nothing is repeated.
async fn write_error(reply: Reply) -> Error {
    let server = Server::answering([reply]);
    let error = server.client().leads().update_one(1, &kommo::leads::LeadPatch::default()).await.unwrap_err();
    assert_eq!(server.seen().len(), 1, "a write was repeated");
    error
}

#[tokio::test]
async fn recorded_error_bodies_become_the_errors_they_are() {
    let table = [
        (400, "error_400_field_id.json", ErrorKind::Validation),
        (400, "error_400_status_id.json", ErrorKind::Validation),
        (400, "error_400_type.json", ErrorKind::Validation),
        (400, "error_400_webhook_url.json", ErrorKind::Validation),
        (401, "error_401.json", ErrorKind::Unauthorized),
        (402, "error_402.json", ErrorKind::PaymentRequired),
        (402, "error_402_chat_quota.json", ErrorKind::PaymentRequired),
        (403, "error_403_scope.json", ErrorKind::Forbidden),
        (403, "error_403_ip_block.html", ErrorKind::Blocked),
        (404, "error_404_loss_reason.json", ErrorKind::NotFound),
        (422, "error_422_limit.json", ErrorKind::Unprocessable),
        (422, "error_422_talk_closed.json", ErrorKind::Unprocessable),
        (429, "error_429.json", ErrorKind::TooManyRequests),
    ];
    for (status, file, kind) in table {
        let body = fixture(&format!("errors/{file}"));
        let reply = if file.ends_with("html") {
            Reply::html(status, &body)
        } else {
            Reply::with_status(status, body).header("x-request-id", "req-1")
        };
        let error = write_error(reply).await;
        assert_eq!(error.kind(), kind, "{file}");
        assert_eq!(error.status(), Some(status), "{file}");
        assert_eq!(error.request().path, "/api/v4/leads/1");
        if !file.ends_with("html") {
            assert_eq!(error.request().request_id.as_deref(), Some("req-1"));
        }
    }
}

#[tokio::test]
async fn other_answers_become_the_errors_they_are() {
    let page = "<html><body>Bad gateway</body></html>";
    let table = [
        (
            Reply::with_status(405, r#"{"title":"Method Not Allowed"}"#),
            ErrorKind::Rejected,
            RetryClass::Refused,
        ),
        (
            Reply::with_status(500, r#"{"title":"ErrInternalServer","trace_id":"x"}"#),
            ErrorKind::Server,
            RetryClass::Uncertain,
        ),
        (Reply::html(502, page), ErrorKind::Server, RetryClass::Uncertain),
        (Reply::with_status(504, ""), ErrorKind::Server, RetryClass::Uncertain),
        (Reply::with_status(403, ""), ErrorKind::Forbidden, RetryClass::Refused),
        (Reply::with_status(400, "not json"), ErrorKind::Validation, RetryClass::Refused),
        (Reply::with_status(302, ""), ErrorKind::Malformed, RetryClass::Unusable),
        (Reply::html(200, page), ErrorKind::Malformed, RetryClass::Uncertain),
        (Reply::json(r#"{"id":1,"upda"#), ErrorKind::Malformed, RetryClass::Uncertain),
        (Reply::empty(), ErrorKind::Malformed, RetryClass::Uncertain),
        (Reply::json("17"), ErrorKind::Malformed, RetryClass::Unusable),
    ];
    for (reply, kind, class) in table {
        let shown = format!("{reply:?}");
        let error = write_error(reply).await;
        assert_eq!(error.kind(), kind, "{shown}");
        assert_eq!(error.retry_class(), class, "{shown}");
    }
}

#[tokio::test]
async fn a_web_page_is_no_answer_of_kommos_whatever_its_status() {
    let page = "<!DOCTYPE html><title>Blocked by policy</title>";
    for status in [400, 401, 402, 404, 405, 407, 422, 451] {
        // Proxies do not always say that it is one.
        for reply in [Reply::html(status, page), Reply::with_status(status, page)] {
            let error = write_error(reply).await;
            assert!(
                matches!(error, Error::Malformed { what: MalformedKind::Html, .. }),
                "{status}: {error:?}"
            );
            assert_eq!(error.status(), Some(status));
            assert_eq!(error.retry_class(), RetryClass::Uncertain, "whether it was done has to be looked up");
        }
    }
    assert_eq!(write_error(Reply::html(403, page)).await.kind(), ErrorKind::Blocked);
    assert_eq!(write_error(Reply::html(429, page)).await.kind(), ErrorKind::TooManyRequests);
}

#[tokio::test]
async fn a_401_tells_whether_kommo_said_it() {
    let table = [
        (Reply::with_status(401, fixture("errors/error_401.json")), true),
        (Reply::with_status(401, "{}"), true),
        (Reply::with_status(401, ""), false),
        (Reply::with_status(401, "denied"), false),
    ];
    for (reply, expected) in table {
        let shown = format!("{reply:?}");
        let error = write_error(reply).await;
        let Error::Unauthorized { is_json, .. } = error else { panic!("{shown}: {error:?}") };
        assert_eq!(is_json, expected, "{shown}");
    }
}

#[tokio::test]
async fn a_validation_error_names_item_place_and_code() {
    let error = write_error(Reply::with_status(400, fixture("errors/error_400_field_id.json"))).await;
    let Error::Validation { errors, detail, .. } = &error else { panic!("{error:?}") };
    assert_eq!(detail, "Request validation failed");
    assert_eq!(errors.len(), 1);
    assert_eq!(errors[0].request_id.as_deref(), Some("0"));
    assert_eq!(errors[0].code, "NotSupportedChoice");
    assert_eq!(errors[0].path, "custom_fields_values.0.field_id");
    assert!(error.to_string().contains("custom_fields_values.0.field_id"));
}

#[tokio::test]
async fn a_429_names_its_time_in_the_body_or_the_header_or_not_at_all() {
    let plain = r#"{"status":429}"#;
    let table = [
        (Reply::with_status(429, fixture("errors/error_429.json")), Some(300)),
        (Reply::with_status(429, r#"{"retry_after":"12"}"#), Some(12)),
        (Reply::with_status(429, plain).header("retry-after", "9"), Some(9)),
        (Reply::html(429, "slow down").header("retry-after", "Sun, 06 Nov 1994 08:49:37 GMT"), None),
        (Reply::with_status(429, plain), None),
        (Reply::with_status(429, r#"{"retry_after":-5}"#), None),
        (Reply::with_status(429, r#"{"retry_after":1e300}"#), Some(86_400)),
    ];
    for (reply, seconds) in table {
        let error = write_error(reply).await;
        let Error::TooManyRequests { retry_after, .. } = error else { panic!("{error:?}") };
        assert_eq!(retry_after, seconds.map(Duration::from_secs));
    }
}

#[tokio::test]
async fn a_lost_answer_is_told_from_a_request_that_never_left() {
    let table = [
        (Broken::BeforeSend, ErrorKind::NotSent, RetryClass::NotProcessed),
        (Broken::AfterSend, ErrorKind::Ambiguous, RetryClass::Uncertain),
        (Broken::TooLarge, ErrorKind::Malformed, RetryClass::Unusable),
    ];
    for (broken, kind, class) in table {
        let client = client(std::sync::Arc::new(broken), kommo::Budget::unlimited());
        let error = client.leads().create(&[kommo::leads::NewLead::default()]).await.unwrap_err();
        assert_eq!(error.kind(), kind);
        assert_eq!(error.retry_class(), class);
        assert!(std::error::Error::source(&error).is_some());
    }
}

#[tokio::test]
async fn a_creation_that_answers_no_ids_is_not_taken_for_done() {
    let server = Server::answering([Reply::json(r#"{"_embedded":{"leads":[]}}"#)]);
    let error = server.client().leads().create(&[kommo::leads::NewLead::default()]).await.unwrap_err();
    assert!(matches!(error, Error::Malformed { what: MalformedKind::Empty, .. }), "{error:?}");
}

#[tokio::test]
async fn an_error_prints_its_operation_and_not_its_cause() {
    let client = client(std::sync::Arc::new(Broken::AfterSend), kommo::Budget::unlimited());
    let error = client.leads().update_one(5, &kommo::leads::LeadPatch::default()).await.unwrap_err();
    assert_eq!(error.to_string(), "PATCH /api/v4/leads/5 got no answer and may have been carried out");
}

#[tokio::test]
async fn an_unreadable_answer_is_not_quoted() {
    let body = r#"{"_embedded":{"leads":["+5511999990000"]}}"#;
    let server = Server::answering([Reply::json(body)]);
    let query = kommo::leads::LeadsQuery::default();
    let error = server.client().leads().list(&query, kommo::PageRequest::default()).await.unwrap_err();
    assert!(matches!(error, Error::Malformed { what: MalformedKind::Shape, .. }), "{error:?}");
    assert!(!format!("{error:?}").contains("9999"), "{error:?}");
}
