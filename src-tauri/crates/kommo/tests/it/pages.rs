use futures::{StreamExt as _, TryStreamExt as _};
use kommo::leads::LeadsQuery;
use kommo::{Error, MalformedKind, PageRequest};

use crate::server::{Reply, Server};

fn leads(ids: &[i64], next: bool) -> Reply {
    let items: Vec<String> = ids.iter().map(|id| format!(r#"{{"id":{id}}}"#)).collect();
    let next = if next { r#","next":{"href":"https://acme.kommo.com/api/v4/leads?page=2"}"# } else { "" };
    Reply::json(format!(
        r#"{{"_page":1,"_links":{{"self":{{"href":"x"}}{next}}},"_embedded":{{"leads":[{}]}}}}"#,
        items.join(",")
    ))
}

#[tokio::test]
async fn a_stream_reads_page_after_page_until_there_is_no_next_one() {
    let server = Server::answering([leads(&[1, 2], true), leads(&[3], false)]);
    let found: Vec<i64> = server
        .client()
        .leads()
        .stream(LeadsQuery::default())
        .map_ok(|lead| lead.id)
        .try_collect()
        .await
        .unwrap();
    assert_eq!(found, [1, 2, 3]);
    let queries: Vec<String> = server.seen().into_iter().map(|seen| seen.query).collect();
    assert_eq!(queries, ["page=1&limit=250", "page=2&limit=250"]);
}

#[tokio::test]
async fn a_stream_ends_at_a_204_and_at_a_next_page_that_is_empty() {
    for last in [Reply::empty(), leads(&[], true), Reply::json(""), Reply::json(r#"{"_embedded":[]}"#)] {
        let server = Server::answering([leads(&[1], true), last]);
        let pages: Vec<_> = server.client().leads().pages(LeadsQuery::default()).try_collect().await.unwrap();
        assert_eq!(pages.len(), 1);
        assert_eq!(server.seen().len(), 2);
    }
}

#[tokio::test]
async fn a_list_without_anything_is_an_empty_page() {
    let server = Server::answering([Reply::empty()]);
    let page = server.client().leads().list(&LeadsQuery::default(), PageRequest::first(50)).await.unwrap();
    assert!(page.items.is_empty() && !page.has_next);
    assert_eq!(page.page, 1);
}

#[tokio::test]
async fn a_page_that_repeats_ends_the_stream_with_an_error() {
    let server = Server::answering([leads(&[1, 2], true), leads(&[1, 2], true)]);
    let mut stream = server.client().leads().stream(LeadsQuery::default());
    assert_eq!(stream.next().await.unwrap().unwrap().id, 1);
    assert_eq!(stream.next().await.unwrap().unwrap().id, 2);
    let error = stream.next().await.unwrap().unwrap_err();
    assert!(matches!(error, Error::Malformed { what: MalformedKind::PageRepeats, .. }), "{error:?}");
    assert!(error.to_string().contains("page repeats"));
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn reading_can_go_on_from_a_later_page() {
    let server = Server::answering([leads(&[7], false)]);
    let start = PageRequest { page: 7, limit: 100 };
    let pages: Vec<_> =
        server.client().leads().pages_from(LeadsQuery::default(), start).try_collect().await.unwrap();
    assert_eq!(pages[0].page, 7);
    assert_eq!(server.seen()[0].query, "page=7&limit=100");
}

#[tokio::test]
async fn a_fault_in_the_middle_ends_the_stream_after_what_was_read() {
    let server = Server::answering([leads(&[1], true), Reply::with_status(422, "{}")]);
    let mut stream = server.client().leads().stream(LeadsQuery::default());
    assert_eq!(stream.next().await.unwrap().unwrap().id, 1);
    assert!(matches!(stream.next().await.unwrap(), Err(Error::Unprocessable { .. })));
    assert!(stream.next().await.is_none());
}

#[tokio::test]
async fn a_bare_string_or_an_object_may_name_the_next_page_and_null_does_not() {
    for (links, expected) in [
        (r#"{"next":{"href":"x"}}"#, true),
        (r#"{"next":"x"}"#, true),
        (r#"{"next":null}"#, false),
        (r#"{"next":{"href":""}}"#, false),
        (r#"{"next":[]}"#, false),
        ("[]", false),
        ("null", false),
    ] {
        let body = format!(r#"{{"_links":{links},"_embedded":{{"leads":[{{"id":1}}]}}}}"#);
        let server = Server::answering([Reply::json(body)]);
        let page =
            server.client().leads().list(&LeadsQuery::default(), PageRequest::default()).await.unwrap();
        assert_eq!(page.has_next, expected, "{links}");
    }
}

#[tokio::test]
async fn events_are_read_in_pages_that_every_account_accepts() {
    let body = r#"{"_embedded":{"events":[{"id":"01jx","type":"lead_added","entity_id":"5","entity_type":"lead"}]}}"#;
    let server = Server::answering([Reply::json(body)]);
    let query = kommo::events::EventsQuery::default().types(["lead_added", "lead_deleted"]);
    let events: Vec<_> = server.client().events().stream(query).try_collect().await.unwrap();
    assert_eq!(events[0].entity_type, Some(kommo::EntityType::Leads));
    assert_eq!(server.seen()[0].query, "filter%5Btype%5D=lead_added%2Clead_deleted&page=1&limit=100");
}

#[tokio::test]
async fn a_short_list_that_names_a_next_page_is_read_whole() {
    let page = |id: i64, links: &str| {
        Reply::json(format!(r#"{{"_links":{links},"_embedded":{{"loss_reasons":[{{"id":{id}}}]}}}}"#))
    };
    let next = r#"{"next":{"href":"x"}}"#;
    let server = Server::answering([page(1, next), page(2, "{}"), page(1, next), page(1, next)]);
    let reasons = server.client().loss_reasons();
    assert_eq!(reasons.list().await.unwrap().len(), 2);
    assert!(matches!(reasons.list().await, Err(Error::Malformed { what: MalformedKind::PageRepeats, .. })));
    let queries: Vec<String> = server.seen().into_iter().map(|seen| seen.query).collect();
    assert_eq!(queries, ["", "page=2", "", "page=2"]);
}
