//! What a request may cost: limits that every decoder counts against.

use std::cell::Cell;
use std::collections::HashSet;

use bastide_shape::{Document, Name, Value};

use crate::error::Fault;

/// Limits of one request. Its size in bytes is the caller's affair: decoders see a body that is already there.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Structures, lists and maps inside each other.
    pub depth: usize,
    /// Values in all: elements, entries, members, form parameters, query parameters.
    pub entries: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { depth: 64, entries: 262_144 }
    }
}

/// The limits of a request that is being read, and what it has used of them.
pub(crate) struct Budget {
    pub(crate) depth: usize,
    left: Cell<usize>,
}

impl Budget {
    pub(crate) fn new(limits: &Limits) -> Self {
        Self { depth: limits.depth, left: Cell::new(limits.entries) }
    }

    /// Counts one value.
    pub(crate) fn spend(&self) -> Result<(), Fault> {
        self.left.set(self.left.get().checked_sub(1).ok_or_else(Fault::too_many)?);
        Ok(())
    }
}

/// Entries of a map as a document: of equal keys the last stays. Takes linear time, which
/// [`Document::set`] would not.
pub(crate) fn last_wins(entries: Vec<(Name, Value)>) -> Document {
    if entries.len() < 2 || !has_equal_keys(&entries) {
        return entries.into_iter().collect();
    }
    let mut seen = HashSet::with_capacity(entries.len());
    let keep: Vec<bool> = entries.iter().rev().map(|(name, _)| seen.insert(name.as_ref())).collect();
    let kept = keep.into_iter().rev();
    entries.into_iter().zip(kept).filter_map(|(entry, keep)| keep.then_some(entry)).collect()
}

fn has_equal_keys(entries: &[(Name, Value)]) -> bool {
    if entries.len() <= 16 {
        let mut rest = entries;
        while let Some(((name, _), others)) = rest.split_first() {
            if others.iter().any(|(other, _)| other == name) {
                return true;
            }
            rest = others;
        }
        return false;
    }
    let mut seen = HashSet::with_capacity(entries.len());
    !entries.iter().all(|(name, _)| seen.insert(name.as_ref()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entries(count: usize) -> Vec<(Name, Value)> {
        (0..count)
            .map(|index| (format!("k{}", index % (count - 1)).into(), Value::Int(index as i64)))
            .collect()
    }

    #[test]
    fn of_equal_keys_the_last_stays() {
        for count in [3, 40] {
            let document = last_wins(entries(count));
            assert_eq!(document.len(), count - 1);
            assert_eq!(document.int("k0"), Some(count as i64 - 1));
        }
    }
}
