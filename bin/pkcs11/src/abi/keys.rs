//! Keys: to generate, wrap, unwrap and derive them; and random bytes.

use cryptoki_sys::*;

use super::{
    interface,
    memory::{self, Output},
    objects::wanted,
};
use crate::module::module;

interface! {
    /// `C_GenerateKey`.
    fn generate(
        session: CK_SESSION_HANDLE,
        mechanism: *mut CK_MECHANISM,
        template: *mut CK_ATTRIBUTE,
        count: CK_ULONG,
        key: *mut CK_OBJECT_HANDLE,
    ) {
        let module = module()?;
        wanted(key)?;
        // SAFETY: null, or as PKCS#11 says of a mechanism and a template.
        let (mechanism, template) = unsafe { (memory::mechanism(mechanism)?, memory::template(template, count)?) };
        let made = module.generate_key(session, &mechanism, template)?;
        // SAFETY: null or writable.
        unsafe { memory::put(key, made) }
    }

    /// `C_GenerateKeyPair`.
    fn generate_pair(
        session: CK_SESSION_HANDLE,
        mechanism: *mut CK_MECHANISM,
        public_template: *mut CK_ATTRIBUTE,
        public_count: CK_ULONG,
        private_template: *mut CK_ATTRIBUTE,
        private_count: CK_ULONG,
        public_key: *mut CK_OBJECT_HANDLE,
        private_key: *mut CK_OBJECT_HANDLE,
    ) {
        let module = module()?;
        wanted(public_key)?;
        wanted(private_key)?;
        // SAFETY: null, or as PKCS#11 says of a mechanism and templates.
        let (mechanism, public, private) = unsafe {
            (
                memory::mechanism(mechanism)?,
                memory::template(public_template, public_count)?,
                memory::template(private_template, private_count)?,
            )
        };
        let (public, private) = module.generate_key_pair(session, &mechanism, public, private)?;
        // SAFETY: null or writable.
        unsafe {
            memory::put(public_key, public)?;
            memory::put(private_key, private)
        }
    }

    /// `C_WrapKey`.
    fn wrap(
        session: CK_SESSION_HANDLE,
        mechanism: *mut CK_MECHANISM,
        wrapping_key: CK_OBJECT_HANDLE,
        key: CK_OBJECT_HANDLE,
        wrapped: *mut CK_BYTE,
        wrapped_length: *mut CK_ULONG,
    ) {
        let module = module()?;
        // SAFETY: null, or as PKCS#11 says of a mechanism, and of a buffer and its length.
        let (mechanism, output) =
            unsafe { (memory::mechanism(mechanism)?, Output::new(wrapped, wrapped_length)?) };
        module.wrap_key(session, &mechanism, wrapping_key, key, output)
    }

    /// `C_UnwrapKey`.
    fn unwrap(
        session: CK_SESSION_HANDLE,
        mechanism: *mut CK_MECHANISM,
        unwrapping_key: CK_OBJECT_HANDLE,
        wrapped: *mut CK_BYTE,
        wrapped_length: CK_ULONG,
        template: *mut CK_ATTRIBUTE,
        count: CK_ULONG,
        key: *mut CK_OBJECT_HANDLE,
    ) {
        let module = module()?;
        wanted(key)?;
        // SAFETY: null, or as PKCS#11 says of a mechanism, of bytes, and of a template.
        let (mechanism, wrapped, template) = unsafe {
            (
                memory::mechanism(mechanism)?,
                memory::bytes(wrapped, wrapped_length)?,
                memory::template(template, count)?,
            )
        };
        let made = module.unwrap_key(session, &mechanism, unwrapping_key, &wrapped, template)?;
        // SAFETY: null or writable.
        unsafe { memory::put(key, made) }
    }

    /// `C_DeriveKey`.
    fn derive(
        session: CK_SESSION_HANDLE,
        mechanism: *mut CK_MECHANISM,
        base_key: CK_OBJECT_HANDLE,
        template: *mut CK_ATTRIBUTE,
        count: CK_ULONG,
        key: *mut CK_OBJECT_HANDLE,
    ) {
        let module = module()?;
        wanted(key)?;
        // SAFETY: null, or as PKCS#11 says of a mechanism and a template.
        let (mechanism, template) = unsafe { (memory::mechanism(mechanism)?, memory::template(template, count)?) };
        let made = module.derive_key(session, &mechanism, base_key, template)?;
        // SAFETY: null or writable.
        unsafe { memory::put(key, made) }
    }

    /// `C_GenerateRandom`.
    fn random(session: CK_SESSION_HANDLE, bytes: *mut CK_BYTE, length: CK_ULONG) {
        let module = module()?;
        let mut given = length;
        // SAFETY: null or writable for `length` bytes; the length is this function's own.
        let output = unsafe { Output::with_room(bytes, length, &raw mut given)? };
        let random = module.random(session, output.room().unwrap_or(0))?;
        output.give(&random)
    }
}
