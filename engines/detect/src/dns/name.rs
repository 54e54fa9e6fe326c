//! Names: which part of one somebody registered.

use psl::Type;
use xxhash_rust::xxh3::xxh3_64;

/// A name under a suffix that is known in public.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Domain<'a> {
    /// The whole, in lower case, without a dot at its end.
    pub(crate) name: &'a str,
    /// The suffix and one label: what one party answers for. Below a suffix of a company that gives names to its
    /// customers (`github.io`), the customer's.
    pub(crate) registrable: &'a str,
    /// Whether the suffix is such a company's, and not a registry's.
    pub(crate) private: bool,
    /// Hashes of the whole and of the registrable part.
    pub(crate) hashes: (u64, u64),
}

/// Where the registrable parts of names begin that were asked for lately: finding that out takes longer than all
/// the rest.
#[derive(Debug)]
pub(crate) struct Lately {
    known: Vec<Known>,
}

/// What is known of a name.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    hashes: (u64, u64),
    length: u16,
    start: u16,
    public: bool,
    private: bool,
}

/// Names that are kept; each has one place, by its hash. 2 MB: the hosts of a large place ask for tens of thousands.
const KEPT: usize = 1 << 16;

impl Lately {
    pub(crate) fn new() -> Self {
        Self { known: vec![Known::default(); KEPT] }
    }

    /// [`Domain::of`], for names of which most come again soon.
    pub(crate) fn domain<'a>(&mut self, name: &'a str) -> Option<Domain<'a>> {
        let hash = xxh3_64(name.as_bytes());
        let known = self.known.get_mut(hash as usize % KEPT)?;
        if known.hashes.0 != hash || usize::from(known.length) != name.len() {
            let domain = Domain::of(name);
            *known = Known { hashes: (hash, 0), length: u16::try_from(name.len()).ok()?, ..Known::default() };
            if let Some(domain) = domain {
                known.start = u16::try_from(name.len() - domain.registrable.len()).ok()?;
                (known.public, known.private, known.hashes) = (true, domain.private, domain.hashes);
            }
            return domain;
        }
        let Known { hashes, start, public, private, .. } = *known;
        let registrable = name.get(usize::from(start)..)?;
        public.then_some(Domain { name, registrable, private, hashes })
    }
}

impl<'a> Domain<'a> {
    /// Takes a name apart. `None` for suffixes that are not public (`.internal`, `.local`, an Active Directory's),
    /// for suffixes themselves, for reverse look-ups, and for what is no name.
    pub(crate) fn of(name: &'a str) -> Option<Self> {
        if name.len() > 1024 || name.starts_with('.') || name.contains("..") || !name.is_ascii() {
            return None;
        }
        let suffix = psl::suffix(name.as_bytes())?;
        let private = suffix.typ()? == Type::Private;
        let suffix = suffix.as_bytes().len();
        if name.get(name.len().checked_sub(suffix)?..)? == "arpa" || name.ends_with(".arpa") {
            return None;
        }
        let rest = name.get(..name.len().checked_sub(suffix + 1)?)?;
        let start = rest.rfind('.').map_or(0, |dot| dot + 1);
        let registrable = name.get(start..)?;
        let hashes = (xxh3_64(name.as_bytes()), xxh3_64(registrable.as_bytes()));
        Some(Self { name, registrable, private, hashes })
    }

    /// The label that somebody chose when the domain was registered.
    pub(crate) fn label(&self) -> &'a str {
        self.registrable.split('.').next().unwrap_or_default()
    }

    /// What stands before the registrable domain, without the dot between; empty when nothing does.
    pub(crate) fn below(&self) -> &'a str {
        let end = self.name.len().saturating_sub(self.registrable.len() + 1);
        self.name.get(..end).unwrap_or_default()
    }
}

/// A name as detectors compare it: in lower case, without a dot at its end.
pub(crate) fn normal<'b>(name: &str, into: &'b mut String) -> &'b str {
    into.clear();
    into.push_str(name);
    if into.as_bytes().last() == Some(&b'.') {
        into.pop();
    }
    into.make_ascii_lowercase();
    into
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn takes_names_apart() {
        let of = |name| Domain::of(name).map(|domain| (domain.registrable, domain.below(), domain.private));
        assert_eq!(of("www.example.co.uk"), Some(("example.co.uk", "www", false)));
        assert_eq!(of("example.com"), Some(("example.com", "", false)));
        assert_eq!(of("a.b.d111.cloudfront.net"), Some(("d111.cloudfront.net", "a.b", true)));
        assert_eq!(of("_x._tcp.xn--80ak6aa92e.com"), Some(("xn--80ak6aa92e.com", "_x._tcp", false)));
        for none in [
            "com",
            "",
            ".",
            "a..com",
            "localhost",
            "4.3.2.1.in-addr.arpa",
            "ip-10-0-0-1.ec2.internal",
            "dc1.corp.local",
            "printer._tcp.local",
        ] {
            assert_eq!(of(none), None, "{none}");
        }
    }

    #[test]
    fn is_normal() {
        let mut into = String::new();
        assert_eq!(normal("WWW.Example.COM.", &mut into), "www.example.com");
        assert_eq!(normal("", &mut into), "");
    }

    proptest! {
        #[test]
        fn any_name_is_taken_apart_without_loss(name in ".{0,60}|[a-z0-9.-]{1,40}\\.(com|co\\.uk|github\\.io)") {
            let mut lately = Lately::new();
            prop_assert_eq!(lately.domain(&name), Domain::of(&name));
            prop_assert_eq!(lately.domain(&name), Domain::of(&name));
            if let Some(domain) = Domain::of(&name) {
                prop_assert!(domain.name.ends_with(domain.registrable));
                prop_assert!(domain.registrable.starts_with(domain.label()));
                let dot = usize::from(domain.name.len() > domain.registrable.len());
                prop_assert_eq!(domain.below().len() + dot + domain.registrable.len(), name.len());
            }
        }
    }
}
