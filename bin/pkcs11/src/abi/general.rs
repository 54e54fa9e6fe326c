//! The module, its slots and tokens, sessions, and who is logged in.

use std::ptr;

use cryptoki_sys::*;
use zeroize::Zeroizing;

use super::{
    interface,
    memory::{self, Output},
};
use crate::{
    catalogue,
    module::{self, module},
    rv::{Answer, Rv},
};

interface! {
    /// `C_Initialize`.
    fn initialize(arguments: *mut std::ffi::c_void) {
        if !arguments.is_null() {
            // SAFETY: not null, so it points at the structure of this name.
            locking(&unsafe { memory::value(arguments.cast::<CK_C_INITIALIZE_ARGS>())? })?;
        }
        module::initialize()
    }

    /// `C_Finalize`.
    fn finalize(reserved: *mut std::ffi::c_void) {
        if !reserved.is_null() {
            return Err(Rv::ARGUMENTS);
        }
        module::finalize()
    }

    /// `C_GetInfo`.
    fn info(info: *mut CK_INFO) {
        module()?;
        // SAFETY: null or writable.
        unsafe { memory::put(info, module::info()) }
    }

    /// `C_GetSlotList`.
    fn slot_list(_present: CK_BBOOL, list: *mut CK_SLOT_ID, count: *mut CK_ULONG) {
        let module = module()?;
        // SAFETY: null, or the caller's array and its length.
        let output = unsafe { Output::new(list, count)? };
        output.give(&module.slots())
    }

    /// `C_GetSlotInfo`.
    fn slot_info(slot: CK_SLOT_ID, info: *mut CK_SLOT_INFO) {
        let module = module()?;
        let found = module.token(slot)?.slot_info();
        // SAFETY: null or writable.
        unsafe { memory::put(info, found) }
    }

    /// `C_GetTokenInfo`.
    fn token_info(slot: CK_SLOT_ID, info: *mut CK_TOKEN_INFO) {
        let module = module()?;
        let found = module.token(slot)?.info(module.sessions.count(slot));
        // SAFETY: null or writable.
        unsafe { memory::put(info, found) }
    }

    /// `C_GetMechanismList`.
    fn mechanism_list(slot: CK_SLOT_ID, list: *mut CK_MECHANISM_TYPE, count: *mut CK_ULONG) {
        let module = module()?;
        module.token(slot)?;
        // SAFETY: null, or the caller's array and its length.
        let output = unsafe { Output::new(list, count)? };
        output.give(&catalogue::kinds())
    }

    /// `C_GetMechanismInfo`.
    fn mechanism_info(slot: CK_SLOT_ID, kind: CK_MECHANISM_TYPE, info: *mut CK_MECHANISM_INFO) {
        let module = module()?;
        module.token(slot)?;
        let found = catalogue::info(kind)?;
        // SAFETY: null or writable.
        unsafe { memory::put(info, found) }
    }

    /// `C_SetPIN`.
    fn set_pin(
        session: CK_SESSION_HANDLE,
        old: *mut CK_BYTE,
        old_length: CK_ULONG,
        new: *mut CK_BYTE,
        new_length: CK_ULONG,
    ) {
        // SAFETY: null or readable for their lengths.
        let (old, new) = unsafe { (pin(old, old_length)?, pin(new, new_length)?) };
        module()?.set_pin(session, &old, &new)
    }

    /// `C_OpenSession`.
    fn open_session(
        slot: CK_SLOT_ID,
        flags: CK_FLAGS,
        _application: *mut std::ffi::c_void,
        _notify: CK_NOTIFY,
        session: *mut CK_SESSION_HANDLE,
    ) {
        let module = module()?;
        if session.is_null() {
            return Err(Rv::ARGUMENTS);
        }
        let opened = module.open_session(slot, flags)?;
        // SAFETY: null or writable.
        unsafe { memory::put(session, opened) }
    }

    /// `C_CloseSession`.
    fn close_session(session: CK_SESSION_HANDLE) {
        module()?.close_session(session)
    }

    /// `C_CloseAllSessions`.
    fn close_all_sessions(slot: CK_SLOT_ID) {
        module()?.close_all_sessions(slot)
    }

    /// `C_GetSessionInfo`.
    fn session_info(session: CK_SESSION_HANDLE, info: *mut CK_SESSION_INFO) {
        let found = module()?.session_info(session)?;
        // SAFETY: null or writable.
        unsafe { memory::put(info, found) }
    }

    /// `C_Login`.
    fn login(session: CK_SESSION_HANDLE, user: CK_USER_TYPE, given: *mut CK_BYTE, length: CK_ULONG) {
        let module = module()?;
        // SAFETY: null or readable for its length.
        module.login(session, user, &unsafe { pin(given, length)? })
    }

    /// `C_Logout`.
    fn logout(session: CK_SESSION_HANDLE) {
        module()?.logout(session)
    }

    /// `C_WaitForSlotEvent`: slots do not come and go, so none ever happens.
    fn wait_for_slot_event(flags: CK_FLAGS, _slot: *mut CK_SLOT_ID, _reserved: *mut std::ffi::c_void) {
        module()?;
        Err(if flags & CKF_DONT_BLOCK == 0 { Rv::UNSUPPORTED } else { Rv(CKR_NO_EVENT) })
    }
}

/// What the application says of locks: the operating system's are used, or the module cannot be.
fn locking(arguments: &CK_C_INITIALIZE_ARGS) -> Answer {
    if !ptr::eq(arguments.pReserved, ptr::null()) {
        return Err(Rv::ARGUMENTS);
    }
    let given = [
        arguments.CreateMutex.is_some(),
        arguments.DestroyMutex.is_some(),
        arguments.LockMutex.is_some(),
        arguments.UnlockMutex.is_some(),
    ];
    let all = given.iter().all(|given| *given);
    if !all && given.iter().any(|given| *given) {
        return Err(Rv::ARGUMENTS);
    }
    if all && arguments.flags & CKF_OS_LOCKING_OK == 0 {
        return Err(Rv(CKR_CANT_LOCK));
    }
    Ok(())
}

/// A PIN. There is no keypad, so one that is null is an error.
///
/// # Safety
/// `pointer` is null or readable for `length` bytes.
unsafe fn pin(pointer: *const CK_BYTE, length: CK_ULONG) -> Answer<Zeroizing<Vec<u8>>> {
    if pointer.is_null() {
        return Err(Rv::ARGUMENTS);
    }
    if length > 1024 {
        return Err(Rv(CKR_PIN_LEN_RANGE));
    }
    // SAFETY: as the caller promises.
    unsafe { memory::bytes(pointer, length).map(Zeroizing::new) }
}
