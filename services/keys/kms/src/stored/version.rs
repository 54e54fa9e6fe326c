use bastide_ids::Timestamp;
use serde::{Deserialize, Serialize};

/// One of the key materials that a key has or had, without the material itself: an entry of ListKeyRotations.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Version {
    /// The material's id, 64 hexadecimal digits.
    pub(crate) id: String,
    /// When and how the key was rotated to it; `None` for the first one, and for one that waits for a rotation.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) rotated: Option<(Timestamp, RotationType)>,
    /// For imported material.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) import: Option<Import>,
}

/// As `RotationType` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum RotationType {
    Automatic,
    OnDemand,
}

/// What is known of imported material.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Import {
    /// Whether it is here now; otherwise it has expired, was deleted, or is not yet imported into this replica.
    pub(crate) present: bool,
    /// When it expires, if it does.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) expires: Option<Timestamp>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
}

/// Automatic rotation of a key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Automatic {
    /// Days between rotations.
    pub(crate) days: u16,
    /// When it is rotated next.
    pub(crate) next: Timestamp,
}

impl Version {
    /// The first material of a key, made here.
    pub(crate) fn first(id: String) -> Self {
        Self { id, rotated: None, import: None }
    }

    /// When it expires, if it is here and does.
    pub(crate) fn expires(&self) -> Option<Timestamp> {
        self.import.as_ref().filter(|import| import.present)?.expires
    }

    /// Whether it has expired, and is not deleted yet.
    pub(crate) fn has_expired(&self, now: Timestamp) -> bool {
        self.expires().is_some_and(|moment| moment <= now)
    }

    /// Whether the material is here: material made here always is.
    pub(crate) fn is_present(&self) -> bool {
        self.import.as_ref().is_none_or(|import| import.present)
    }
}

impl RotationType {
    /// As AWS writes it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::Automatic => "AUTOMATIC",
            Self::OnDemand => "ON_DEMAND",
        }
    }
}

impl Automatic {
    /// Rotation every so many days from a moment on.
    pub(crate) fn from(now: Timestamp, days: u16) -> Self {
        Self { days, next: now.plus(Self::period(days)) }
    }

    /// After a rotation: in the rhythm that it has, or from now on when that is over already.
    pub(crate) fn after(self, now: Timestamp) -> Self {
        let next = self.next.plus(Self::period(self.days));
        if next > now { Self { next, ..self } } else { Self::from(now, self.days) }
    }

    fn period(days: u16) -> std::time::Duration {
        std::time::Duration::from_secs(u64::from(days) * 86_400)
    }
}
