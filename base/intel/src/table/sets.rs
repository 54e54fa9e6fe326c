//! Which lists hold an entry. Most entries are held by one list under one name, so that sets are few: a set is made
//! once and entries hold its number.

use std::collections::HashMap;

use crate::category::{Categories, Category};
use crate::hit::Match;

/// Sets of (list, threat), by number.
#[derive(Debug, Default)]
pub(crate) struct Sets {
    lists: Vec<(Box<str>, Category)>,
    threats: Vec<Box<str>>,
    /// List and threat of each tag.
    tags: Vec<(u16, u32)>,
    sets: Vec<Set>,
    /// The tags of all sets, one set after the other.
    members: Vec<u32>,
}

#[derive(Clone, Copy, Debug)]
struct Set {
    categories: Categories,
    length: u8,
    start: u32,
}

/// A set tells this many of its members; its categories are those of all.
const TOLD: usize = 8;

impl Sets {
    /// The number of no set.
    pub(crate) const NONE: u32 = u32::MAX;

    pub(crate) fn categories(&self, set: u32) -> Categories {
        self.sets.get(set as usize).map_or(Categories::NONE, |set| set.categories)
    }

    pub(crate) fn matches(&self, set: u32) -> impl Iterator<Item = Match<'_>> {
        let members = self.sets.get(set as usize).and_then(|set| {
            let start = set.start as usize;
            self.members.get(start..start + usize::from(set.length))
        });
        members.unwrap_or_default().iter().filter_map(|tag| {
            let (list, threat) = *self.tags.get(*tag as usize)?;
            let (name, category) = self.lists.get(usize::from(list))?;
            let threat = self.threats.get(threat as usize).map_or("", |threat| &**threat);
            Some(Match { list: name, category: *category, threat })
        })
    }

    pub(crate) fn memory(&self) -> usize {
        self.threats.iter().map(|threat| threat.len() + size_of::<Box<str>>()).sum::<usize>()
            + self.tags.len() * size_of::<(u16, u32)>()
            + self.sets.len() * size_of::<Set>()
            + self.members.len() * size_of::<u32>()
    }
}

/// Makes [`Sets`]: gives tags and sets their numbers.
#[derive(Debug, Default)]
pub(crate) struct SetsBuilder {
    made: Sets,
    threats: HashMap<Box<str>, u32>,
    tags: HashMap<(u16, u32), u32>,
    /// The set of each tag by itself.
    single: Vec<u32>,
    several: HashMap<(u16, Box<[u32]>), u32>,
}

impl SetsBuilder {
    /// A list's number; `None` when there are too many.
    pub(crate) fn list(&mut self, name: &str, category: Category) -> Option<u16> {
        let number = u16::try_from(self.made.lists.len()).ok()?;
        self.made.lists.push((name.into(), category));
        Some(number)
    }

    /// The number of a list's entries with this threat.
    pub(crate) fn tag(&mut self, list: u16, threat: &str) -> u32 {
        let threat = match self.threats.get(threat) {
            Some(number) => *number,
            None => {
                let number = count(self.made.threats.len());
                self.made.threats.push(threat.into());
                self.threats.insert(threat.into(), number);
                number
            }
        };
        *self.tags.entry((list, threat)).or_insert_with(|| {
            self.made.tags.push((list, threat));
            count(self.made.tags.len() - 1)
        })
    }

    pub(crate) fn category(&self, tag: u32) -> Option<Category> {
        let (list, _) = self.made.tags.get(tag as usize)?;
        self.made.lists.get(usize::from(*list)).map(|(_, category)| *category)
    }

    /// The set of one tag.
    pub(crate) fn one(&mut self, tag: u32) -> u32 {
        let index = tag as usize;
        if self.single.len() <= index {
            self.single.resize(index + 1, Sets::NONE);
        }
        let known = self.single.get(index).copied().unwrap_or(Sets::NONE);
        if known != Sets::NONE {
            return known;
        }
        let categories = self.category(tag).map_or(Categories::NONE, |category| Categories::of(&[category]));
        let set = self.push(&[tag], categories);
        if let Some(place) = self.single.get_mut(index) {
            *place = set;
        }
        set
    }

    /// The set of these tags, in order and without repetition, of which `categories` are those of all.
    pub(crate) fn set(&mut self, tags: impl Iterator<Item = u32>, categories: Categories) -> u32 {
        let told: Box<[u32]> = tags.take(TOLD).collect();
        if let [tag] = &*told {
            return self.one(*tag);
        }
        let categories = match categories.has(Category::Trusted) {
            true => Categories::of(&[Category::Trusted]),
            false => categories,
        };
        let key = (categories.bits(), told);
        if let Some(set) = self.several.get(&key) {
            return *set;
        }
        let set = self.push(&key.1, categories);
        self.several.insert(key, set);
        set
    }

    fn push(&mut self, tags: &[u32], categories: Categories) -> u32 {
        let start = count(self.made.members.len());
        self.made.members.extend_from_slice(tags);
        let length = u8::try_from(tags.len()).unwrap_or(u8::MAX);
        self.made.sets.push(Set { categories, length, start });
        count(self.made.sets.len() - 1)
    }

    pub(crate) fn finish(self) -> Sets {
        self.made
    }
}

/// Numbers are limited by how many entries all lists may have.
fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX - 1)
}
