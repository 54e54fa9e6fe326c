//! Key specs and usages. Source: AWS KMS API Reference, `KeySpec` and `KeyUsage` of `CreateKey`.

use crate::algorithm::{
    EncapsulationAlgorithm, EncryptionAlgorithm, KeyAgreementAlgorithm, MacAlgorithm, SigningAlgorithm,
};
use crate::name::named;

named! {
    /// What kind of key it is: its algorithm and size.
    pub enum KeySpec {
        /// An RSA key of 2048 bits.
        Rsa2048 = "RSA_2048",
        /// An RSA key of 3072 bits.
        Rsa3072 = "RSA_3072",
        /// An RSA key of 4096 bits.
        Rsa4096 = "RSA_4096",
        /// NIST P-256, secp256r1.
        EccNistP256 = "ECC_NIST_P256",
        /// NIST P-384, secp384r1.
        EccNistP384 = "ECC_NIST_P384",
        /// NIST P-521, secp521r1.
        EccNistP521 = "ECC_NIST_P521",
        /// secp256k1.
        EccSecgP256k1 = "ECC_SECG_P256K1",
        /// 256 bits for AES-256-GCM.
        SymmetricDefault = "SYMMETRIC_DEFAULT",
        /// 224 bits for HMAC.
        Hmac224 = "HMAC_224",
        /// 256 bits for HMAC.
        Hmac256 = "HMAC_256",
        /// 384 bits for HMAC.
        Hmac384 = "HMAC_384",
        /// 512 bits for HMAC.
        Hmac512 = "HMAC_512",
        /// SM2, which AWS has in its China Regions only. Known, not supported.
        Sm2 = "SM2",
        /// ML-DSA-44 (FIPS 204).
        MlDsa44 = "ML_DSA_44",
        /// ML-DSA-65 (FIPS 204).
        MlDsa65 = "ML_DSA_65",
        /// ML-DSA-87 (FIPS 204).
        MlDsa87 = "ML_DSA_87",
        /// edwards25519, for Ed25519 and Ed25519ph.
        EccNistEdwards25519 = "ECC_NIST_EDWARDS25519",
        /// ML-KEM-512 (FIPS 203).
        MlKem512 = "ML_KEM_512",
        /// ML-KEM-768 (FIPS 203).
        MlKem768 = "ML_KEM_768",
        /// ML-KEM-1024 (FIPS 203).
        MlKem1024 = "ML_KEM_1024",
    }
}

named! {
    /// What a key is for. A key has one usage for life.
    pub enum KeyUsage {
        /// Digital signatures.
        SignVerify = "SIGN_VERIFY",
        /// Encryption and decryption.
        EncryptDecrypt = "ENCRYPT_DECRYPT",
        /// Message authentication codes.
        GenerateVerifyMac = "GENERATE_VERIFY_MAC",
        /// Deriving shared secrets.
        KeyAgreement = "KEY_AGREEMENT",
        /// Encapsulating shared secrets.
        EncapsulateDecapsulate = "ENCAPSULATE_DECAPSULATE",
    }
}

impl Default for KeySpec {
    /// What CreateKey makes when it is not told.
    fn default() -> Self {
        Self::SymmetricDefault
    }
}

impl Default for KeyUsage {
    /// What CreateKey makes when it is not told.
    fn default() -> Self {
        Self::EncryptDecrypt
    }
}

impl KeySpec {
    /// What keys of this spec can be for.
    #[must_use]
    pub const fn usages(self) -> &'static [KeyUsage] {
        use KeyUsage::{EncapsulateDecapsulate, EncryptDecrypt, GenerateVerifyMac, KeyAgreement, SignVerify};
        match self {
            Self::SymmetricDefault => &[EncryptDecrypt],
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => &[EncryptDecrypt, SignVerify],
            Self::EccNistP256 | Self::EccNistP384 | Self::EccNistP521 => &[SignVerify, KeyAgreement],
            Self::EccSecgP256k1
            | Self::EccNistEdwards25519
            | Self::MlDsa44
            | Self::MlDsa65
            | Self::MlDsa87 => &[SignVerify],
            Self::Hmac224 | Self::Hmac256 | Self::Hmac384 | Self::Hmac512 => &[GenerateVerifyMac],
            Self::MlKem512 | Self::MlKem768 | Self::MlKem1024 => &[EncapsulateDecapsulate],
            Self::Sm2 => &[EncryptDecrypt, SignVerify, KeyAgreement],
        }
    }

    /// Whether keys of this spec are pairs, of which one half is public.
    #[must_use]
    pub const fn is_asymmetric(self) -> bool {
        !matches!(
            self,
            Self::SymmetricDefault | Self::Hmac224 | Self::Hmac256 | Self::Hmac384 | Self::Hmac512
        )
    }

    /// Whether keys of this spec can be made and used here.
    #[must_use]
    pub const fn is_supported(self) -> bool {
        !matches!(self, Self::Sm2)
    }

    /// The length of the key in bytes, of those that are nothing but random bytes.
    #[must_use]
    pub const fn secret_len(self) -> Option<usize> {
        match self {
            Self::SymmetricDefault | Self::Hmac256 => Some(32),
            Self::Hmac224 => Some(28),
            Self::Hmac384 => Some(48),
            Self::Hmac512 => Some(64),
            _ => None,
        }
    }

    /// `EncryptionAlgorithms` of a key of this spec whose usage is `ENCRYPT_DECRYPT`.
    #[must_use]
    pub const fn encryption_algorithms(self) -> &'static [EncryptionAlgorithm] {
        use EncryptionAlgorithm::{RsaesOaepSha1, RsaesOaepSha256, Sm2Pke, SymmetricDefault};
        match self {
            Self::SymmetricDefault => &[SymmetricDefault],
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => &[RsaesOaepSha1, RsaesOaepSha256],
            Self::Sm2 => &[Sm2Pke],
            _ => &[],
        }
    }

    /// `SigningAlgorithms` of a key of this spec whose usage is `SIGN_VERIFY`.
    #[must_use]
    pub const fn signing_algorithms(self) -> &'static [SigningAlgorithm] {
        use SigningAlgorithm as S;
        match self {
            Self::Rsa2048 | Self::Rsa3072 | Self::Rsa4096 => &[
                S::RsassaPkcs1V15Sha256,
                S::RsassaPkcs1V15Sha384,
                S::RsassaPkcs1V15Sha512,
                S::RsassaPssSha256,
                S::RsassaPssSha384,
                S::RsassaPssSha512,
            ],
            Self::EccNistP256 | Self::EccSecgP256k1 => &[S::EcdsaSha256],
            Self::EccNistP384 => &[S::EcdsaSha384],
            Self::EccNistP521 => &[S::EcdsaSha512],
            Self::EccNistEdwards25519 => &[S::Ed25519Sha512, S::Ed25519PhSha512],
            Self::MlDsa44 | Self::MlDsa65 | Self::MlDsa87 => &[S::MlDsaShake256],
            Self::Sm2 => &[S::Sm2Dsa],
            _ => &[],
        }
    }

    /// `MacAlgorithms` of a key of this spec.
    #[must_use]
    pub const fn mac_algorithms(self) -> &'static [MacAlgorithm] {
        match self {
            Self::Hmac224 => &[MacAlgorithm::HmacSha224],
            Self::Hmac256 => &[MacAlgorithm::HmacSha256],
            Self::Hmac384 => &[MacAlgorithm::HmacSha384],
            Self::Hmac512 => &[MacAlgorithm::HmacSha512],
            _ => &[],
        }
    }

    /// `KeyAgreementAlgorithms` of a key of this spec whose usage is `KEY_AGREEMENT`.
    #[must_use]
    pub const fn key_agreement_algorithms(self) -> &'static [KeyAgreementAlgorithm] {
        match self {
            Self::EccNistP256 | Self::EccNistP384 | Self::EccNistP521 | Self::Sm2 => {
                &[KeyAgreementAlgorithm::Ecdh]
            }
            _ => &[],
        }
    }

    /// `EncapsulationAlgorithms` of a key of this spec.
    #[must_use]
    pub const fn encapsulation_algorithms(self) -> &'static [EncapsulationAlgorithm] {
        match self {
            Self::MlKem512 | Self::MlKem768 | Self::MlKem1024 => &[EncapsulationAlgorithm::MlKem],
            _ => &[],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_read_back_and_are_stored_as_they_are() {
        for spec in KeySpec::ALL {
            assert_eq!(KeySpec::parse(spec.as_str()), Some(*spec));
            assert_eq!(serde_json::to_string(spec).unwrap(), format!("\"{spec}\""));
        }
        assert_eq!(KeySpec::parse("RSA_1024"), None);
    }

    #[test]
    fn every_usage_has_algorithms() {
        for spec in KeySpec::ALL {
            for usage in spec.usages() {
                let count = match usage {
                    KeyUsage::EncryptDecrypt => spec.encryption_algorithms().len(),
                    KeyUsage::SignVerify => spec.signing_algorithms().len(),
                    KeyUsage::GenerateVerifyMac => spec.mac_algorithms().len(),
                    KeyUsage::KeyAgreement => spec.key_agreement_algorithms().len(),
                    KeyUsage::EncapsulateDecapsulate => spec.encapsulation_algorithms().len(),
                };
                assert!(count > 0, "{spec} {usage}");
            }
        }
    }
}
