//! What comes from which source.

use bastide_ingest::FileState;

/// Counts by source; a file belongs to the source whose beginning its name has, the longest of several.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    sources: Vec<(String, Count)>,
}

/// What came from a source.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Count {
    /// Files that were read to their end.
    pub(crate) files: u64,
    /// Records, broken ones too.
    pub(crate) records: u64,
    /// Records that could not be read.
    pub(crate) broken: u64,
}

impl Tally {
    /// For sources whose files' names begin so.
    pub(crate) fn new(beginnings: impl IntoIterator<Item = String>) -> Self {
        Self { sources: beginnings.into_iter().map(|beginning| (beginning, Count::default())).collect() }
    }

    /// A batch of a file was read; `before` is how far it was read until then.
    pub(crate) fn read(&mut self, state: &FileState, before: Option<&FileState>) {
        let Some(count) = self.of(&state.name) else { return };
        count.records += state.records.saturating_sub(before.map_or(0, |before| before.records));
        count.files += u64::from(state.complete);
    }

    /// A record of a file could not be read.
    pub(crate) fn broken(&mut self, file: &str, foreign: bool) {
        if let Some(count) = self.of(file).filter(|_| !foreign) {
            count.broken += 1;
        }
    }

    /// The counts, in the order of the sources.
    pub(crate) fn counts(&self) -> impl Iterator<Item = Count> {
        self.sources.iter().map(|(_, count)| *count)
    }

    /// Which source a file is of.
    pub(crate) fn index(&self, file: &str) -> Option<usize> {
        let fits = self.sources.iter().enumerate().filter(|(_, (beginning, _))| file.starts_with(beginning));
        fits.max_by_key(|(_, (beginning, _))| beginning.len()).map(|(index, _)| index)
    }

    fn of(&mut self, file: &str) -> Option<&mut Count> {
        let index = self.index(file)?;
        self.sources.get_mut(index).map(|(_, count)| count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_count_for_the_source_that_they_are_of() {
        let mut tally = Tally::new(["/logs", "s3://a/x", "/logs/own"].map(str::to_owned));
        let state = |name: &str, records, complete| FileState {
            name: name.to_owned(),
            records,
            complete,
            ..FileState::default()
        };
        tally.read(&state("/logs/1", 5, false), None);
        tally.read(&state("/logs/1", 9, true), Some(&state("/logs/1", 5, false)));
        tally.read(&state("/logs/own/1", 2, true), None);
        tally.read(&state("s3://a/x/b.gz", 3, true), None);
        tally.read(&state("elsewhere", 3, true), None);
        tally.broken("/logs/own/1", false);
        tally.broken("/logs/own/1", true);
        let counts: Vec<_> = tally.counts().map(|count| (count.files, count.records, count.broken)).collect();
        assert_eq!(counts, [(1, 9, 0), (1, 3, 0), (1, 2, 1)]);
    }
}
