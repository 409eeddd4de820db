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
    account, companies, contacts, custom_fields, events, leads, links, loss_reasons, notes, pipelines,
    salesbot, sources, tags, talks, tasks, unsorted, users, webhooks,
};
use crate::oauth;
use crate::simulator::Simulator;
use crate::state::{Kind, World};

type Route = MethodRouter<Simulator>;

fn route(filter: MethodFilter, door: Door, handler: Handler) -> Route {
    on(filter, move |State(sim): State<Simulator>, request: Request| exchange(sim, door, handler, request))
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
        .route("/sources", read(sources::list))
        .route("/sources/{id}", read(sources::get))
        .route("/webhooks", read(webhooks::list))
        .route("/bots", read(salesbot::list))
        .route("/bots/{id}", read(salesbot::get))
}

fn lead_routes() -> Router<Simulator> {
    Router::new()
        .route("/leads", read(leads::list))
        .route("/leads/{id}", read(leads::get))
        .route("/leads/pipelines", read(pipelines::list))
        .route("/leads/pipelines/{id}", read(pipelines::get))
        .route("/leads/pipelines/{id}/statuses", read(pipelines::list_statuses))
        .route("/leads/pipelines/{id}/statuses/{status}", read(pipelines::get_status))
        .route("/leads/loss_reasons", read(loss_reasons::list))
        .route("/leads/loss_reasons/{id}", read(loss_reasons::get))
        .route("/leads/unsorted", read(unsorted::list))
        .route("/leads/unsorted/summary", read(unsorted::summary))
        .route("/leads/unsorted/{uid}", read(unsorted::get))
}

fn card_routes() -> Router<Simulator> {
    let mut routes = Router::new()
        .route("/contacts", read(contacts::list))
        .route("/contacts/{id}", read(contacts::get))
        .route("/companies", read(companies::list))
        .route("/companies/{id}", read(companies::get));
    for kind in Kind::ALL {
        let at = |path: &str| format!("/{}{path}", kind.plural());
        routes = routes
            .route(&at("/tags"), read(tags::list))
            .route(&at("/custom_fields"), read(custom_fields::list))
            .route(&at("/custom_fields/{field}"), read(custom_fields::get))
            .route(&at("/notes"), read(notes::list))
            .route(&at("/notes/{note}"), read(notes::get))
            .route(&at("/{id}/notes"), read(notes::list_of_card))
            .route(&at("/{id}/notes/{note}"), read(notes::get))
            .route(&at("/links"), read(links::list_of_many))
            .route(&at("/{id}/links"), read(links::list));
    }
    routes
}

fn activity_routes() -> Router<Simulator> {
    Router::new()
        .route("/tasks", read(tasks::list))
        .route("/tasks/{id}", read(tasks::get))
        .route("/events", read(events::list))
        .route("/events/types", read(events::types))
        .route("/events/{id}", read(events::get))
        .route("/talks", read(talks::list))
        .route("/talks/{id}", read(talks::get))
        .route("/talks/{id}/messages", read(talks::messages))
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
