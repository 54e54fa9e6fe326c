use std::fmt;
use std::sync::OnceLock;

use bastide_policy::{Attached, MalformedPolicy, Policy, PolicyKind};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

/// A policy document as it was given, compiled when it is first needed.
#[derive(Clone)]
pub struct PolicyText {
    text: String,
    compiled: OnceLock<Attached>,
}

impl PolicyText {
    /// A document that [`Policy::parse`] has accepted.
    #[must_use]
    pub fn new(text: impl Into<String>) -> Self {
        Self { text: text.into(), compiled: OnceLock::new() }
    }

    /// The document.
    #[must_use]
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The compiled policy, once it was asked for.
    #[must_use]
    pub fn compiled(&self) -> Option<&Attached> {
        self.compiled.get()
    }

    /// The compiled policy under the name by which decisions tell it. Kind and name count when it is first
    /// asked for: a document is always of one kind.
    ///
    /// # Errors
    /// [`MalformedPolicy`] when it was stored by a program that read the language differently.
    pub fn attached(&self, kind: PolicyKind, name: &str) -> Result<&Attached, MalformedPolicy> {
        if let Some(attached) = self.compiled.get() {
            return Ok(attached);
        }
        let attached = Attached::new(name, Policy::parse(&self.text, kind)?);
        Ok(self.compiled.get_or_init(|| attached))
    }

    /// Its length as the quotas count it: white space does not count.
    #[must_use]
    pub fn counted(text: &str) -> usize {
        text.chars().filter(|c| !c.is_whitespace()).count()
    }
}

impl fmt::Debug for PolicyText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.text.fmt(f)
    }
}

impl PartialEq for PolicyText {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

impl Serialize for PolicyText {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&self.text)
    }
}

impl<'de> Deserialize<'de> for PolicyText {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        String::deserialize(d).map(Self::new)
    }
}
