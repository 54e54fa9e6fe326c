//! The caller's memory: the only file in which a pointer of the caller's is followed.
//!
//! What comes in is copied, so that no reference into the caller's memory lives on: a caller may give one buffer for
//! input and output, and may change or free it after the call. What goes out is written through [`Output`].

use std::{marker::PhantomData, ptr};

use cryptoki_sys::*;
use zeroize::Zeroizing;

use crate::{
    mechanism::{Mechanism, Parameter, Shape},
    rv::{Answer, Rv},
    template::{Attribute, Template},
};

/// The most bytes that one argument may have: 1 GiB. A longer one is a length that went wrong.
const MOST_BYTES: CK_ULONG = 1 << 30;
/// The most attributes of a template; PKCS#11 has less than 200 kinds.
const MOST_ATTRIBUTES: CK_ULONG = 512;
/// The most bytes of an attribute or of a mechanism's parameter.
const MOST_ATTRIBUTE_BYTES: CK_ULONG = 1 << 20;

/// A copy of `length` bytes.
///
/// # Safety
/// `pointer` is null or readable for `length` bytes.
pub(super) unsafe fn bytes(pointer: *const CK_BYTE, length: CK_ULONG) -> Answer<Vec<u8>> {
    if length == 0 {
        return Ok(Vec::new());
    }
    if pointer.is_null() || length > MOST_BYTES {
        return Err(Rv::ARGUMENTS);
    }
    let length = usize::try_from(length).map_err(|_| Rv::ARGUMENTS)?;
    let mut copy = Vec::new();
    copy.try_reserve_exact(length).map_err(|_| Rv::MEMORY)?;
    // SAFETY: not null, and readable for `length` bytes as the caller promises; `copy` has room for as many, and
    // they are initialised when its length is set.
    unsafe {
        ptr::copy_nonoverlapping(pointer, copy.as_mut_ptr(), length);
        copy.set_len(length);
    }
    Ok(copy)
}

/// A copy of the value that `pointer` points at.
///
/// # Safety
/// `pointer` is null or readable for a `T`, of which every bit pattern is valid.
pub(super) unsafe fn value<T: Copy>(pointer: *const T) -> Answer<T> {
    if pointer.is_null() {
        return Err(Rv::ARGUMENTS);
    }
    // SAFETY: not null, readable as the caller promises; nothing is assumed of its alignment.
    Ok(unsafe { pointer.read_unaligned() })
}

/// Writes a value where the caller wants it.
///
/// # Safety
/// `pointer` is null or writable for a `T`.
pub(super) unsafe fn put<T: Copy>(pointer: *mut T, value: T) -> Answer {
    if pointer.is_null() {
        return Err(Rv::ARGUMENTS);
    }
    // SAFETY: not null, writable as the caller promises; nothing is assumed of its alignment.
    unsafe { pointer.write_unaligned(value) };
    Ok(())
}

/// An array of the caller's with a length that is told and taken: a list of slots or mechanisms, or bytes.
pub(crate) struct Output<'call, T = u8> {
    first: *mut T,
    length: *mut CK_ULONG,
    room: CK_ULONG,
    call: PhantomData<&'call mut T>,
}

impl<T: Copy> Output<'_, T> {
    /// The caller's buffer and the length that it tells.
    ///
    /// # Safety
    /// `length` is null or readable and writable; `first` is null or writable for as many `T` as `length` says,
    /// during the whole of the call.
    pub(super) unsafe fn new(first: *mut T, length: *mut CK_ULONG) -> Answer<Self> {
        // SAFETY: as the caller promises.
        let room = unsafe { value(length)? };
        Ok(Self { first, length, room, call: PhantomData })
    }

    /// The same for a buffer whose length is told beside it and not taken, as in `C_GenerateRandom`.
    ///
    /// # Safety
    /// `first` is null or writable for `room` values, `length` is writable.
    pub(super) unsafe fn with_room(first: *mut T, room: CK_ULONG, length: *mut CK_ULONG) -> Answer<Self> {
        if first.is_null() || length.is_null() {
            return Err(Rv::ARGUMENTS);
        }
        Ok(Self { first, length, room, call: PhantomData })
    }

    /// How many values fit; `None` when the caller gave no buffer and only asks for the length.
    pub(crate) fn room(&self) -> Option<usize> {
        if self.first.is_null() { None } else { Some(usize::try_from(self.room).unwrap_or(usize::MAX)) }
    }

    /// Whether `needed` values can be given now. If not, the caller is told the length, and is answered what this
    /// gives: success when it only asked, `CKR_BUFFER_TOO_SMALL` when its buffer is too small. Its operation goes on.
    pub(crate) fn fits(&mut self, needed: usize) -> Answer<bool> {
        match self.room() {
            Some(room) if needed <= room => Ok(true),
            Some(_) => {
                self.tell(needed)?;
                Err(Rv(CKR_BUFFER_TOO_SMALL))
            }
            None => {
                self.tell(needed)?;
                Ok(false)
            }
        }
    }

    /// Gives the values. An operation that cannot be repeated must have asked [`Output::fits`] before.
    pub(crate) fn give(mut self, values: &[T]) -> Answer {
        if !self.fits(values.len())? {
            return Ok(());
        }
        // SAFETY: not null and writable for `room` values, which are not fewer than these; `values` is not the
        // caller's memory (all that comes in is copied), so the two do not overlap.
        unsafe {
            ptr::copy_nonoverlapping(
                values.as_ptr().cast::<u8>(),
                self.first.cast::<u8>(),
                size_of_val(values),
            );
        };
        self.tell(values.len())
    }

    fn tell(&mut self, length: usize) -> Answer {
        // SAFETY: writable, as promised to `new`.
        unsafe { put(self.length, length as CK_ULONG) }
    }
}

/// A template that comes in, with copies of its values.
///
/// # Safety
/// `first` is null or readable for `count` attributes, and each `pValue` is null or readable for its length.
pub(super) unsafe fn template(first: *const CK_ATTRIBUTE, count: CK_ULONG) -> Answer<Template> {
    if count == 0 {
        return Ok(Template::default());
    }
    if first.is_null() || count > MOST_ATTRIBUTES {
        return Err(Rv::ARGUMENTS);
    }
    let mut attributes = Vec::new();
    for index in 0..count as usize {
        // SAFETY: `index` is below `count`, for which `first` is readable.
        let raw = unsafe { first.add(index).read_unaligned() };
        let empty = raw.ulValueLen == 0;
        if (raw.pValue.is_null() && !empty) || raw.ulValueLen > MOST_ATTRIBUTE_BYTES {
            return Err(Rv(CKR_ATTRIBUTE_VALUE_INVALID));
        }
        // SAFETY: `pValue` is readable for its length, as the caller promises.
        let value = unsafe { bytes(raw.pValue.cast(), raw.ulValueLen)? };
        attributes.push(Attribute { kind: raw.type_, value: Zeroizing::new(value) });
    }
    Template::new(attributes)
}

/// A template to be filled, as in `C_GetAttributeValue`.
pub(crate) struct Blanks<'call> {
    first: *mut CK_ATTRIBUTE,
    count: usize,
    call: PhantomData<&'call mut CK_ATTRIBUTE>,
}

impl Blanks<'_> {
    /// The caller's template.
    ///
    /// # Safety
    /// `first` is null or readable and writable for `count` attributes, and each `pValue` is null or writable for
    /// its length, during the whole of the call.
    pub(super) unsafe fn new(first: *mut CK_ATTRIBUTE, count: CK_ULONG) -> Answer<Self> {
        if first.is_null() || count == 0 || count > MOST_ATTRIBUTES {
            return Err(Rv::ARGUMENTS);
        }
        Ok(Self { first, count: count as usize, call: PhantomData })
    }

    /// The kinds of attributes that are asked for.
    pub(crate) fn kinds(&self) -> Vec<CK_ATTRIBUTE_TYPE> {
        // SAFETY: each index is below `count`, for which `first` is readable.
        (0..self.count).map(|index| unsafe { self.first.add(index).read_unaligned() }.type_).collect()
    }

    /// Fills one attribute, the `index`th: with a value, or with what says that there is none to be had.
    pub(crate) fn fill(&mut self, index: usize, value: Result<&[u8], Rv>) -> Answer {
        if index >= self.count {
            return Err(Rv::GENERAL);
        }
        // SAFETY: `index` is below `count`, for which `first` is readable.
        let mut raw = unsafe { self.first.add(index).read_unaligned() };
        let (length, outcome) = match value {
            Err(rv) => (CK_UNAVAILABLE_INFORMATION, Err(rv)),
            Ok(value) if raw.pValue.is_null() => (value.len() as CK_ULONG, Ok(())),
            Ok(value) if (raw.ulValueLen as usize) < value.len() => {
                (CK_UNAVAILABLE_INFORMATION, Err(Rv(CKR_BUFFER_TOO_SMALL)))
            }
            Ok(value) => {
                // SAFETY: not null and writable for at least as many bytes; `value` is not the caller's memory.
                unsafe { ptr::copy_nonoverlapping(value.as_ptr(), raw.pValue.cast(), value.len()) };
                (value.len() as CK_ULONG, Ok(()))
            }
        };
        raw.ulValueLen = length;
        // SAFETY: `index` is below `count`, for which `first` is writable.
        unsafe { self.first.add(index).write_unaligned(raw) };
        outcome
    }
}

/// A mechanism and a copy of its parameter.
///
/// # Safety
/// `pointer` is null or readable; its parameter is null or readable for its length, and holds what PKCS#11 says for
/// this mechanism, with pointers of which the same holds.
pub(super) unsafe fn mechanism(pointer: *const CK_MECHANISM) -> Answer<Mechanism> {
    // SAFETY: as the caller promises.
    let raw = unsafe { value(pointer)? };
    if raw.ulParameterLen == 0 {
        return Ok(Mechanism { kind: raw.mechanism, parameter: Parameter::None });
    }
    if raw.pParameter.is_null() || raw.ulParameterLen > MOST_ATTRIBUTE_BYTES {
        return Err(BAD_PARAMETER);
    }
    // SAFETY: as the caller promises, and each reader checks the length before it reads.
    let parameter = unsafe {
        match Shape::of(raw.mechanism) {
            Shape::Bytes => Parameter::Bytes(bytes(raw.pParameter.cast(), raw.ulParameterLen)?),
            Shape::Pss => pss(&raw)?,
            Shape::Oaep => oaep(&raw)?,
            Shape::Gcm => gcm(&raw)?,
            Shape::Ctr => ctr(&raw)?,
            Shape::Ecdh => ecdh(&raw)?,
            Shape::EdDsa => eddsa(&raw)?,
            Shape::RsaAesWrap => rsa_aes_wrap(&raw)?,
            Shape::Hkdf => hkdf(&raw)?,
        }
    };
    Ok(Mechanism { kind: raw.mechanism, parameter })
}

const BAD_PARAMETER: Rv = Rv(CKR_MECHANISM_PARAM_INVALID);

/// The parameter as the structure that it must be.
///
/// # Safety
/// The parameter is readable for its length.
unsafe fn structure<T: Copy>(raw: &CK_MECHANISM) -> Answer<T> {
    if raw.ulParameterLen as usize != size_of::<T>() {
        return Err(BAD_PARAMETER);
    }
    // SAFETY: readable for its length, which is that of a `T`.
    unsafe { value(raw.pParameter.cast::<T>().cast_const()) }
}

/// A copy of bytes that a parameter points at.
///
/// # Safety
/// `pointer` is null or readable for `length` bytes.
unsafe fn inner(pointer: *const CK_BYTE, length: CK_ULONG) -> Answer<Vec<u8>> {
    if length > MOST_ATTRIBUTE_BYTES || (pointer.is_null() && length > 0) {
        return Err(BAD_PARAMETER);
    }
    // SAFETY: as the caller promises.
    unsafe { bytes(pointer, length) }
}

/// # Safety
/// As for [`structure`].
unsafe fn pss(raw: &CK_MECHANISM) -> Answer<Parameter> {
    // SAFETY: as the caller promises.
    let given: CK_RSA_PKCS_PSS_PARAMS = unsafe { structure(raw)? };
    Ok(Parameter::Pss { hash: given.hashAlg, mgf: given.mgf, salt: given.sLen })
}

/// # Safety
/// As for [`structure`]; the label too is null or readable for its length.
unsafe fn oaep(raw: &CK_MECHANISM) -> Answer<Parameter> {
    // SAFETY: as the caller promises.
    unsafe {
        let given: CK_RSA_PKCS_OAEP_PARAMS = structure(raw)?;
        oaep_of(&given)
    }
}

/// # Safety
/// The label is null or readable for its length.
unsafe fn oaep_of(given: &CK_RSA_PKCS_OAEP_PARAMS) -> Answer<Parameter> {
    let label = match (given.source, given.ulSourceDataLen) {
        (_, 0) => Vec::new(),
        // SAFETY: as the caller promises.
        (CKZ_DATA_SPECIFIED, length) => unsafe { inner(given.pSourceData.cast(), length)? },
        _ => return Err(BAD_PARAMETER),
    };
    Ok(Parameter::Oaep { hash: given.hashAlg, mgf: given.mgf, label })
}

/// Where an application wants the initialisation vector that an HSM makes: `pIv` of its `CK_GCM_PARAMS`. Whoever uses
/// this way of CloudHSM's keeps that memory until the operation has ended.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Place(*mut CK_BYTE);

// SAFETY: the pointer is only written through, in the call that ends the operation; that no other thread uses the
// memory meanwhile is the application's to see to, as with every buffer that it gives.
unsafe impl Send for Place {}
// SAFETY: as above; nothing is read through it, and a session's state is behind a lock.
unsafe impl Sync for Place {}

impl Place {
    /// Writes the vector, which is as long as the one that the application gave.
    pub(crate) fn write(self, made: [u8; 12]) {
        // SAFETY: `pIv` held 12 zero bytes, or nothing would be written; the application keeps it writable until the
        // operation ends, as the choice of this way says.
        unsafe { ptr::copy_nonoverlapping(made.as_ptr(), self.0, made.len()) };
    }
}

/// `CK_GCM_PARAMS` as PKCS#11's text first had it, without `ulIvBits`.
#[repr(C)]
#[derive(Clone, Copy)]
struct GcmWithoutBits {
    iv: *mut CK_BYTE,
    iv_length: CK_ULONG,
    aad: *mut CK_BYTE,
    aad_length: CK_ULONG,
    tag_bits: CK_ULONG,
}

/// # Safety
/// As for [`structure`]; initialisation vector and additional data are null or readable for their lengths.
unsafe fn gcm(raw: &CK_MECHANISM) -> Answer<Parameter> {
    // SAFETY: as the caller promises.
    unsafe {
        let (iv, iv_length, aad, aad_length, tag_bits) = match structure::<CK_GCM_PARAMS>(raw) {
            Ok(given) => (given.pIv, given.ulIvLen, given.pAAD, given.ulAADLen, given.ulTagBits),
            Err(_) => {
                let given: GcmWithoutBits = structure(raw)?;
                (given.iv, given.iv_length, given.aad, given.aad_length, given.tag_bits)
            }
        };
        let (made, aad) = (Place(iv), inner(aad, aad_length)?);
        Ok(Parameter::Gcm { iv: inner(iv, iv_length)?, aad, tag_bits, made })
    }
}

/// # Safety
/// As for [`structure`].
unsafe fn ctr(raw: &CK_MECHANISM) -> Answer<Parameter> {
    // SAFETY: as the caller promises.
    let given: CK_AES_CTR_PARAMS = unsafe { structure(raw)? };
    Ok(Parameter::Ctr { bits: given.ulCounterBits, block: given.cb })
}

/// # Safety
/// As for [`structure`]; shared data and public point are null or readable for their lengths.
unsafe fn ecdh(raw: &CK_MECHANISM) -> Answer<Parameter> {
    // SAFETY: as the caller promises.
    unsafe {
        let given: CK_ECDH1_DERIVE_PARAMS = structure(raw)?;
        Ok(Parameter::Ecdh {
            kdf: given.kdf,
            shared: inner(given.pSharedData, given.ulSharedDataLen)?,
            public: inner(given.pPublicData, given.ulPublicDataLen)?,
        })
    }
}

/// # Safety
/// As for [`structure`]; the context is null or readable for its length.
unsafe fn eddsa(raw: &CK_MECHANISM) -> Answer<Parameter> {
    // SAFETY: as the caller promises.
    unsafe {
        let given: CK_EDDSA_PARAMS = structure(raw)?;
        let context = inner(given.pContextData, given.ulContextDataLen)?;
        Ok(Parameter::EdDsa { prehashed: given.phFlag != CK_FALSE, context })
    }
}

/// # Safety
/// As for [`structure`]; the parameters within are null or as in [`oaep`].
unsafe fn rsa_aes_wrap(raw: &CK_MECHANISM) -> Answer<Parameter> {
    // SAFETY: as the caller promises.
    unsafe {
        let given: CK_RSA_AES_KEY_WRAP_PARAMS = structure(raw)?;
        let oaep = value(given.pOAEPParams.cast_const()).map_err(|_| BAD_PARAMETER)?;
        Ok(Parameter::RsaAesWrap { aes_bits: given.ulAESKeyBits, oaep: Box::new(oaep_of(&oaep)?) })
    }
}

/// # Safety
/// As for [`structure`]; salt and info are null or readable for their lengths.
unsafe fn hkdf(raw: &CK_MECHANISM) -> Answer<Parameter> {
    // SAFETY: as the caller promises.
    unsafe {
        let given: CK_HKDF_PARAMS = structure(raw)?;
        let salt = match given.ulSaltType {
            CKF_HKDF_SALT_NULL => Vec::new(),
            CKF_HKDF_SALT_DATA => inner(given.pSalt, given.ulSaltLen)?,
            _ => return Err(BAD_PARAMETER),
        };
        Ok(Parameter::Hkdf {
            extract: given.bExtract != CK_FALSE,
            expand: given.bExpand != CK_FALSE,
            hash: given.prfHashMechanism,
            salt,
            info: inner(given.pInfo, given.ulInfoLen)?,
        })
    }
}
