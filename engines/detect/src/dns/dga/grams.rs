//! Groups of letters that tell made names from chosen ones.

use super::chars::symbol;

/// Groups are kept apart by a hash of so many values.
pub const GRAMS: usize = 1 << 16;

/// One weight a group of three to five letters: positive where made names have it more often.
#[derive(Clone, Debug)]
pub struct Grams {
    weights: Vec<i8>,
}

impl Default for Grams {
    fn default() -> Self {
        Self { weights: vec![0; GRAMS] }
    }
}

impl Grams {
    /// From a weight for each hash. `None` unless there are [`GRAMS`].
    #[must_use]
    pub fn new(weights: Vec<i8>) -> Option<Self> {
        (weights.len() == GRAMS).then_some(Self { weights })
    }

    /// What [`Grams::new`] takes.
    #[must_use]
    pub fn weights(&self) -> &[i8] {
        &self.weights
    }

    /// The sum of the weights of all groups in a label.
    #[must_use]
    pub fn sum(&self, label: &[u8]) -> i32 {
        let mut sum = 0;
        Self::each(label, |index| sum += i32::from(self.weights.get(index).copied().unwrap_or(0)));
        sum
    }

    /// The hash of each group in a label, its borders included.
    #[inline]
    pub fn each(label: &[u8], mut seen: impl FnMut(usize)) {
        let mut last: u64 = 0;
        for (index, symbol) in label.iter().map(|byte| symbol(*byte)).chain(std::iter::once(0)).enumerate() {
            last = last << 6 | u64::from(symbol);
            for length in 3..=5u64.min(index as u64 + 2) {
                let group = last & ((1 << (6 * length)) - 1);
                let hash = (group << 3 | length).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 48;
                seen(hash as usize);
            }
        }
    }
}
