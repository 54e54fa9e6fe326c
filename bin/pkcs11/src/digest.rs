//! Digests, which are made here: what they are of is not secret to the application.

use aws_lc_rs::digest::{self, Algorithm, Context};
use bastide_hsm::wire::Hash;
use cryptoki_sys::*;

use crate::{
    abi::memory::Output,
    catalogue,
    mechanism::Mechanism,
    module::Module,
    rv::{Answer, Rv},
};

/// A digest in the making.
pub(crate) struct Hashing {
    context: Context,
    /// Whether a part of the message was given already.
    started: bool,
}

pub(crate) fn algorithm(hash: Hash) -> &'static Algorithm {
    match hash {
        Hash::Sha1 => &digest::SHA1_FOR_LEGACY_USE_ONLY,
        Hash::Sha224 => &digest::SHA224,
        Hash::Sha256 => &digest::SHA256,
        Hash::Sha384 => &digest::SHA384,
        Hash::Sha512 => &digest::SHA512,
    }
}

impl Module {
    pub(crate) fn digest_init(&self, session: CK_SESSION_HANDLE, mechanism: &Mechanism) -> Answer {
        let session = self.session(session)?;
        let mut state = session.state();
        if state.digest.is_some() {
            return Err(Rv(CKR_OPERATION_ACTIVE));
        }
        catalogue::allows(mechanism.kind, CKF_DIGEST)?;
        let context = Context::new(algorithm(mechanism.digest()?));
        state.digest = Some(Hashing { context, started: false });
        Ok(())
    }

    pub(crate) fn digest(
        &self,
        session: CK_SESSION_HANDLE,
        input: Answer<Vec<u8>>,
        output: Answer<Output<'_>>,
    ) -> Answer {
        let session = self.session(session)?;
        ending(&mut session.state().digest, |hashing| {
            if hashing.started {
                return Err(Rv(CKR_OPERATION_ACTIVE));
            }
            let (input, mut output) = (input?, output?);
            if !output.fits(hashing.context.algorithm().output_len())? {
                return Ok(false);
            }
            output.give(digest::digest(hashing.context.algorithm(), &input).as_ref())?;
            Ok(true)
        })
    }

    pub(crate) fn digest_update(&self, session: CK_SESSION_HANDLE, input: Answer<Vec<u8>>) -> Answer {
        let session = self.session(session)?;
        ending(&mut session.state().digest, |hashing| {
            hashing.context.update(&input?);
            hashing.started = true;
            Ok(false)
        })
    }

    pub(crate) fn digest_final(&self, session: CK_SESSION_HANDLE, output: Answer<Output<'_>>) -> Answer {
        let session = self.session(session)?;
        ending(&mut session.state().digest, |hashing| {
            let mut output = output?;
            if !output.fits(hashing.context.algorithm().output_len())? {
                return Ok(false);
            }
            output.give(hashing.context.clone().finish().as_ref())?;
            Ok(true)
        })
    }
}

/// Runs a step of an operation. The operation ends when the step says so and when it fails; but a buffer that is too
/// small, or none, lets it go on.
pub(crate) fn ending<T>(operation: &mut Option<T>, step: impl FnOnce(&mut T) -> Answer<bool>) -> Answer {
    let outcome = step(operation.as_mut().ok_or(Rv(CKR_OPERATION_NOT_INITIALIZED))?);
    match outcome {
        Ok(false) => Ok(()),
        Err(Rv(CKR_BUFFER_TOO_SMALL)) => Err(Rv(CKR_BUFFER_TOO_SMALL)),
        Ok(true) => {
            *operation = None;
            Ok(())
        }
        Err(rv) => {
            *operation = None;
            Err(rv)
        }
    }
}
