//! Names that a program made up: a model of the label that somebody registered.
//!
//! What it looks at: how likely the letters follow each other in names that people chose (trigrams); which words a
//! label falls apart into, how common they are and how often people use them in names; groups of letters that made
//! names have more often than chosen ones; and plain counts. A small neural network weighs these. All of it is
//! trained by `quality/` on the domains and words that are shipped there.

mod chars;
mod file;
mod grams;
mod look;
mod net;
mod words;

use std::sync::OnceLock;

pub use chars::{Chars, SYMBOLS, symbol};
pub use file::{Broken, LIMIT};
pub use grams::{GRAMS, Grams};
pub use look::{FEATURES, Tables};
pub use net::{Layer, Net};
pub use words::{Segments, Word, Words};

/// The model that is shipped.
static SHIPPED: &[u8] = include_bytes!("model.bin");

/// What is known of the score of chosen names, from names that the model was not trained on.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Usual {
    /// One chosen name in 100 scores this or more.
    pub one_in_100: f32,
    /// One chosen name in 1,000 scores this or more.
    pub one_in_1000: f32,
    /// The mean.
    pub mean: f32,
    /// The standard deviation.
    pub deviation: f32,
}

/// Tells made names from chosen ones.
#[derive(Clone, Debug, Default)]
pub struct Model {
    /// What labels are looked up in.
    pub tables: Tables,
    /// What weighs the features.
    pub net: Net,
    /// The scores of chosen names.
    pub usual: Usual,
}

impl Model {
    /// The model that is shipped.
    #[must_use]
    pub fn shipped() -> &'static Self {
        static MODEL: OnceLock<Model> = OnceLock::new();
        MODEL.get_or_init(|| Self::read(SHIPPED).unwrap_or_default())
    }

    /// The logarithm of the odds that a label was made and not chosen, if there were as many of these as of those.
    /// `label` in lower case; letters, digits and hyphens.
    #[must_use]
    pub fn score(&self, label: &[u8]) -> f32 {
        self.net.weigh(&self.tables.features(label))
    }

    /// How likely a score makes it that a name was made, if there were as many of these as of chosen ones.
    #[must_use]
    pub fn probability(score: f32) -> f32 {
        1.0 / (1.0 + (-score).exp())
    }
}
