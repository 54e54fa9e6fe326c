use std::collections::BTreeMap;

/// Where the leftmost occurrence of some characters ends in a text, in bytes; `None` stands for any character.
///
/// Shift-And: one bit a wanted character says whether the text read so far ends in that many of them. Every
/// character of the text costs one step a 64 wanted characters, whatever pattern and text are, so that nobody
/// can make a decision slow by writing `a?a?a?…b` and sending many `a`s. Source: Baeza-Yates and Gonnet, "A new
/// approach to text searching" (1992).
pub(crate) fn end_of_first(wanted: &[Option<char>], text: &str) -> Option<usize> {
    let Some(last) = wanted.len().checked_sub(1) else { return Some(0) };
    // A text of fewer bytes has fewer characters; so what is prepared stays in proportion to the text.
    if wanted.len() > text.len() {
        return None;
    }
    let words = last / 64 + 1;
    let mut any = vec![0_u64; words];
    let mut letters: BTreeMap<char, Vec<u64>> = BTreeMap::new();
    for (index, letter) in wanted.iter().enumerate() {
        let bits = match letter {
            None => &mut any,
            Some(letter) => letters.entry(*letter).or_insert_with(|| vec![0; words]),
        };
        if let Some(word) = bits.get_mut(index / 64) {
            *word |= 1 << (index % 64);
        }
    }
    let nothing = vec![0_u64; words];
    let mut matched = nothing.clone();
    for (at, letter) in text.char_indices() {
        let here = letters.get(&letter).unwrap_or(&nothing);
        let mut carry = 1;
        for ((word, here), any) in matched.iter_mut().zip(here).zip(&any) {
            let shifted = (*word << 1) | carry;
            carry = *word >> 63;
            *word = shifted & (here | any);
        }
        if matched.last().is_some_and(|word| (word >> (last % 64)) & 1 == 1) {
            return Some(at + letter.len_utf8());
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn naive(wanted: &[Option<char>], text: &str) -> Option<usize> {
        let letters: Vec<char> = text.chars().collect();
        let fits =
            |start: usize| wanted.iter().enumerate().all(|(i, w)| w.is_none_or(|w| w == letters[start + i]));
        let start = (0..=letters.len().checked_sub(wanted.len())?).find(|start| fits(*start))?;
        Some(letters[..start + wanted.len()].iter().map(|c| c.len_utf8()).sum())
    }

    fn tokens(pattern: &str) -> Vec<Option<char>> {
        pattern.chars().map(|c| (c != '?').then_some(c)).collect()
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(1000))]

        #[test]
        fn agrees_with_trying_every_place(pattern in "[aé?]{0,6}", text in "[aéb]{0,12}") {
            prop_assert_eq!(end_of_first(&tokens(&pattern), &text), naive(&tokens(&pattern), &text));
        }

        #[test]
        fn agrees_across_words(
            pattern in "[a?]{60,140}", before in "[ab]{0,40}", change in any::<proptest::sample::Index>(),
        ) {
            let mut text = before + &pattern.replace('?', "b");
            prop_assert_eq!(end_of_first(&tokens(&pattern), &text), naive(&tokens(&pattern), &text));
            let at = change.index(text.len());
            text.replace_range(at..=at, "c");
            prop_assert_eq!(end_of_first(&tokens(&pattern), &text), naive(&tokens(&pattern), &text));
        }
    }
}
