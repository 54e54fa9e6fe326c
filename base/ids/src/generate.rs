use std::fmt;

use aws_lc_rs::rand::{SecureRandom, SystemRandom};

/// Bytes from the operating system's generator, by way of aws-lc-rs.
///
/// # Panics
/// When the system has no randomness to give: nothing that Bastide does is safe then.
#[must_use]
#[allow(clippy::panic, reason = "without randomness no key, id or nonce is safe: stop at once")]
pub fn random_bytes<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    if SystemRandom::new().fill(&mut bytes).is_err() {
        panic!("the operating system gives no random bytes");
    }
    bytes
}

const UPPER_BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ALPHANUMERIC: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

fn pick(alphabet: &[u8], byte: u8) -> char {
    let index = usize::from(byte) % alphabet.len();
    alphabet.get(index).copied().map_or('0', char::from)
}

/// `length` random characters of `A-Za-z0-9+/`, 6 bits each: the form of AWS secret access keys (40).
#[must_use]
pub fn alphanumeric(length: usize) -> String {
    let mut text = String::with_capacity(length);
    while text.len() < length {
        text.extend(random_bytes::<32>().iter().take(length - text.len()).map(|b| pick(ALPHANUMERIC, *b)));
    }
    text
}

/// A random (version 4) UUID.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Uuid(pub [u8; 16]);

impl Uuid {
    /// A new random one.
    #[must_use]
    pub fn random() -> Self {
        let [a, b, c, d, e, f, g, h, i, rest @ ..] = random_bytes::<16>();
        let [j, k, l, m, n, o, p] = rest;
        Self([a, b, c, d, e, f, 0x40 | (g & 0x0f), h, 0x80 | (i & 0x3f), j, k, l, m, n, o, p])
    }

    /// Reads the hyphenated form.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let number = u128::from_str_radix(&text.replace('-', ""), 16).ok()?;
        let uuid = Self(number.to_be_bytes());
        (uuid.to_string() == text).then_some(uuid)
    }
}

impl fmt::Display for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // By hand: each call writes several, and formatting five numbers costs many times as much.
        let mut text = [b'-'; 36];
        let hyphen = |at: &usize| matches!(at, 8 | 13 | 18 | 23);
        let slots = text.iter_mut().enumerate().filter(|(at, _)| !hyphen(at)).map(|(_, slot)| slot);
        let digits = self.0.iter().flat_map(|byte| [byte >> 4, byte & 0xf]);
        for (slot, digit) in slots.zip(digits) {
            *slot = if digit < 10 { b'0' + digit } else { b'a' + digit - 10 };
        }
        f.write_str(std::str::from_utf8(&text).map_err(|_| fmt::Error)?)
    }
}

impl fmt::Debug for Uuid {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The kinds of IAM unique identifiers, told by their prefix.
/// Source: IAM User Guide, "IAM identifiers", table of unique ID prefixes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UniqueId {
    /// `AIDA`: a user.
    User,
    /// `AGPA`: a group.
    Group,
    /// `AROA`: a role.
    Role,
    /// `AIPA`: an instance profile.
    InstanceProfile,
    /// `ANPA`: a managed policy.
    Policy,
    /// `AKIA`: a long-term access key.
    AccessKey,
    /// `ASIA`: a temporary access key.
    TemporaryAccessKey,
}

impl UniqueId {
    /// The four letters that tell the kind.
    #[must_use]
    pub fn prefix(self) -> &'static str {
        match self {
            Self::User => "AIDA",
            Self::Group => "AGPA",
            Self::Role => "AROA",
            Self::InstanceProfile => "AIPA",
            Self::Policy => "ANPA",
            Self::AccessKey => "AKIA",
            Self::TemporaryAccessKey => "ASIA",
        }
    }

    /// A new identifier: access keys have 20 characters, the others 21.
    #[must_use]
    pub fn generate(self) -> String {
        let length = match self {
            Self::AccessKey | Self::TemporaryAccessKey => 16,
            _ => 17,
        };
        let tail = random_bytes::<17>();
        let tail = tail.iter().take(length).map(|b| pick(UPPER_BASE32, *b));
        self.prefix().chars().chain(tail).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn uuids_are_version_4_and_read_back() {
        let uuid = Uuid::random();
        let text = uuid.to_string();
        assert_eq!(text.len(), 36);
        assert_eq!(&text[14..15], "4");
        assert!(matches!(&text[19..20], "8" | "9" | "a" | "b"), "{text}");
        assert_eq!(Uuid::parse(&text), Some(uuid));
        assert_eq!(Uuid::parse("xyz"), None);
        let known = Uuid(*b"\x00\x01\x02\x03\x04\x05\x46\x07\x88\x09\xab\xcd\xef\xf0\x0f\xff");
        assert_eq!(known.to_string(), "00010203-0405-4607-8809-abcdeff00fff");
    }

    #[test]
    fn unique_ids_have_awss_lengths() {
        assert_eq!(UniqueId::AccessKey.generate().len(), 20);
        assert_eq!(UniqueId::Role.generate().len(), 21);
        assert_eq!(alphanumeric(40).len(), 40);
    }
}
