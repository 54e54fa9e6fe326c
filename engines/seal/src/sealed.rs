use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bastide_ids::Place;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

use crate::crypto::{NONCE, TAG, push_text};
use crate::error::SealError;

/// The largest secret that is sealed in one piece: 16 MiB.
pub const MAX_PLAINTEXT: usize = 16 << 20;

const MAGIC: [u8; 3] = *b"BSL";
/// Version 1: AES-256-GCM under keys of HKDF-SHA256, as the crate's documentation draws it.
const VERSION: u8 = 1;
pub(crate) const SALT: usize = 16;
const HEADER: usize = MAGIC.len() + 1 + 4 + SALT + NONCE;

/// A sealed secret. Its bytes:
///
/// | bytes | |
/// |---|---|
/// | 3 | `BSL` |
/// | 1 | version, 1 |
/// | 4 | generation of the master key, big-endian |
/// | 16 | salt of the item's key |
/// | 12 | nonce |
/// | rest | ciphertext and tag |
///
/// In serde's formats it is a string of base64.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed(Vec<u8>);

impl Sealed {
    /// Reads the binary form. Whether it opens is for [`crate::Sealer::unseal`] to say.
    ///
    /// # Errors
    /// [`SealError::Malformed`] when it is not of that form.
    pub fn parse(bytes: impl Into<Vec<u8>>) -> Result<Self, SealError> {
        let bytes = bytes.into();
        let Some((magic, [version, ..])) = bytes.split_first_chunk::<3>() else {
            return Err(SealError::Malformed("too short"));
        };
        if *magic != MAGIC {
            return Err(SealError::Malformed("they do not begin with `BSL`"));
        }
        if *version != VERSION {
            return Err(SealError::Malformed("made by a newer version of bastide: upgrade it"));
        }
        if bytes.len() < HEADER + TAG {
            return Err(SealError::Malformed("too short"));
        }
        if bytes.len() > HEADER + MAX_PLAINTEXT + TAG {
            return Err(SealError::Malformed("too long"));
        }
        Ok(Self(bytes))
    }

    /// The binary form.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// The binary form.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }

    /// The generation of the master key that it is sealed under.
    #[must_use]
    pub fn generation(&self) -> u32 {
        self.header().map_or(0, |header| header.generation)
    }

    pub(crate) fn join(header: &Header, sealed: &[u8]) -> Self {
        let mut bytes = Vec::with_capacity(HEADER + sealed.len());
        bytes.extend_from_slice(&header.to_bytes());
        bytes.extend_from_slice(sealed);
        Self(bytes)
    }

    pub(crate) fn header(&self) -> Option<Header> {
        let rest = self.0.get(MAGIC.len() + 1..)?;
        let (generation, rest) = rest.split_first_chunk()?;
        let (salt, rest) = rest.split_first_chunk()?;
        let (nonce, _) = rest.split_first_chunk()?;
        Some(Header { generation: u32::from_be_bytes(*generation), salt: *salt, nonce: *nonce })
    }

    pub(crate) fn ciphertext(&self) -> &[u8] {
        self.0.get(HEADER..).unwrap_or_default()
    }
}

pub(crate) struct Header {
    pub(crate) generation: u32,
    pub(crate) salt: [u8; SALT],
    pub(crate) nonce: [u8; NONCE],
}

impl Header {
    fn to_bytes(&self) -> Vec<u8> {
        [&MAGIC[..], &[VERSION], &self.generation.to_be_bytes(), &self.salt, &self.nonce].concat()
    }

    /// The associated data: this header, the place and the ARN.
    pub(crate) fn aad(&self, place: &Place, arn: &str) -> Vec<u8> {
        let mut aad = self.to_bytes();
        aad.extend_from_slice(&place_bytes(place));
        push_text(&mut aad, arn);
        aad
    }
}

/// A place, told unambiguously.
pub(crate) fn place_bytes(place: &Place) -> Vec<u8> {
    let mut out = Vec::with_capacity(64);
    for part in [place.partition.as_str(), place.account.as_str(), place.region.as_str()] {
        push_text(&mut out, part);
    }
    out
}

impl fmt::Debug for Sealed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sealed(generation {}, {} bytes)", self.generation(), self.0.len())
    }
}

impl Serialize for Sealed {
    fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
        s.serialize_str(&STANDARD.encode(&self.0))
    }
}

impl<'de> Deserialize<'de> for Sealed {
    fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
        let bytes = STANDARD.decode(String::deserialize(d)?).map_err(D::Error::custom)?;
        Self::parse(bytes).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use bastide_ids::{AccountId, Region};

    use super::*;

    #[test]
    fn the_associated_data_tells_all_apart() {
        let place =
            |account, region| Place::new(AccountId::from_number(account), Region::parse(region).unwrap());
        let header =
            |generation, salt, nonce| Header { generation, salt: [salt; SALT], nonce: [nonce; NONCE] };
        let all = [
            header(1, 0, 0).aad(&place(1, "us-east-1"), "arn"),
            header(2, 0, 0).aad(&place(1, "us-east-1"), "arn"),
            header(1, 1, 0).aad(&place(1, "us-east-1"), "arn"),
            header(1, 0, 1).aad(&place(1, "us-east-1"), "arn"),
            header(1, 0, 0).aad(&place(2, "us-east-1"), "arn"),
            header(1, 0, 0).aad(&place(1, "us-east-2"), "arn"),
            header(1, 0, 0).aad(&place(1, "us-east-1"), "arm"),
        ];
        for (at, one) in all.iter().enumerate() {
            assert!(!all[at + 1..].contains(one), "{at}");
        }
    }
}
