//! Encryption and decryption. The HSM keeps no operation: long data in a mode that chains (ECB, CBC, CTR) is cut into
//! calls each of which says where it goes on, so that any HSM of the cluster can take the next one.

use std::sync::Arc;

use bastide_hsm::{
    Client, Encrypted,
    wire::{AttributeType, CipherMechanism, Handle, MAX_FRAME, Secret},
};
use cryptoki_sys::*;
use zeroize::Zeroizing;

use crate::{
    abi::{Place, memory::Output},
    catalogue,
    digest::ending,
    mechanism::{Mechanism, Parameter},
    module::Module,
    rv::{Answer, Rv},
    session::{Session, State},
};

const BLOCK: usize = 16;
/// The most bytes of data that has to be in one call.
const MOST_BYTES: usize = MAX_FRAME - 4096;
/// Bytes of each call for data that can be cut.
const PIECE: usize = 256 << 10;

/// An encryption or decryption that goes on.
#[derive(Clone)]
pub(crate) struct Cipher {
    client: Arc<Client>,
    key: Handle,
    encrypts: bool,
    mode: Mode,
    /// What was given and not yet worked on.
    held: Zeroizing<Vec<u8>>,
    /// Whether a part of the data was given already.
    started: bool,
    /// Bytes of an RSA modulus.
    modulus: usize,
    /// Where the vector goes that the HSM makes.
    made: Option<Place>,
}

#[derive(Clone)]
enum Mode {
    /// All data in one call: GCM, RSA.
    Whole(CipherMechanism),
    /// Block by block.
    Ecb,
    /// Each block depends on the last ciphertext.
    Cbc { chain: Vec<u8>, pad: bool },
    /// A stream: the counter block, and how many bytes of its key stream were used.
    Ctr { counter: u128, used: usize, bits: u32, start: u128 },
}

macro_rules! directions {
    ($($init:ident, $one:ident, $update:ident, $last:ident: $slot:ident, $flag:expr, $usage:expr, $encrypts:expr;)*) => {
        impl Module {$(
            pub(crate) fn $init(
                &self,
                session: CK_SESSION_HANDLE,
                mechanism: &Mechanism,
                key: CK_OBJECT_HANDLE,
            ) -> Answer {
                let session = self.session(session)?;
                let mut state = session.state();
                if state.$slot.is_some() {
                    return Err(Rv(CKR_OPERATION_ACTIVE));
                }
                catalogue::allows(mechanism.kind, $flag)?;
                state.$slot = Some(Cipher::new(&session, mechanism, key, $usage, $encrypts)?);
                Ok(())
            }

            pub(crate) fn $one(
                &self,
                session: CK_SESSION_HANDLE,
                input: Answer<Vec<u8>>,
                output: Answer<Output<'_>>,
            ) -> Answer {
                self.cipher(session, |state| &mut state.$slot, |cipher| cipher.one(&input?, output?))
            }

            pub(crate) fn $update(
                &self,
                session: CK_SESSION_HANDLE,
                input: Answer<Vec<u8>>,
                output: Answer<Output<'_>>,
            ) -> Answer {
                self.cipher(session, |state| &mut state.$slot, |cipher| cipher.part(&input?, output?))
            }

            pub(crate) fn $last(&self, session: CK_SESSION_HANDLE, output: Answer<Output<'_>>) -> Answer {
                self.cipher(session, |state| &mut state.$slot, |cipher| cipher.last(output?))
            }
        )*}
    };
}

directions! {
    encrypt_init, encrypt, encrypt_update, encrypt_final: encrypt, CKF_ENCRYPT, AttributeType::ENCRYPT, true;
    decrypt_init, decrypt, decrypt_update, decrypt_final: decrypt, CKF_DECRYPT, AttributeType::DECRYPT, false;
}

impl Module {
    fn cipher(
        &self,
        session: CK_SESSION_HANDLE,
        slot: impl FnOnce(&mut State) -> &mut Option<Cipher>,
        step: impl FnOnce(&mut Cipher) -> Answer<bool>,
    ) -> Answer {
        let session = self.session(session)?;
        ending(slot(&mut session.state()), step)
    }
}

impl Cipher {
    fn new(
        session: &Session,
        mechanism: &Mechanism,
        key: CK_OBJECT_HANDLE,
        usage: AttributeType,
        encrypts: bool,
    ) -> Answer<Self> {
        let client = session.client()?;
        let (mut how, kind) = mechanism.cipher()?;
        let found = session.token.key(Handle(key)).map_err(Rv::for_key)?;
        found.allows(usage, &[kind])?;
        let made =
            mechanism.parameter.left_to_the_hsm().filter(|_| encrypts && session.token.makes_vectors());
        if let (Some(_), CipherMechanism::AesGcm { iv, .. }) = (made, &mut how) {
            *iv = None;
        }
        let mode = match how {
            CipherMechanism::AesEcb => Mode::Ecb,
            CipherMechanism::AesCbc { iv, pad } => Mode::Cbc { chain: iv, pad },
            CipherMechanism::AesCtr { .. } => ctr(&mechanism.parameter)?,
            whole => Mode::Whole(whole),
        };
        let held = Zeroizing::default();
        Ok(Self { client, key: Handle(key), encrypts, mode, held, started: false, modulus: found.size, made })
    }

    /// All data in one call of the application.
    fn one(&mut self, data: &[u8], mut output: Output<'_>) -> Answer<bool> {
        if self.started {
            return Err(Rv(CKR_OPERATION_ACTIVE));
        }
        let (bound, exact) = self.bound(data.len())?;
        if (exact || output.room().is_none()) && !output.fits(bound)? {
            return Ok(false);
        }
        if let Mode::Whole(how) = &self.mode {
            output.give(&self.whole(how, data)?)?;
            return Ok(true);
        }
        // On a copy, so that a buffer that is too small can be followed by one that is not.
        let mut copy = self.clone();
        let ready = copy.ready(data.len());
        let mut result = copy.advance(data, ready)?;
        result.extend_from_slice(&copy.finish()?);
        output.give(&result)?;
        Ok(true)
    }

    /// A part of the data: what can be worked on already is given.
    fn part(&mut self, data: &[u8], mut output: Output<'_>) -> Answer<bool> {
        let ready = self.ready(data.len());
        if !output.fits(ready)? {
            return Ok(false);
        }
        self.started = true;
        let result = self.advance(data, ready)?;
        output.give(&result)?;
        Ok(false)
    }

    fn last(&mut self, mut output: Output<'_>) -> Answer<bool> {
        let (bound, exact) = self.bound(0)?;
        if (exact || output.room().is_none()) && !output.fits(bound)? {
            return Ok(false);
        }
        let result = self.clone().finish()?;
        output.give(&result)?;
        Ok(true)
    }

    /// How many bytes come out in all when `more` bytes and the end follow, and whether it is exactly as many.
    fn bound(&self, more: usize) -> Answer<(usize, bool)> {
        let total = self.held.len() + more;
        Ok(match &self.mode {
            Mode::Whole(CipherMechanism::AesGcm { tag, .. }) => {
                let tag = *tag as usize;
                let decrypted = || total.checked_sub(tag).ok_or(Rv(CKR_ENCRYPTED_DATA_LEN_RANGE));
                (if self.encrypts { total + tag } else { decrypted()? }, true)
            }
            Mode::Whole(_) => (self.modulus, self.encrypts),
            Mode::Cbc { pad: true, .. } if self.encrypts => ((total / BLOCK + 1) * BLOCK, true),
            Mode::Cbc { pad: true, .. } => (total, false),
            _ => (total, true),
        })
    }

    /// How many bytes can be worked on when `more` follow, while it goes on.
    fn ready(&self, more: usize) -> usize {
        let total = self.held.len() + more;
        match &self.mode {
            Mode::Whole(_) => 0,
            Mode::Ctr { .. } => total,
            // The last block may be the one with the padding.
            Mode::Cbc { pad: true, .. } if !self.encrypts => total.saturating_sub(1) / BLOCK * BLOCK,
            Mode::Ecb | Mode::Cbc { .. } => total / BLOCK * BLOCK,
        }
    }

    /// Takes data, works on the first `ready` bytes of all there is, and holds the rest.
    fn advance(&mut self, data: &[u8], ready: usize) -> Answer<Zeroizing<Vec<u8>>> {
        if matches!(self.mode, Mode::Whole(_)) && self.held.len() + data.len() > MOST_BYTES {
            return Err(Rv(CKR_DATA_LEN_RANGE));
        }
        self.held.extend_from_slice(data);
        if ready == 0 {
            return Ok(Zeroizing::default());
        }
        let rest = Zeroizing::new(self.held.split_off(ready));
        let work = std::mem::replace(&mut self.held, rest);
        let mut result = Zeroizing::new(Vec::with_capacity(ready));
        for piece in work.chunks(PIECE) {
            result.extend_from_slice(&self.piece(piece)?);
        }
        Ok(result)
    }

    /// Works on a piece, of whole blocks where there are blocks, and goes on to where the next one begins.
    fn piece(&mut self, piece: &[u8]) -> Answer<Secret> {
        match self.mode.clone() {
            Mode::Whole(_) => Err(Rv::GENERAL),
            Mode::Ecb => self.call(CipherMechanism::AesEcb, piece),
            Mode::Cbc { chain, pad } => {
                let result = self.call(CipherMechanism::AesCbc { iv: chain, pad: false }, piece)?;
                let ciphertext = if self.encrypts { &*result } else { piece };
                let chain = ciphertext.last_chunk::<BLOCK>().ok_or(Rv::GENERAL)?.to_vec();
                self.mode = Mode::Cbc { chain, pad };
                Ok(result)
            }
            Mode::Ctr { counter, used, bits, start } => {
                let blocks = ((used + piece.len()) / BLOCK) as u128;
                if overflows(start, counter, used + piece.len(), bits) {
                    return Err(Rv(CKR_DATA_LEN_RANGE));
                }
                // What of the first block's key stream was used already is passed by with zeros.
                let shifted = Zeroizing::new([&vec![0; used], piece].concat());
                let how = CipherMechanism::AesCtr { iv: counter.to_be_bytes().to_vec() };
                let result = self.call(how, &shifted)?;
                let result = Secret::from(result.get(used..).unwrap_or_default());
                let used = (used + piece.len()) % BLOCK;
                self.mode = Mode::Ctr { counter: counter.wrapping_add(blocks), used, bits, start };
                Ok(result)
            }
        }
    }

    /// Works on what is held: the end of the data.
    fn finish(&mut self) -> Answer<Secret> {
        let held = std::mem::take(&mut self.held);
        let range = Rv(if self.encrypts { CKR_DATA_LEN_RANGE } else { CKR_ENCRYPTED_DATA_LEN_RANGE });
        match self.mode.clone() {
            Mode::Whole(how) => self.whole(&how, &held),
            Mode::Cbc { chain, pad: true } => {
                if !self.encrypts && held.len() != BLOCK {
                    return Err(range);
                }
                self.call(CipherMechanism::AesCbc { iv: chain, pad: true }, &held)
            }
            _ if held.is_empty() => Ok(Secret::default()),
            _ => Err(range),
        }
    }

    /// All data in one call to the HSM.
    fn whole(&self, how: &CipherMechanism, data: &[u8]) -> Answer<Secret> {
        if data.len() > MOST_BYTES {
            return Err(Rv(CKR_DATA_LEN_RANGE));
        }
        self.call(how.clone(), data)
    }

    /// Tells the application the vector that the HSM made.
    fn told(&self, encrypted: Encrypted) -> Vec<u8> {
        let vector = encrypted.iv.and_then(|iv| <[u8; 12]>::try_from(iv).ok());
        if let (Some(place), Some(vector)) = (self.made, vector) {
            place.write(vector);
        }
        encrypted.data
    }

    fn call(&self, how: CipherMechanism, data: &[u8]) -> Answer<Secret> {
        let result = if self.encrypts {
            self.client.encrypt(self.key, how, data).map(|encrypted| Secret::new(self.told(encrypted)))
        } else {
            self.client.decrypt(self.key, how, data)
        };
        result.map_err(|error| Rv::from(error).for_key())
    }
}

fn ctr(parameter: &Parameter) -> Answer<Mode> {
    let Parameter::Ctr { bits: bits @ 1..=128, block } = parameter else {
        return Err(Rv(CKR_MECHANISM_PARAM_INVALID));
    };
    let counter = u128::from_be_bytes(*block);
    Ok(Mode::Ctr { counter, used: 0, bits: *bits as u32, start: counter })
}

/// Whether the counter, the last `bits` bits of the block, comes around to where it began, or into the bits before it,
/// within `length` bytes. (In the HSM all 128 bits count.)
fn overflows(start: u128, counter: u128, length: usize, bits: u32) -> bool {
    let last = (length.saturating_sub(1) / BLOCK) as u128;
    let Some(end) = counter.checked_add(last) else { return true };
    bits < 128 && (end >> bits) != (start >> bits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counters_do_not_leave_their_bits() {
        assert!(!overflows(0, 0, 16 * 256, 8));
        assert!(overflows(0, 0, 16 * 256 + 1, 8));
        assert!(overflows(0xFF, 0xFF, 17, 8));
        assert!(!overflows(0xFF, 0xFF, 16, 8));
        assert!(!overflows(u128::MAX, u128::MAX, 16, 128));
        assert!(overflows(u128::MAX, u128::MAX, 17, 128));
    }
}
