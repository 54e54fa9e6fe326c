//! What lists say of their entries.

/// What a list says of its entries.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[repr(u8)]
pub enum Category {
    /// Known for attacks, without saying which.
    Malicious,
    /// A command and control server.
    CommandAndControl,
    /// Cryptocurrency: pools, miners, wallets.
    Cryptocurrency,
    /// A Tor exit node.
    TorExit,
    /// A Tor relay (guard or middle); clients of Tor connect to these.
    TorRelay,
    /// Phishing.
    Phishing,
    /// Drive-by downloads.
    DriveBy,
    /// Where stolen data is dropped.
    DropPoint,
    /// A black hole or sinkhole.
    Blackhole,
    /// Domains that anyone can make names under, often abused.
    Abused,
    /// Suspicious by reputation alone.
    Suspicious,
    /// Domains that a known malware's generator makes.
    Generated,
    /// Access keys that are known to be in the wrong hands.
    Compromised,
    /// A list of the operator's own (GuardDuty's threat intel and threat entity sets).
    Custom,
    /// A list of the operator's own of what is trusted: no finding is made of it.
    Trusted,
}

impl Category {
    /// All of them, in the order of their bits.
    pub const ALL: [Self; 15] = [
        Self::Malicious,
        Self::CommandAndControl,
        Self::Cryptocurrency,
        Self::TorExit,
        Self::TorRelay,
        Self::Phishing,
        Self::DriveBy,
        Self::DropPoint,
        Self::Blackhole,
        Self::Abused,
        Self::Suspicious,
        Self::Generated,
        Self::Compromised,
        Self::Custom,
        Self::Trusted,
    ];

    /// Its name on command lines and in folders of lists.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Malicious => "malicious",
            Self::CommandAndControl => "command-and-control",
            Self::Cryptocurrency => "cryptocurrency",
            Self::TorExit => "tor-exit",
            Self::TorRelay => "tor-relay",
            Self::Phishing => "phishing",
            Self::DriveBy => "drive-by",
            Self::DropPoint => "drop-point",
            Self::Blackhole => "blackhole",
            Self::Abused => "abused",
            Self::Suspicious => "suspicious",
            Self::Generated => "generated",
            Self::Compromised => "compromised",
            Self::Custom => "custom",
            Self::Trusted => "trusted",
        }
    }

    /// The category of a name.
    #[must_use]
    pub fn find(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|category| category.as_str() == name)
    }
}

/// Some of the categories, a bit each.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Categories(u16);

impl Categories {
    /// None of them.
    pub const NONE: Self = Self(0);

    /// These.
    #[must_use]
    pub const fn of(all: &[Category]) -> Self {
        let mut bits = 0;
        let mut rest = all;
        while let [first, others @ ..] = rest {
            bits |= 1 << *first as u16;
            rest = others;
        }
        Self(bits)
    }

    /// Whether one is among them.
    #[must_use]
    pub const fn has(self, category: Category) -> bool {
        self.0 & (1 << category as u16) != 0
    }

    /// Whether they share one with others.
    #[must_use]
    pub const fn any(self, others: Self) -> bool {
        self.0 & others.0 != 0
    }

    /// These and others.
    #[must_use]
    pub const fn with(self, others: Self) -> Self {
        Self(self.0 | others.0)
    }

    /// These, by themselves.
    pub fn iter(self) -> impl Iterator<Item = Category> {
        Category::ALL.into_iter().filter(move |category| self.has(*category))
    }
}

impl Categories {
    pub(crate) const fn bits(self) -> u16 {
        self.0
    }
}
