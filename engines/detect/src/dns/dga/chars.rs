//! How likely letters follow each other.

/// Letters, digits, the hyphen, anything else, and the border of a label.
pub const SYMBOLS: usize = 39;

/// The costs of `SYMBOLS`³ sequences of three.
const SEQUENCES: usize = SYMBOLS * SYMBOLS * SYMBOLS;

/// The number of a byte of a name; 0 is the border.
#[must_use]
pub const fn symbol(byte: u8) -> u8 {
    match byte {
        b'a'..=b'z' => byte - b'a' + 1,
        b'0'..=b'9' => byte - b'0' + 27,
        b'-' | b'_' => 37,
        _ => 38,
    }
}

/// What each letter costs after the two before it: −log₂ of how likely it is in names that people chose, in
/// sixteenths of a bit.
#[derive(Clone, Debug)]
pub struct Chars {
    costs: Vec<u8>,
}

impl Default for Chars {
    fn default() -> Self {
        Self { costs: vec![0; SEQUENCES] }
    }
}

impl Chars {
    /// From the cost of each sequence `a b c`, at `(a * SYMBOLS + b) * SYMBOLS + c`. `None` unless there are as many
    /// as there are sequences.
    #[must_use]
    pub fn new(costs: Vec<u8>) -> Option<Self> {
        (costs.len() == SEQUENCES).then_some(Self { costs })
    }

    /// What [`Chars::new`] takes.
    #[must_use]
    pub fn costs(&self) -> &[u8] {
        &self.costs
    }

    /// The cost of `c` after `a` and `b`, in sixteenths of a bit.
    #[inline]
    #[must_use]
    pub fn cost(&self, a: u8, b: u8, c: u8) -> u8 {
        let index = (usize::from(a) * SYMBOLS + usize::from(b)) * SYMBOLS + usize::from(c);
        self.costs.get(index).copied().unwrap_or(u8::MAX)
    }

    /// The cost of all letters of a text, in sixteenths of a bit; a dot is a border.
    #[must_use]
    pub fn total(&self, text: &[u8]) -> u32 {
        let (mut a, mut b, mut total) = (0, 0, 0);
        for &byte in text {
            if byte == b'.' {
                (a, b) = (0, 0);
                continue;
            }
            let c = symbol(byte);
            total += u32::from(self.cost(a, b, c));
            (a, b) = (b, c);
        }
        total
    }
}
