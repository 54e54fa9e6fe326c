//! How names and documents look in answers.

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, utf8_percent_encode};

/// Everything but the unreserved characters of RFC 3986.
const RESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// A policy document as IAM's answers carry it.
pub(crate) fn url_encoded(text: &str) -> String {
    utf8_percent_encode(text, RESERVED).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_are_encoded_as_rfc_3986_says() {
        assert_eq!(url_encoded("{\"a*b\": ~-._+}"), "%7B%22a%2Ab%22%3A%20~-._%2B%7D");
    }
}
