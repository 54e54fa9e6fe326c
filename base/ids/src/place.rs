use std::fmt;
use std::sync::Arc;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

/// Why a text is not an account, region or partition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PlaceError {
    /// Not 12 digits.
    #[error("an account id is 12 digits")]
    Account,
    /// Not of the form `us-east-1`.
    #[error("a region is written like us-east-1")]
    Region,
}

/// A 12-digit account number.
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct AccountId([u8; 12]);

impl AccountId {
    /// Reads 12 ASCII digits.
    ///
    /// # Errors
    /// [`PlaceError::Account`] for anything else.
    pub fn parse(text: &str) -> Result<Self, PlaceError> {
        let digits: [u8; 12] = text.as_bytes().try_into().map_err(|_| PlaceError::Account)?;
        if !digits.iter().all(u8::is_ascii_digit) {
            return Err(PlaceError::Account);
        }
        Ok(Self(digits))
    }

    /// The account of this number, taken modulo 10¹².
    #[must_use]
    pub fn from_number(number: u64) -> Self {
        let mut digits = [b'0'; 12];
        let mut rest = number;
        for digit in digits.iter_mut().rev() {
            *digit = b'0' + u8::try_from(rest % 10).unwrap_or(0);
            rest /= 10;
        }
        Self(digits)
    }

    /// The digits as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        std::str::from_utf8(&self.0).unwrap_or_default()
    }
}

/// A region, such as `us-east-1`. Cheap to clone.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Region(Arc<str>);

impl Region {
    /// Reads a region name: lower-case letters, digits and hyphens, 3 to 32 of them. Bastide runs in
    /// sovereign places too, so any such name is a region.
    ///
    /// # Errors
    /// [`PlaceError::Region`] for anything else.
    pub fn parse(text: &str) -> Result<Self, PlaceError> {
        let fits = (3..=32).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-')
            && text.starts_with(|c: char| c.is_ascii_lowercase());
        if fits { Ok(Self(text.into())) } else { Err(PlaceError::Region) }
    }

    /// `us-east-1`, where global services keep their state and their record.
    #[must_use]
    pub fn us_east_1() -> Self {
        Self("us-east-1".into())
    }

    /// The name as text.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The partition that AWS's naming puts this region in.
    #[must_use]
    pub fn partition(&self) -> Partition {
        match self.as_str() {
            name if name.starts_with("cn-") => Partition::AwsCn,
            name if name.starts_with("us-gov-") => Partition::AwsUsGov,
            name if name.starts_with("eusc-") => Partition::AwsEusc,
            _ => Partition::Aws,
        }
    }
}

/// A group of regions with its own ARNs. Source: botocore's `partitions.json`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Partition {
    /// `aws`
    Aws,
    /// `aws-cn`
    AwsCn,
    /// `aws-us-gov`
    AwsUsGov,
    /// `aws-eusc`
    AwsEusc,
}

impl Partition {
    /// The region in which global services keep their state and their record.
    #[must_use]
    pub fn global_region(self) -> Region {
        Region(Arc::from(match self {
            Self::Aws => "us-east-1",
            Self::AwsCn => "cn-north-1",
            Self::AwsUsGov => "us-gov-west-1",
            Self::AwsEusc => "eusc-de-east-1",
        }))
    }

    /// The name as it stands in an ARN.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Aws => "aws",
            Self::AwsCn => "aws-cn",
            Self::AwsUsGov => "aws-us-gov",
            Self::AwsEusc => "aws-eusc",
        }
    }
}

/// Where a call happens or a resource lives.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Place {
    /// The partition of the region.
    pub partition: Partition,
    /// The account.
    pub account: AccountId,
    /// The region.
    pub region: Region,
}

impl Place {
    /// The place of an account in a region.
    #[must_use]
    pub fn new(account: AccountId, region: Region) -> Self {
        Self { partition: region.partition(), account, region }
    }

    /// `arn:partition:service:region:account:resource` of a resource here.
    #[must_use]
    pub fn arn(&self, service: &str, resource: &str) -> String {
        let Self { partition, account, region } = self;
        format!("arn:{}:{service}:{region}:{account}:{resource}", partition.as_str())
    }

    /// The ARN of a resource of a global service: its region is empty.
    #[must_use]
    pub fn global_arn(&self, service: &str, resource: &str) -> String {
        format!("arn:{}:{service}::{}:{resource}", self.partition.as_str(), self.account)
    }
}

macro_rules! as_text {
    ($($name:ident),*) => {$(
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.serialize_str(self.as_str())
            }
        }
        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                Self::parse(&String::deserialize(d)?).map_err(D::Error::custom)
            }
        }
    )*};
}
as_text!(AccountId, Region);

impl fmt::Display for Partition {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn accounts() {
        assert_eq!(AccountId::from_number(42).as_str(), "000000000042");
        assert_eq!(AccountId::parse("123456789012").unwrap().as_str(), "123456789012");
        assert!(AccountId::parse("12345678901").is_err());
        assert!(AccountId::parse("12345678901x").is_err());
    }

    #[test]
    fn regions_and_partitions() {
        assert_eq!(Region::parse("us-gov-west-1").unwrap().partition().as_str(), "aws-us-gov");
        assert_eq!(Region::parse("cn-north-1").unwrap().partition().as_str(), "aws-cn");
        for bad in ["", "US-EAST-1", "us/east", "1us-east", "x"] {
            assert!(Region::parse(bad).is_err(), "{bad}");
        }
        let here = Place::new(AccountId::from_number(0), Region::us_east_1());
        assert_eq!(here.arn("kms", "key/1"), "arn:aws:kms:us-east-1:000000000000:key/1");
        assert_eq!(here.global_arn("iam", "root"), "arn:aws:iam::000000000000:root");
    }
}
