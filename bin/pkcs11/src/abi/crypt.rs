//! Encryption, decryption, digests, signatures and their verification.

use cryptoki_sys::*;

use super::{
    interface,
    memory::{self, Output},
};
use crate::module::module;

interface! {
    /// `C_EncryptInit`.
    fn encrypt_init(session: CK_SESSION_HANDLE, mechanism: *mut CK_MECHANISM, key: CK_OBJECT_HANDLE) {
        let module = module()?;
        // SAFETY: null, or as PKCS#11 says of a mechanism.
        let mechanism = unsafe { memory::mechanism(mechanism)? };
        module.encrypt_init(session, &mechanism, key)
    }

    /// `C_Encrypt`.
    fn encrypt(
        session: CK_SESSION_HANDLE,
        input: *mut CK_BYTE,
        length: CK_ULONG,
        output: *mut CK_BYTE,
        output_length: *mut CK_ULONG,
    ) {
        let module = module()?;
        // SAFETY: null, or bytes, and a buffer with its length.
        let (input, output) = unsafe { (memory::bytes(input, length), Output::new(output, output_length)) };
        module.encrypt(session, input, output)
    }

    /// `C_EncryptUpdate`.
    fn encrypt_update(
        session: CK_SESSION_HANDLE,
        input: *mut CK_BYTE,
        length: CK_ULONG,
        output: *mut CK_BYTE,
        output_length: *mut CK_ULONG,
    ) {
        let module = module()?;
        // SAFETY: null, or bytes, and a buffer with its length.
        let (input, output) = unsafe { (memory::bytes(input, length), Output::new(output, output_length)) };
        module.encrypt_update(session, input, output)
    }

    /// `C_EncryptFinal`.
    fn encrypt_final(session: CK_SESSION_HANDLE, output: *mut CK_BYTE, output_length: *mut CK_ULONG) {
        let module = module()?;
        // SAFETY: null, or a buffer with its length.
        let output = unsafe { Output::new(output, output_length) };
        module.encrypt_final(session, output)
    }

    /// `C_DecryptInit`.
    fn decrypt_init(session: CK_SESSION_HANDLE, mechanism: *mut CK_MECHANISM, key: CK_OBJECT_HANDLE) {
        let module = module()?;
        // SAFETY: null, or as PKCS#11 says of a mechanism.
        let mechanism = unsafe { memory::mechanism(mechanism)? };
        module.decrypt_init(session, &mechanism, key)
    }

    /// `C_Decrypt`.
    fn decrypt(
        session: CK_SESSION_HANDLE,
        input: *mut CK_BYTE,
        length: CK_ULONG,
        output: *mut CK_BYTE,
        output_length: *mut CK_ULONG,
    ) {
        let module = module()?;
        // SAFETY: null, or bytes, and a buffer with its length.
        let (input, output) = unsafe { (memory::bytes(input, length), Output::new(output, output_length)) };
        module.decrypt(session, input, output)
    }

    /// `C_DecryptUpdate`.
    fn decrypt_update(
        session: CK_SESSION_HANDLE,
        input: *mut CK_BYTE,
        length: CK_ULONG,
        output: *mut CK_BYTE,
        output_length: *mut CK_ULONG,
    ) {
        let module = module()?;
        // SAFETY: null, or bytes, and a buffer with its length.
        let (input, output) = unsafe { (memory::bytes(input, length), Output::new(output, output_length)) };
        module.decrypt_update(session, input, output)
    }

    /// `C_DecryptFinal`.
    fn decrypt_final(session: CK_SESSION_HANDLE, output: *mut CK_BYTE, output_length: *mut CK_ULONG) {
        let module = module()?;
        // SAFETY: null, or a buffer with its length.
        let output = unsafe { Output::new(output, output_length) };
        module.decrypt_final(session, output)
    }

    /// `C_DigestInit`.
    fn digest_init(session: CK_SESSION_HANDLE, mechanism: *mut CK_MECHANISM) {
        let module = module()?;
        // SAFETY: null, or as PKCS#11 says of a mechanism.
        let mechanism = unsafe { memory::mechanism(mechanism)? };
        module.digest_init(session, &mechanism)
    }

    /// `C_Digest`.
    fn digest(
        session: CK_SESSION_HANDLE,
        input: *mut CK_BYTE,
        length: CK_ULONG,
        output: *mut CK_BYTE,
        output_length: *mut CK_ULONG,
    ) {
        let module = module()?;
        // SAFETY: null, or bytes, and a buffer with its length.
        let (input, output) = unsafe { (memory::bytes(input, length), Output::new(output, output_length)) };
        module.digest(session, input, output)
    }

    /// `C_DigestUpdate`.
    fn digest_update(session: CK_SESSION_HANDLE, input: *mut CK_BYTE, length: CK_ULONG) {
        let module = module()?;
        // SAFETY: null or readable for its length.
        let input = unsafe { memory::bytes(input, length) };
        module.digest_update(session, input)
    }

    /// `C_DigestFinal`.
    fn digest_final(session: CK_SESSION_HANDLE, output: *mut CK_BYTE, output_length: *mut CK_ULONG) {
        let module = module()?;
        // SAFETY: null, or a buffer with its length.
        let output = unsafe { Output::new(output, output_length) };
        module.digest_final(session, output)
    }

    /// `C_SignInit`.
    fn sign_init(session: CK_SESSION_HANDLE, mechanism: *mut CK_MECHANISM, key: CK_OBJECT_HANDLE) {
        let module = module()?;
        // SAFETY: null, or as PKCS#11 says of a mechanism.
        let mechanism = unsafe { memory::mechanism(mechanism)? };
        module.sign_init(session, &mechanism, key)
    }

    /// `C_Sign`.
    fn sign(
        session: CK_SESSION_HANDLE,
        input: *mut CK_BYTE,
        length: CK_ULONG,
        output: *mut CK_BYTE,
        output_length: *mut CK_ULONG,
    ) {
        let module = module()?;
        // SAFETY: null, or bytes, and a buffer with its length.
        let (input, output) = unsafe { (memory::bytes(input, length), Output::new(output, output_length)) };
        module.sign(session, input, output)
    }

    /// `C_SignUpdate`.
    fn sign_update(session: CK_SESSION_HANDLE, input: *mut CK_BYTE, length: CK_ULONG) {
        let module = module()?;
        // SAFETY: null or readable for its length.
        let input = unsafe { memory::bytes(input, length) };
        module.sign_update(session, input)
    }

    /// `C_SignFinal`.
    fn sign_final(session: CK_SESSION_HANDLE, output: *mut CK_BYTE, output_length: *mut CK_ULONG) {
        let module = module()?;
        // SAFETY: null, or a buffer with its length.
        let output = unsafe { Output::new(output, output_length) };
        module.sign_final(session, output)
    }

    /// `C_VerifyInit`.
    fn verify_init(session: CK_SESSION_HANDLE, mechanism: *mut CK_MECHANISM, key: CK_OBJECT_HANDLE) {
        let module = module()?;
        // SAFETY: null, or as PKCS#11 says of a mechanism.
        let mechanism = unsafe { memory::mechanism(mechanism)? };
        module.verify_init(session, &mechanism, key)
    }

    /// `C_Verify`.
    fn verify(
        session: CK_SESSION_HANDLE,
        input: *mut CK_BYTE,
        length: CK_ULONG,
        signature: *mut CK_BYTE,
        signature_length: CK_ULONG,
    ) {
        let module = module()?;
        // SAFETY: null or readable for their lengths.
        let (input, signature) =
            unsafe { (memory::bytes(input, length), memory::bytes(signature, signature_length)) };
        module.verify(session, input, signature)
    }

    /// `C_VerifyUpdate`.
    fn verify_update(session: CK_SESSION_HANDLE, input: *mut CK_BYTE, length: CK_ULONG) {
        let module = module()?;
        // SAFETY: null or readable for its length.
        let input = unsafe { memory::bytes(input, length) };
        module.verify_update(session, input)
    }

    /// `C_VerifyFinal`.
    fn verify_final(session: CK_SESSION_HANDLE, signature: *mut CK_BYTE, signature_length: CK_ULONG) {
        let module = module()?;
        // SAFETY: null or readable for its length.
        let signature = unsafe { memory::bytes(signature, signature_length) };
        module.verify_final(session, signature)
    }
}
