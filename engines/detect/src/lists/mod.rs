//! Callers on threat lists, in every kind of log that tells who called.

use bastide_finding::Threat;
use bastide_intel::{Categories, Category, Hit};

/// What makes an address a threat by itself, whatever it does.
pub(crate) const THREATS: Categories = Categories::of(&[
    Category::Malicious,
    Category::CommandAndControl,
    Category::DropPoint,
    Category::Suspicious,
]);

/// The lists of a hit and the names that they give, as findings tell them.
pub(crate) fn threats(hit: &Hit<'_>) -> Vec<Threat> {
    let mut all: Vec<Threat> = Vec::new();
    for found in hit.matches() {
        let known = all.iter().position(|threat| threat.list == found.list);
        let at = known.unwrap_or_else(|| {
            all.push(Threat { list: found.list.to_owned(), names: Vec::new() });
            all.len() - 1
        });
        if let Some(threat) = all.get_mut(at)
            && !found.threat.is_empty()
        {
            threat.names.push(found.threat.to_owned());
        }
    }
    all
}
