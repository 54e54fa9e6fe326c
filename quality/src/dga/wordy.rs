//! Generators that put words together, and one that changes chosen names.

use super::letters::draw;
use super::{Generator, Lists, Makes};
use crate::random::Random;

pub(super) fn generators() -> Vec<Generator> {
    let words = |name, held_out, make| Generator { name, makes: Makes::Words, held_out, make };
    vec![
        words("suppobox", false, |random, lists| two(random, lists, 3, 9)),
        words("pizd", false, |random, lists| two(random, lists, 3, 6)),
        words("matsnu", false, |random, lists| until(random, lists, 12, 24, "")),
        words("gozi", false, |random, lists| until(random, lists, 12, 23, "")),
        words("rovnix", false, rovnix),
        words("ngioweb", false, ngioweb),
        words("bigviktor-hyphen", false, |random, lists| three(random, lists, "-")),
        words("two with a hyphen", false, |random, lists| {
            format!("{}-{}", word(random, lists, 3, 10), word(random, lists, 3, 10))
        }),
        words("nymaim2", true, nymaim2),
        words("bigviktor", true, |random, lists| {
            three(random, lists, if lists.words.len().is_multiple_of(2) { "" } else { "-" })
        }),
        words("khaosz", true, |random, lists| two(random, lists, 4, 8)),
        words("gozi-long", true, |random, lists| until(random, lists, 16, 28, "")),
        words("manuelita", true, manuelita),
        Generator { name: "charbot", makes: Makes::Changed, held_out: true, make: charbot },
    ]
}

/// A word of so many letters.
fn word<'a>(random: &mut Random, lists: &'a Lists, from: usize, to: usize) -> &'a str {
    for _ in 0..200 {
        let word = random.pick(&lists.words);
        if (from..=to).contains(&word.len()) {
            return word;
        }
    }
    "word"
}

fn two(random: &mut Random, lists: &Lists, from: usize, to: usize) -> String {
    format!("{}{}", word(random, lists, from, to), word(random, lists, from, to))
}

fn three(random: &mut Random, lists: &Lists, between: &str) -> String {
    let parts: Vec<&str> = (0..3).map(|_| word(random, lists, 3, 9)).collect();
    parts.join(between)
}

/// Words until there are so many letters.
fn until(random: &mut Random, lists: &Lists, from: i64, to: i64, between: &str) -> String {
    let length = random.range(from, to) as usize;
    let mut label = word(random, lists, 3, 11).to_owned();
    while label.len() < length {
        label.push_str(between);
        label.push_str(word(random, lists, 3, 9));
    }
    label
}

/// Pieces of a text: words, some cut off.
fn rovnix(random: &mut Random, lists: &Lists) -> String {
    let mut label = until(random, lists, 12, 23, "");
    label.truncate(random.range(12, 23) as usize);
    label
}

/// Prefix, word, ending; often twice with a hyphen.
fn ngioweb(random: &mut Random, lists: &Lists) -> String {
    const BEFORE: &[&str] =
        &["over", "un", "non", "mis", "pre", "sub", "inter", "re", "anti", "ultra", "semi", ""];
    const AFTER: &[&str] = &["ation", "able", "ism", "ity", "ment", "ish", "ary", "ize", "ward", "ing", ""];
    let half = |random: &mut Random| {
        let word = word(random, lists, 3, 6).to_owned();
        format!("{}{word}{}", random.pick(BEFORE), random.pick(AFTER))
    };
    let first = half(random);
    if random.chance(0.5) { format!("{first}-{}", half(random)) } else { format!("{first}{}", half(random)) }
}

/// Two words, some with a hyphen.
fn nymaim2(random: &mut Random, lists: &Lists) -> String {
    let between = if random.chance(0.3) { "-" } else { "" };
    format!("{}{between}{}", word(random, lists, 4, 11), word(random, lists, 3, 10))
}

/// Two or three words of middle length.
fn manuelita(random: &mut Random, lists: &Lists) -> String {
    let mut label = two(random, lists, 4, 7);
    if random.chance(0.5) {
        label.push_str(word(random, lists, 3, 6));
    }
    label
}

/// A chosen name of six letters or more with two of them changed (Peck et al., 2019).
fn charbot(random: &mut Random, lists: &Lists) -> String {
    loop {
        let name = random.pick(&lists.chosen);
        if name.len() < 6 {
            continue;
        }
        let mut letters: Vec<char> = name.chars().collect();
        for _ in 0..2 {
            let place = random.below(letters.len());
            letters[place] =
                draw(random, b"abcdefghijklmnopqrstuvwxyz0123456789", 1, 1).chars().next().unwrap_or('x');
        }
        return letters.into_iter().collect();
    }
}
