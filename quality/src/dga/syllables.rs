//! Generators whose names can be spoken.

use super::letters::draw;
use super::{Generator, Lists, Makes};
use crate::random::Random;

const VOWELS: &[u8] = b"aeiou";
const CONSONANTS: &[u8] = b"bcdfghjklmnpqrstvwxz";

pub(super) fn generators() -> Vec<Generator> {
    let syllables = |name, held_out, make| Generator { name, makes: Makes::Syllables, held_out, make };
    vec![
        syllables("symmi", false, symmi),
        syllables("simda", false, simda),
        syllables("vawtrak", false, vawtrak),
        syllables("pykspa", false, pykspa),
        syllables("kraken", true, kraken),
        syllables("pushdo", true, pushdo),
        syllables("hesperbot", true, hesperbot),
    ]
}

/// Consonant and vowel in turns.
fn symmi(random: &mut Random, _: &Lists) -> String {
    let first = random.below(2);
    (0..random.range(8, 15))
        .map(|index| {
            draw(
                random,
                if (index as usize + first).is_multiple_of(2) { CONSONANTS } else { b"aeiouy" },
                1,
                1,
            )
        })
        .collect()
}

/// Consonant, vowel, consonant, with a fixed length.
fn simda(random: &mut Random, _: &Lists) -> String {
    let length = random.range(5, 11) as usize;
    let mut label = String::new();
    while label.len() < length {
        label.push_str(&draw(random, b"qwrtpsdfghjklzxcvbnm", 1, 1));
        label.push_str(&draw(random, b"eyuioa", 1, 1));
        if random.chance(0.3) {
            label.push_str(&draw(random, b"lxvcnm", 1, 1));
        }
    }
    label.truncate(length);
    label
}

/// Syllables of a small set.
fn vawtrak(random: &mut Random, _: &Lists) -> String {
    const STARTS: &[&str] =
        &["ag", "ib", "ed", "ul", "om", "at", "er", "is", "on", "up", "ac", "id", "ev", "ok"];
    let mut label = String::new();
    for _ in 0..random.range(2, 4) {
        label.push_str(&draw(random, CONSONANTS, 1, 1));
        label.push_str(random.pick::<&str>(STARTS));
        if random.chance(0.25) {
            label.push_str(&draw(random, VOWELS, 1, 1));
        }
    }
    label
}

/// Letters, where a vowel follows more than one consonant.
fn pykspa(random: &mut Random, _: &Lists) -> String {
    let mut consonants = 0;
    let mut label = String::new();
    for _ in 0..random.range(6, 15) {
        let vowel = consonants >= 2 || random.chance(0.35);
        consonants = if vowel { 0 } else { consonants + 1 };
        label.push_str(&draw(random, if vowel { VOWELS } else { CONSONANTS }, 1, 1));
    }
    label
}

/// Letters with vowels among them, and the ending of an English noun.
fn kraken(random: &mut Random, _: &Lists) -> String {
    const ENDINGS: &[&str] = &["able", "dom", "hood", "ment", "ness", "ship", "ly", "er", "ed", "ing", ""];
    let mut label = String::new();
    for _ in 0..random.range(3, 5) {
        label.push_str(&draw(random, CONSONANTS, 1, 2));
        label.push_str(&draw(random, VOWELS, 1, 1));
    }
    label + random.pick::<&str>(ENDINGS)
}

/// Pairs of a consonant and a vowel, some with a second consonant.
fn pushdo(random: &mut Random, _: &Lists) -> String {
    let length = random.range(8, 12) as usize;
    let mut label = String::new();
    while label.len() < length {
        label.push_str(&draw(random, b"bcdfghjklmnpqrstvxz", 1, 1));
        label.push_str(&draw(random, b"aiuoe", 1, 1));
        if random.chance(0.2) {
            label.push_str(&draw(random, b"lmnrs", 1, 1));
        }
    }
    label.truncate(length);
    label
}

/// Runs of vowels and consonants.
fn hesperbot(random: &mut Random, _: &Lists) -> String {
    let mut label = String::new();
    while label.len() < random.range(8, 20) as usize {
        label.push_str(&draw(random, VOWELS, 1, 2));
        label.push_str(&draw(random, CONSONANTS, 1, 2));
    }
    label
}
