use std::fmt;

/// An Amazon Resource Name, borrowed from the text it was parsed from.
///
/// `arn:partition:service:region:account:resource`; region and account may be empty.
/// Source: IAM User Guide, "Identify AWS resources with ARNs".
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Arn<'a> {
    /// `aws`, `aws-cn`, `aws-us-gov`, …
    pub partition: &'a str,
    /// The service's ARN namespace, such as `kms`.
    pub service: &'a str,
    /// The region, empty for global resources.
    pub region: &'a str,
    /// The 12-digit account, empty for resources that have none in their name (S3 buckets).
    pub account: &'a str,
    /// Everything after the fifth colon, such as `key/1234abcd-…`.
    pub resource: &'a str,
}

/// Why a text is not an ARN.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ArnError {
    /// It does not start with `arn:`.
    #[error("an ARN starts with `arn:`")]
    Prefix,
    /// It has fewer than six parts.
    #[error("an ARN has six parts separated by colons")]
    Parts,
    /// Partition, service or resource is empty.
    #[error("an ARN's partition, service and resource may not be empty")]
    Empty,
}

impl<'a> Arn<'a> {
    /// Splits a text into the parts of an ARN.
    ///
    /// # Errors
    /// [`ArnError`] when the text does not have the six parts.
    pub fn parse(text: &'a str) -> Result<Self, ArnError> {
        let rest = text.strip_prefix("arn:").ok_or(ArnError::Prefix)?;
        let mut parts = rest.splitn(5, ':');
        let mut next = || parts.next().ok_or(ArnError::Parts);
        let arn = Self {
            partition: next()?,
            service: next()?,
            region: next()?,
            account: next()?,
            resource: next()?,
        };
        if arn.partition.is_empty() || arn.service.is_empty() || arn.resource.is_empty() {
            return Err(ArnError::Empty);
        }
        Ok(arn)
    }

    /// The resource part split at its first `/` or `:`, such as `("key", "1234…")`; the type is empty
    /// when there is no separator.
    #[must_use]
    pub fn resource_parts(&self) -> (&'a str, &'a str) {
        self.resource.split_once(['/', ':']).unwrap_or(("", self.resource))
    }
}

impl fmt::Display for Arn<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { partition, service, region, account, resource } = self;
        write!(f, "arn:{partition}:{service}:{region}:{account}:{resource}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn splits_and_joins() {
        let text = "arn:aws:kms:us-east-1:111122223333:key/mrk-1:2/3";
        let arn = Arn::parse(text).unwrap();
        assert_eq!(arn.resource_parts(), ("key", "mrk-1:2/3"));
        assert_eq!(arn.to_string(), text);
    }

    #[test]
    fn refuses_what_is_not_an_arn() {
        assert_eq!(Arn::parse("alias/x"), Err(ArnError::Prefix));
        assert_eq!(Arn::parse("arn:aws:kms"), Err(ArnError::Parts));
        assert_eq!(Arn::parse("arn:aws:kms:::"), Err(ArnError::Empty));
    }
}
