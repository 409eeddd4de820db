//! The seeded account: believable, the same for the same seed, and quick in the large.

use std::collections::BTreeSet;

use cadencia_sim::{SimConfig, Simulator};
use serde_json::{Value, json};

use crate::client::{Client, NOW_S};

fn state(seed: u64, leads: usize) -> Value {
    Simulator::new(SimConfig::manual(seed, leads, NOW_S * 1000)).state_snapshot()
}

#[test]
fn the_same_seed_gives_the_same_account_and_another_seed_another() {
    assert_eq!(state(3, 200), state(3, 200));
    assert_ne!(state(3, 200)["leads"], state(4, 200)["leads"]);
    let credentials = |seed| Simulator::new(SimConfig::manual(seed, 5, NOW_S * 1000)).credentials();
    assert_eq!(credentials(3), credentials(3));
    assert_ne!(credentials(3).client_id, credentials(4).client_id);
}

#[tokio::test]
async fn the_account_tells_what_is_asked_for_and_nothing_more() {
    let client = Client::new(5);
    let plain = client.json("account").await;
    assert_eq!((&plain["subdomain"], &plain["currency"]), (&json!("solarhorizonte"), &json!("BRL")));
    assert!(plain.get("amojo_id").is_none() && plain.get("_embedded").is_none());
    let full = client.json("account?with=amojo_id,task_types,datetime_settings,users_groups,drive_url").await;
    assert_eq!(full["_embedded"]["datetime_settings"]["timezone"], json!("America/Sao_Paulo"));
    assert_eq!(full["_embedded"]["task_types"][1]["code"], json!("MEETING"));
    assert!(full["amojo_id"].is_string());
}

#[test]
fn the_people_look_like_a_brazilian_solar_team() {
    let state = state(1, 2_000);
    let leads = state["leads"].as_array().unwrap();
    let contacts = state["contacts"].as_array().unwrap();
    let count = |holds: &dyn Fn(&Value) -> bool| leads.iter().filter(|lead| holds(lead)).count();
    assert_eq!(leads.len(), 2_000);
    assert!((1_500..2_100).contains(&contacts.len()), "{}", contacts.len());
    assert!(count(&|lead| lead["status_id"] == 142) > 150);
    assert!(count(&|lead| lead["status_id"] == 143) > 300);
    assert!(count(&|lead| lead["contacts"].as_array().unwrap().len() > 1) > 30);
    assert!(count(&|lead| lead["contacts"].as_array().unwrap().is_empty()) > 30);
    assert!(count(&|lead| lead["price"].as_i64().unwrap() > 0) > 1_000);
    let tasks = state["tasks"].as_array().unwrap().len();
    assert!((400..600).contains(&tasks), "{tasks}");
    assert!(state["talks"].as_array().unwrap().len() > 50);
    assert!(state["unsorted"].as_array().unwrap().len() > 5);
    assert!(leads.iter().all(|lead| {
        let (made, changed) = (lead["created_at"].as_i64().unwrap(), lead["updated_at"].as_i64().unwrap());
        made <= changed && changed <= NOW_S && made > NOW_S - 367 * 86_400
    }));
    let known: BTreeSet<Option<u64>> = contacts.iter().map(|contact| contact["id"].as_u64()).collect();
    assert!(
        leads
            .iter()
            .flat_map(|lead| lead["contacts"].as_array().unwrap())
            .all(|link| known.contains(&link[0].as_u64()))
    );
}

#[test]
fn both_ends_of_every_link_agree() {
    let state = state(9, 500);
    let ends = |from: &str, to: &str, single: bool| -> BTreeSet<(u64, u64)> {
        let mut found = BTreeSet::new();
        for card in state[from].as_array().unwrap() {
            let id = card["id"].as_u64().unwrap();
            if single {
                found.extend(card[to].as_u64().map(|other| (id, other)));
            } else {
                for other in card[to].as_array().unwrap() {
                    found.insert((id, other.as_u64().or_else(|| other[0].as_u64()).unwrap()));
                }
            }
        }
        found
    };
    let flip = |pairs: BTreeSet<(u64, u64)>| -> BTreeSet<(u64, u64)> {
        pairs.into_iter().map(|(a, b)| (b, a)).collect()
    };
    assert_eq!(ends("leads", "contacts", false), flip(ends("contacts", "leads", false)));
    assert_eq!(ends("leads", "company_id", true), flip(ends("companies", "leads", false)));
    assert_eq!(ends("contacts", "company_id", true), flip(ends("companies", "contacts", false)));
}

#[tokio::test]
async fn the_pipeline_has_the_stages_of_the_preset() {
    let client = Client::new(0);
    let pipeline = client.pipeline().await;
    let names: Vec<&str> = pipeline["_embedded"]["statuses"]
        .as_array()
        .unwrap()
        .iter()
        .map(|s| s["name"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "Leads de entrada",
            "Novo Lead",
            "Em Qualificação",
            "Qualificado",
            "Reunião Agendada",
            "Reunião Confirmada",
            "Em Negociação",
            "Proposta Enviada",
            "Não Interessado",
            "Atendimento Humano",
            "Fechado/Ganho",
            "Fechado/Perdido"
        ]
    );
}

#[tokio::test]
async fn users_are_for_administrators() {
    let client = Client::new(0);
    let users = client.json("users?with=role,group,uuid").await;
    assert_eq!(users["_total_items"], json!(8));
    client.sim.set_fault(cadencia_sim::Fault::always(cadencia_sim::FaultName::NonAdmin));
    assert_eq!(client.get("users").await.status, 403);
    assert_eq!(client.get("webhooks").await.status, 401);
    assert_eq!(client.get("leads/pipelines").await.status, 200);
}

#[tokio::test]
async fn the_written_state_is_the_snapshot() {
    let client = Client::new(80);
    let written = client.ask("GET", "/_control/state", None).await.json();
    assert_eq!(written, client.sim.state_snapshot());
}
