//! Which words a label falls apart into.

/// A word of a language, or a name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Word {
    /// Lower-case letters.
    pub text: String,
    /// −log₂ of how often it is used in texts, in eighths of a bit.
    pub cost: u8,
    /// How much more often (log₂, in sixteenths) people use it in names of domains than in texts.
    pub liking: i8,
}

/// Words as a tree of letters.
#[derive(Clone, Debug, Default)]
pub struct Words {
    nodes: Vec<Node>,
    words: Vec<Word>,
}

#[derive(Clone, Copy, Debug, Default)]
struct Node {
    /// A bit for each letter that goes on.
    letters: u32,
    /// The node of the first of these; the others follow it.
    first: u32,
    /// Which word ends here, counted from 1.
    word: u32,
    cost: u8,
    liking: i8,
}

/// What a label falls apart into at the least cost.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Segments {
    /// How many words.
    pub words: u32,
    /// Words of three letters or fewer.
    pub short: u32,
    /// Letters in words.
    pub covered: u32,
    /// Letters in no word.
    pub unknown: u32,
    /// Runs of such letters.
    pub gaps: u32,
    /// Letters of the longest word.
    pub longest: u32,
    /// Letters of the shortest word.
    pub shortest: u32,
    /// Cost of all words and gaps, in eighths of a bit.
    pub cost: u32,
    /// Cost of the words alone.
    pub rarity: u32,
    /// Cost of the rarest word.
    pub rarest: u32,
    /// The sum of the words' likings.
    pub liking: i32,
    /// The least of them.
    pub least: i32,
    /// The greatest of them.
    pub most: i32,
    /// How seldom people use the word in names that they use least, in sixteenths of a bit.
    pub strangest: i32,
    /// The same of the word that they use most.
    pub plainest: i32,
    /// The same of the first word of the last run of letters.
    pub first: i32,
    /// The same of its last word.
    pub last: i32,
}

/// A letter in no word costs 5.5 bits, and a run of them 8 more.
const LETTER: u32 = 44;
const GAP: u32 = 64;

/// A label has at most 63 bytes (RFC 1035).
const LONGEST: usize = 63;

impl Words {
    /// From words in order; those out of order or with other letters are left out.
    #[must_use]
    pub fn new(words: Vec<Word>) -> Self {
        let mut kept: Vec<Word> = Vec::with_capacity(words.len());
        for word in words {
            let plain = !word.text.is_empty() && word.text.bytes().all(|byte| byte.is_ascii_lowercase());
            if plain && kept.last().is_none_or(|last| last.text < word.text) {
                kept.push(word);
            }
        }
        Self { nodes: tree(&kept), words: kept }
    }

    /// All of them, in order.
    #[must_use]
    pub fn words(&self) -> &[Word] {
        &self.words
    }

    /// What a label falls apart into.
    #[must_use]
    pub fn segment(&self, label: &[u8]) -> Segments {
        let mut found = Segments {
            shortest: u32::MAX,
            least: i32::MAX,
            most: i32::MIN,
            plainest: i32::MAX,
            ..Segments::default()
        };
        for run in label.split(|byte| !byte.is_ascii_lowercase()).filter(|run| !run.is_empty()) {
            self.each(run, &mut found, |_| {});
        }
        if found.words == 0 {
            (found.shortest, found.least, found.most, found.plainest) = (0, 0, 0, 0);
        }
        found
    }

    /// The numbers of the words, in [`Words::words`], that a label falls apart into.
    pub fn used(&self, label: &[u8], mut each: impl FnMut(usize)) {
        let mut found = Segments::default();
        for run in label.split(|byte| !byte.is_ascii_lowercase()).filter(|run| !run.is_empty()) {
            self.each(run, &mut found, |word| each(word as usize - 1));
        }
    }

    /// The cheapest way through a run of letters (Viterbi); `at` holds the cheapest way to each place that ends
    /// with a word, and the cheapest that ends in a gap.
    fn each(&self, run: &[u8], found: &mut Segments, mut seen: impl FnMut(u32)) {
        let run = run.get(..LONGEST).unwrap_or(run);
        let mut ways = [Way::default(); LONGEST + 1];
        if let Some(start) = ways.first_mut() {
            start.word = 0;
        }
        for from in 0..run.len() {
            let Some(&way) = ways.get(from) else { break };
            let gap = way.gap.saturating_add(LETTER).min(way.word.saturating_add(LETTER + GAP));
            if let Some(next) = ways.get_mut(from + 1)
                && gap < next.gap
            {
                next.gap = gap;
                next.gap_goes_on = way.gap.saturating_add(LETTER) <= gap;
            }
            self.step(run, from, way.word.min(way.gap), way.gap < way.word, &mut ways);
        }
        let mut place = run.len();
        let end = ways.get(place).copied().unwrap_or_default();
        found.cost += end.word.min(end.gap);
        let mut in_gap = end.gap < end.word;
        while place > 0 {
            let way = ways.get(place).copied().unwrap_or_default();
            if in_gap {
                found.unknown += 1;
                found.gaps += u32::from(!way.gap_goes_on);
                in_gap = way.gap_goes_on;
                place -= 1;
            } else {
                found.add(&way);
                if place == run.len() {
                    found.last = found.first;
                }
                seen(way.number);
                in_gap = way.after_gap;
                place -= usize::from(way.length).max(1);
            }
        }
    }

    /// All words that begin at a place.
    #[inline]
    fn step(&self, run: &[u8], from: usize, cost: u32, after_gap: bool, ways: &mut [Way; LONGEST + 1]) {
        let Some(mut node) = self.nodes.first() else { return };
        for (index, byte) in run.iter().enumerate().skip(from) {
            let bit = 1u32 << (byte - b'a');
            if node.letters & bit == 0 {
                return;
            }
            let before = (node.letters & (bit - 1)).count_ones();
            let Some(next) = self.nodes.get((node.first + before) as usize) else { return };
            node = next;
            if node.word == 0 {
                continue;
            }
            let total = cost.saturating_add(u32::from(node.cost));
            if let Some(way) = ways.get_mut(index + 1)
                && total < way.word
            {
                way.word = total;
                way.length = (index + 1 - from) as u8;
                way.after_gap = after_gap;
                (way.number, way.cost, way.liking) = (node.word, node.cost, node.liking);
            }
        }
    }
}

impl Segments {
    fn add(&mut self, way: &Way) {
        let length = u32::from(way.length);
        let strange = 2 * i32::from(way.cost) - i32::from(way.liking);
        self.first = strange;
        self.strangest = self.strangest.max(strange);
        self.plainest = self.plainest.min(strange);
        self.words += 1;
        self.short += u32::from(length <= 3);
        self.covered += length;
        self.longest = self.longest.max(length);
        self.shortest = self.shortest.min(length);
        self.rarity += u32::from(way.cost);
        self.rarest = self.rarest.max(u32::from(way.cost));
        self.liking += i32::from(way.liking);
        self.least = self.least.min(i32::from(way.liking));
        self.most = self.most.max(i32::from(way.liking));
    }
}

/// The cheapest ways to a place.
#[derive(Clone, Copy)]
struct Way {
    word: u32,
    gap: u32,
    number: u32,
    length: u8,
    cost: u8,
    liking: i8,
    after_gap: bool,
    gap_goes_on: bool,
}

impl Default for Way {
    fn default() -> Self {
        Self {
            word: u32::MAX,
            gap: u32::MAX,
            number: 0,
            length: 0,
            cost: 0,
            liking: 0,
            after_gap: false,
            gap_goes_on: false,
        }
    }
}

/// The tree of words that are in order; a node's children lie side by side.
fn tree(words: &[Word]) -> Vec<Node> {
    let mut nodes = vec![Node::default()];
    // Which words go through a node, and how many letters lead to it.
    let mut open = std::collections::VecDeque::from([(0usize, 0..words.len(), 0usize)]);
    while let Some((place, mut through, depth)) = open.pop_front() {
        let mut node = Node { first: nodes.len() as u32, ..Node::default() };
        if let Some(word) = words.get(through.start)
            && word.text.len() == depth
        {
            (node.word, node.cost, node.liking) = (through.start as u32 + 1, word.cost, word.liking);
            through.start += 1;
        }
        while let Some(letter) =
            words.get(through.start).and_then(|word| word.text.as_bytes().get(depth)).copied()
            && !through.is_empty()
        {
            let rest = words.get(through.clone()).unwrap_or_default();
            let same = rest.partition_point(|word| word.text.as_bytes().get(depth) == Some(&letter));
            node.letters |= 1 << (letter - b'a');
            open.push_back((nodes.len(), through.start..through.start + same, depth + 1));
            nodes.push(Node::default());
            through.start += same;
        }
        if let Some(slot) = nodes.get_mut(place) {
            *slot = node;
        }
    }
    nodes
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn words(list: &[&str]) -> Words {
        Words::new(list.iter().map(|text| Word { text: (*text).to_owned(), cost: 80, liking: 1 }).collect())
    }

    #[test]
    fn falls_apart() {
        let known = words(&["book", "books", "face", "shop"]);
        assert_eq!(known.words().len(), 4);
        let found = known.segment(b"facebook");
        assert_eq!((found.words, found.covered, found.unknown, found.cost), (2, 8, 0, 160));
        let found = known.segment(b"my-bookshop24");
        assert_eq!((found.words, found.covered, found.unknown, found.gaps), (2, 8, 2, 1));
        assert_eq!(found.cost, 160 + GAP + 2 * LETTER);
        let found = known.segment(b"xbooksx");
        assert_eq!((found.words, found.longest, found.unknown, found.gaps), (1, 5, 2, 2));
        assert_eq!(known.segment(b""), Segments::default());
        assert_eq!(Words::default().segment(b"abc").unknown, 3);
    }

    proptest! {
        #[test]
        fn every_letter_is_counted_once(label in "[a-z0-9-]{0,80}") {
            let found = words(&["a", "ab", "abc", "bc", "cab", "z"]).segment(label.as_bytes());
            let runs = label.split(|c: char| !c.is_ascii_lowercase());
            let letters: usize = runs.map(|run| run.len().min(LONGEST)).sum();
            prop_assert_eq!((found.covered + found.unknown) as usize, letters);
        }
    }
}
