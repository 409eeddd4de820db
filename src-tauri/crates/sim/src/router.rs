//! Which path leads to which handler.

use axum::Router;
use axum::extract::{Request, State};
use axum::routing::MethodFilter;
use axum::routing::{MethodRouter, get, on};

use crate::answer::{Outcome, Refusal};
use crate::call::{Call, cannot};
use crate::control;
use crate::exchange::{Door, Handler, exchange};
use crate::kommo::{
    account, calls, companies, complex, contacts, custom_fields, events, leads, links, loss_reasons, notes,
    pipelines, salesbot, sources, tags, talks, tasks, unsorted, unsorted_writes, users, webhooks,
};
use crate::oauth;
use crate::simulator::Simulator;
use crate::state::{Kind, World};

type Route = MethodRouter<Simulator>;

fn route(filter: MethodFilter, door: Door, handler: Handler) -> Route {
    on(filter, move |State(sim): State<Simulator>, request: Request| exchange(sim, door, handler, request))
}

fn post(handler: Handler) -> Route {
    route(MethodFilter::POST, Door::Api, handler)
}

fn patch(handler: Handler) -> Route {
    route(MethodFilter::PATCH, Door::Api, handler)
}

fn delete(handler: Handler) -> Route {
    route(MethodFilter::DELETE, Door::Api, handler)
}

fn read(handler: Handler) -> Route {
    route(MethodFilter::GET, Door::Api, handler)
}

pub(crate) fn router(sim: Simulator) -> Router {
    let api = Router::new()
        .merge(account_routes())
        .merge(lead_routes())
        .merge(card_routes())
        .merge(activity_routes());
    Router::new()
        .nest("/api/v4", api)
        .route("/api/v2/salesbot/run", post(salesbot::run_many))
        .route("/oauth", route(MethodFilter::GET, Door::Page, oauth::page))
        .route("/oauth/decision", route(MethodFilter::GET, Door::Page, oauth::decide))
        .route("/oauth2/access_token", route(MethodFilter::POST, Door::Open, oauth::access_token))
        .route("/oauth2/account/subdomain", route(MethodFilter::GET, Door::Open, oauth::account_domain))
        .route(
            "/oauth2/account/current/subdomain",
            route(MethodFilter::GET, Door::Open, oauth::current_subdomain),
        )
        .nest(control::PREFIX, control::router())
        .fallback(get(unknown_path).fallback(unknown_path))
        .method_not_allowed_fallback(wrong_method)
        .with_state(sim)
}

fn account_routes() -> Router<Simulator> {
    Router::new()
        .route("/account", read(account::get))
        .route("/users", read(users::list))
        .route("/users/{id}", read(users::get))
        .route("/sources", read(sources::list).merge(post(sources::create)))
        .route("/sources/{id}", read(sources::get).merge(delete(sources::delete)))
        .route(
            "/webhooks",
            read(webhooks::list).merge(post(webhooks::create)).merge(delete(webhooks::delete)),
        )
        .route("/bots", read(salesbot::list))
        .route("/bots/{id}", read(salesbot::get))
        .route("/bots/run", post(salesbot::run_many))
        .route("/bots/{id}/run", post(salesbot::run_one))
        .route("/bots/{id}/stop", post(salesbot::stop))
}

fn lead_routes() -> Router<Simulator> {
    Router::new()
        .route("/leads", read(leads::list).merge(post(leads::create)).merge(patch(leads::update)))
        .route("/leads/complex", post(complex::create))
        .route("/leads/{id}", read(leads::get).merge(patch(leads::update_one)))
        .route("/leads/pipelines", read(pipelines::list).merge(post(pipelines::create)))
        .route(
            "/leads/pipelines/{id}",
            read(pipelines::get).merge(patch(pipelines::update)).merge(delete(pipelines::delete)),
        )
        .route(
            "/leads/pipelines/{id}/statuses",
            read(pipelines::list_statuses).merge(post(pipelines::create_statuses)),
        )
        .route(
            "/leads/pipelines/{id}/statuses/{status}",
            read(pipelines::get_status)
                .merge(patch(pipelines::update_status))
                .merge(delete(pipelines::delete_status)),
        )
        .route("/leads/loss_reasons", read(loss_reasons::list))
        .route("/leads/loss_reasons/{id}", read(loss_reasons::get))
        .route("/leads/unsorted", read(unsorted::list))
        .route("/leads/unsorted/summary", read(unsorted::summary))
        .route("/leads/unsorted/forms", post(unsorted_writes::create))
        .route("/leads/unsorted/sip", post(unsorted_writes::create))
        .route("/leads/unsorted/{uid}", read(unsorted::get))
        .route("/leads/unsorted/{uid}/accept", post(unsorted_writes::accept))
        .route("/leads/unsorted/{uid}/decline", delete(unsorted_writes::decline))
        .route("/leads/unsorted/{uid}/link", post(unsorted_writes::link))
}

fn card_routes() -> Router<Simulator> {
    let mut routes = Router::new()
        .route("/contacts", read(contacts::list).merge(post(contacts::create)).merge(patch(contacts::update)))
        .route("/contacts/chats", read(talks::chats))
        .route("/contacts/{id}", read(contacts::get).merge(patch(contacts::update_one)))
        .route(
            "/companies",
            read(companies::list).merge(post(companies::create)).merge(patch(companies::update)),
        )
        .route("/companies/{id}", read(companies::get).merge(patch(companies::update_one)));
    for kind in Kind::ALL {
        let at = |path: &str| format!("/{}{path}", kind.plural());
        routes = routes
            .route(&at("/tags"), read(tags::list).merge(post(tags::create)))
            .route(&at("/custom_fields"), read(custom_fields::list).merge(post(custom_fields::create)))
            .route(
                &at("/custom_fields/{field}"),
                read(custom_fields::get)
                    .merge(patch(custom_fields::update_one))
                    .merge(delete(custom_fields::delete)),
            )
            .route(&at("/notes"), read(notes::list).merge(post(notes::create)).merge(patch(notes::update)))
            .route(&at("/notes/{note}"), read(notes::get).merge(patch(notes::update_one)))
            .route(&at("/notes/{note}/pin"), post(notes::pin))
            .route(&at("/notes/{note}/unpin"), post(notes::pin))
            .route(
                &at("/{id}/notes"),
                read(notes::list_of_card).merge(post(notes::create)).merge(patch(notes::update)),
            )
            .route(&at("/{id}/notes/{note}"), read(notes::get).merge(patch(notes::update_one)))
            .route(&at("/links"), read(links::list_of_many))
            .route(&at("/link"), post(links::link))
            .route(&at("/unlink"), post(links::unlink))
            .route(&at("/{id}/link"), post(links::link))
            .route(&at("/{id}/unlink"), post(links::unlink))
            .route(&at("/{id}/links"), read(links::list));
    }
    routes
}

fn activity_routes() -> Router<Simulator> {
    Router::new()
        .route("/tasks", read(tasks::list).merge(post(tasks::create)).merge(patch(tasks::update)))
        .route("/calls", post(calls::create))
        .route("/tasks/{id}", read(tasks::get).merge(patch(tasks::update_one)))
        .route("/events", read(events::list))
        .route("/events/types", read(events::types))
        .route("/events/{id}", read(events::get))
        .route("/talks", read(talks::list))
        .route("/talks/{id}", read(talks::get))
        .route("/talks/{id}/messages", read(talks::messages))
        .route("/talks/{id}/send_message", post(talks::send))
        .route("/talks/{id}/close", post(talks::close))
}

async fn unknown_path(State(sim): State<Simulator>, request: Request) -> axum::response::Response {
    exchange(sim, Door::Open, nothing_here, request).await
}

fn nothing_here(_: &mut World, call: &Call<'_>) -> Outcome {
    Err(cannot(&call.method, &call.base, &call.path))
}

async fn wrong_method(State(sim): State<Simulator>, request: Request) -> axum::response::Response {
    exchange(sim, Door::Open, not_allowed, request).await
}

fn not_allowed(_: &mut World, _: &Call<'_>) -> Outcome {
    Err(Refusal::problem(405, "Method not allowed"))
}
