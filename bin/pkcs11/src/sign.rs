//! Signatures and MACs, and their verification: the message is hashed here where the mechanism hashes, the rest is
//! done in the HSM.

use std::sync::Arc;

use aws_lc_rs::digest::Context;
use bastide_hsm::{
    Client,
    wire::{AttributeType, Handle, Hash, MAX_FRAME, SignMechanism},
};
use cryptoki_sys::*;
use zeroize::Zeroizing;

use crate::{
    abi::memory::Output,
    catalogue,
    digest::{algorithm, ending},
    mechanism::{Mechanism, Signing},
    module::Module,
    rv::{Answer, Rv},
    session::Session,
    token::Key,
};

/// The most bytes of a message that goes to the HSM as it is.
const MOST_BYTES: usize = MAX_FRAME - 4096;

/// A signature in the making, or in being verified.
pub(crate) struct Signer {
    client: Arc<Client>,
    key: Handle,
    signing: Signing,
    /// Bytes of the signature.
    length: usize,
    message: Message,
    /// Whether a part of the message was given already.
    started: bool,
}

enum Message {
    Hashed(Context),
    Whole(Zeroizing<Vec<u8>>),
}

impl Module {
    pub(crate) fn sign_init(
        &self,
        session: CK_SESSION_HANDLE,
        mechanism: &Mechanism,
        key: CK_OBJECT_HANDLE,
    ) -> Answer {
        let session = self.session(session)?;
        let mut state = session.state();
        if state.sign.is_some() {
            return Err(Rv(CKR_OPERATION_ACTIVE));
        }
        catalogue::allows(mechanism.kind, CKF_SIGN)?;
        state.sign = Some(Signer::new(&session, mechanism, key, AttributeType::SIGN)?);
        Ok(())
    }

    pub(crate) fn sign(
        &self,
        session: CK_SESSION_HANDLE,
        input: Answer<Vec<u8>>,
        output: Answer<Output<'_>>,
    ) -> Answer {
        let session = self.session(session)?;
        ending(&mut session.state().sign, |signer| {
            let (input, mut output) = (input?, output?);
            if signer.started {
                return Err(Rv(CKR_OPERATION_ACTIVE));
            }
            if !output.fits(signer.length)? {
                return Ok(false);
            }
            signer.update(&input)?;
            output.give(&signer.sign()?)?;
            Ok(true)
        })
    }

    pub(crate) fn sign_update(&self, session: CK_SESSION_HANDLE, input: Answer<Vec<u8>>) -> Answer {
        let session = self.session(session)?;
        ending(&mut session.state().sign, |signer| signer.update(&input?).map(|()| false))
    }

    pub(crate) fn sign_final(&self, session: CK_SESSION_HANDLE, output: Answer<Output<'_>>) -> Answer {
        let session = self.session(session)?;
        ending(&mut session.state().sign, |signer| {
            let mut output = output?;
            if !output.fits(signer.length)? {
                return Ok(false);
            }
            output.give(&signer.sign()?)?;
            Ok(true)
        })
    }

    pub(crate) fn verify_init(
        &self,
        session: CK_SESSION_HANDLE,
        mechanism: &Mechanism,
        key: CK_OBJECT_HANDLE,
    ) -> Answer {
        let session = self.session(session)?;
        let mut state = session.state();
        if state.verify.is_some() {
            return Err(Rv(CKR_OPERATION_ACTIVE));
        }
        catalogue::allows(mechanism.kind, CKF_VERIFY)?;
        state.verify = Some(Signer::new(&session, mechanism, key, AttributeType::VERIFY)?);
        Ok(())
    }

    pub(crate) fn verify(
        &self,
        session: CK_SESSION_HANDLE,
        input: Answer<Vec<u8>>,
        signature: Answer<Vec<u8>>,
    ) -> Answer {
        let session = self.session(session)?;
        ending(&mut session.state().verify, |verifier| {
            let (input, signature) = (input?, signature?);
            if verifier.started {
                return Err(Rv(CKR_OPERATION_ACTIVE));
            }
            verifier.update(&input)?;
            verifier.verify(&signature).map(|()| true)
        })
    }

    pub(crate) fn verify_update(&self, session: CK_SESSION_HANDLE, input: Answer<Vec<u8>>) -> Answer {
        let session = self.session(session)?;
        ending(&mut session.state().verify, |verifier| verifier.update(&input?).map(|()| false))
    }

    pub(crate) fn verify_final(&self, session: CK_SESSION_HANDLE, signature: Answer<Vec<u8>>) -> Answer {
        let session = self.session(session)?;
        ending(&mut session.state().verify, |verifier| verifier.verify(&signature?).map(|()| true))
    }
}

impl Signer {
    fn new(
        session: &Session,
        mechanism: &Mechanism,
        key: CK_OBJECT_HANDLE,
        usage: AttributeType,
    ) -> Answer<Self> {
        let client = session.client()?;
        let signing = mechanism.signing()?;
        let found = session.token.key(Handle(key)).map_err(Rv::for_key)?;
        found.allows(usage, signing.keys)?;
        let message = match signing.hash {
            Some(hash) => Message::Hashed(Context::new(algorithm(hash))),
            None => Message::Whole(Zeroizing::default()),
        };
        let length = length(&signing.mechanism, &found);
        Ok(Self { client, key: Handle(key), signing, length, message, started: false })
    }

    fn update(&mut self, part: &[u8]) -> Answer {
        self.started = true;
        match &mut self.message {
            Message::Hashed(context) => context.update(part),
            Message::Whole(whole) if whole.len() + part.len() > MOST_BYTES => {
                return Err(Rv(CKR_DATA_LEN_RANGE));
            }
            Message::Whole(whole) => whole.extend_from_slice(part),
        }
        Ok(())
    }

    fn sign(&self) -> Answer<Vec<u8>> {
        let data = self.data();
        self.client
            .sign(self.key, self.signing.mechanism.clone(), &data)
            .map_err(|error| Rv::from(error).for_key())
    }

    fn verify(&self, signature: &[u8]) -> Answer {
        if signature.len() != self.length {
            return Err(Rv(CKR_SIGNATURE_LEN_RANGE));
        }
        let data = self.data();
        let verified = self.client.verify(self.key, self.signing.mechanism.clone(), &data, signature);
        verified.map_err(|error| Rv::from(error).for_key())
    }

    /// What the HSM signs.
    fn data(&self) -> Zeroizing<Vec<u8>> {
        match (&self.message, self.signing.hash) {
            (Message::Whole(whole), _) => whole.clone(),
            (Message::Hashed(context), hash) => {
                let digest = context.clone().finish();
                let prefix = hash.filter(|_| self.signing.digest_info).map_or(&[][..], digest_info);
                Zeroizing::new([prefix, digest.as_ref()].concat())
            }
        }
    }
}

/// Bytes of a signature.
fn length(mechanism: &SignMechanism, key: &Key) -> usize {
    match mechanism {
        SignMechanism::RsaPkcs(_) | SignMechanism::RsaPss { .. } => key.size,
        SignMechanism::Ecdsa(_) => 2 * key.size,
        SignMechanism::Hmac { hash, length } => length.map_or(hash.len(), |length| length as usize),
        SignMechanism::AesCmac(length) => length.map_or(16, |length| length as usize),
        SignMechanism::Eddsa => 64,
    }
}

/// What stands before the digest in a `DigestInfo` in DER (RFC 8017, section 9.2, note 1).
fn digest_info(hash: Hash) -> &'static [u8] {
    match hash {
        Hash::Sha1 => {
            &[0x30, 0x21, 0x30, 0x09, 0x06, 0x05, 0x2B, 0x0E, 0x03, 0x02, 0x1A, 0x05, 0x00, 0x04, 0x14]
        }
        Hash::Sha224 => &[
            0x30, 0x2D, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x04, 0x05,
            0x00, 0x04, 0x1C,
        ],
        Hash::Sha256 => &[
            0x30, 0x31, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x01, 0x05,
            0x00, 0x04, 0x20,
        ],
        Hash::Sha384 => &[
            0x30, 0x41, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x02, 0x05,
            0x00, 0x04, 0x30,
        ],
        Hash::Sha512 => &[
            0x30, 0x51, 0x30, 0x0D, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65, 0x03, 0x04, 0x02, 0x03, 0x05,
            0x00, 0x04, 0x40,
        ],
    }
}
