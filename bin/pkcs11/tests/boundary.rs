//! The C interface without a cluster: what a careless program does to it.
#![allow(unsafe_code, reason = "the interface is C's: it is called as C does")]
#![allow(clippy::unwrap_used, reason = "a test may panic")]

use std::{fs, ptr};

use bastide_pkcs11::C_GetFunctionList;
use cryptoki_sys::*;

/// Calls a function of the list.
macro_rules! call {
    ($list:expr, $name:ident($($argument:expr),* $(,)?)) => {
        // SAFETY: the arguments are null, or point at what the function expects.
        unsafe { ($list.$name.unwrap())($($argument),*) }
    };
}

fn list() -> &'static CK_FUNCTION_LIST {
    let mut list = ptr::null_mut();
    // SAFETY: `list` is writable.
    assert_eq!(unsafe { C_GetFunctionList(&raw mut list) }, CKR_OK);
    // SAFETY: the list is the module's, for ever.
    unsafe { &*list }
}

/// One test: the module is one for the process, and the configuration is told in the environment.
#[test]
fn a_careless_program_gets_return_values() {
    let list = list();
    // SAFETY: null is refused.
    assert_eq!(unsafe { C_GetFunctionList(ptr::null_mut()) }, CKR_ARGUMENTS_BAD);
    assert_eq!(call!(list, C_Finalize(ptr::null_mut())), CKR_CRYPTOKI_NOT_INITIALIZED);
    assert_eq!(call!(list, C_CloseSession(1)), CKR_CRYPTOKI_NOT_INITIALIZED);
    assert_eq!(call!(list, C_GetInfo(ptr::null_mut())), CKR_CRYPTOKI_NOT_INITIALIZED);
    without_configuration(list);
    let folder = tempfile::tempdir().unwrap();
    configure(folder.path());
    initialisation(list);
    slots(list);
    sessions(list);
    arguments(list);
    unreachable_cluster(list);
    unsupported(list);
    assert_eq!(
        call!(list, C_Finalize(folder.path().as_os_str().as_encoded_bytes().as_ptr().cast_mut().cast())),
        CKR_ARGUMENTS_BAD
    );
    assert_eq!(call!(list, C_Finalize(ptr::null_mut())), CKR_OK);
    assert_eq!(call!(list, C_Finalize(ptr::null_mut())), CKR_CRYPTOKI_NOT_INITIALIZED);
}

fn set(path: &std::path::Path) {
    // SAFETY: this test is the only thread that reads or writes the environment.
    unsafe { std::env::set_var("BASTIDE_PKCS11_CONF", path) };
}

fn without_configuration(list: &CK_FUNCTION_LIST) {
    set("/nowhere/pkcs11.json".as_ref());
    assert_eq!(call!(list, C_Initialize(ptr::null_mut())), CKR_GENERAL_ERROR);
}

fn configure(folder: &std::path::Path) {
    let text = r#"{"clusters":[{"hsms":["127.0.0.1:1"],"trust_anchor":"a","certificate":"b","key":"c"}]}"#;
    fs::write(folder.join("pkcs11.json"), text).unwrap();
    set(&folder.join("pkcs11.json"));
}

fn initialisation(list: &CK_FUNCTION_LIST) {
    unsafe extern "C" fn mutex(_: *mut std::ffi::c_void) -> CK_RV {
        CKR_OK
    }
    unsafe extern "C" fn make(_: *mut *mut std::ffi::c_void) -> CK_RV {
        CKR_OK
    }
    let own = CK_C_INITIALIZE_ARGS {
        CreateMutex: Some(make),
        DestroyMutex: Some(mutex),
        LockMutex: Some(mutex),
        UnlockMutex: Some(mutex),
        flags: 0,
        pReserved: ptr::null_mut(),
    };
    let with = |mut arguments: CK_C_INITIALIZE_ARGS| call!(list, C_Initialize((&raw mut arguments).cast()));
    assert_eq!(with(own), CKR_CANT_LOCK);
    assert_eq!(with(CK_C_INITIALIZE_ARGS { LockMutex: None, ..own }), CKR_ARGUMENTS_BAD);
    assert_eq!(with(CK_C_INITIALIZE_ARGS { pReserved: ptr::dangling_mut(), ..own }), CKR_ARGUMENTS_BAD);
    assert_eq!(with(CK_C_INITIALIZE_ARGS { flags: CKF_OS_LOCKING_OK, ..own }), CKR_OK);
    assert_eq!(call!(list, C_Initialize(ptr::null_mut())), CKR_CRYPTOKI_ALREADY_INITIALIZED);
}

fn slots(list: &CK_FUNCTION_LIST) {
    let mut count = 7;
    assert_eq!(call!(list, C_GetSlotList(CK_TRUE, ptr::null_mut(), &raw mut count)), CKR_OK);
    assert_eq!(count, 1);
    let mut slot = 99;
    count = 0;
    assert_eq!(call!(list, C_GetSlotList(CK_TRUE, &raw mut slot, &raw mut count)), CKR_BUFFER_TOO_SMALL);
    assert_eq!((slot, count), (99, 1));
    assert_eq!(call!(list, C_GetSlotList(CK_TRUE, &raw mut slot, &raw mut count)), CKR_OK);
    assert_eq!(slot, 0);
    assert_eq!(call!(list, C_GetSlotList(CK_TRUE, ptr::null_mut(), ptr::null_mut())), CKR_ARGUMENTS_BAD);
    assert_eq!(call!(list, C_GetSlotInfo(9, ptr::null_mut())), CKR_SLOT_ID_INVALID);
    let mut info = CK_TOKEN_INFO::default();
    assert_eq!(call!(list, C_GetTokenInfo(0, &raw mut info)), CKR_OK);
    assert!(info.label.starts_with(b"hsm1 "));
    let mut kinds = CK_MECHANISM_INFO::default();
    assert_eq!(call!(list, C_GetMechanismInfo(0, CKM_MD5, &raw mut kinds)), CKR_MECHANISM_INVALID);
    assert_eq!(call!(list, C_GetMechanismInfo(0, CKM_AES_GCM, &raw mut kinds)), CKR_OK);
    assert_eq!(kinds.ulMaxKeySize, 32);
}

fn open(list: &CK_FUNCTION_LIST) -> CK_SESSION_HANDLE {
    let mut session = 0;
    let flags = CKF_SERIAL_SESSION | CKF_RW_SESSION;
    assert_eq!(call!(list, C_OpenSession(0, flags, ptr::null_mut(), None, &raw mut session)), CKR_OK);
    session
}

fn sessions(list: &CK_FUNCTION_LIST) {
    let mut session = 0;
    let session_out = &raw mut session;
    let open_with = |slot, flags, out| call!(list, C_OpenSession(slot, flags, ptr::null_mut(), None, out));
    assert_eq!(open_with(3, CKF_SERIAL_SESSION, session_out), CKR_SLOT_ID_INVALID);
    assert_eq!(open_with(0, 0, session_out), CKR_SESSION_PARALLEL_NOT_SUPPORTED);
    assert_eq!(open_with(0, CKF_SERIAL_SESSION, ptr::null_mut()), CKR_ARGUMENTS_BAD);
    assert_eq!(open_with(0, CKF_SERIAL_SESSION, session_out), CKR_OK);
    let mut info = CK_SESSION_INFO::default();
    assert_eq!(call!(list, C_GetSessionInfo(session, &raw mut info)), CKR_OK);
    assert_eq!(info.state, CKS_RO_PUBLIC_SESSION);
    assert_eq!(call!(list, C_GetSessionInfo(session + 1, &raw mut info)), CKR_SESSION_HANDLE_INVALID);
    assert_eq!(call!(list, C_GetSessionInfo(session, ptr::null_mut())), CKR_ARGUMENTS_BAD);
    assert_eq!(call!(list, C_CloseSession(session)), CKR_OK);
    assert_eq!(call!(list, C_CloseSession(session)), CKR_SESSION_HANDLE_INVALID);
}

fn arguments(list: &CK_FUNCTION_LIST) {
    let session = open(list);
    let null = ptr::null_mut();
    assert_eq!(call!(list, C_FindObjectsInit(session, ptr::null_mut(), 3)), CKR_ARGUMENTS_BAD);
    let mut wrong = CK_ATTRIBUTE { type_: CKA_TOKEN, pValue: null, ulValueLen: 1 };
    assert_eq!(call!(list, C_FindObjectsInit(session, &raw mut wrong, 1)), CKR_ATTRIBUTE_VALUE_INVALID);
    assert_eq!(call!(list, C_FindObjectsInit(session, &raw mut wrong, CK_ULONG::MAX)), CKR_ARGUMENTS_BAD);
    wrong.ulValueLen = CK_UNAVAILABLE_INFORMATION;
    assert_eq!(call!(list, C_FindObjectsInit(session, &raw mut wrong, 1)), CKR_ATTRIBUTE_VALUE_INVALID);
    assert_eq!(call!(list, C_SignInit(session, ptr::null_mut(), 1)), CKR_ARGUMENTS_BAD);
    let mut length = 0;
    assert_eq!(
        call!(list, C_Sign(session, null.cast(), 0, null.cast(), &raw mut length)),
        CKR_OPERATION_NOT_INITIALIZED
    );
    let mut mechanism =
        CK_MECHANISM { mechanism: CKM_SHA256, pParameter: ptr::null_mut(), ulParameterLen: 5 };
    assert_eq!(call!(list, C_DigestInit(session, &raw mut mechanism)), CKR_MECHANISM_PARAM_INVALID);
    mechanism.ulParameterLen = 0;
    assert_eq!(call!(list, C_DigestInit(session, &raw mut mechanism)), CKR_OK);
    assert_eq!(call!(list, C_DigestInit(session, &raw mut mechanism)), CKR_OPERATION_ACTIVE);
    let mut data = *b"abc";
    let data = data.as_mut_ptr();
    assert_eq!(call!(list, C_Digest(session, data, 3, null.cast(), &raw mut length)), CKR_OK);
    assert_eq!(length, 32);
    let mut digest = [0; 32];
    length = 31;
    assert_eq!(
        call!(list, C_Digest(session, data, 3, digest.as_mut_ptr(), &raw mut length)),
        CKR_BUFFER_TOO_SMALL
    );
    assert_eq!((length, digest[0]), (32, 0));
    assert_eq!(call!(list, C_Digest(session, data, 3, digest.as_mut_ptr(), &raw mut length)), CKR_OK);
    assert_eq!(digest[..4], [0xBA, 0x78, 0x16, 0xBF]);
    assert_eq!(
        call!(list, C_DigestFinal(session, digest.as_mut_ptr(), &raw mut length)),
        CKR_OPERATION_NOT_INITIALIZED
    );
    // A length that nothing has ends the operation.
    assert_eq!(call!(list, C_DigestInit(session, &raw mut mechanism)), CKR_OK);
    assert_eq!(call!(list, C_DigestUpdate(session, data, CK_ULONG::MAX)), CKR_ARGUMENTS_BAD);
    assert_eq!(call!(list, C_DigestUpdate(session, data, 3)), CKR_OPERATION_NOT_INITIALIZED);
    assert_eq!(call!(list, C_CloseAllSessions(0)), CKR_OK);
}

fn unreachable_cluster(list: &CK_FUNCTION_LIST) {
    let session = open(list);
    let mut pin = *b"alice:password1";
    let mut login = |kind, length| call!(list, C_Login(session, kind, pin.as_mut_ptr(), length));
    assert_eq!(login(CKU_SO, 15), CKR_USER_TYPE_INVALID);
    assert_eq!(login(77, 15), CKR_USER_TYPE_INVALID);
    assert_eq!(login(CKU_USER, 5), CKR_PIN_INCORRECT);
    assert_eq!(login(CKU_USER, 15), CKR_DEVICE_ERROR);
    assert_eq!(call!(list, C_Login(session, CKU_USER, ptr::null_mut(), 0)), CKR_ARGUMENTS_BAD);
    assert_eq!(call!(list, C_Logout(session)), CKR_USER_NOT_LOGGED_IN);
    assert_eq!(call!(list, C_CloseSession(session)), CKR_OK);
}

fn unsupported(list: &CK_FUNCTION_LIST) {
    assert_eq!(call!(list, C_InitToken(0, ptr::null_mut(), 0, ptr::null_mut())), CKR_FUNCTION_NOT_SUPPORTED);
    assert_eq!(call!(list, C_GetFunctionStatus(0)), CKR_FUNCTION_NOT_PARALLEL);
    assert_eq!(call!(list, C_SeedRandom(0, ptr::null_mut(), 0)), CKR_RANDOM_SEED_NOT_SUPPORTED);
    let wait = |flags| call!(list, C_WaitForSlotEvent(flags, ptr::null_mut(), ptr::null_mut()));
    assert_eq!(wait(CKF_DONT_BLOCK), CKR_NO_EVENT);
}
