//! PKCS#11's C interface: the list of functions, and the turning of C's arguments into Rust's.
//!
//! Nothing is decided here. Each function copies what it is given ([`memory`]), calls the module, and gives back the
//! return value. A panic ends here, as `CKR_GENERAL_ERROR`: it must not unwind into C.
#![allow(unsafe_code, reason = "the boundary: PKCS#11 is a C interface, and its callers give raw pointers")]

mod crypt;
mod general;
mod keys;
pub(crate) mod memory;
mod objects;
mod unsupported;

use std::panic::{AssertUnwindSafe, catch_unwind};

use cryptoki_sys::*;

pub use self::memory::Place;
use crate::rv::{Answer, Rv};

/// Runs a function of the module.
fn guarded(function: impl FnOnce() -> Answer) -> CK_RV {
    match catch_unwind(AssertUnwindSafe(function)) {
        Ok(Ok(())) => CKR_OK,
        Ok(Err(Rv(rv))) => rv,
        Err(_) => CKR_GENERAL_ERROR,
    }
}

/// Functions of the interface: each is `unsafe extern "C"`, answers a `CK_RV`, and has a body that gives an `Answer`.
macro_rules! interface {
    ($($(#[$meta:meta])* fn $name:ident($($argument:ident: $kind:ty),* $(,)?) $body:block)*) => {$(
        $(#[$meta])*
        ///
        /// # Safety
        /// The pointers are null or what PKCS#11 says of them.
        pub(super) unsafe extern "C" fn $name($($argument: $kind),*) -> CK_RV {
            $crate::abi::guarded(move || -> $crate::rv::Answer { $body })
        }
    )*};
}
use interface;

/// Gives the list of this module's functions: what a program looks up by name.
///
/// # Safety
/// `list` is null or writable for a pointer.
#[unsafe(no_mangle)]
pub unsafe extern "C" fn C_GetFunctionList(list: *mut *mut CK_FUNCTION_LIST) -> CK_RV {
    // SAFETY: as the caller promises. The list is never written through the pointer, which is not const only because
    // PKCS#11 has it so.
    guarded(|| unsafe { memory::put(list, std::ptr::from_ref(&FUNCTIONS).cast_mut()) })
}

static FUNCTIONS: CK_FUNCTION_LIST = CK_FUNCTION_LIST {
    version: CK_VERSION { major: 2, minor: 40 },
    C_Initialize: Some(general::initialize),
    C_Finalize: Some(general::finalize),
    C_GetInfo: Some(general::info),
    C_GetFunctionList: Some(C_GetFunctionList),
    C_GetSlotList: Some(general::slot_list),
    C_GetSlotInfo: Some(general::slot_info),
    C_GetTokenInfo: Some(general::token_info),
    C_GetMechanismList: Some(general::mechanism_list),
    C_GetMechanismInfo: Some(general::mechanism_info),
    C_InitToken: Some(unsupported::init_token),
    C_InitPIN: Some(unsupported::init_pin),
    C_SetPIN: Some(general::set_pin),
    C_OpenSession: Some(general::open_session),
    C_CloseSession: Some(general::close_session),
    C_CloseAllSessions: Some(general::close_all_sessions),
    C_GetSessionInfo: Some(general::session_info),
    C_GetOperationState: Some(unsupported::operation_state),
    C_SetOperationState: Some(unsupported::set_operation_state),
    C_Login: Some(general::login),
    C_Logout: Some(general::logout),
    C_CreateObject: Some(objects::create),
    C_CopyObject: Some(objects::copy),
    C_DestroyObject: Some(objects::destroy),
    C_GetObjectSize: Some(objects::size),
    C_GetAttributeValue: Some(objects::attributes),
    C_SetAttributeValue: Some(objects::set_attributes),
    C_FindObjectsInit: Some(objects::find_init),
    C_FindObjects: Some(objects::find),
    C_FindObjectsFinal: Some(objects::find_final),
    C_EncryptInit: Some(crypt::encrypt_init),
    C_Encrypt: Some(crypt::encrypt),
    C_EncryptUpdate: Some(crypt::encrypt_update),
    C_EncryptFinal: Some(crypt::encrypt_final),
    C_DecryptInit: Some(crypt::decrypt_init),
    C_Decrypt: Some(crypt::decrypt),
    C_DecryptUpdate: Some(crypt::decrypt_update),
    C_DecryptFinal: Some(crypt::decrypt_final),
    C_DigestInit: Some(crypt::digest_init),
    C_Digest: Some(crypt::digest),
    C_DigestUpdate: Some(crypt::digest_update),
    C_DigestKey: Some(unsupported::digest_key),
    C_DigestFinal: Some(crypt::digest_final),
    C_SignInit: Some(crypt::sign_init),
    C_Sign: Some(crypt::sign),
    C_SignUpdate: Some(crypt::sign_update),
    C_SignFinal: Some(crypt::sign_final),
    C_SignRecoverInit: Some(unsupported::recover_init),
    C_SignRecover: Some(unsupported::two_buffers),
    C_VerifyInit: Some(crypt::verify_init),
    C_Verify: Some(crypt::verify),
    C_VerifyUpdate: Some(crypt::verify_update),
    C_VerifyFinal: Some(crypt::verify_final),
    C_VerifyRecoverInit: Some(unsupported::recover_init),
    C_VerifyRecover: Some(unsupported::two_buffers),
    C_DigestEncryptUpdate: Some(unsupported::two_buffers),
    C_DecryptDigestUpdate: Some(unsupported::two_buffers),
    C_SignEncryptUpdate: Some(unsupported::two_buffers),
    C_DecryptVerifyUpdate: Some(unsupported::two_buffers),
    C_GenerateKey: Some(keys::generate),
    C_GenerateKeyPair: Some(keys::generate_pair),
    C_WrapKey: Some(keys::wrap),
    C_UnwrapKey: Some(keys::unwrap),
    C_DeriveKey: Some(keys::derive),
    C_SeedRandom: Some(unsupported::seed_random),
    C_GenerateRandom: Some(keys::random),
    C_GetFunctionStatus: Some(unsupported::parallel),
    C_CancelFunction: Some(unsupported::parallel),
    C_WaitForSlotEvent: Some(general::wait_for_slot_event),
};
