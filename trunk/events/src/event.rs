use std::fmt;

use bastide_ids::{Place, Timestamp, Uuid};
use bytes::Bytes;

/// The order number of an event in a log: 1 for the first, rising. A gap shows that events are gone (expired,
/// or lost to damage that recovery reported).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Position(pub u64);

impl Position {
    /// Before the first event: a reader that has seen nothing starts after this.
    pub const START: Self = Self(0);

    /// The position that follows this one.
    #[must_use]
    pub fn next(self) -> Self {
        Self(self.0.saturating_add(1))
    }
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

/// What happened, once: for an API call, its CloudTrail record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The event's own id (`eventID` of CloudTrail).
    pub id: Uuid,
    /// When it happened (`eventTime`). Events need not be appended in this order.
    pub time: Timestamp,
    /// Whose record this is: the recipient account and the region. Look-ups never leave a place.
    pub place: Place,
    /// What look-ups can ask for.
    pub attributes: Attributes,
    /// The record itself, as JSON. The log does not look into it.
    pub body: Bytes,
}

/// What an event can be looked up by, besides its id: the lookup attributes of CloudTrail's `LookupEvents`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Attribute {
    /// `EventName`, such as `CreateKey`.
    EventName,
    /// `ReadOnly`: `true` or `false`.
    ReadOnly,
    /// `Username`.
    Username,
    /// `ResourceType`, such as `AWS::KMS::Key`; may repeat.
    ResourceType,
    /// `ResourceName`: an ARN or a name; may repeat.
    ResourceName,
    /// `EventSource`, such as `kms.amazonaws.com`.
    EventSource,
    /// `AccessKeyId`.
    AccessKeyId,
}

impl Attribute {
    /// Every attribute.
    pub const ALL: [Self; 7] = [
        Self::EventName,
        Self::ReadOnly,
        Self::Username,
        Self::ResourceType,
        Self::ResourceName,
        Self::EventSource,
        Self::AccessKeyId,
    ];

    /// The name that `LookupEvents` gives it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::EventName => "EventName",
            Self::ReadOnly => "ReadOnly",
            Self::Username => "Username",
            Self::ResourceType => "ResourceType",
            Self::ResourceName => "ResourceName",
            Self::EventSource => "EventSource",
            Self::AccessKeyId => "AccessKeyId",
        }
    }

    /// The attribute of this name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|attribute| attribute.as_str() == name)
    }

    /// The number that stands for it on disk. Never reused for another meaning.
    pub(crate) fn code(self) -> u8 {
        match self {
            Self::EventName => 1,
            Self::ReadOnly => 2,
            Self::Username => 3,
            Self::ResourceType => 4,
            Self::ResourceName => 5,
            Self::EventSource => 6,
            Self::AccessKeyId => 7,
        }
    }

    pub(crate) fn from_code(code: u8) -> Option<Self> {
        Self::ALL.into_iter().find(|attribute| attribute.code() == code)
    }
}

/// The attributes of an event, in the order in which they were added. A kind may occur several times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attributes(Vec<(Attribute, String)>);

impl Attributes {
    /// None.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds one. A value that is there already is not added twice.
    pub fn add(&mut self, attribute: Attribute, value: impl Into<String>) {
        let value = value.into();
        if !self.has(attribute, &value) {
            self.0.push((attribute, value));
        }
    }

    /// The same with one more.
    #[must_use]
    pub fn with(mut self, attribute: Attribute, value: impl Into<String>) -> Self {
        self.add(attribute, value);
        self
    }

    /// Whether this attribute has this value, exactly.
    #[must_use]
    pub fn has(&self, attribute: Attribute, value: &str) -> bool {
        self.0.iter().any(|(a, v)| *a == attribute && v == value)
    }

    /// The first value of an attribute.
    #[must_use]
    pub fn first(&self, attribute: Attribute) -> Option<&str> {
        self.iter().find(|(a, _)| *a == attribute).map(|(_, value)| value)
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (Attribute, &str)> {
        self.0.iter().map(|(attribute, value)| (*attribute, value.as_str()))
    }
}

impl<V: Into<String>> FromIterator<(Attribute, V)> for Attributes {
    fn from_iter<I: IntoIterator<Item = (Attribute, V)>>(pairs: I) -> Self {
        let mut attributes = Self::new();
        for (attribute, value) in pairs {
            attributes.add(attribute, value);
        }
        attributes
    }
}
