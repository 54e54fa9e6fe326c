use std::fmt;
use std::sync::OnceLock;

use aws_lc_rs::agreement::{self, ParsedPublicKey, ParsedPublicKeyFormat, UnparsedPublicKey};
use aws_lc_rs::encoding::{AsBigEndian, AsDer, Curve25519SeedBin};
use aws_lc_rs::hmac;
use aws_lc_rs::kem::DecapsulationKey;
use aws_lc_rs::rand::{self, SystemRandom};
use aws_lc_rs::rsa::{self, OaepPrivateDecryptingKey, PrivateDecryptingKey, PublicEncryptingKey};
use aws_lc_rs::signature::{EcdsaKeyPair, Ed25519KeyPair, KeyPair, PqdsaKeyPair};
use zeroize::Zeroizing;

use crate::der;
use crate::error::CryptoError;
use crate::ffi::{self, EvpKey, Kind};
use crate::scheme;
use crate::{EncryptionAlgorithm, KeySpec, MacAlgorithm, Message, PublicKey, SigningAlgorithm};

/// A secret or private key of any spec, opened: parsed once, to be kept and shared by threads. Its bytes are wiped
/// when it is dropped and not shown by `Debug`.
pub struct SecretKey {
    spec: KeySpec,
    encoded: Zeroizing<Vec<u8>>,
    opened: Opened,
    /// The other half of a pair.
    public: Option<PublicKey>,
    /// The same key for what `aws-lc-rs` does not offer.
    evp: OnceLock<EvpKey>,
}

enum Opened {
    Symmetric,
    Hmac(Box<hmac::Key>),
    Rsa { signing: rsa::KeyPair, decrypting: OnceLock<OaepPrivateDecryptingKey> },
    Ec { signing: EcdsaKeyPair, agreeing: OnceLock<agreement::PrivateKey> },
    Ed25519(Ed25519KeyPair),
    MlDsa(PqdsaKeyPair),
    MlKem(DecapsulationKey),
}

impl SecretKey {
    /// A new random key. An RSA key takes up to seconds of processor time.
    ///
    /// # Errors
    /// [`CryptoError::Unsupported`] for SM2.
    pub fn generate(spec: KeySpec) -> Result<Self, CryptoError> {
        let failed = |_| CryptoError::Failed("generate a key");
        if let Some(length) = spec.secret_len() {
            return Self::from_bytes(spec, &random(length)?);
        }
        match scheme::kind(spec)? {
            Kind::Rsa => {
                let pair = rsa::KeyPair::generate(scheme::rsa_size(spec)?).map_err(failed)?;
                Self::of_rsa(spec, pair)
            }
            Kind::Ec => Self::of_ec(spec, EcdsaKeyPair::generate(scheme::ecdsa(spec)?).map_err(failed)?),
            Kind::Ed25519 => Self::of_ed25519(Ed25519KeyPair::generate().map_err(failed)?),
            Kind::MlDsa => {
                Self::of_ml_dsa(spec, PqdsaKeyPair::generate(scheme::ml_dsa(spec)?).map_err(failed)?)
            }
            Kind::MlKem => Self::from_bytes(spec, &ml_kem_pkcs8(spec, &random(ML_KEM_SEED)?)?),
            Kind::Other => Err(CryptoError::Unsupported(spec.as_str())),
        }
    }

    /// Opens a key: the bytes of a symmetric or HMAC key, the PKCS#8 form (RFC 5208, DER) of a private key.
    ///
    /// # Errors
    /// [`CryptoError::InvalidKey`] when it is no key of this spec; [`CryptoError::Unsupported`].
    pub fn from_bytes(spec: KeySpec, bytes: &[u8]) -> Result<Self, CryptoError> {
        let invalid = || CryptoError::InvalidKey(spec);
        if let Some(length) = spec.secret_len() {
            if bytes.len() != length {
                return Err(invalid());
            }
            let opened = match spec.mac_algorithms().first() {
                Some(algorithm) => Opened::Hmac(Box::new(hmac::Key::new(scheme::mac(*algorithm), bytes))),
                None => Opened::Symmetric,
            };
            return Ok(Self::new(spec, Zeroizing::new(bytes.to_vec()), opened, None));
        }
        let kind = scheme::kind(spec)?;
        if !der::is_one_sequence(bytes) {
            return Err(invalid());
        }
        match kind {
            Kind::Rsa => Self::of_rsa(spec, rsa::KeyPair::from_pkcs8(bytes).map_err(|_| invalid())?),
            Kind::Ec => {
                let pair = EcdsaKeyPair::from_pkcs8(scheme::ecdsa(spec)?, bytes);
                Self::of_ec(spec, pair.map_err(|_| invalid())?)
            }
            Kind::Ed25519 => {
                Self::of_ed25519(Ed25519KeyPair::from_pkcs8_maybe_unchecked(bytes).map_err(|_| invalid())?)
            }
            Kind::MlDsa => {
                let pair = PqdsaKeyPair::from_pkcs8(scheme::ml_dsa(spec)?, bytes);
                Self::of_ml_dsa(spec, pair.map_err(|_| invalid())?)
            }
            Kind::MlKem => Self::of_ml_kem(spec, &EvpKey::from_pkcs8(bytes).ok_or_else(invalid)?),
            Kind::Other => Err(CryptoError::Unsupported(spec.as_str())),
        }
    }

    fn of_rsa(spec: KeySpec, pair: rsa::KeyPair) -> Result<Self, CryptoError> {
        let invalid = || CryptoError::InvalidKey(spec);
        let encoded = secret_copy(pair.as_der().map_err(|_| invalid())?.as_ref());
        let spki = pair.public_key().as_der().map_err(|_| invalid())?.as_ref().to_vec();
        let bits = PublicEncryptingKey::from_der(&spki).map_err(|_| invalid())?.key_size_bits();
        if Some(bits) != scheme::rsa_bits(spec) {
            return Err(invalid());
        }
        let opened = Opened::Rsa { signing: pair, decrypting: OnceLock::new() };
        Ok(Self::new(spec, encoded, opened, Some(spki)))
    }

    fn of_ec(spec: KeySpec, pair: EcdsaKeyPair) -> Result<Self, CryptoError> {
        let invalid = |_| CryptoError::InvalidKey(spec);
        let encoded = secret_copy(pair.to_pkcs8v1().map_err(invalid)?.as_ref());
        let spki = pair.public_key().as_der().map_err(invalid)?.as_ref().to_vec();
        let opened = Opened::Ec { signing: pair, agreeing: OnceLock::new() };
        Ok(Self::new(spec, encoded, opened, Some(spki)))
    }

    fn of_ed25519(pair: Ed25519KeyPair) -> Result<Self, CryptoError> {
        let spec = KeySpec::EccNistEdwards25519;
        let invalid = |_| CryptoError::InvalidKey(spec);
        let encoded = secret_copy(pair.to_pkcs8v1().map_err(invalid)?.as_ref());
        let spki = pair.public_key().as_der().map_err(invalid)?.as_ref().to_vec();
        Ok(Self::new(spec, encoded, Opened::Ed25519(pair), Some(spki)))
    }

    fn of_ml_dsa(spec: KeySpec, pair: PqdsaKeyPair) -> Result<Self, CryptoError> {
        let invalid = |_| CryptoError::InvalidKey(spec);
        let encoded = secret_copy(pair.to_pkcs8v1().map_err(invalid)?.as_ref());
        let spki = pair.public_key().as_der().map_err(invalid)?.as_ref().to_vec();
        Ok(Self::new(spec, encoded, Opened::MlDsa(pair), Some(spki)))
    }

    fn of_ml_kem(spec: KeySpec, evp: &EvpKey) -> Result<Self, CryptoError> {
        let invalid = || CryptoError::InvalidKey(spec);
        if evp.kind() != Kind::MlKem {
            return Err(invalid());
        }
        let raw = evp.raw_private().ok_or_else(invalid)?;
        let opened = DecapsulationKey::new(scheme::kem(spec)?, &raw).map_err(|_| invalid())?;
        let encoded = evp.to_pkcs8().ok_or_else(invalid)?;
        let spki = evp.to_spki().ok_or_else(invalid)?;
        Ok(Self::new(spec, encoded, Opened::MlKem(opened), Some(spki)))
    }

    fn new(spec: KeySpec, encoded: Zeroizing<Vec<u8>>, opened: Opened, spki: Option<Vec<u8>>) -> Self {
        let public = spki.map(|spki| PublicKey::new(spec, spki));
        Self { spec, encoded, opened, public, evp: OnceLock::new() }
    }

    /// Its spec.
    #[must_use]
    pub fn spec(&self) -> KeySpec {
        self.spec
    }

    /// Its bytes, in the form that [`Self::from_bytes`] reads. Of an ML-DSA or ML-KEM key that is PKCS#8 with the
    /// seed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.encoded
    }

    /// The public half of a pair.
    ///
    /// # Errors
    /// [`CryptoError::WrongKey`] for symmetric and HMAC keys.
    pub fn public_key(&self) -> Result<&PublicKey, CryptoError> {
        self.public.as_ref().ok_or(CryptoError::WrongKey(self.spec))
    }

    /// Signs.
    ///
    /// # Errors
    /// [`CryptoError::WrongKey`] when the algorithm is not one of the spec's; [`CryptoError::MessageType`],
    /// [`CryptoError::DigestLength`].
    pub fn sign(&self, algorithm: SigningAlgorithm, message: Message<'_>) -> Result<Vec<u8>, CryptoError> {
        message.check(self.spec, algorithm)?;
        let failed = |_| CryptoError::Failed("sign");
        match (&self.opened, message) {
            (Opened::Rsa { signing, .. }, message) => sign_rsa(signing, algorithm, message),
            (Opened::Ec { signing, .. }, Message::Raw(message)) => {
                Ok(signing.sign(&SystemRandom::new(), message).map_err(failed)?.as_ref().to_vec())
            }
            (Opened::Ec { signing, .. }, Message::Digest(digest)) => {
                let digest = scheme::import_digest(algorithm, digest)?;
                Ok(signing.sign_digest(&digest).map_err(failed)?.as_ref().to_vec())
            }
            (Opened::Ed25519(pair), Message::Raw(message)) => {
                Ok(pair.try_sign(message).map_err(failed)?.as_ref().to_vec())
            }
            (Opened::Ed25519(pair), Message::Digest(digest)) => sign_ed25519ph(pair, digest),
            (Opened::MlDsa(pair), Message::Raw(message)) => {
                let mut signature = vec![0; pair.algorithm().signature_len()];
                let length = pair.sign(message, &mut signature).map_err(failed)?;
                signature.truncate(length);
                Ok(signature)
            }
            (Opened::MlDsa(_), Message::ExternalMu(mu)) => self.sign_prehashed(mu),
            _ => Err(CryptoError::WrongKey(self.spec)),
        }
    }

    /// Signs what was hashed before, of whatever length: with an RSA key these bytes padded by PKCS#1 v1.5
    /// (PKCS#11's `CKM_RSA_PKCS`), with an elliptic curve a digest (`CKM_ECDSA`, the signature in DER), with an
    /// ML-DSA key µ.
    ///
    /// # Errors
    /// [`CryptoError::WrongKey`] for other keys; [`CryptoError::Failed`] when the bytes are more than fit.
    pub fn sign_prehashed(&self, input: &[u8]) -> Result<Vec<u8>, CryptoError> {
        if !scheme::signs_prehashed(self.spec) {
            return Err(CryptoError::WrongKey(self.spec));
        }
        let key = scheme::once(&self.evp, || {
            EvpKey::from_pkcs8(&self.encoded).ok_or(CryptoError::InvalidKey(self.spec))
        })?;
        key.sign_prehashed(input).ok_or(CryptoError::Failed("sign"))
    }

    /// Decrypts what [`PublicKey::encrypt`] made, with RSAES-OAEP.
    ///
    /// # Errors
    /// [`CryptoError::NotAuthentic`] when it does not decrypt; [`CryptoError::WrongKey`].
    pub fn decrypt(
        &self,
        algorithm: EncryptionAlgorithm,
        ciphertext: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let oaep = scheme::oaep(self.spec, algorithm)?;
        let Opened::Rsa { decrypting, .. } = &self.opened else {
            return Err(CryptoError::WrongKey(self.spec));
        };
        let key = scheme::once(decrypting, || {
            let key = PrivateDecryptingKey::from_pkcs8(&self.encoded);
            let key = key.map_err(|_| CryptoError::InvalidKey(self.spec))?;
            OaepPrivateDecryptingKey::new(key).map_err(|_| CryptoError::InvalidKey(self.spec))
        })?;
        let mut plaintext = Zeroizing::new(vec![0; key.min_output_size()]);
        let decrypted = key.decrypt(oaep, ciphertext, &mut plaintext, None);
        let length = decrypted.map_err(|_| CryptoError::NotAuthentic)?.len();
        plaintext.truncate(length);
        Ok(plaintext)
    }

    /// The MAC of a message.
    ///
    /// # Errors
    /// [`CryptoError::WrongKey`] when the algorithm is not the spec's.
    pub fn mac(&self, algorithm: MacAlgorithm, message: &[u8]) -> Result<Vec<u8>, CryptoError> {
        Ok(hmac::sign(self.hmac(algorithm)?, message).as_ref().to_vec())
    }

    /// Verifies a MAC, in constant time.
    ///
    /// # Errors
    /// [`CryptoError::NotAuthentic`]; [`CryptoError::WrongKey`] when the algorithm is not the spec's.
    pub fn verify_mac(&self, algorithm: MacAlgorithm, message: &[u8], mac: &[u8]) -> Result<(), CryptoError> {
        hmac::verify(self.hmac(algorithm)?, message, mac).map_err(|_| CryptoError::NotAuthentic)
    }

    fn hmac(&self, algorithm: MacAlgorithm) -> Result<&hmac::Key, CryptoError> {
        match &self.opened {
            Opened::Hmac(key) if self.spec.mac_algorithms().contains(&algorithm) => Ok(key),
            _ => Err(CryptoError::WrongKey(self.spec)),
        }
    }

    /// The raw secret that this key and somebody's public key have in common (ECDH): the x coordinate, as long as
    /// the curve's field. The other key comes as DER-encoded SubjectPublicKeyInfo of the same curve.
    ///
    /// # Errors
    /// [`CryptoError::InvalidPublicKey`]; [`CryptoError::WrongKey`] when this key does not agree.
    pub fn derive(&self, peer: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let algorithm = scheme::ecdh(self.spec)?;
        let Opened::Ec { agreeing, .. } = &self.opened else { return Err(CryptoError::WrongKey(self.spec)) };
        let key = scheme::once(agreeing, || {
            agreement::PrivateKey::from_private_key_der(algorithm, &self.encoded)
                .map_err(|_| CryptoError::InvalidKey(self.spec))
        })?;
        if !der::is_one_sequence(peer) || !der::same_algorithm(peer, self.public_key()?.spki()) {
            return Err(CryptoError::InvalidPublicKey);
        }
        let peer = ParsedPublicKey::try_from(UnparsedPublicKey::new(algorithm, peer))
            .ok()
            .filter(|peer| peer.format() == ParsedPublicKeyFormat::X509)
            .ok_or(CryptoError::InvalidPublicKey)?;
        agreement::agree(key, peer, CryptoError::InvalidPublicKey, |secret| Ok(secret_copy(secret)))
    }

    /// The shared secret of 32 bytes behind its encapsulated form (ML-KEM). An altered form gives another secret,
    /// not an error: FIPS 203, implicit rejection.
    ///
    /// # Errors
    /// [`CryptoError::NotAuthentic`] when it has not the length of the spec; [`CryptoError::WrongKey`].
    pub fn decapsulate(&self, ciphertext: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
        let Opened::MlKem(key) = &self.opened else { return Err(CryptoError::WrongKey(self.spec)) };
        let secret = key.decapsulate(ciphertext.into()).map_err(|_| CryptoError::NotAuthentic)?;
        Ok(secret_copy(secret.as_ref()))
    }
}

fn sign_rsa(
    pair: &rsa::KeyPair,
    algorithm: SigningAlgorithm,
    message: Message<'_>,
) -> Result<Vec<u8>, CryptoError> {
    let encoding = scheme::rsa_encoding(algorithm).ok_or(CryptoError::MessageType)?;
    let mut signature = vec![0; pair.public_modulus_len()];
    let signed = match message {
        Message::Raw(message) => pair.sign(encoding, &SystemRandom::new(), message, &mut signature),
        Message::Digest(digest) => {
            pair.sign_digest(encoding, &scheme::import_digest(algorithm, digest)?, &mut signature)
        }
        Message::ExternalMu(_) => return Err(CryptoError::MessageType),
    };
    signed.map(|()| signature).map_err(|_| CryptoError::Failed("sign"))
}

fn sign_ed25519ph(pair: &Ed25519KeyPair, digest: &[u8]) -> Result<Vec<u8>, CryptoError> {
    let failed = CryptoError::Failed("sign by Ed25519ph");
    let seed = pair.seed().and_then(|seed| AsBigEndian::<Curve25519SeedBin<'_>>::as_be_bytes(&seed));
    let signature = seed.ok().and_then(|seed| {
        let seed = Zeroizing::new(<[u8; 32]>::try_from(seed.as_ref()).ok()?);
        ffi::ed25519ph_sign(&seed, digest)
    });
    signature.map(|signature| signature.to_vec()).ok_or(failed)
}

/// The length of the seed of an ML-KEM key: d and z of FIPS 203, algorithm 16.
const ML_KEM_SEED: usize = 64;

/// The PKCS#8 form of an ML-KEM key by its seed (RFC 9935, `ML-KEM-PrivateKey.seed`).
fn ml_kem_pkcs8(spec: KeySpec, seed: &[u8]) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let last = match spec {
        KeySpec::MlKem512 => 1,
        KeySpec::MlKem768 => 2,
        KeySpec::MlKem1024 => 3,
        _ => return Err(CryptoError::WrongKey(spec)),
    };
    // SEQUENCE { INTEGER 0, SEQUENCE { OID 2.16.840.1.101.3.4.4.N }, OCTET STRING { [0] seed } }
    let head = [0x30, 0x54, 0x02, 0x01, 0x00, 0x30, 0x0b];
    let oid = [0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x04, last];
    let tail = [0x04, 0x42, 0x80, 0x40];
    Ok(Zeroizing::new([&head[..], &oid, &tail, seed].concat()))
}

fn random(length: usize) -> Result<Zeroizing<Vec<u8>>, CryptoError> {
    let mut bytes = Zeroizing::new(vec![0; length]);
    rand::fill(&mut bytes).map_err(|_| CryptoError::Failed("make random bytes"))?;
    Ok(bytes)
}

fn secret_copy(bytes: &[u8]) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(bytes.to_vec())
}

impl fmt::Debug for SecretKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretKey({}, hidden)", self.spec)
    }
}
