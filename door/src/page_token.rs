//! The tokens that go on with a list where a page ended.

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;

/// A token for who has seen a list up to `last`, and asks the same `question` again: the operation, and whatever
/// else says which list that is.
#[must_use]
pub fn page_token(question: &str, last: &str) -> String {
    BASE64.encode(format!("{:016x}{last}", fingerprint(question)))
}

/// Up to where a token's bearer has seen the list; `None` if the token is none, or of another question.
#[must_use]
pub fn page_after(question: &str, token: &str) -> Option<String> {
    let text = String::from_utf8(BASE64.decode(token).ok()?).ok()?;
    let (of, last) = text.split_at_checked(16)?;
    (of == format!("{:016x}", fingerprint(question))).then(|| last.to_owned())
}

/// FNV-1a: a token goes on where it came from, and need not withstand its owner.
fn fingerprint(text: &str) -> u64 {
    text.bytes().fold(0xcbf2_9ce4_8422_2325, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_belongs_to_its_question() {
        let token = page_token("ListThings\nFilter=X", "user/ali=ce\n");
        assert_eq!(page_after("ListThings\nFilter=X", &token).as_deref(), Some("user/ali=ce\n"));
        assert_eq!(page_after("ListThings\nFilter=Y", &token), None);
        for none in ["", "YWJj", "not base64!", &token[1..], &format!("{token}=")] {
            assert_eq!(page_after("ListThings\nFilter=X", none), None, "{none}");
        }
    }

    #[test]
    fn what_is_no_text_is_no_token() {
        assert_eq!(page_after("", &BASE64.encode([0xFF; 20])), None);
        assert_eq!(page_after("", &BASE64.encode("é".repeat(9))), None);
    }
}
