//! What a look-up found.

use crate::category::{Categories, Category};
use crate::table::{Names, Sets};

/// One list that holds an address, a domain or an access key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Match<'a> {
    /// The list's name.
    pub list: &'a str,
    /// What the list says.
    pub category: Category,
    /// The name that the list gives the threat; empty when it gives none.
    pub threat: &'a str,
}

/// More entries than these of a name's parents are not told one by one.
const DEEPEST: usize = 4;

/// What lists say of something. What a trusted list holds is trusted and nothing else.
#[derive(Clone, Copy, Debug)]
pub struct Hit<'a> {
    sets: &'a Sets,
    categories: Categories,
    found: [u32; DEEPEST],
}

impl<'a> Hit<'a> {
    pub(crate) fn one(sets: &'a Sets, set: u32) -> Self {
        let mut found = [Sets::NONE; DEEPEST];
        if let Some(first) = found.first_mut() {
            *first = set;
        }
        Self { sets, categories: sets.categories(set), found }
    }

    pub(crate) fn of_parents(sets: &'a Sets, names: &Names, domain: &str) -> Option<Self> {
        let mut hit = Self { sets, categories: Categories::NONE, found: [Sets::NONE; DEEPEST] };
        let mut places = hit.found.iter_mut();
        names.parents(domain, |set| {
            hit.categories = hit.categories.with(sets.categories(set));
            if let Some(place) = places.next() {
                *place = set;
            }
        });
        if hit.categories.has(Category::Trusted) {
            hit.categories = Categories::of(&[Category::Trusted]);
        }
        (hit.categories != Categories::NONE).then_some(hit)
    }

    /// All that lists say of it.
    #[must_use]
    pub fn categories(&self) -> Categories {
        self.categories
    }

    /// Whether a list says this of it.
    #[must_use]
    pub fn has(&self, category: Category) -> bool {
        self.categories.has(category)
    }

    /// The first list that says this of it.
    #[must_use]
    pub fn of(&self, category: Category) -> Option<Match<'a>> {
        self.matches().find(|found| found.category == category)
    }

    /// The lists that hold it; of a very great number the first ones.
    pub fn matches(&self) -> impl Iterator<Item = Match<'a>> + use<'a> {
        let (sets, categories) = (self.sets, self.categories);
        let found = self.found.into_iter().filter(|set| *set != Sets::NONE);
        found.flat_map(|set| sets.matches(set)).filter(move |found| categories.has(found.category))
    }
}
