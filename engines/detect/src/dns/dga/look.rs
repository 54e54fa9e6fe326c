//! What the network sees of a label.

use super::chars::{Chars, symbol};
use super::grams::Grams;
use super::words::{Segments, Words};

/// How many numbers that is.
pub const FEATURES: usize = 40;

/// What labels are looked up in.
#[derive(Clone, Debug, Default)]
pub struct Tables {
    /// How likely letters follow each other.
    pub chars: Chars,
    /// Words.
    pub words: Words,
    /// Groups of letters.
    pub grams: Grams,
}

/// What one pass over the letters counts.
#[derive(Default)]
struct Counts {
    digits: f32,
    vowels: f32,
    consonants: f32,
    hyphens: f32,
    /// Changes between letters and digits.
    switches: f32,
    /// Changes between vowels and consonants.
    turns: f32,
    hexadecimal: bool,
    consonant_run: f32,
    digit_run: f32,
    kinds: u64,
    cost: f32,
    squares: f32,
    dearest: f32,
    dear: f32,
}

/// A letter that costs more than 7 bits is seldom in its place.
const DEAR: f32 = 7.0;

impl Tables {
    /// The features of a label, about between −3 and 3.
    #[must_use]
    pub fn features(&self, label: &[u8]) -> [f32; FEATURES] {
        let counts = self.count(label);
        let found = self.words.segment(label);
        let grams = self.grams.sum(label) as f32;
        let length = label.len().max(1) as f32;
        let letters = (counts.vowels + counts.consonants).max(1.0);
        let [words, covered, mean, rarity, liking] = words(&found, letters);
        let spread = (counts.squares / length - (counts.cost / length).powi(2)).max(0.0).sqrt();
        [
            length / 16.0,
            counts.cost / length / 4.0,
            counts.dearest / 8.0,
            counts.dear / length,
            counts.digits / length,
            counts.switches / length,
            counts.vowels / letters,
            counts.consonant_run / 4.0,
            counts.kinds.count_ones() as f32 / length,
            counts.hyphens.min(3.0) / 2.0,
            f32::from(u8::from(counts.hexadecimal && label.len() >= 8)),
            covered,
            words,
            mean,
            found.longest as f32 / 8.0,
            found.shortest as f32 / 6.0,
            found.cost as f32 / letters / 32.0,
            rarity,
            liking,
            found.least as f32 / 32.0,
            found.most as f32 / 32.0,
            grams / length / 32.0,
            grams / 512.0,
            found.gaps as f32 / 2.0,
            counts.digit_run / 3.0,
            (length - 12.0).max(0.0) / 12.0,
            counts.turns / letters,
            spread / 4.0,
            found.short as f32 / 2.0,
            (found.covered as f32 - found.longest as f32) / 8.0,
            (8.0 - length).max(0.0) / 4.0,
            counts.cost / 64.0,
            found.rarest as f32 / 128.0,
            (found.liking - found.least) as f32 / 32.0,
            f32::from(u8::from(found.words == 2 && found.unknown == 0 && counts.hyphens == 0.0)),
            (found.rarity as f32 - counts.cost * 8.0) / 128.0,
            found.strangest as f32 / 256.0,
            found.plainest as f32 / 256.0,
            found.first as f32 / 256.0,
            found.last as f32 / 256.0,
        ]
    }

    fn count(&self, label: &[u8]) -> Counts {
        let mut counts = Counts { hexadecimal: true, ..Counts::default() };
        let (mut a, mut b) = (0, 0);
        let (mut consonants, mut digits) = (0.0f32, 0.0f32);
        let mut before = 0;
        for &byte in label {
            let class = class(byte);
            match class {
                VOWEL => counts.vowels += 1.0,
                CONSONANT => counts.consonants += 1.0,
                DIGIT => counts.digits += 1.0,
                _ => counts.hyphens += 1.0,
            }
            consonants = if class == CONSONANT { consonants + 1.0 } else { 0.0 };
            digits = if class == DIGIT { digits + 1.0 } else { 0.0 };
            counts.consonant_run = counts.consonant_run.max(consonants);
            counts.digit_run = counts.digit_run.max(digits);
            let (letter, was_letter) = (class & LETTER != 0, before & LETTER != 0);
            counts.turns += f32::from(u8::from(letter && was_letter && class != before));
            let switch = (letter && before == DIGIT) || (was_letter && class == DIGIT);
            counts.switches += f32::from(u8::from(switch));
            counts.hexadecimal &= byte.is_ascii_hexdigit();
            before = class;
            let c = symbol(byte);
            counts.kinds |= 1 << c;
            let cost = f32::from(self.chars.cost(a, b, c)) / 16.0;
            counts.cost += cost;
            counts.squares += cost * cost;
            counts.dearest = counts.dearest.max(cost);
            counts.dear += f32::from(u8::from(cost > DEAR));
            (a, b) = (b, c);
        }
        counts
    }
}

/// Words, covered letters, letters a word, rarity and liking of the mean word.
fn words(found: &Segments, letters: f32) -> [f32; 5] {
    let words = found.words as f32;
    let each = words.max(1.0);
    [
        words / 3.0,
        found.covered as f32 / letters,
        found.covered as f32 / each / 6.0,
        found.rarity as f32 / each / 128.0,
        found.liking as f32 / each / 32.0,
    ]
}

const LETTER: u8 = 3;
const VOWEL: u8 = 1;
const CONSONANT: u8 = 2;
const DIGIT: u8 = 4;

const fn class(byte: u8) -> u8 {
    match byte {
        b'a' | b'e' | b'i' | b'o' | b'u' | b'y' => VOWEL,
        b'a'..=b'z' => CONSONANT,
        b'0'..=b'9' => DIGIT,
        _ => 8,
    }
}
