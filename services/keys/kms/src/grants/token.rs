use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD as BASE64;
use bastide_ids::{AccountId, Place, Region, random_bytes};
use bastide_shape::Document;

/// A grant token: it names a grant. It is no secret and proves nothing, since only the grantee has what the grant
/// allows. A grant works from the moment it is answered, so a token need not be shown; one that is shown must be
/// of the form.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct GrantToken {
    /// Where the key is.
    pub(crate) place: Place,
    /// The key's id.
    pub(crate) key: String,
    /// The grant's id.
    pub(crate) grant: String,
}

const VERSION: &str = "bastide-grant-1";

impl GrantToken {
    /// The token's text. No two are the same.
    pub(crate) fn write(place: &Place, key: &str, grant: &str) -> String {
        let Place { account, region, .. } = place;
        let nonce = u128::from_be_bytes(random_bytes());
        BASE64.encode(format!("{VERSION} {account} {region} {key} {grant} {nonce:032x}"))
    }

    /// Reads a token; `None` when it is none.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let text = String::from_utf8(BASE64.decode(text).ok()?).ok()?;
        let parts: Vec<&str> = text.split(' ').collect();
        let [VERSION, account, region, key, grant, _] = *parts.as_slice() else { return None };
        let place = Place::new(AccountId::parse(account).ok()?, Region::parse(region).ok()?);
        Some(Self { place, key: key.to_owned(), grant: grant.to_owned() })
    }

    /// Whether all `GrantTokens` of a request are tokens.
    pub(crate) fn all_valid(input: &Document) -> bool {
        input.strings("GrantTokens").all(|token| Self::parse(token).is_some())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn reads_back_and_is_unique() {
        let place = Place::new(AccountId::from_number(7), Region::us_east_1());
        let token = GrantToken::write(&place, "key", "grant");
        let read = GrantToken { place: place.clone(), key: "key".into(), grant: "grant".into() };
        assert_eq!(GrantToken::parse(&token), Some(read));
        assert_ne!(token, GrantToken::write(&place, "key", "grant"));
        assert_eq!(GrantToken::parse("AQpAM2"), None);
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,64}", bytes in proptest::collection::vec(any::<u8>(), 0..96)) {
            let _ = GrantToken::parse(&text);
            let _ = GrantToken::parse(&BASE64.encode(bytes));
        }
    }
}
