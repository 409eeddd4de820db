//! A few hundred seeds of the simulation; many thousands are run by hand.

use cadencia_tests::simulate::{self, proof::Proof};

/// Seeds per test: the tests share them, so that they run side by side.
const SEEDS: u64 = 25;

fn run(part: u64) {
    let first = 1 + part * SEEDS;
    for seed in first..first + SEEDS {
        if let Err(what) = simulate::run(seed) {
            panic!("{what}\n\nseen again with: cargo xtask simulate --seed {seed}");
        }
    }
}

#[test]
fn seeds_1_to_25_come_to_rest_with_nothing_lost_or_doubled() {
    run(0);
}

#[test]
fn seeds_26_to_50_come_to_rest_with_nothing_lost_or_doubled() {
    run(1);
}

#[test]
fn seeds_51_to_75_come_to_rest_with_nothing_lost_or_doubled() {
    run(2);
}

#[test]
fn seeds_76_to_100_come_to_rest_with_nothing_lost_or_doubled() {
    run(3);
}

#[test]
fn seeds_101_to_125_come_to_rest_with_nothing_lost_or_doubled() {
    run(4);
}

#[test]
fn seeds_126_to_150_come_to_rest_with_nothing_lost_or_doubled() {
    run(5);
}

#[test]
fn seeds_151_to_175_come_to_rest_with_nothing_lost_or_doubled() {
    run(6);
}

#[test]
fn seeds_176_to_200_come_to_rest_with_nothing_lost_or_doubled() {
    run(7);
}

fn prove(proof: Proof, times: usize) {
    if let Err(what) = proof.run(times) {
        panic!("{what}\n\nseen again with: cargo xtask simulate --proof {} --times {times}", proof.name());
    }
}

#[test]
fn own_changes_that_come_back_cause_no_further_write() {
    prove(Proof::OwnWrites, 900);
}

#[test]
fn edits_that_cross_converge_and_each_lost_value_is_told() {
    prove(Proof::Crossing, 300);
}

#[test]
fn what_is_created_while_answers_are_lost_is_there_once() {
    prove(Proof::LostAnswers, 40);
}
