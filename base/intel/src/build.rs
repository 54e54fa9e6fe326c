//! Building an [`Intel`].

use std::io::Read;

use crate::category::Category;
use crate::list::{self, Entry, Format, ListError, Report, Sink};
use crate::place::{PlaceError, Places};
use crate::table::{NamesBuilder, Range, SetsBuilder, flatten};
use crate::{Intel, public};

/// What one list may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Bytes of a list.
    pub bytes: u64,
    /// Entries of a list.
    pub entries: u64,
}

impl Default for Limits {
    /// 1 GiB, 20 million entries.
    fn default() -> Self {
        Self { bytes: 1 << 30, entries: 20_000_000 }
    }
}

/// Reads lists and files of places; [`Builder::build`] makes the tables.
#[derive(Debug, Default)]
pub struct Builder {
    sets: SetsBuilder,
    v4: Vec<Range<u32>>,
    v6: Vec<Range<u128>>,
    domains: NamesBuilder,
    keys: NamesBuilder,
    places: Places,
    limits: Limits,
}

impl Builder {
    /// What lists that are read from now on may have.
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// Reads a list. Lines that can't be read are counted, each with its reason, and the rest counts.
    ///
    /// # Errors
    ///
    /// The reader's, a list that is larger than the limits, and a list that isn't of the format at all; then the list
    /// counts for nothing or, when it has too many entries, for those that were read.
    pub fn list(
        &mut self,
        name: &str,
        category: Category,
        format: Format,
        reader: impl Read,
    ) -> Result<Report, ListError> {
        let mut bytes = Vec::new();
        let read = reader.take(self.limits.bytes.saturating_add(1)).read_to_end(&mut bytes)?;
        if read as u64 > self.limits.bytes {
            return Err(ListError::TooLarge { limit: self.limits.bytes });
        }
        let list = self.sets.list(name, category).ok_or(ListError::TooManyLists)?;
        let mut store = Store { builder: self, list, category };
        let limit = store.builder.limits.entries;
        list::read(format, &bytes, &mut Sink::new(&mut store, limit))
    }

    /// Takes a file in MaxMind's format: of cities, countries or autonomous systems. Where several tell the same, the
    /// first one that knows an address does.
    ///
    /// # Errors
    ///
    /// What isn't such a file, or tells neither.
    pub fn places(&mut self, bytes: Vec<u8>) -> Result<(), PlaceError> {
        self.places.add(bytes)
    }

    /// Makes the tables.
    #[must_use]
    pub fn build(mut self) -> Intel {
        let v4 = flatten(self.v4, &mut self.sets);
        let v6 = flatten(self.v6, &mut self.sets);
        let names = [self.domains.finish(&mut self.sets), self.keys.finish(&mut self.sets)];
        Intel::from_parts(self.sets.finish(), v4, &v6, names, self.places)
    }
}

/// Where the entries of one list go.
#[derive(Debug)]
pub(crate) struct Store<'a> {
    builder: &'a mut Builder,
    list: u16,
    category: Category,
}

impl Store<'_> {
    /// Takes an entry, or says why not.
    pub(crate) fn take(&mut self, entry: Entry<'_>, threat: &str) -> Result<(), &'static str> {
        if let Some(reason) = self.too_wide(&entry) {
            return Err(reason);
        }
        let tag = self.builder.sets.tag(self.list, threat);
        match entry {
            Entry::V4(start, end) => self.builder.v4.push(Range { start, end, tag }),
            Entry::V6(start, end) => self.builder.v6.push(Range { start, end, tag }),
            Entry::Domain(name) => self.builder.domains.push(&name, tag),
            Entry::AccessKey(id) => self.builder.keys.push(id, tag),
        }
        Ok(())
    }

    /// A threat list that holds much of the internet or the operator's own networks would make findings of
    /// everything. Operators' own lists may name private hosts and small networks.
    fn too_wide(&self, entry: &Entry<'_>) -> Option<&'static str> {
        let (size, of, [start, end]) = match *entry {
            _ if self.category == Category::Trusted => return None,
            Entry::V4(start, end) => {
                let ends = [start, end].map(|address| std::net::Ipv4Addr::from_bits(address).into());
                (u128::from(end - start), (1 << 24, 1 << 8), ends)
            }
            Entry::V6(start, end) => {
                let ends = [start, end].map(|address| std::net::Ipv6Addr::from_bits(address).into());
                (end - start, (1 << (128 - 16), 1 << (128 - 48)), ends)
            }
            Entry::Domain(_) | Entry::AccessKey(_) => return None,
        };
        if size >= of.0 {
            return Some("a network this wide would match too much (IPv4: /8 at most, IPv6: /16)");
        }
        let private = !public::is_public(start) || !public::is_public(end);
        if private && (self.category != Category::Custom || size >= of.1) {
            return Some("not publicly routable");
        }
        None
    }
}
