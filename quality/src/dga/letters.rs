//! Generators whose letters or digits are each drawn by chance.

use super::{Generator, Lists, Makes};
use crate::random::Random;

const LETTERS: &[u8] = b"abcdefghijklmnopqrstuvwxyz";
/// Without `z`: generators that take a remainder by 25.
const NO_Z: &[u8] = b"abcdefghijklmnopqrstuvwxy";
const HEX: &[u8] = b"0123456789abcdef";
const BASE36: &[u8] = b"abcdefghijklmnopqrstuvwxyz0123456789";

pub(super) fn generators() -> Vec<Generator> {
    let letters = |name, held_out, make| Generator { name, makes: Makes::Letters, held_out, make };
    vec![
        letters("conficker", false, |random, _| draw(random, LETTERS, 5, 11)),
        letters("cryptolocker", false, |random, _| draw(random, NO_Z, 12, 15)),
        letters("ramnit", false, |random, _| draw(random, NO_Z, 8, 19)),
        letters("necurs", false, |random, _| draw(random, NO_Z, 7, 21)),
        letters("qakbot", false, |random, _| draw(random, LETTERS, 8, 25)),
        letters("locky", false, |random, _| draw(random, NO_Z, 5, 17)),
        letters("tinba", false, |random, _| draw(random, NO_Z, 12, 12)),
        letters("dyre", false, |random, _| {
            format!("{}{}", draw(random, LETTERS, 1, 1), draw(random, HEX, 33, 33))
        }),
        letters("bamital", false, |random, _| draw(random, HEX, 32, 32)),
        letters("gameover", false, |random, _| draw(random, BASE36, 20, 28)),
        letters("corebot", false, |random, _| draw(random, b"abcdefghijklmnopqrstuvwxy012345678", 12, 23)),
        letters("murofet", false, murofet),
        letters("virut", false, |random, _| draw(random, LETTERS, 6, 6)),
        letters("banjori", false, banjori),
        // Of no malware: so that the model knows other lengths and alphabets than those above.
        letters("any hexadecimal digits", false, |random, _| draw(random, HEX, 7, 40)),
        letters("any letters and digits", false, |random, _| draw(random, BASE36, 6, 30)),
        letters("some letters", false, some),
        letters("emotet", true, |random, _| draw(random, NO_Z, 16, 16)),
        letters("ranbyus", true, |random, _| draw(random, NO_Z, 14, 14)),
        letters("fobber", true, fobber),
        letters("chinad", true, |random, _| draw(random, BASE36, 16, 16)),
        letters("monerodownloader", true, |random, _| draw(random, HEX, 12, 13)),
        letters("padcrypt", true, |random, _| draw(random, b"abcdefklmno", 16, 16)),
        letters("mydoom", true, |random, _| draw(random, b"aehmnpqrsw", 10, 10)),
        letters("proslikefan", true, |random, _| draw(random, LETTERS, 6, 12)),
        letters("shiotob", true, shiotob),
        letters("sphinx", true, |random, _| draw(random, LETTERS, 16, 16)),
    ]
}

/// So many of these.
pub(super) fn draw(random: &mut Random, of: &[u8], from: i64, to: i64) -> String {
    (0..random.range(from, to)).map(|_| char::from(*random.pick(of))).collect()
}

/// A few letters of the alphabet, and a few digits with some of them.
fn some(random: &mut Random, _: &Lists) -> String {
    let mut of = LETTERS.to_vec();
    random.shuffle(&mut of);
    of.truncate(random.range(8, 20) as usize);
    if random.chance(0.3) {
        of.extend(&b"0123456789"[..random.range(1, 10) as usize]);
    }
    draw(random, &of, 6, 24)
}

/// The digits of a hash, each as a letter or a digit.
fn murofet(random: &mut Random, _: &Lists) -> String {
    let mut label = draw(random, LETTERS, 1, 1);
    for _ in 0..random.range(11, 15) {
        let (a, b) = (random.below(16), random.below(16));
        label.push(char::from(LETTERS[a]));
        if random.chance(0.4) {
            label.push(char::from(LETTERS[10 + b]));
        } else if random.chance(0.5) {
            label.push_str(&(10 + b % 60).to_string());
        }
    }
    label
}

/// A long label whose first four letters go on changing.
fn banjori(random: &mut Random, lists: &Lists) -> String {
    let mut tail = String::new();
    for _ in 0..2 {
        tail.push_str(random.pick(&lists.words).as_str());
    }
    format!("{}{tail}", draw(random, LETTERS, 4, 4))
}

/// Two versions: 17 letters and 10.
fn fobber(random: &mut Random, _: &Lists) -> String {
    let length = if random.chance(0.5) { 17 } else { 10 };
    draw(random, LETTERS, length, length)
}

/// Letters and digits in turns that are not equally likely.
fn shiotob(random: &mut Random, _: &Lists) -> String {
    let mut label = String::new();
    for index in 0..random.range(10, 15) {
        let set: &[u8] = if index % 5 == 3 { b"123456789" } else { b"bcdfghklmnpqrstvwxzaeiouy" };
        label.push_str(&draw(random, set, 1, 1));
    }
    label
}
