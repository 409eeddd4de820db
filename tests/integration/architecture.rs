//! Which crate may know which: knowledge flows down only. ARCHITECTURE.md draws it; this compares it with what cargo
//! says.

use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::process::Command;

/// Our crates and, for each, the ones of ours that it may depend on to work. Each line is the whole truth: an edge
/// that is not here is a decision that was not made.
const MAY_KNOW: [(&str, &[&str]); 15] = [
    ("cadencia-domain", &[]),
    ("cadencia-clock", &["cadencia-domain"]),
    ("kommo", &[]),
    ("cadencia-store", &["cadencia-domain"]),
    ("cadencia-secrets", &["cadencia-clock", "cadencia-domain"]),
    ("cadencia-sync", &["cadencia-clock", "cadencia-domain", "cadencia-secrets", "cadencia-store", "kommo"]),
    (
        "cadencia-listener",
        &["cadencia-clock", "cadencia-domain", "cadencia-secrets", "cadencia-store", "kommo"],
    ),
    ("cadencia-contract", &[]),
    // The simulator is the outside world: it may not know how we speak to it.
    ("cadencia-sim", &[]),
    (
        "cadencia-app",
        &[
            "cadencia-clock",
            "cadencia-contract",
            "cadencia-domain",
            "cadencia-listener",
            "cadencia-secrets",
            "cadencia-sim",
            "cadencia-store",
            "cadencia-sync",
            "kommo",
        ],
    ),
    ("cadencia-server", &["cadencia-app", "cadencia-clock", "cadencia-contract"]),
    ("cadencia", &["cadencia-app", "cadencia-contract"]),
    ("xtask", &[]),
    // Tests may know everything, and nobody may know them.
    (
        "cadencia-tests",
        &[
            "cadencia-app",
            "cadencia-clock",
            "cadencia-contract",
            "cadencia-domain",
            "cadencia-listener",
            "cadencia-secrets",
            "cadencia-server",
            "cadencia-sim",
            "cadencia-store",
            "cadencia-sync",
            "kommo",
        ],
    ),
    ("cadencia-channels", &["cadencia-clock", "cadencia-domain"]),
];

/// Libraries of others that reach outside, and the crates that may use them to work. A name that ends in `*` stands
/// for all that begin so.
const HELD: [(&str, &[&str]); 8] = [
    ("tauri*", &["cadencia"]),
    ("rusqlite*", &["cadencia-store"]),
    ("r2d2*", &["cadencia-store"]),
    ("keyring-core", &["cadencia-secrets"]),
    ("*-keyring-store", &["cadencia-secrets"]),
    // The simulator delivers webhooks.
    ("reqwest", &["kommo", "cadencia-channels", "cadencia-sim", "cadencia-tests"]),
    ("axum*", &["cadencia-listener", "cadencia-server", "cadencia-sim", "cadencia-tests"]),
    ("rand*", &["cadencia-clock", "cadencia-sim", "cadencia-tests"]),
];

struct Edge {
    from: String,
    to: String,
    /// Needed only by the crate's own tests, which may look from above.
    is_for_tests: bool,
    is_ours: bool,
}

#[test]
fn every_crate_knows_only_what_lies_below_it() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_KNOW.into();
    let mut wrong = Vec::new();
    for edge in edges() {
        if !edge.is_ours || edge.is_for_tests {
            continue;
        }
        match allowed.get(edge.from.as_str()) {
            None => wrong.push(format!("{} is not in the table: decide what it may know", edge.from)),
            Some(below) if below.contains(&edge.to.as_str()) => {}
            Some(below) => wrong.push(format!(
                "{} depends on {}; it may know {}",
                edge.from,
                edge.to,
                if below.is_empty() { "no crate of ours".to_owned() } else { below.join(", ") }
            )),
        }
    }
    assert!(wrong.is_empty(), "knowledge flows up or sideways:\n  {}", wrong.join("\n  "));
}

#[test]
fn every_crate_of_the_workspace_has_its_place_in_the_table() {
    let listed: BTreeSet<String> = MAY_KNOW.iter().map(|(name, _)| (*name).to_owned()).collect();
    let missing: Vec<String> =
        packages().into_iter().map(|(name, _)| name).filter(|name| !listed.contains(name)).collect();
    assert!(missing.is_empty(), "without a place: {}", missing.join(", "));
}

#[test]
fn the_table_itself_flows_down() {
    let allowed: BTreeMap<&str, &[&str]> = MAY_KNOW.into();
    for (from, below) in &allowed {
        let mut seen = BTreeSet::new();
        let mut next: Vec<&str> = below.to_vec();
        while let Some(to) = next.pop() {
            assert_ne!(&to, from, "{from} comes back to itself");
            if seen.insert(to) {
                next.extend(allowed.get(to).copied().unwrap_or_default());
            }
        }
    }
}

#[test]
fn what_reaches_outside_is_held_by_the_crate_that_is_for_it() {
    let mut wrong = Vec::new();
    for edge in edges() {
        if edge.is_ours || edge.is_for_tests {
            continue;
        }
        for (library, holders) in HELD {
            if fits(library, &edge.to) && !holders.contains(&edge.from.as_str()) {
                wrong.push(format!("{} uses {}; only {} may", edge.from, edge.to, holders.join(", ")));
            }
        }
    }
    assert!(wrong.is_empty(), "something reaches outside at the wrong place:\n  {}", wrong.join("\n  "));
}

/// A test of a lower crate may not reach around the crate that holds the database or the keyring either.
#[test]
fn not_even_tests_reach_around_the_store_and_the_keyring() {
    let wrong: Vec<String> = edges()
        .into_iter()
        .filter(|edge| edge.is_for_tests)
        .filter(|edge| {
            ["tauri*", "rusqlite*", "keyring-core"].iter().any(|library| {
                let holders =
                    HELD.iter().find(|(held, _)| held == library).map_or(&[][..], |(_, holders)| *holders);
                fits(library, &edge.to) && !holders.contains(&edge.from.as_str())
            })
        })
        .map(|edge| format!("{} -> {}", edge.from, edge.to))
        .collect();
    assert!(wrong.is_empty(), "tests reach around: {}", wrong.join(", "));
}

#[test]
fn names_with_a_star_fit_what_begins_or_ends_so() {
    assert!(fits("rand*", "rand_chacha") && fits("rand*", "rand"));
    assert!(fits("*-keyring-store", "apple-native-keyring-store"));
    assert!(!fits("reqwest", "reqwest-middleware") && !fits("rand*", "brand"));
}

fn fits(pattern: &str, name: &str) -> bool {
    match (pattern.strip_prefix('*'), pattern.strip_suffix('*')) {
        (Some(end), _) => name.ends_with(end),
        (_, Some(start)) => name.starts_with(start),
        _ => name == pattern,
    }
}

fn edges() -> Vec<Edge> {
    let packages = packages();
    let ours: BTreeSet<String> = packages.iter().map(|(name, _)| name.clone()).collect();
    let edges = packages.iter().flat_map(|(from, dependencies)| {
        dependencies.iter().map(|dependency| {
            let to = dependency["name"].as_str().expect("cargo names every dependency").to_owned();
            let is_for_tests = dependency["kind"] == "dev";
            Edge { from: from.clone(), is_ours: ours.contains(&to), to, is_for_tests }
        })
    });
    edges.collect()
}

/// The crates of the workspace with their dependencies, as `cargo metadata` describes them.
fn packages() -> Vec<(String, Vec<Value>)> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--manifest-path"])
        .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/Cargo.toml"))
        .output()
        .expect("cargo runs");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let metadata: Value = serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let packages = metadata["packages"].as_array().expect("a workspace has packages");
    packages
        .iter()
        .map(|package| {
            let name = package["name"].as_str().expect("a package has a name").to_owned();
            (name, package["dependencies"].as_array().expect("a package lists its dependencies").clone())
        })
        .collect()
}
