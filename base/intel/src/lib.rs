//! Threat lists of IP addresses, domains and access keys, and where addresses are.
//!
//! No list is shipped: what is dangerous changes by the hour, and the lists that know have terms of their own.
//! Operators name theirs, in any of the formats that GuardDuty takes ([`Format`]).
//!
//! An [`Intel`] is built once and never changes; engines share it behind an `Arc` and swap it for a newer one. All
//! lists lie in one table a kind of entry, so that one look-up tells every category: flattened ranges for IPv4
//! (12 bytes a range, and 2.3 MB for the index and the bitmap in front) and IPv6 (48 bytes a range, and about 30 for
//! its index), hashes of names for domains and access keys (about 25 bytes).

mod build;
mod category;
mod hit;
mod list;
mod place;
mod public;
mod table;

use std::net::IpAddr;

pub use build::{Builder, Limits};
pub use category::{Categories, Category};
pub use hit::{Hit, Match};
pub use list::{Broken, Format, ListError, Report};
pub use place::{Location, Network, PlaceError};
pub use public::is_public;

use place::Places;
use table::{Names, Segments, Sets, V4, V6};

/// All lists and places that an engine looks things up in. Shared, immutable; a new one replaces the old.
#[derive(Debug, Default)]
pub struct Intel {
    sets: Sets,
    v4: V4,
    v6: V6,
    domains: Names,
    keys: Names,
    places: Places,
}

impl Intel {
    /// Reads lists and files of places.
    #[must_use]
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// All that the lists say of an address; `None` when none holds it. An IPv4 address that is mapped into IPv6
    /// is looked up as IPv4.
    #[must_use]
    pub fn address(&self, address: IpAddr) -> Option<Hit<'_>> {
        let set = match address.to_canonical() {
            IpAddr::V4(address) => self.v4.set(address.to_bits()),
            IpAddr::V6(address) => self.v6.set(address.to_bits()),
        };
        (set != Sets::NONE).then(|| Hit::one(&self.sets, set))
    }

    /// All that the lists say of a domain and its parents, the most specific first; `None` when none holds any.
    /// `domain` in lower case, without a dot at its end.
    #[must_use]
    pub fn domain(&self, domain: &str) -> Option<Hit<'_>> {
        if self.domains.is_empty() {
            return None;
        }
        Hit::of_parents(&self.sets, &self.domains, domain)
    }

    /// All that the lists say of an access key id: the lists of compromised credentials that hold it.
    #[must_use]
    pub fn access_key(&self, id: &str) -> Option<Hit<'_>> {
        let set = self.keys.set(id);
        (set != Sets::NONE).then(|| Hit::one(&self.sets, set))
    }

    /// Where an address is; `None` without files, or when they don't know.
    #[must_use]
    pub fn location(&self, address: IpAddr) -> Option<Location> {
        self.places.location(address)
    }

    /// The autonomous system of an address, without allocating; `None` without files, or when they don't know.
    /// About 150 ns; who looks up the same addresses again and again keeps the answers.
    #[must_use]
    pub fn network(&self, address: IpAddr) -> Option<Network<'_>> {
        self.places.network(address)
    }

    /// Whether there are files that tell networks.
    #[must_use]
    pub fn knows_networks(&self) -> bool {
        self.places.knows_networks()
    }

    /// Whether no list has an entry.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.v4.is_empty() && self.v6.is_empty() && self.domains.is_empty() && self.keys.is_empty()
    }

    /// The bytes of memory that lists take, without files of places.
    #[must_use]
    pub fn memory(&self) -> usize {
        self.sets.memory() + self.v4.memory() + self.v6.memory() + self.domains.memory() + self.keys.memory()
    }

    fn from_parts(
        sets: Sets,
        v4: Segments<u32>,
        v6: &Segments<u128>,
        names: [Names; 2],
        places: Places,
    ) -> Self {
        let [domains, keys] = names;
        Self { sets, v4: V4::new(v4), v6: V6::new(v6), domains, keys, places }
    }
}
