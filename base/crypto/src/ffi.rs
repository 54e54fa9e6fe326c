//! What AWS-LC has and `aws-lc-rs` does not offer: signatures of what was hashed by others (ML-DSA's external µ,
//! PKCS#11's raw mechanisms), Ed25519ph, and the PKCS#8 and X.509 forms of ML-KEM keys.
//!
//! All `unsafe` of the crate is here. A pointer that AWS-LC gives is owned by one value of this file and freed
//! by its `Drop`; buffers are Rust's, and their lengths are passed with them.
#![allow(unsafe_code, reason = "calls into AWS-LC, each with its reason beside it")]

use std::mem::MaybeUninit;
use std::ptr::{self, NonNull};

use aws_lc_sys as lc;
use zeroize::Zeroizing;

/// A key as AWS-LC has it, public or private, of any kind.
pub(crate) struct EvpKey(NonNull<lc::EVP_PKEY>);

/// The kinds of keys that are told apart here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    Rsa,
    Ec,
    Ed25519,
    MlDsa,
    MlKem,
    Other,
}

// SAFETY: an `EVP_PKEY` may be used by several threads at once as long as none changes it (AWS-LC, evp.h); after it
// was parsed nothing here changes it, and its reference count is atomic.
unsafe impl Send for EvpKey {}
// SAFETY: as above.
unsafe impl Sync for EvpKey {}

impl Drop for EvpKey {
    fn drop(&mut self) {
        // SAFETY: the pointer came from AWS-LC and is freed once; AWS-LC wipes what it frees.
        unsafe { lc::EVP_PKEY_free(self.0.as_ptr()) }
    }
}

impl EvpKey {
    /// Reads a PKCS#8 private key (RFC 5208) and nothing behind it.
    pub(crate) fn from_pkcs8(der: &[u8]) -> Option<Self> {
        Self::parse(der, lc::EVP_parse_private_key)
    }

    /// Reads a SubjectPublicKeyInfo (RFC 5280) and nothing behind it.
    pub(crate) fn from_spki(der: &[u8]) -> Option<Self> {
        Self::parse(der, lc::EVP_parse_public_key)
    }

    fn parse(der: &[u8], parse: unsafe extern "C" fn(*mut lc::CBS) -> *mut lc::EVP_PKEY) -> Option<Self> {
        let mut reader = MaybeUninit::<lc::CBS>::uninit();
        // SAFETY: `CBS_init` fills the reader with a view of `der`, which outlives it.
        let mut reader = unsafe {
            lc::CBS_init(reader.as_mut_ptr(), der.as_ptr(), der.len());
            reader.assume_init()
        };
        // SAFETY: the reader is initialised; the parser gives a key that is ours, or null.
        let key = NonNull::new(unsafe { parse(&raw mut reader) }).map(Self);
        // SAFETY: a read of the reader's length.
        let rest = unsafe { lc::CBS_len(&raw const reader) };
        forget_errors();
        key.filter(|_| rest == 0)
    }

    /// The PKCS#8 form of a private key; of ML-KEM and ML-DSA keys that with the seed, where it is known.
    pub(crate) fn to_pkcs8(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.marshal(lc::EVP_marshal_private_key).map(Zeroizing::new)
    }

    /// The SubjectPublicKeyInfo of a public or private key.
    pub(crate) fn to_spki(&self) -> Option<Vec<u8>> {
        self.marshal(lc::EVP_marshal_public_key)
    }

    fn marshal(
        &self,
        marshal: unsafe extern "C" fn(*mut lc::CBB, *const lc::EVP_PKEY) -> std::ffi::c_int,
    ) -> Option<Vec<u8>> {
        /// More than any key needs that is made here.
        const ROOM: usize = 8192;
        let mut writer = MaybeUninit::<lc::CBB>::uninit();
        let (mut data, mut length) = (ptr::null_mut(), 0);
        // SAFETY: the writer is initialised before it is used, and ended by exactly one of `CBB_finish`, which gives
        // us its buffer, and `CBB_cleanup`, which frees it. The whole room at once, so that it is not moved about.
        let written = unsafe {
            lc::CBB_init(writer.as_mut_ptr(), ROOM) == 1 && {
                let done = marshal(writer.as_mut_ptr(), self.0.as_ptr()) == 1
                    && lc::CBB_finish(writer.as_mut_ptr(), &raw mut data, &raw mut length) == 1;
                if !done {
                    lc::CBB_cleanup(writer.as_mut_ptr());
                }
                done
            }
        };
        forget_errors();
        if !written || data.is_null() {
            return None;
        }
        // SAFETY: `CBB_finish` gave `length` initialised bytes at `data`, which are ours until they are freed;
        // `OPENSSL_free` wipes them.
        unsafe {
            let bytes = std::slice::from_raw_parts(data, length).to_vec();
            lc::OPENSSL_free(data.cast());
            Some(bytes)
        }
    }

    /// What kind of key it is.
    pub(crate) fn kind(&self) -> Kind {
        // SAFETY: a read of a valid key.
        match unsafe { lc::EVP_PKEY_id(self.0.as_ptr()) } {
            lc::EVP_PKEY_RSA => Kind::Rsa,
            lc::EVP_PKEY_EC => Kind::Ec,
            lc::EVP_PKEY_ED25519 => Kind::Ed25519,
            lc::EVP_PKEY_PQDSA => Kind::MlDsa,
            lc::EVP_PKEY_KEM => Kind::MlKem,
            _ => Kind::Other,
        }
    }

    /// The raw bytes of a private key, in the form that its standard gives it.
    pub(crate) fn raw_private(&self) -> Option<Zeroizing<Vec<u8>>> {
        self.raw(lc::EVP_PKEY_get_raw_private_key).map(Zeroizing::new)
    }

    /// The raw bytes of a public key, in the form that its standard gives it.
    pub(crate) fn raw_public(&self) -> Option<Vec<u8>> {
        self.raw(lc::EVP_PKEY_get_raw_public_key)
    }

    fn raw(
        &self,
        read: unsafe extern "C" fn(*const lc::EVP_PKEY, *mut u8, *mut usize) -> std::ffi::c_int,
    ) -> Option<Vec<u8>> {
        let mut length = 0;
        // SAFETY: without a buffer the function only tells the length.
        let known = unsafe { read(self.0.as_ptr(), ptr::null_mut(), &raw mut length) } == 1;
        let mut bytes = vec![0; length];
        // SAFETY: the buffer has the length that is passed with it.
        let done = known && unsafe { read(self.0.as_ptr(), bytes.as_mut_ptr(), &raw mut length) } == 1;
        forget_errors();
        bytes.truncate(length);
        done.then_some(bytes)
    }

    /// Signs what was hashed before: for RSA the bytes to be padded by PKCS#1 v1.5 as they are, for ECDSA the
    /// digest (the signature in DER), for ML-DSA the 64 bytes of µ (FIPS 204, section 6.2).
    pub(crate) fn sign_prehashed(&self, input: &[u8]) -> Option<Vec<u8>> {
        let context = Context::new(self)?;
        let mut length = 0;
        // SAFETY: context and input are valid; without a buffer the function only tells the most bytes.
        let known = unsafe {
            lc::EVP_PKEY_sign_init(context.0.as_ptr()) == 1
                && lc::EVP_PKEY_sign(
                    context.0.as_ptr(),
                    ptr::null_mut(),
                    &raw mut length,
                    input.as_ptr(),
                    input.len(),
                ) == 1
        };
        let mut signature = vec![0; length];
        // SAFETY: the buffer has the length that is passed with it, and gets the length that was written.
        let done = known
            && unsafe {
                lc::EVP_PKEY_sign(
                    context.0.as_ptr(),
                    signature.as_mut_ptr(),
                    &raw mut length,
                    input.as_ptr(),
                    input.len(),
                )
            } == 1;
        forget_errors();
        signature.truncate(length);
        done.then_some(signature)
    }

    /// Whether a signature is one of [`Self::sign_prehashed`].
    pub(crate) fn verify_prehashed(&self, input: &[u8], signature: &[u8]) -> bool {
        let Some(context) = Context::new(self) else { return false };
        // SAFETY: context, signature and input are valid and passed with their lengths.
        let verified = unsafe {
            lc::EVP_PKEY_verify_init(context.0.as_ptr()) == 1
                && lc::EVP_PKEY_verify(
                    context.0.as_ptr(),
                    signature.as_ptr(),
                    signature.len(),
                    input.as_ptr(),
                    input.len(),
                ) == 1
        };
        forget_errors();
        verified
    }
}

/// An operation with a key.
struct Context(NonNull<lc::EVP_PKEY_CTX>);

impl Context {
    fn new(key: &EvpKey) -> Option<Self> {
        // SAFETY: the key is valid; the context takes a reference of its own to it.
        NonNull::new(unsafe { lc::EVP_PKEY_CTX_new(key.0.as_ptr(), ptr::null_mut()) }).map(Self)
    }
}

impl Drop for Context {
    fn drop(&mut self) {
        // SAFETY: the pointer came from AWS-LC and is freed once.
        unsafe { lc::EVP_PKEY_CTX_free(self.0.as_ptr()) }
    }
}

/// Signs by Ed25519ph (RFC 8032) with an empty context. The message is hashed with SHA-512 here.
pub(crate) fn ed25519ph_sign(seed: &[u8; 32], message: &[u8]) -> Option<[u8; 64]> {
    let (mut public, mut private) = ([0; 32], Zeroizing::new([0; 64]));
    let mut signature = [0; 64];
    // SAFETY: the arrays have the lengths that the functions write and read: 32 bytes of seed and public key, 64 of
    // private key and signature. A context of no bytes is not read.
    let done = unsafe {
        lc::ED25519_keypair_from_seed(public.as_mut_ptr(), private.as_mut_ptr(), seed.as_ptr());
        lc::ED25519ph_sign(
            signature.as_mut_ptr(),
            message.as_ptr(),
            message.len(),
            private.as_ptr(),
            ptr::null(),
            0,
        ) == 1
    };
    forget_errors();
    done.then_some(signature)
}

/// Whether a signature is one of [`ed25519ph_sign`].
pub(crate) fn ed25519ph_verify(public: &[u8; 32], message: &[u8], signature: &[u8]) -> bool {
    let Ok(signature) = <&[u8; 64]>::try_from(signature) else { return false };
    // SAFETY: the arrays have the lengths that the function reads. A context of no bytes is not read.
    let verified = unsafe {
        lc::ED25519ph_verify(
            message.as_ptr(),
            message.len(),
            signature.as_ptr(),
            public.as_ptr(),
            ptr::null(),
            0,
        ) == 1
    };
    forget_errors();
    verified
}

/// AWS-LC keeps errors for each thread until somebody reads them; nobody does.
fn forget_errors() {
    // SAFETY: it has no conditions.
    unsafe { lc::ERR_clear_error() }
}
