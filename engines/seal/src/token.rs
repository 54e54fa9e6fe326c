//! A key in a PKCS#11 token: the root never leaves it.

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, PoisonError};

use bastide_ids::random_bytes;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::mechanism::rsa::{PkcsMgfType, PkcsOaepParams, PkcsOaepSource};
use cryptoki::mechanism::{Mechanism, MechanismType};
use cryptoki::object::{Attribute, AttributeType, KeyType, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use cryptoki::slot::{Slot, TokenInfo};
use cryptoki::types::{AuthPin, Ulong};
use zeroize::Zeroizing;

use crate::crypto::NONCE;
use crate::error::SealError;
use crate::vault::{Vault, Vaulted};

/// What the keyring calls it.
pub(crate) const KIND: &str = "pkcs11";

/// The length of GCM's tag, as PKCS#11 counts it.
const TAG_BITS: u64 = 128;

/// A module is opened by one at a time: initialising and finalising it count for the whole process.
static MODULE: Mutex<()> = Mutex::new(());

/// An AES or RSA key in a PKCS#11 token, such as a hardware security module. The token encrypts a random key that
/// wraps the keyring's key; without the token neither opens. The token is needed when the keyring is opened, and
/// not while it is in use.
pub struct TokenRoot {
    /// The library that speaks for the token.
    pub module: PathBuf,
    /// Which token; each that is given must fit.
    pub token: TokenName,
    /// The key's label (`CKA_LABEL`).
    pub label: Option<String>,
    /// The key's id (`CKA_ID`).
    pub id: Option<Vec<u8>>,
    /// The user's PIN; `None` for a token without one, or with a keypad of its own.
    pub pin: Option<Zeroizing<String>>,
    /// Make an AES-256 key that cannot be taken out, should there be no such key when a seal is made.
    pub generate: bool,
}

/// Tells a token from others of the same module.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TokenName {
    /// `CK_TOKEN_INFO.label`
    pub label: Option<String>,
    /// `CK_TOKEN_INFO.serialNumber`
    pub serial: Option<String>,
    /// `CK_TOKEN_INFO.manufacturerID`
    pub manufacturer: Option<String>,
    /// `CK_TOKEN_INFO.model`
    pub model: Option<String>,
    /// The slot's number.
    pub slot: Option<u64>,
}

/// How the token encrypts the wrapping key; stored with the seal.
#[derive(Clone, Copy, PartialEq, Eq)]
enum How {
    AesGcm,
    RsaOaepSha256,
    /// For tokens that know OAEP with SHA-1 only, where its weakness does not matter.
    RsaOaepSha1,
}

/// A key of the token that was found.
enum TokenKey {
    Aes(ObjectHandle),
    Rsa { public: Option<ObjectHandle>, private: Option<ObjectHandle> },
}

impl Vault for TokenRoot {
    fn kind(&self) -> &str {
        KIND
    }

    fn encrypt(&self, _: &[u8], key: &[u8; 32]) -> Result<Vaulted, SealError> {
        self.with_session(|session, info| {
            let found = match self.find(session)? {
                Some(found) => found,
                None if self.generate => TokenKey::Aes(self.make(session)?),
                None => return Err(self.missing()),
            };
            let (ciphertext, how) = self.encrypt_under(session, &found, key)?;
            let mut parameters = BTreeMap::from([
                ("token".to_owned(), info.label().to_owned()),
                ("serial".to_owned(), info.serial_number().to_owned()),
                ("mechanism".to_owned(), how.name().to_owned()),
            ]);
            parameters.extend(self.label.clone().map(|label| ("object".to_owned(), label)));
            Ok(Vaulted { ciphertext, parameters })
        })
    }

    fn decrypt(&self, _: &[u8], sealed: &Vaulted) -> Result<Option<Zeroizing<Vec<u8>>>, SealError> {
        let how = sealed.parameters.get("mechanism").and_then(|name| How::named(name));
        let how = how.ok_or(SealError::KeyringDamaged("the parameters of a seal"))?;
        self.with_session(|session, _| match self.find(session)? {
            Some(found) => self.decrypt_under(session, &found, how, &sealed.ciphertext),
            None => Err(self.missing()),
        })
    }
}

impl TokenRoot {
    /// Logs in, works, and leaves the module as it was.
    fn with_session<T>(
        &self,
        work: impl FnOnce(&Session, &TokenInfo) -> Result<T, SealError>,
    ) -> Result<T, SealError> {
        let _one = MODULE.lock().unwrap_or_else(PoisonError::into_inner);
        let module = Pkcs11::new(&self.module).map_err(|error| match error {
            Error::LibraryLoading(error) => {
                unavailable(format!("its module `{}` does not load: {error}", self.module.display()))
            }
            error => failed(&error),
        })?;
        // Another part of this process may use the same module: it stays as that one has it.
        let ours = match module.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) => true,
            Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => false,
            Err(error) => return Err(failed(&error)),
        };
        let outcome = self.in_session(&module, work);
        if ours {
            // Whether it ends well does not matter: what was wanted of it is there.
            let _ = module.finalize();
        }
        outcome
    }

    fn in_session<T>(
        &self,
        module: &Pkcs11,
        work: impl FnOnce(&Session, &TokenInfo) -> Result<T, SealError>,
    ) -> Result<T, SealError> {
        let (slot, info) = self.slot(module)?;
        let session = if self.generate { module.open_rw_session(slot) } else { module.open_ro_session(slot) };
        let session = session.map_err(|error| failed(&error))?;
        let pin = self.pin.as_ref().map(|pin| AuthPin::from(pin.as_str()));
        if pin.is_some() || info.protected_authentication_path() {
            match session.login(UserType::User, pin.as_ref()) {
                Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => {}
                Err(Error::Pkcs11(RvError::PinIncorrect | RvError::PinLenRange, _)) => {
                    return Err(unavailable(format!("the PIN of token `{}` is wrong", info.label())));
                }
                Err(Error::Pkcs11(RvError::PinLocked, _)) => {
                    return Err(unavailable(format!("the PIN of token `{}` is locked", info.label())));
                }
                Err(error) => return Err(failed(&error)),
            }
        }
        let outcome = work(&session, &info);
        drop(session);
        outcome
    }

    fn slot(&self, module: &Pkcs11) -> Result<(Slot, TokenInfo), SealError> {
        let slots = module.get_slots_with_token().map_err(|error| failed(&error))?;
        let mut found = Vec::new();
        for slot in slots {
            let info = module.get_token_info(slot).map_err(|error| failed(&error))?;
            if info.token_initialized() && self.token.fits(slot, &info) {
                found.push((slot, info));
            }
        }
        let several = found.len() > 1;
        match found.pop() {
            Some(_) if several => Err(unavailable("several tokens fit: name one by `serial=`".to_owned())),
            Some(one) => Ok(one),
            None => Err(unavailable(format!(
                "its module `{}` has no such token: is it connected?",
                self.module.display()
            ))),
        }
    }

    fn find(&self, session: &Session) -> Result<Option<TokenKey>, SealError> {
        let mut template = vec![Attribute::Token(true)];
        template.extend(self.label.as_ref().map(|label| Attribute::Label(label.clone().into_bytes())));
        template.extend(self.id.clone().map(Attribute::Id));
        let of = |class: ObjectClass, kind: KeyType| {
            let mut template = template.clone();
            template.extend([Attribute::Class(class), Attribute::KeyType(kind)]);
            let mut found = session.find_objects(&template).map_err(|error| failed(&error))?;
            if found.len() > 1 {
                return Err(unavailable("several keys fit: name one by `object=` and `id=`".to_owned()));
            }
            Ok(found.pop())
        };
        if let Some(key) = of(ObjectClass::SECRET_KEY, KeyType::AES)? {
            return Ok(Some(TokenKey::Aes(key)));
        }
        let public = of(ObjectClass::PUBLIC_KEY, KeyType::RSA)?;
        let private = of(ObjectClass::PRIVATE_KEY, KeyType::RSA)?;
        let there = public.is_some() || private.is_some();
        Ok(there.then_some(TokenKey::Rsa { public, private }))
    }

    fn make(&self, session: &Session) -> Result<ObjectHandle, SealError> {
        let mut template = vec![
            Attribute::Token(true),
            Attribute::Private(true),
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Encrypt(true),
            Attribute::Decrypt(true),
            Attribute::ValueLen(Ulong::from(32)),
        ];
        template.extend(self.label.as_ref().map(|label| Attribute::Label(label.clone().into_bytes())));
        template.extend(self.id.clone().map(Attribute::Id));
        session.generate_key(&Mechanism::AesKeyGen, &template).map_err(|error| failed(&error))
    }

    fn encrypt_under(
        &self,
        session: &Session,
        key: &TokenKey,
        plain: &[u8; 32],
    ) -> Result<(Vec<u8>, How), SealError> {
        match key {
            TokenKey::Aes(key) => {
                let mut nonce = random_bytes::<NONCE>();
                let gcm = gcm(&mut nonce)?;
                let sealed = session.encrypt(&gcm, *key, plain).map_err(|error| failed(&error))?;
                // Some tokens choose the nonce themselves, and write it where they were given one.
                Ok(([nonce.as_slice(), &sealed].concat(), How::AesGcm))
            }
            TokenKey::Rsa { public: None, .. } => Err(self.missing()),
            TokenKey::Rsa { public: Some(key), .. } => {
                check_size(session, *key)?;
                let first = session.encrypt(&oaep(How::RsaOaepSha256), *key, plain);
                match first {
                    Ok(encrypted) => Ok((encrypted, How::RsaOaepSha256)),
                    Err(Error::Pkcs11(..)) => {
                        let second = session.encrypt(&oaep(How::RsaOaepSha1), *key, plain);
                        Ok((second.map_err(|error| failed(&error))?, How::RsaOaepSha1))
                    }
                    Err(error) => Err(failed(&error)),
                }
            }
        }
    }

    /// `None` when another key made it.
    fn decrypt_under(
        &self,
        session: &Session,
        key: &TokenKey,
        how: How,
        encrypted: &[u8],
    ) -> Result<Option<Zeroizing<Vec<u8>>>, SealError> {
        let plain = match (key, how) {
            (TokenKey::Aes(key), How::AesGcm) => {
                let Some((nonce, sealed)) = encrypted.split_first_chunk::<NONCE>() else { return Ok(None) };
                let mut nonce = *nonce;
                session.decrypt(&gcm(&mut nonce)?, *key, sealed)
            }
            (TokenKey::Rsa { private: Some(key), .. }, How::RsaOaepSha256 | How::RsaOaepSha1) => {
                session.decrypt(&oaep(how), *key, encrypted)
            }
            (TokenKey::Rsa { private: None, .. }, _) => return Err(self.missing()),
            _ => return Ok(None),
        };
        match plain {
            Ok(plain) => Ok(Some(Zeroizing::new(plain))),
            Err(Error::Pkcs11(
                RvError::EncryptedDataInvalid
                | RvError::EncryptedDataLenRange
                | RvError::DataInvalid
                | RvError::DataLenRange
                | RvError::GeneralError
                | RvError::FunctionFailed,
                _,
            )) => Ok(None),
            Err(error) => Err(failed(&error)),
        }
    }

    fn missing(&self) -> SealError {
        let name = match (&self.label, &self.id) {
            (Some(label), _) => format!("`{label}`"),
            (None, Some(_)) => "with this id".to_owned(),
            (None, None) => "at all".to_owned(),
        };
        unavailable(format!(
            "the token has no AES or RSA key {name} (an RSA key needs both its halves): make one, or let Bastide \
             make an AES key by adding `generate` when the seal is added"
        ))
    }
}

impl TokenName {
    fn fits(&self, slot: Slot, info: &TokenInfo) -> bool {
        let same = |wanted: &Option<String>, found: &str| wanted.as_ref().is_none_or(|one| one == found);
        same(&self.label, info.label())
            && same(&self.serial, info.serial_number())
            && same(&self.manufacturer, info.manufacturer_id())
            && same(&self.model, info.model())
            && self.slot.is_none_or(|number| number == slot.id())
    }
}

impl How {
    fn name(self) -> &'static str {
        match self {
            Self::AesGcm => "aes-gcm",
            Self::RsaOaepSha256 => "rsa-oaep-sha256",
            Self::RsaOaepSha1 => "rsa-oaep-sha1",
        }
    }

    fn named(name: &str) -> Option<Self> {
        [Self::AesGcm, Self::RsaOaepSha256, Self::RsaOaepSha1].into_iter().find(|how| how.name() == name)
    }
}

impl fmt::Debug for TokenRoot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TokenRoot")
            .field("module", &self.module)
            .field("token", &self.token)
            .field("label", &self.label)
            .field("id", &self.id)
            .finish_non_exhaustive()
    }
}

fn gcm(nonce: &mut [u8; NONCE]) -> Result<Mechanism<'_>, SealError> {
    let parameters =
        GcmParams::new(nonce, b"bastide token root v1", TAG_BITS.into()).map_err(|error| failed(&error))?;
    Ok(Mechanism::AesGcm(parameters))
}

fn oaep(how: How) -> Mechanism<'static> {
    let (hash, mgf) = match how {
        How::RsaOaepSha1 => (MechanismType::SHA1, PkcsMgfType::MGF1_SHA1),
        _ => (MechanismType::SHA256, PkcsMgfType::MGF1_SHA256),
    };
    Mechanism::RsaPkcsOaep(PkcsOaepParams::new(hash, mgf, PkcsOaepSource::empty()))
}

/// A root of less than 2,048 bits would be the weakest part.
fn check_size(session: &Session, key: ObjectHandle) -> Result<(), SealError> {
    let found = session.get_attributes(key, &[AttributeType::Modulus]).map_err(|error| failed(&error))?;
    let long = found.iter().any(|each| matches!(each, Attribute::Modulus(bytes) if bytes.len() >= 256));
    if long { Ok(()) } else { Err(unavailable("its RSA key has less than 2,048 bits".to_owned())) }
}

fn unavailable(why: String) -> SealError {
    SealError::RootUnavailable { kind: KIND.to_owned(), why }
}

/// PKCS#11's own name of what went wrong says it; the standard's paragraph about it is left out.
fn failed(error: &Error) -> SealError {
    unavailable(match error {
        Error::Pkcs11(value, function) => format!("the token's module answers {value:?} to {function:?}"),
        error => error.to_string(),
    })
}
