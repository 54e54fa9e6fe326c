//! The few DER encodings of keys that PKCS#11 gives in parts (X.690; RFC 5480, 8017, 5958, 5915, 8410).

use zeroize::Zeroizing;

pub(crate) const RSA_ENCRYPTION: &[u8] = &[0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01];
pub(crate) const EC_PUBLIC_KEY: &[u8] = &[0x2A, 0x86, 0x48, 0xCE, 0x3D, 0x02, 0x01];
pub(crate) const ED25519: &[u8] = &[0x2B, 0x65, 0x70];

pub(crate) const INTEGER: u8 = 0x02;
pub(crate) const BIT_STRING: u8 = 0x03;
pub(crate) const OCTET_STRING: u8 = 0x04;
pub(crate) const NULL: u8 = 0x05;
pub(crate) const OID: u8 = 0x06;
pub(crate) const SEQUENCE: u8 = 0x30;

/// One value with its tag and length. Wiped, as it may hold a private key.
pub(crate) fn value(tag: u8, content: &[u8]) -> Zeroizing<Vec<u8>> {
    let mut out = Zeroizing::new(Vec::with_capacity(content.len() + 6));
    out.push(tag);
    let length = content.len();
    if let Ok(short @ 0..=127) = u8::try_from(length) {
        out.push(short);
    } else {
        let bytes = length.to_be_bytes();
        let significant = bytes.iter().skip_while(|byte| **byte == 0);
        let count = significant.clone().count();
        out.push(0x80 | u8::try_from(count).unwrap_or(8));
        out.extend(significant);
    }
    out.extend_from_slice(content);
    out
}

/// A sequence of encoded values.
pub(crate) fn sequence(parts: &[&[u8]]) -> Zeroizing<Vec<u8>> {
    value(SEQUENCE, &Zeroizing::new(parts.concat()))
}

/// A big integer that is not negative.
pub(crate) fn integer(big_endian: &[u8]) -> Zeroizing<Vec<u8>> {
    let digits = trimmed(big_endian);
    let pad = digits.first().is_none_or(|first| *first >= 0x80);
    let mut content = Zeroizing::new(Vec::with_capacity(digits.len() + 1));
    if pad {
        content.push(0);
    }
    content.extend_from_slice(digits);
    value(INTEGER, &content)
}

/// Without leading zeros.
pub(crate) fn trimmed(big_endian: &[u8]) -> &[u8] {
    let zeros = big_endian.iter().take_while(|byte| **byte == 0).count();
    big_endian.get(zeros..).unwrap_or_default()
}

/// Takes one value off the front: its tag, its content, the rest. Only definite, minimal lengths below 4 GiB.
pub(crate) fn take(input: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    let (tag, rest) = input.split_first()?;
    let (first, rest) = rest.split_first()?;
    let (length, rest) = match first {
        0..=0x7F => (usize::from(*first), rest),
        0x81..=0x84 => {
            let (bytes, rest) = rest.split_at_checked(usize::from(first & 0x7F))?;
            let length = bytes.iter().fold(0_usize, |length, byte| length << 8 | usize::from(*byte));
            if bytes.first() == Some(&0) || length < 0x80 {
                return None;
            }
            (length, rest)
        }
        _ => return None,
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((*tag, content, rest))
}

/// The content of the one value of this tag that the input is.
pub(crate) fn only(input: &[u8], tag: u8) -> Option<&[u8]> {
    match take(input)? {
        (found, content, []) if found == tag => Some(content),
        _ => None,
    }
}

/// SubjectPublicKeyInfo of an algorithm with parameters (encoded) and a key.
pub(crate) fn public_key_info(algorithm: &[u8], parameters: &[u8], key: &[u8]) -> Vec<u8> {
    let algorithm = sequence(&[&value(OID, algorithm), parameters]);
    let key = value(BIT_STRING, &[&[0], key].concat());
    sequence(&[&algorithm, &key]).to_vec()
}

/// The parts of a SubjectPublicKeyInfo: algorithm, parameters as they are encoded, key.
pub(crate) fn read_public_key_info(der: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let content = only(der, SEQUENCE)?;
    let (SEQUENCE, algorithm, rest) = take(content)? else { return None };
    let (OID, oid, parameters) = take(algorithm)? else { return None };
    let key = only(rest, BIT_STRING)?.strip_prefix(&[0])?;
    Some((oid, parameters, key))
}

/// PKCS#8 (RFC 5958, version 0) of an algorithm with parameters (encoded) and a private key (encoded).
pub(crate) fn private_key_info(algorithm: &[u8], parameters: &[u8], key: &[u8]) -> Zeroizing<Vec<u8>> {
    let algorithm = sequence(&[&value(OID, algorithm), parameters]);
    sequence(&[&integer(&[0]), &algorithm, &value(OCTET_STRING, key)])
}

/// The parts of a PKCS#8 key: algorithm, parameters as they are encoded, private key as it is encoded.
pub(crate) fn read_private_key_info(der: &[u8]) -> Option<(&[u8], &[u8], &[u8])> {
    let content = only(der, SEQUENCE)?;
    let (INTEGER, _, rest) = take(content)? else { return None };
    let (SEQUENCE, algorithm, rest) = take(rest)? else { return None };
    let (OID, oid, parameters) = take(algorithm)? else { return None };
    let (OCTET_STRING, key, _) = take(rest)? else { return None };
    Some((oid, parameters, key))
}

/// The integers of a sequence of integers.
pub(crate) fn read_integers(der: &[u8]) -> Option<Vec<&[u8]>> {
    let mut rest = only(der, SEQUENCE)?;
    let mut all = Vec::new();
    while !rest.is_empty() {
        let (INTEGER, content, next) = take(rest)? else { return None };
        all.push(trimmed(content));
        rest = next;
    }
    Some(all)
}

/// An ECDSA signature in DER as `r ‖ s`, each of `width` bytes.
pub(crate) fn raw_signature(der: &[u8], width: usize) -> Option<Vec<u8>> {
    let numbers = read_integers(der)?;
    let [r, s] = numbers.as_slice() else { return None };
    let mut out = vec![0; width * 2];
    let (left, right) = out.split_at_mut_checked(width)?;
    for (half, number) in [(left, r), (right, s)] {
        let start = width.checked_sub(number.len())?;
        half.get_mut(start..)?.copy_from_slice(number);
    }
    Some(out)
}

/// The reverse of [`raw_signature`]; none for an odd length.
pub(crate) fn der_signature(raw: &[u8]) -> Option<Vec<u8>> {
    if raw.is_empty() || !raw.len().is_multiple_of(2) {
        return None;
    }
    let (r, s) = raw.split_at_checked(raw.len() / 2)?;
    Some(sequence(&[&integer(r), &integer(s)]).to_vec())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn lengths_are_minimal() {
        assert_eq!(value(OCTET_STRING, &[7; 127])[..2], [4, 127]);
        assert_eq!(value(OCTET_STRING, &[7; 128])[..3], [4, 0x81, 128]);
        assert_eq!(value(OCTET_STRING, &[7; 256])[..4], [4, 0x82, 1, 0]);
        assert_eq!(*integer(&[0, 0]), [2, 1, 0]);
        assert_eq!(*integer(&[0, 0x80]), [2, 2, 0, 0x80]);
        assert!(take(&[4, 0x81, 5, 1, 2, 3, 4, 5]).is_none() && take(&[4, 0x80]).is_none());
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(content in prop::collection::vec(any::<u8>(), 0..700), tag in 0_u8..31) {
            let encoded = value(tag, &content);
            prop_assert_eq!(only(&encoded, tag), Some(content.as_slice()));
        }

        #[test]
        fn signatures_change_form(raw in prop::collection::vec(any::<u8>(), 64)) {
            let der = der_signature(&raw).unwrap();
            prop_assert_eq!(raw_signature(&der, 32), Some(raw));
        }

        #[test]
        fn nothing_panics(bytes in prop::collection::vec(any::<u8>(), 0..64)) {
            let _ = (read_public_key_info(&bytes), read_private_key_info(&bytes), read_integers(&bytes));
            let _ = (raw_signature(&bytes, 32), der_signature(&bytes));
        }
    }
}
