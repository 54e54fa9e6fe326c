//! Shamir's secret sharing: a root that exists only while enough people put their shares together.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::fmt;

use aws_lc_rs::digest;
use aws_lc_rs::rand::{SecureRandom, SystemRandom};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use bastide_ids::random_bytes;
use rand_core::{TryCryptoRng, TryRng};
use vsss_rs::Gf256;
use zeroize::{Zeroize, Zeroizing};

use crate::crypto::{KEY, Key};
use crate::error::SealError;
use crate::root::{Seal, WrappedKey};

/// What the keyring calls it.
pub(crate) const KIND: &str = "shares";
/// What a share begins with.
const PREFIX: &str = "bastide-share-v1";
const MIN_THRESHOLD: u8 = 2;

/// One person's share of a root. Fewer than the threshold tell nothing about it (Shamir, "How to share a
/// secret", 1979; over GF(2⁸), byte by byte).
///
/// As text: `bastide-share-v1:SET:THRESHOLD:COUNT:INDEX:SHARE:CHECK`, all but the prefix in hex or decimal.
/// `CHECK` finds slips of the pen; it does not authenticate.
#[derive(Clone, PartialEq, Eq)]
pub struct Share {
    set: [u8; 8],
    threshold: u8,
    count: u8,
    index: u8,
    value: Zeroizing<[u8; KEY]>,
}

/// A root that was put together from shares, or is about to be dealt out.
pub struct SharedRoot {
    set: [u8; 8],
    threshold: u8,
    count: u8,
    root: Key,
}

impl SharedRoot {
    /// A new random root in `count` shares, any `threshold` of which put it together again. The shares are for
    /// people to keep, each in a place of its own: nothing here stores them.
    ///
    /// # Errors
    /// [`SealError::RootInvalid`] unless 2 ≤ `threshold` ≤ `count`.
    pub fn deal(threshold: u8, count: u8) -> Result<(Self, Vec<Share>), SealError> {
        if threshold < MIN_THRESHOLD || threshold > count {
            return Err(invalid("of M-of-N shares, M is 2 or more and N at least M"));
        }
        let root = Key::random();
        let dealt =
            Gf256::split_bytes(usize::from(threshold), usize::from(count), root.as_bytes(), Randomness)
                .map_err(|_| SealError::Crypto("secret sharing"))?;
        let dealt = Zeroizing::new(dealt);
        let set = random_bytes();
        let shares: Option<Vec<Share>> = dealt
            .iter()
            .map(|bytes| {
                let (index, value) = bytes.split_first()?;
                let value = Zeroizing::new(value.try_into().ok()?);
                Some(Share { set, threshold, count, index: *index, value })
            })
            .collect();
        let shares = shares.ok_or(SealError::Crypto("secret sharing"))?;
        Ok((Self { set, threshold, count, root }, shares))
    }

    /// Puts a root together from shares of one set. More than enough do no harm.
    ///
    /// # Errors
    /// [`SealError::RootInvalid`] when they are not of one set; [`SealError::TooFewShares`].
    pub fn join(shares: &[Share]) -> Result<Self, SealError> {
        let Some(first) = shares.first() else { return Err(SealError::TooFewShares { given: 0, needed: 2 }) };
        let same = |share: &Share| {
            (share.set, share.threshold, share.count) == (first.set, first.threshold, first.count)
        };
        if !shares.iter().all(same) {
            return Err(invalid("the shares are not of one set: they were not made together"));
        }
        let mut seen = BTreeSet::new();
        let mut different = Zeroizing::new(Vec::with_capacity(shares.len()));
        for share in shares.iter().filter(|share| seen.insert(share.index)) {
            let mut bytes = Vec::with_capacity(KEY + 1);
            bytes.push(share.index);
            bytes.extend_from_slice(&*share.value);
            different.push(bytes);
        }
        let given = different.len();
        if given < usize::from(first.threshold) {
            return Err(SealError::TooFewShares { given, needed: first.threshold.into() });
        }
        let root = Gf256::combine_bytes(&*different).map(Zeroizing::new);
        let root = root.ok().and_then(|bytes| Key::from_slice(&bytes));
        let root = root.ok_or(SealError::Crypto("secret sharing"))?;
        Ok(Self { set: first.set, threshold: first.threshold, count: first.count, root })
    }
}

impl Seal for SharedRoot {
    fn kind(&self) -> &str {
        KIND
    }

    fn wrap(&self, context: &[u8], key: &[u8; 32]) -> Result<WrappedKey, SealError> {
        let salt = random_bytes::<16>();
        let wrapping = self.root.derive(&salt, &[b"bastide shared root v1"])?;
        let parameters = BTreeMap::from([
            ("set".to_owned(), hex(&self.set)),
            ("threshold".to_owned(), self.threshold.to_string()),
            ("shares".to_owned(), self.count.to_string()),
            ("salt".to_owned(), STANDARD.encode(salt)),
        ]);
        Ok(WrappedKey { wrapped: wrapping.wrap(context, key)?, parameters })
    }

    fn unwrap(&self, context: &[u8], key: &WrappedKey) -> Result<Option<Zeroizing<[u8; 32]>>, SealError> {
        if key.parameters.get("set") != Some(&hex(&self.set)) {
            return Ok(None);
        }
        let salt = key.parameters.get("salt").and_then(|salt| STANDARD.decode(salt).ok());
        let salt = salt.ok_or(SealError::KeyringDamaged("the parameters of a seal"))?;
        let wrapping = self.root.derive(&salt, &[b"bastide shared root v1"])?;
        let opened = wrapping.unwrap(context, &key.wrapped);
        Ok(opened.and_then(|bytes| bytes.as_slice().try_into().ok().map(Zeroizing::new)))
    }
}

impl fmt::Debug for SharedRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SharedRoot({} of {}, hidden)", self.threshold, self.count)
    }
}

impl Share {
    /// Reads the text form; blanks around it and the case of letters do not count.
    ///
    /// # Errors
    /// [`SealError::RootInvalid`] when it is not of that form, or somebody mistyped it.
    pub fn parse(text: &str) -> Result<Self, SealError> {
        let malformed = || invalid("a share is `bastide-share-v1:` and six fields, separated by colons");
        let text = Zeroizing::new(text.trim().to_ascii_lowercase());
        let (body, check) = text.rsplit_once(':').ok_or_else(malformed)?;
        let fields: Vec<&str> = body.split(':').collect();
        let [PREFIX, set, threshold, count, index, value] = fields.as_slice() else {
            return Err(malformed());
        };
        if check != hex(&checksum(body)) {
            return Err(invalid("a share was mistyped: its check does not fit"));
        }
        let number = |text: &str| text.parse::<u8>().ok().filter(|number| number.to_string() == text);
        let (Some(threshold), Some(count), Some(index)) = (number(threshold), number(count), number(index))
        else {
            return Err(malformed());
        };
        let (mut set_bytes, mut share) = ([0; 8], Zeroizing::new([0; KEY]));
        let read = unhex(set, &mut set_bytes) && unhex(value, &mut *share);
        let numbers = threshold >= MIN_THRESHOLD && threshold <= count && (1..=count).contains(&index);
        if !read || !numbers {
            return Err(malformed());
        }
        Ok(Self { set: set_bytes, threshold, count, index, value: share })
    }

    /// The text form. It is a secret.
    #[must_use]
    pub fn to_text(&self) -> Zeroizing<String> {
        // The whole room at once, so that a growing text leaves no copy behind.
        let mut text = Zeroizing::new(String::with_capacity(160));
        let Self { set, threshold, count, index, value } = self;
        let value = Zeroizing::new(hex(&**value));
        text.push_str(&format!("{PREFIX}:{}:{threshold}:{count}:{index}:", hex(set)));
        text.push_str(&value);
        let check = hex(&checksum(&text));
        text.push(':');
        text.push_str(&check);
        text
    }

    /// The name of the set of shares that were made together; not secret.
    #[must_use]
    pub fn set(&self) -> String {
        hex(&self.set)
    }

    /// Its number within the set, from 1.
    #[must_use]
    pub fn index(&self) -> u8 {
        self.index
    }

    /// How many shares of its set are needed.
    #[must_use]
    pub fn threshold(&self) -> u8 {
        self.threshold
    }

    /// How many shares its set has.
    #[must_use]
    pub fn count(&self) -> u8 {
        self.count
    }
}

impl fmt::Debug for Share {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Share({} of set {}, hidden)", self.index, self.set())
    }
}

fn invalid(why: &'static str) -> SealError {
    SealError::RootInvalid { kind: KIND.to_owned(), why }
}

fn checksum(text: &str) -> [u8; 4] {
    let whole = digest::digest(&digest::SHA256, text.as_bytes());
    whole.as_ref().first_chunk().copied().unwrap_or_default()
}

fn hex(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 16] = b"0123456789abcdef";
    let mut text = String::with_capacity(2 * bytes.len());
    for byte in bytes {
        for nibble in [byte >> 4, byte & 15] {
            text.push(DIGITS.get(usize::from(nibble)).copied().map_or('0', char::from));
        }
    }
    text
}

/// Fills `out` from lowercase hex of exactly its length; false when it is not that.
fn unhex(text: &str, out: &mut [u8]) -> bool {
    let digit = |byte: u8| match byte {
        b'0'..=b'9' => Some(byte - b'0'),
        b'a'..=b'f' => Some(byte - b'a' + 10),
        _ => None,
    };
    let pairs = text.as_bytes().chunks_exact(2);
    if text.len() != 2 * out.len() {
        return false;
    }
    for (byte, pair) in out.iter_mut().zip(pairs) {
        let [high, low] = pair else { return false };
        let (Some(high), Some(low)) = (digit(*high), digit(*low)) else { return false };
        *byte = high << 4 | low;
    }
    true
}

/// The system's randomness, by way of aws-lc-rs, as the sharing asks for it.
struct Randomness;

impl TryRng for Randomness {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        Ok(u32::from_ne_bytes(random_bytes()))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        Ok(u64::from_ne_bytes(random_bytes()))
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        if SystemRandom::new().fill(bytes).is_err() {
            // This one stops the process when there is no randomness.
            for chunk in bytes.chunks_mut(1) {
                let mut one = random_bytes::<1>();
                chunk.copy_from_slice(&one);
                one.zeroize();
            }
        }
        Ok(())
    }
}

impl TryCryptoRng for Randomness {}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn opens(root: &SharedRoot, wrapped: &WrappedKey) -> bool {
        root.unwrap(b"context", wrapped).unwrap().is_some_and(|key| *key == [7; 32])
    }

    /// Every subset of the shares, by the bits of a number.
    fn subsets(shares: &[Share]) -> impl Iterator<Item = Vec<Share>> + '_ {
        (0u32..1 << shares.len()).map(|bits| {
            shares
                .iter()
                .enumerate()
                .filter(|(n, _)| bits >> n & 1 == 1)
                .map(|(_, one)| one.clone())
                .collect()
        })
    }

    #[test]
    fn any_m_open_and_fewer_do_not() {
        for (threshold, count) in [(2, 2), (2, 3), (3, 5), (5, 6)] {
            let (root, shares) = SharedRoot::deal(threshold, count).unwrap();
            let wrapped = root.wrap(b"context", &[7; 32]).unwrap();
            for given in subsets(&shares) {
                let joined = SharedRoot::join(&given);
                if given.len() >= usize::from(threshold) {
                    assert!(opens(&joined.unwrap(), &wrapped), "{given:?}");
                } else {
                    assert!(matches!(joined, Err(SealError::TooFewShares { .. })), "{given:?}");
                }
            }
        }
    }

    /// The threshold that stands in a share is a courtesy: lowering it does not help.
    #[test]
    fn a_lowered_threshold_opens_nothing() {
        let (root, shares) = SharedRoot::deal(3, 5).unwrap();
        let wrapped = root.wrap(b"context", &[7; 32]).unwrap();
        for given in subsets(&shares).filter(|given| given.len() == 2) {
            let lowered: Vec<Share> =
                given.into_iter().map(|share| Share { threshold: 2, ..share }).collect();
            assert!(!opens(&SharedRoot::join(&lowered).unwrap(), &wrapped));
        }
    }

    #[test]
    fn shares_of_other_sets_and_forged_ones() {
        let (root, shares) = SharedRoot::deal(2, 3).unwrap();
        let (_, others) = SharedRoot::deal(2, 3).unwrap();
        let wrapped = root.wrap(b"context", &[7; 32]).unwrap();
        let mixed = [shares[0].clone(), others[1].clone()];
        assert!(matches!(SharedRoot::join(&mixed), Err(SealError::RootInvalid { .. })));
        assert!(SharedRoot::join(&others).unwrap().unwrap(b"context", &wrapped).unwrap().is_none());
        let forged = [shares[0].clone(), Share { value: Zeroizing::new([1; 32]), ..shares[1].clone() }];
        assert!(SharedRoot::join(&forged).unwrap().unwrap(b"context", &wrapped).unwrap().is_none());
        let twice = [shares[0].clone(), shares[0].clone()];
        assert!(matches!(SharedRoot::join(&twice), Err(SealError::TooFewShares { given: 1, needed: 2 })));
        assert!(!opens(&root, &WrappedKey { wrapped: vec![0; 60], ..wrapped.clone() }));
        assert!(root.unwrap(b"other context", &wrapped).unwrap().is_none());
    }

    #[test]
    fn bad_numbers_are_refused() {
        for (threshold, count) in [(0, 0), (1, 1), (1, 3), (4, 3)] {
            assert!(SharedRoot::deal(threshold, count).is_err(), "{threshold} of {count}");
        }
        assert_eq!(SharedRoot::deal(2, 255).unwrap().1.len(), 255);
    }

    #[test]
    fn no_slip_of_the_pen_is_taken() {
        let (_, shares) = SharedRoot::deal(2, 3).unwrap();
        let text = shares[1].to_text();
        assert_eq!(Share::parse(&format!("  {}\n", text.to_uppercase())).unwrap(), shares[1]);
        for at in 0..text.len() {
            let mut changed = text.as_bytes().to_vec();
            changed[at] = if changed[at] == b'3' { b'4' } else { b'3' };
            assert!(Share::parse(std::str::from_utf8(&changed).unwrap()).is_err(), "{at}");
        }
        assert!(!format!("{:?}", shares[1]).contains(&text[40..60]));
    }

    proptest! {
        #[test]
        fn any_text_is_a_share_or_refused(text in "(bastide-share-v1)?[:0-9a-f]{0,120}") {
            let _ = Share::parse(&text);
            let checked = format!("{text}:{}", hex(&checksum(&text)));
            if let Ok(share) = Share::parse(&checked) {
                let again = share.to_text();
                prop_assert_eq!(again.as_str(), checked.as_str());
            }
        }
    }
}
