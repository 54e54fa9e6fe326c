use bastide_door::Failure;
use bastide_ids::{AccountId, Arn, Place};

use crate::{hex, refusal};

/// A key as a request names it. Source: AWS KMS API Reference, `KeyId` of `DescribeKey` and `EnableKey`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum KeyName {
    /// By its id or ARN.
    Key(Place, String),
    /// By the name or ARN of an alias.
    Alias(Place, String),
}

/// Which names an operation takes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Accepts {
    /// Ids, and ARNs of keys.
    Keys,
    /// Aliases too.
    KeysAndAliases,
}

impl KeyName {
    /// Reads a name as it is meant in a place. ARNs may be of other accounts, but not of other regions.
    ///
    /// # Errors
    /// `NotFoundException` or `InvalidArnException`, as AWS tells them apart.
    pub(crate) fn parse(text: &str, here: &Place, accepts: Accepts) -> Result<Self, Failure> {
        let name = if text.starts_with("arn:") {
            Self::parse_arn(text, here)?
        } else if text.starts_with("alias/") {
            Self::Alias(here.clone(), text.to_owned())
        } else {
            Self::Key(here.clone(), text.to_owned())
        };
        match &name {
            Self::Alias(..) if accepts == Accepts::KeysAndAliases => Ok(name),
            Self::Key(_, id) if is_key_id(id) => Ok(name),
            Self::Key(_, id) => Err(refusal::invalid_key_id(id)),
            Self::Alias(..) => Err(refusal::invalid_key_id(text)),
        }
    }

    fn parse_arn(text: &str, here: &Place) -> Result<Self, Failure> {
        let invalid = || refusal::invalid_arn(text);
        let arn = Arn::parse(text).map_err(|_| invalid())?;
        if arn.service != "kms" {
            return Err(invalid());
        }
        if arn.partition != here.partition.as_str() {
            return Err(refusal::foreign_arn(arn.partition));
        }
        if arn.region != here.region.as_str() {
            return Err(refusal::foreign_arn(arn.region));
        }
        let account = AccountId::parse(arn.account).map_err(|_| invalid())?;
        let place = Place::new(account, here.region.clone());
        match arn.resource.split_once('/') {
            Some(("key", id)) => Ok(Self::Key(place, id.to_owned())),
            Some(("alias", _)) => Ok(Self::Alias(place, arn.resource.to_owned())),
            _ => Err(invalid()),
        }
    }
}

/// Whether a text has the form of a key id: a UUID, or `mrk-` and 32 hexadecimal digits.
fn is_key_id(text: &str) -> bool {
    if let Some(digits) = text.strip_prefix("mrk-") {
        return digits.len() == 32 && hex::is_hex(digits);
    }
    let lengths = text.split('-').map(str::len);
    lengths.eq([8, 4, 4, 4, 12]) && text.split('-').all(hex::is_hex)
}

#[cfg(test)]
mod tests {
    use bastide_ids::Region;
    use proptest::prelude::*;

    use super::*;

    const ID: &str = "1234abcd-12ab-34cd-56ef-1234567890ab";

    fn here() -> Place {
        Place::new(AccountId::from_number(111_122_223_333), Region::us_east_1())
    }

    fn parse(text: &str, accepts: Accepts) -> Result<KeyName, String> {
        KeyName::parse(text, &here(), accepts).map_err(|failure| failure.message)
    }

    #[test]
    fn reads_every_form() {
        let key = |place: Place| Ok(KeyName::Key(place, ID.to_owned()));
        let alias = |place: Place| Ok(KeyName::Alias(place, "alias/a/b".to_owned()));
        let there = Place::new(AccountId::from_number(444_455_556_666), Region::us_east_1());
        let all = Accepts::KeysAndAliases;
        assert_eq!(parse(ID, all), key(here()));
        assert_eq!(parse(&format!("arn:aws:kms:us-east-1:111122223333:key/{ID}"), all), key(here()));
        assert_eq!(parse(&format!("arn:aws:kms:us-east-1:444455556666:key/{ID}"), all), key(there.clone()));
        assert_eq!(parse("alias/a/b", all), alias(here()));
        assert_eq!(parse("arn:aws:kms:us-east-1:444455556666:alias/a/b", all), alias(there));
        assert!(parse("mrk-1234abcd12ab34cd56ef1234567890ab", Accepts::Keys).is_ok());
    }

    #[test]
    fn tells_what_is_wrong() {
        let wrong = |text: &str| parse(text, Accepts::Keys).unwrap_err();
        assert_eq!(wrong("fake-key-id"), "Invalid keyId 'fake-key-id'");
        assert_eq!(
            wrong("134f2428cec14b25a1ae9048164dba47"),
            "Invalid keyId '134f2428cec14b25a1ae9048164dba47'"
        );
        assert_eq!(wrong("mrk-fake-key-id"), "Invalid keyId 'mrk-fake-key-id'");
        assert_eq!(wrong("alias/x"), "Invalid keyId 'alias/x'");
        assert_eq!(wrong("arn:aws:kms:eu-west-1:111122223333:key/x"), "Invalid arn eu-west-1");
        assert_eq!(wrong("arn:aws-cn:kms:us-east-1:111122223333:key/x"), "Invalid arn aws-cn");
        assert_eq!(wrong("arn:aws:kms:us-east-1:111122223333:key/x"), "Invalid keyId 'x'");
        for text in ["arn:aws:s3:::bucket", "arn:aws:kms", "arn:aws:kms:us-east-1:1:key/x"] {
            assert_eq!(wrong(text), format!("Invalid arn {text}"));
        }
    }

    proptest! {
        #[test]
        fn never_leaves_the_region(text in "(arn:aws(-cn)?:kms:[a-z0-9-]{0,12}:[0-9]{11,13}:)?(key/|alias/)?[a-f0-9/-]{0,40}") {
            if let Ok(KeyName::Key(place, _) | KeyName::Alias(place, _)) = parse(&text, Accepts::KeysAndAliases) {
                prop_assert_eq!(place.region, here().region);
            }
        }
    }
}
