//! Promises counted one by one: what many writes, many crossing edits and many lost answers leave behind.
//!
//! The scripts of [`super::run`] mix everything; here one thing is done so often that once in thousands would show.

mod crossing;
mod lost_answers;
mod own_writes;
mod quiet;

use super::Broken;

/// What is counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Proof {
    /// Own changes that come back by webhook and poll cause no further write.
    OwnWrites,
    /// The same value changed here and in Kommo: both agree in the end, and what lost is told.
    Crossing,
    /// Creates whose answer is lost: each is in Kommo once.
    LostAnswers,
}

impl Proof {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::OwnWrites, Self::Crossing, Self::LostAnswers];

    /// The name on the command line.
    pub fn name(self) -> &'static str {
        match self {
            Self::OwnWrites => "own-writes",
            Self::Crossing => "crossing",
            Self::LostAnswers => "lost-answers",
        }
    }

    /// The one with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|proof| proof.name() == name)
    }

    /// Does it at least `times` times, and tells what was counted.
    ///
    /// # Errors
    /// What was not as it has to be.
    pub fn run(self, times: usize) -> Result<String, Broken> {
        match self {
            Self::OwnWrites => own_writes::run(times),
            Self::Crossing => crossing::run(times),
            Self::LostAnswers => lost_answers::run(times),
        }
    }
}
