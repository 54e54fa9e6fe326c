use std::sync::OnceLock;

use aws_lc_rs::kem::EncapsulationKey;
use aws_lc_rs::rsa::{OaepPublicEncryptingKey, PublicEncryptingKey};
use aws_lc_rs::signature::ParsedPublicKey;
use zeroize::Zeroizing;

use crate::der;
use crate::error::CryptoError;
use crate::ffi::{self, EvpKey, Kind};
use crate::scheme;
use crate::{EncryptionAlgorithm, KeySpec, Message, SigningAlgorithm};

/// The public half of a key pair: it verifies, encrypts or encapsulates. What it needs for that is worked out once.
pub struct PublicKey {
    spec: KeySpec,
    spki: Vec<u8>,
    /// By the places of the algorithms in the spec's list.
    verifiers: [OnceLock<ParsedPublicKey>; 6],
    encrypting: OnceLock<OaepPublicEncryptingKey>,
    encapsulating: OnceLock<EncapsulationKey>,
    evp: OnceLock<EvpKey>,
}

impl PublicKey {
    /// Reads a public key of this spec from its DER-encoded SubjectPublicKeyInfo (RFC 5280).
    ///
    /// # Errors
    /// [`CryptoError::InvalidPublicKey`], [`CryptoError::Unsupported`].
    pub fn from_spki(spec: KeySpec, spki: &[u8]) -> Result<Self, CryptoError> {
        let evp = EvpKey::from_spki(spki).ok_or(CryptoError::InvalidPublicKey)?;
        if evp.kind() != scheme::kind(spec)? {
            return Err(CryptoError::InvalidPublicKey);
        }
        let key = Self::new(spec, evp.to_spki().ok_or(CryptoError::InvalidPublicKey)?);
        if !der::same_algorithm(spki, &key.spki) {
            return Err(CryptoError::InvalidPublicKey);
        }
        let fits = match evp.kind() {
            Kind::Rsa => PublicEncryptingKey::from_der(&key.spki)
                .is_ok_and(|rsa| Some(rsa.key_size_bits()) == scheme::rsa_bits(spec)),
            Kind::MlKem => key.encapsulating().is_ok(),
            _ => spec.signing_algorithms().first().is_some_and(|first| key.verifier(*first).is_ok()),
        };
        if fits { Ok(key) } else { Err(CryptoError::InvalidPublicKey) }
    }

    /// What is known to be the SubjectPublicKeyInfo of a key of this spec.
    pub(crate) fn new(spec: KeySpec, spki: Vec<u8>) -> Self {
        Self {
            spec,
            spki,
            verifiers: [const { OnceLock::new() }; 6],
            encrypting: OnceLock::new(),
            encapsulating: OnceLock::new(),
            evp: OnceLock::new(),
        }
    }

    /// Its spec.
    #[must_use]
    pub fn spec(&self) -> KeySpec {
        self.spec
    }

    /// Its DER-encoded SubjectPublicKeyInfo (RFC 5280).
    #[must_use]
    pub fn spki(&self) -> &[u8] {
        &self.spki
    }

    /// Verifies a signature.
    ///
    /// # Errors
    /// [`CryptoError::NotAuthentic`] when it is not one of this message by this key; [`CryptoError::WrongKey`],
    /// [`CryptoError::MessageType`] and [`CryptoError::DigestLength`] as for signing.
    pub fn verify(
        &self,
        algorithm: SigningAlgorithm,
        message: Message<'_>,
        signature: &[u8],
    ) -> Result<(), CryptoError> {
        message.check(self.spec, algorithm)?;
        let verified = match (algorithm, message) {
            (SigningAlgorithm::Ed25519PhSha512, Message::Digest(digest)) => {
                ffi::ed25519ph_verify(&self.ed25519_point()?, digest, signature)
            }
            (_, Message::ExternalMu(mu)) => self.evp()?.verify_prehashed(mu, signature),
            (_, Message::Digest(digest)) => {
                let digest = scheme::import_digest(algorithm, digest)?;
                self.verifier(algorithm)?.verify_digest_sig(&digest, signature).is_ok()
            }
            (_, Message::Raw(message)) => self.verifier(algorithm)?.verify_sig(message, signature).is_ok(),
        };
        if verified { Ok(()) } else { Err(CryptoError::NotAuthentic) }
    }

    /// Verifies what [`crate::SecretKey::sign_prehashed`] signed.
    ///
    /// # Errors
    /// [`CryptoError::NotAuthentic`]; [`CryptoError::WrongKey`] for keys that do not sign so.
    pub fn verify_prehashed(&self, input: &[u8], signature: &[u8]) -> Result<(), CryptoError> {
        if !scheme::signs_prehashed(self.spec) {
            return Err(CryptoError::WrongKey(self.spec));
        }
        if self.evp()?.verify_prehashed(input, signature) { Ok(()) } else { Err(CryptoError::NotAuthentic) }
    }

    /// Encrypts with RSAES-OAEP.
    ///
    /// # Errors
    /// [`CryptoError::TooLong`], [`CryptoError::WrongKey`].
    pub fn encrypt(&self, algorithm: EncryptionAlgorithm, plaintext: &[u8]) -> Result<Vec<u8>, CryptoError> {
        let oaep = scheme::oaep(self.spec, algorithm)?;
        let key = scheme::once(&self.encrypting, || {
            let key = PublicEncryptingKey::from_der(&self.spki).map_err(|_| CryptoError::InvalidPublicKey)?;
            OaepPublicEncryptingKey::new(key).map_err(|_| CryptoError::InvalidPublicKey)
        })?;
        let limit = key.max_plaintext_size(oaep);
        if plaintext.len() > limit {
            return Err(CryptoError::TooLong { limit });
        }
        let mut ciphertext = vec![0; key.ciphertext_size()];
        let length = key
            .encrypt(oaep, plaintext, &mut ciphertext, None)
            .map_err(|_| CryptoError::Failed("encrypt with RSAES-OAEP"))?
            .len();
        ciphertext.truncate(length);
        Ok(ciphertext)
    }

    /// Makes a shared secret by ML-KEM: its encapsulated form, and the secret of 32 bytes.
    ///
    /// # Errors
    /// [`CryptoError::WrongKey`].
    pub fn encapsulate(&self) -> Result<(Vec<u8>, Zeroizing<Vec<u8>>), CryptoError> {
        let made = self.encapsulating()?.encapsulate();
        let (ciphertext, secret) = made.map_err(|_| CryptoError::Failed("encapsulate"))?;
        Ok((ciphertext.as_ref().to_vec(), Zeroizing::new(secret.as_ref().to_vec())))
    }

    fn verifier(&self, algorithm: SigningAlgorithm) -> Result<&ParsedPublicKey, CryptoError> {
        let wrong = CryptoError::WrongKey(self.spec);
        let place = self.spec.signing_algorithms().iter().position(|known| *known == algorithm);
        let slot = place.and_then(|place| self.verifiers.get(place)).ok_or(wrong)?;
        scheme::once(slot, || {
            let verification = scheme::verification(self.spec, algorithm)?;
            ParsedPublicKey::new(verification, &self.spki).map_err(|_| CryptoError::InvalidPublicKey)
        })
    }

    fn encapsulating(&self) -> Result<&EncapsulationKey, CryptoError> {
        let algorithm = scheme::kem(self.spec)?;
        scheme::once(&self.encapsulating, || {
            let raw = self.evp()?.raw_public().ok_or(CryptoError::InvalidPublicKey)?;
            EncapsulationKey::new(algorithm, &raw).map_err(|_| CryptoError::InvalidPublicKey)
        })
    }

    fn ed25519_point(&self) -> Result<[u8; 32], CryptoError> {
        let raw = self.evp()?.raw_public();
        raw.and_then(|raw| raw.try_into().ok()).ok_or(CryptoError::InvalidPublicKey)
    }

    fn evp(&self) -> Result<&EvpKey, CryptoError> {
        scheme::once(&self.evp, || EvpKey::from_spki(&self.spki).ok_or(CryptoError::InvalidPublicKey))
    }
}

impl std::fmt::Debug for PublicKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "PublicKey({})", self.spec)
    }
}
