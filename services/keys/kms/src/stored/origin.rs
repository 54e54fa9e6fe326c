use serde::{Deserialize, Serialize};

/// Where the key material of a key comes from: `Origin` of `KeyMetadata`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Origin {
    /// Made here.
    #[default]
    AwsKms,
    /// Imported by the customer.
    External,
    /// Made in the CloudHSM cluster of a custom key store.
    AwsCloudHsm,
    /// Outside, behind the proxy of an external key store.
    ExternalKeyStore,
}

impl Origin {
    /// As `OriginType` has it.
    pub(crate) fn as_str(self) -> &'static str {
        match self {
            Self::AwsKms => "AWS_KMS",
            Self::External => "EXTERNAL",
            Self::AwsCloudHsm => "AWS_CLOUDHSM",
            Self::ExternalKeyStore => "EXTERNAL_KEY_STORE",
        }
    }

    /// The origin that a request names; `None` when it is none of AWS's.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        [Self::AwsKms, Self::External, Self::AwsCloudHsm, Self::ExternalKeyStore]
            .into_iter()
            .find(|origin| origin.as_str() == text)
    }

    /// Whether the material is kept in a custom key store.
    pub(crate) fn is_in_key_store(self) -> bool {
        matches!(self, Self::AwsCloudHsm | Self::ExternalKeyStore)
    }
}
