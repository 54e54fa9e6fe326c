//! What a function of PKCS#11 answers when it does not succeed.

use bastide_hsm::{ClientError, wire::Code};
use cryptoki_sys::*;

/// A return value other than `CKR_OK`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Rv(pub CK_RV);

/// What the functions of this module give back.
pub type Answer<T = ()> = Result<T, Rv>;

impl Rv {
    /// An argument that makes no sense: a null pointer, a length that nothing has.
    pub const ARGUMENTS: Self = Self(CKR_ARGUMENTS_BAD);
    /// A fault of this module or of the cluster.
    pub const GENERAL: Self = Self(CKR_GENERAL_ERROR);
    /// No memory for what was asked.
    pub const MEMORY: Self = Self(CKR_HOST_MEMORY);
    /// The function, or this use of it, is not built.
    pub const UNSUPPORTED: Self = Self(CKR_FUNCTION_NOT_SUPPORTED);

    /// For a function whose object is a key: the handle that does not hold is the key's.
    #[must_use]
    pub fn for_key(self) -> Self {
        if self.0 == CKR_OBJECT_HANDLE_INVALID { Self(CKR_KEY_HANDLE_INVALID) } else { self }
    }

    /// For the unwrapping of a key, which PKCS#11 tells apart: whatever was wrong with its decryption.
    #[must_use]
    pub fn for_unwrapping(self) -> Self {
        match self.for_key().0 {
            CKR_KEY_HANDLE_INVALID => Self(CKR_UNWRAPPING_KEY_HANDLE_INVALID),
            CKR_KEY_TYPE_INCONSISTENT => Self(CKR_UNWRAPPING_KEY_TYPE_INCONSISTENT),
            CKR_KEY_SIZE_RANGE => Self(CKR_UNWRAPPING_KEY_SIZE_RANGE),
            CKR_ENCRYPTED_DATA_INVALID => Self(CKR_WRAPPED_KEY_INVALID),
            CKR_ENCRYPTED_DATA_LEN_RANGE => Self(CKR_WRAPPED_KEY_LEN_RANGE),
            other => Self(other),
        }
    }
}

impl From<ClientError> for Rv {
    fn from(error: ClientError) -> Self {
        Self(match error {
            ClientError::Refused(fault) => of_code(fault.code),
            ClientError::TooLarge(_) => CKR_DATA_LEN_RANGE,
            _ => CKR_DEVICE_ERROR,
        })
    }
}

fn of_code(code: Code) -> CK_RV {
    match code {
        Code::TooLarge | Code::DataLength => CKR_DATA_LEN_RANGE,
        Code::Memory => CKR_DEVICE_MEMORY,
        Code::NotSupported => CKR_FUNCTION_NOT_SUPPORTED,
        Code::Arguments => CKR_ARGUMENTS_BAD,
        Code::NotLoggedIn | Code::TicketInvalid => CKR_USER_NOT_LOGGED_IN,
        Code::PinIncorrect | Code::NoSuchUser => CKR_PIN_INCORRECT,
        Code::PinLocked => CKR_PIN_LOCKED,
        Code::PinRange => CKR_PIN_LEN_RANGE,
        Code::AlreadyLoggedIn => CKR_USER_ALREADY_LOGGED_IN,
        Code::NotActivated => CKR_USER_PIN_NOT_INITIALIZED,
        Code::NotPermitted | Code::QuorumNeeded | Code::QuorumInvalid => CKR_FUNCTION_REJECTED,
        Code::AttributeReadOnly => CKR_ATTRIBUTE_READ_ONLY,
        Code::AttributeSensitive => CKR_ATTRIBUTE_SENSITIVE,
        Code::AttributeType => CKR_ATTRIBUTE_TYPE_INVALID,
        Code::AttributeValue => CKR_ATTRIBUTE_VALUE_INVALID,
        Code::TemplateIncomplete => CKR_TEMPLATE_INCOMPLETE,
        Code::TemplateInconsistent => CKR_TEMPLATE_INCONSISTENT,
        Code::ActionProhibited => CKR_ACTION_PROHIBITED,
        Code::NoSuchObject => CKR_OBJECT_HANDLE_INVALID,
        Code::KeyType => CKR_KEY_TYPE_INCONSISTENT,
        Code::KeyFunction => CKR_KEY_FUNCTION_NOT_PERMITTED,
        Code::KeySize => CKR_KEY_SIZE_RANGE,
        Code::KeyNotWrappable => CKR_KEY_NOT_WRAPPABLE,
        Code::KeyUnextractable => CKR_KEY_UNEXTRACTABLE,
        Code::Curve => CKR_DOMAIN_PARAMS_INVALID,
        Code::Mechanism => CKR_MECHANISM_INVALID,
        Code::MechanismParameter => CKR_MECHANISM_PARAM_INVALID,
        Code::Data => CKR_DATA_INVALID,
        Code::EncryptedData => CKR_ENCRYPTED_DATA_INVALID,
        Code::EncryptedDataLength => CKR_ENCRYPTED_DATA_LEN_RANGE,
        Code::Signature => CKR_SIGNATURE_INVALID,
        Code::SignatureLength => CKR_SIGNATURE_LEN_RANGE,
        Code::WrappedKey => CKR_WRAPPED_KEY_INVALID,
        Code::WrappedKeyLength => CKR_WRAPPED_KEY_LEN_RANGE,
        _ => CKR_DEVICE_ERROR,
    }
}
