//! Access key ids. Like AWS's they carry their account: the 16 characters behind the prefix are base32; of the
//! first six bytes, read as a number, the bits `0x7f_ffff_ff80` shifted right by 7 are the account.

use bastide_ids::{AccountId, UniqueId, random_bytes};

const ALPHABET: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const ACCOUNT_BITS: u64 = 0x7fff_ffff_ff80;
/// AWS sets it in ids that carry an account.
const TOP_BIT: u64 = 1 << 47;

/// A new id of this kind, `AKIA…` or `ASIA…`, that carries an account.
#[must_use]
pub fn generate(kind: UniqueId, account: AccountId) -> String {
    let mut bytes = random_bytes::<10>();
    let number = account.as_str().parse::<u64>().unwrap_or(0);
    let [a, b, c, d, e, f, ..] = bytes;
    let random = u64::from_be_bytes([0, 0, a, b, c, d, e, f]);
    let head = TOP_BIT | ((number << 7) & ACCOUNT_BITS) | (random & 0x7f);
    for (byte, head) in bytes.iter_mut().zip(head.to_be_bytes().into_iter().skip(2)) {
        *byte = head;
    }
    kind.prefix().chars().chain(base32(&bytes)).collect()
}

/// The account that an id carries; `None` when it is not of the form.
#[must_use]
pub fn account(id: &str) -> Option<AccountId> {
    let body = id.get(4..).filter(|body| body.len() >= 10)?;
    let value = |c: u8| ALPHABET.iter().position(|letter| *letter == c).and_then(|at| u64::try_from(at).ok());
    // Ten characters are 50 bits: the first six bytes and two bits more.
    let bits = body.bytes().take(10).try_fold(0_u64, |bits, c| Some(bits << 5 | value(c)?))?;
    Some(AccountId::from_number(((bits >> 2) & ACCOUNT_BITS) >> 7))
}

/// Base32 (RFC 4648) without padding.
pub(crate) fn base32(bytes: &[u8]) -> impl Iterator<Item = char> {
    let bit = |index: usize| {
        let byte = bytes.get(index / 8).copied().unwrap_or(0);
        usize::from(byte >> (7 - index % 8) & 1)
    };
    (0..(bytes.len() * 8).div_ceil(5)).map(move |group| {
        let index = (0..5).fold(0, |value, offset| value << 1 | bit(group * 5 + offset));
        ALPHABET.get(index).copied().map_or('A', char::from)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_carry_their_account() {
        for number in [0, 1, 111_122_223_333, 123_456_789_012, 999_999_999_999] {
            let account_id = AccountId::from_number(number);
            let id = generate(UniqueId::AccessKey, account_id);
            assert_eq!(id.len(), 20);
            assert!(id.starts_with("AKIA"));
            assert_eq!(account(&id), Some(account_id), "{id}");
        }
    }

    #[test]
    fn public_examples_decode() {
        // A published example of the decoding: AccessKeyId ASIAQNZGKIQY56JQ7WML belongs to 029608264753.
        assert_eq!(account("ASIAQNZGKIQY56JQ7WML").unwrap().as_str(), "029608264753");
        assert_eq!(account("AKIA0"), None);
        assert_eq!(account("AKIA000000000000000!"), None);
    }

    #[test]
    fn base32_is_rfc_4648s() {
        assert_eq!(base32(b"foobar").collect::<String>(), "MZXW6YTBOI");
        assert_eq!(base32(b"").collect::<String>(), "");
    }

    proptest::proptest! {
        #[test]
        fn any_account_comes_back(number in 0..1_000_000_000_000_u64) {
            let account_id = AccountId::from_number(number);
            let id = generate(UniqueId::TemporaryAccessKey, account_id);
            proptest::prop_assert_eq!(account(&id), Some(account_id));
        }

        #[test]
        fn no_text_panics(text in ".{0,40}") {
            let _ = account(&text);
        }
    }
}
