//! The little of DER (ITU-T X.690) that the parsers of AWS-LC leave to their callers.

/// Whether bytes are a sequence and nothing behind it: the parsers of `aws-lc-rs` read no further.
pub(crate) fn is_one_sequence(der: &[u8]) -> bool {
    sequence(der).is_some_and(|(_, rest)| rest.is_empty())
}

/// Whether two SubjectPublicKeyInfos (RFC 5280) name the same algorithm in the same words. A curve is to be named:
/// AWS-LC also takes one that is spelled out, and then does not look at all of its parameters.
pub(crate) fn same_algorithm(one: &[u8], other: &[u8]) -> bool {
    let algorithm =
        |spki| sequence(spki).and_then(|(content, _)| sequence(content)).map(|(content, _)| content);
    algorithm(one).is_some_and(|name| algorithm(other) == Some(name))
}

/// The content of the sequence that stands first, and what stands behind it.
fn sequence(der: &[u8]) -> Option<(&[u8], &[u8])> {
    let (length, rest) = match der {
        [0x30, length @ 0..=0x7f, rest @ ..] => (usize::from(*length), rest),
        [0x30, 0x81, length, rest @ ..] => (usize::from(*length), rest),
        [0x30, 0x82, high, low, rest @ ..] => (usize::from(u16::from_be_bytes([*high, *low])), rest),
        _ => return None,
    };
    rest.split_at_checked(length)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn sequences_end_where_they_say() {
        assert_eq!(sequence(&[0x30, 2, 5, 6, 7]), Some((&[5, 6][..], &[7][..])));
        assert!(is_one_sequence(&[0x30, 0]) && is_one_sequence(&[0x30, 0x81, 1, 9]));
        for wrong in [&[0x30, 1][..], &[0x31, 0], &[0x30, 0x82, 0], &[0x30, 0x80, 0, 0], &[]] {
            assert!(!is_one_sequence(wrong), "{wrong:?}");
        }
        assert!(same_algorithm(&[0x30, 3, 0x30, 1, 5], &[0x30, 4, 0x30, 1, 5, 6]));
        assert!(!same_algorithm(&[0x30, 3, 0x30, 1, 5], &[0x30, 3, 0x30, 1, 6]) && !same_algorithm(&[], &[]));
    }

    proptest! {
        #[test]
        fn never_panics(bytes in proptest::collection::vec(any::<u8>(), 0..64)) {
            let _ = is_one_sequence(&bytes) || same_algorithm(&bytes, &bytes);
        }
    }
}
