//! Words, and how often they are used in texts.

use std::io::Read;

use flate2::read::GzDecoder;

use crate::random::Random;

/// Lines of `word cost`, in order, `+` at the end for words of other languages than English;
/// `quality/data/README.md` says where they come from.
static WORDS: &[u8] = include_bytes!("../../data/words.txt.gz");

/// A word.
#[derive(Clone, Debug)]
pub struct Entry {
    /// Lower-case letters.
    pub text: String,
    /// −log₂ of how often it is used, in eighths of a bit.
    pub cost: u8,
    /// Whether it is English.
    pub english: bool,
}

/// All words.
#[must_use]
pub fn vocabulary() -> Vec<Entry> {
    let mut text = String::new();
    GzDecoder::new(WORDS).read_to_string(&mut text).expect("shipped");
    let entry = |line: &str| {
        let (text, cost) = line.split_once(' ').expect("word cost");
        let english = !cost.ends_with('+');
        let cost = cost.trim_end_matches('+').parse().expect("a cost");
        Entry { text: text.to_owned(), cost, english }
    };
    text.lines().map(entry).collect()
}

/// A list of some hundred to some thousand English words such as generators come with. Those of generators that are
/// held out have no word in common with those of the others. Of these, one part of so many.
pub(super) fn part(held_out: bool, part: (usize, usize), random: &mut Random) -> Vec<String> {
    let common = |entry: &Entry| entry.english && entry.cost <= 152 && (3..=11).contains(&entry.text.len());
    let all: Vec<String> = vocabulary()
        .into_iter()
        .filter(|entry| common(entry) && hash(&entry.text).is_multiple_of(2) == held_out)
        .filter(|entry| hash(&entry.text) as usize / 2 % part.1 == part.0)
        .map(|entry| entry.text)
        .collect();
    let share = 0.1 + 0.5 * random.unit();
    all.into_iter().filter(|_| random.chance(share)).collect()
}

fn hash(text: &str) -> u64 {
    text.bytes().fold(7u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x9e37_79b9_7f4a_7c15)) >> 40
}
