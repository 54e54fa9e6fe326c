//! What PKCS#11 has and this module does not: tokens are not initialised, nor users made, by applications (that is
//! the cluster's administrator's, over its own command line), and operations are not saved, recovered or combined.

use cryptoki_sys::*;

use super::interface;
use crate::{module::module, rv::Rv};

interface! {
    /// `C_InitToken`.
    fn init_token(_slot: CK_SLOT_ID, _pin: *mut CK_BYTE, _length: CK_ULONG, _label: *mut CK_BYTE) {
        unsupported()
    }

    /// `C_InitPIN`.
    fn init_pin(_session: CK_SESSION_HANDLE, _pin: *mut CK_BYTE, _length: CK_ULONG) {
        unsupported()
    }

    /// `C_GetOperationState`.
    fn operation_state(_session: CK_SESSION_HANDLE, _state: *mut CK_BYTE, _length: *mut CK_ULONG) {
        unsupported()
    }

    /// `C_SetOperationState`.
    fn set_operation_state(
        _session: CK_SESSION_HANDLE,
        _state: *mut CK_BYTE,
        _length: CK_ULONG,
        _encryption: CK_OBJECT_HANDLE,
        _authentication: CK_OBJECT_HANDLE,
    ) {
        unsupported()
    }

    /// `C_DigestKey`: a key's value does not leave its HSM to be digested here.
    fn digest_key(_session: CK_SESSION_HANDLE, _key: CK_OBJECT_HANDLE) {
        unsupported()
    }

    /// `C_SignRecoverInit` and `C_VerifyRecoverInit`.
    fn recover_init(_session: CK_SESSION_HANDLE, _mechanism: *mut CK_MECHANISM, _key: CK_OBJECT_HANDLE) {
        unsupported()
    }

    /// `C_SignRecover`, `C_VerifyRecover`, and the functions that do two things in one pass.
    fn two_buffers(
        _session: CK_SESSION_HANDLE,
        _input: *mut CK_BYTE,
        _length: CK_ULONG,
        _output: *mut CK_BYTE,
        _output_length: *mut CK_ULONG,
    ) {
        unsupported()
    }

    /// `C_SeedRandom`: the generator takes its seed from the machine and from nobody else.
    fn seed_random(_session: CK_SESSION_HANDLE, _seed: *mut CK_BYTE, _length: CK_ULONG) {
        module()?;
        Err(Rv(CKR_RANDOM_SEED_NOT_SUPPORTED))
    }

    /// `C_GetFunctionStatus` and `C_CancelFunction`, which have no use since PKCS#11 2.0.
    fn parallel(_session: CK_SESSION_HANDLE) {
        module()?;
        Err(Rv(CKR_FUNCTION_NOT_PARALLEL))
    }
}

fn unsupported() -> crate::rv::Answer {
    module()?;
    Err(Rv::UNSUPPORTED)
}
