//! The stages of the two pipelines and how a lead's age decides where it stands.

use crate::chance::Chance;
use crate::state::{LOST, WON};

/// Name, colour and weight for young, middle-aged and old leads of the main pipeline.
pub(super) const MAIN: [(&str, &str, [u32; 3]); 9] = [
    ("Novo Lead", "#fffeb2", [46, 10, 3]),
    ("Em Qualificação", "#ffeab2", [26, 14, 3]),
    ("Qualificado", "#d6eaff", [10, 11, 2]),
    ("Reunião Agendada", "#c1e0ff", [6, 9, 1]),
    ("Reunião Confirmada", "#98cbff", [3, 6, 1]),
    ("Em Negociação", "#ebffb1", [2, 10, 4]),
    ("Proposta Enviada", "#deff81", [1, 11, 6]),
    ("Não Interessado", "#f2f3f4", [2, 6, 10]),
    ("Atendimento Humano", "#ffdbdb", [4, 3, 1]),
];

/// Weights of won and lost.
const WON_WEIGHT: [u32; 3] = [0, 8, 27];
const LOST_WEIGHT: [u32; 3] = [0, 12, 42];

pub(super) const AFTER_SALES: [(&str, &str); 5] = [
    ("Vistoria Técnica", "#fffd7f"),
    ("Projeto e Homologação", "#ffce5a"),
    ("Instalação", "#87f2c0"),
    ("Vistoria da Distribuidora", "#ccc8f9"),
    ("Sistema Ativo", "#f3beff"),
];

const DAY_S: i64 = 24 * 60 * 60;

/// A stage for a lead of this age; `ordinary` are the main pipeline's stages in the order of [`MAIN`].
pub(super) fn of_age(chance: &mut Chance, age_s: i64, ordinary: &[u32]) -> u32 {
    let column = match age_s {
        age if age < 3 * DAY_S => 0,
        age if age < 45 * DAY_S => 1,
        _ => 2,
    };
    let mut weights: Vec<u32> = MAIN.iter().map(|(_, _, weights)| weights[column]).collect();
    weights.push(WON_WEIGHT[column]);
    weights.push(LOST_WEIGHT[column]);
    let drawn = chance.weighted(&weights);
    match ordinary.get(drawn) {
        Some(id) => *id,
        None if drawn == MAIN.len() => WON,
        None => LOST,
    }
}
