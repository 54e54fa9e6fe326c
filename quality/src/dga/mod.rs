//! Names that programs make up: generators in the style of published ones, chosen names to hold against them, and
//! the training of the model that tells them apart.

mod chosen;
mod letters;
mod measure;
mod syllables;
mod train;
mod vocabulary;
mod wordy;

pub use chosen::{Part, chosen, labels};
pub use measure::{Families, Scores, scores};
pub use train::train;
pub use vocabulary::{Entry, vocabulary};

use crate::random::Random;

/// What a generator makes its names of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Makes {
    /// Letters or digits, each by chance.
    Letters,
    /// Syllables.
    Syllables,
    /// Words.
    Words,
    /// A name that somebody chose, with a few letters changed.
    Changed,
}

/// A generator of names.
#[derive(Clone, Copy)]
pub struct Generator {
    /// The malware whose generator is like it.
    pub name: &'static str,
    /// What it makes its names of.
    pub makes: Makes,
    /// Whether the model never sees it in training.
    pub held_out: bool,
    /// Makes a label.
    pub make: fn(&mut Random, &Lists) -> String,
}

/// Words for those that need them. Generators that are held out have words of their own.
pub struct Lists {
    words: Vec<String>,
    chosen: Vec<String>,
}

impl Generator {
    /// So many different labels, always the same for a seed.
    #[must_use]
    pub fn labels(&self, seed: u64, count: usize) -> Vec<String> {
        self.labels_of(seed, count, (0, 1))
    }

    /// The same of one part of so many of the words; parts have none in common.
    #[must_use]
    pub fn labels_of(&self, seed: u64, count: usize, part: (usize, usize)) -> Vec<String> {
        let mut random = Random::new(seed).fork(self.name);
        let words = vocabulary::part(self.held_out, part, &mut random);
        let lists = Lists { words, chosen: labels(Part::Test) };
        let mut made = std::collections::BTreeSet::new();
        let mut order = Vec::new();
        for _ in 0..count * 4 {
            if order.len() == count {
                break;
            }
            let label = (self.make)(&mut random, &lists);
            if label.len() <= 63 && made.insert(label.clone()) {
                order.push(label);
            }
        }
        order
    }
}

/// All generators.
#[must_use]
pub fn generators() -> Vec<Generator> {
    let mut all = letters::generators();
    all.extend(syllables::generators());
    all.extend(wordy::generators());
    all
}
