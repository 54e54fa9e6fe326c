use minicbor::{Decode, Encode};

/// Why an HSM refused. Where PKCS#11 has a return value for it, that value is named.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
#[cbor(index_only)]
#[non_exhaustive]
pub enum Code {
    /// The bytes are not a request, or one of another version of the protocol.
    #[n(0)]
    Protocol,
    /// The request is larger than the HSM takes.
    #[n(1)]
    TooLarge,
    /// This HSM cannot answer now (it starts, is being brought in step, or ends): ask another one.
    #[n(2)]
    Unavailable,
    /// The HSM failed (`CKR_DEVICE_ERROR`).
    #[n(3)]
    Device,
    /// The HSM is full (`CKR_DEVICE_MEMORY`).
    #[n(4)]
    Memory,
    /// Not built (`CKR_FUNCTION_NOT_SUPPORTED`).
    #[n(5)]
    NotSupported,
    /// `CKR_ARGUMENTS_BAD`.
    #[n(6)]
    Arguments,

    /// Nobody is logged in on this connection (`CKR_USER_NOT_LOGGED_IN`).
    #[n(10)]
    NotLoggedIn,
    /// Wrong name or password (`CKR_PIN_INCORRECT`).
    #[n(11)]
    PinIncorrect,
    /// Too many wrong passwords: an admin must set a new one (`CKR_PIN_LOCKED`).
    #[n(12)]
    PinLocked,
    /// The new password is not allowed (`CKR_PIN_LEN_RANGE`).
    #[n(13)]
    PinRange,
    /// Another user is logged in on this connection (`CKR_USER_ALREADY_LOGGED_IN`).
    #[n(14)]
    AlreadyLoggedIn,
    /// The session ticket is no longer valid: log in again.
    #[n(15)]
    TicketInvalid,
    /// The user's role, or the kind of the connection's certificate, may not do this.
    #[n(16)]
    NotPermitted,
    /// The cluster was not activated yet: its admin has no password.
    #[n(17)]
    NotActivated,
    /// The cluster was activated or initialised before.
    #[n(18)]
    AlreadyDone,
    /// A user of that name exists.
    #[n(19)]
    UserExists,
    /// There is no such user.
    #[n(20)]
    NoSuchUser,
    /// It needs the approval of several users.
    #[n(21)]
    QuorumNeeded,
    /// The approval does not hold: too few signatures, a wrong one, a used or expired token.
    #[n(22)]
    QuorumInvalid,

    /// `CKR_ATTRIBUTE_READ_ONLY`.
    #[n(30)]
    AttributeReadOnly,
    /// `CKR_ATTRIBUTE_SENSITIVE`.
    #[n(31)]
    AttributeSensitive,
    /// `CKR_ATTRIBUTE_TYPE_INVALID`.
    #[n(32)]
    AttributeType,
    /// `CKR_ATTRIBUTE_VALUE_INVALID`.
    #[n(33)]
    AttributeValue,
    /// `CKR_TEMPLATE_INCOMPLETE`.
    #[n(34)]
    TemplateIncomplete,
    /// `CKR_TEMPLATE_INCONSISTENT`.
    #[n(35)]
    TemplateInconsistent,
    /// `CKR_ACTION_PROHIBITED`.
    #[n(36)]
    ActionProhibited,
    /// `CKR_OBJECT_HANDLE_INVALID`, for operations with keys `CKR_KEY_HANDLE_INVALID`.
    #[n(37)]
    NoSuchObject,

    /// `CKR_KEY_TYPE_INCONSISTENT`.
    #[n(40)]
    KeyType,
    /// `CKR_KEY_FUNCTION_NOT_PERMITTED`.
    #[n(41)]
    KeyFunction,
    /// `CKR_KEY_SIZE_RANGE`.
    #[n(42)]
    KeySize,
    /// `CKR_KEY_NOT_WRAPPABLE`.
    #[n(43)]
    KeyNotWrappable,
    /// `CKR_KEY_UNEXTRACTABLE`.
    #[n(44)]
    KeyUnextractable,
    /// `CKR_CURVE_NOT_SUPPORTED` (PKCS#11 3.0; in 2.40 `CKR_DOMAIN_PARAMS_INVALID`).
    #[n(45)]
    Curve,

    /// `CKR_MECHANISM_INVALID`, also for what the cluster's mode does not allow.
    #[n(50)]
    Mechanism,
    /// `CKR_MECHANISM_PARAM_INVALID`.
    #[n(51)]
    MechanismParameter,
    /// `CKR_DATA_INVALID`.
    #[n(52)]
    Data,
    /// `CKR_DATA_LEN_RANGE`.
    #[n(53)]
    DataLength,
    /// `CKR_ENCRYPTED_DATA_INVALID`.
    #[n(54)]
    EncryptedData,
    /// `CKR_ENCRYPTED_DATA_LEN_RANGE`.
    #[n(55)]
    EncryptedDataLength,
    /// `CKR_SIGNATURE_INVALID`.
    #[n(56)]
    Signature,
    /// `CKR_SIGNATURE_LEN_RANGE`.
    #[n(57)]
    SignatureLength,
    /// `CKR_WRAPPED_KEY_INVALID`.
    #[n(58)]
    WrappedKey,
    /// `CKR_WRAPPED_KEY_LEN_RANGE`.
    #[n(59)]
    WrappedKeyLength,

    /// The cluster certificate does not fit the request, the anchor, or its form.
    #[n(70)]
    Certificate,
    /// The backup does not open here.
    #[n(71)]
    Backup,
}

/// A refusal: its code, and words for people that hold no secret.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, thiserror::Error)]
#[error("{message}")]
pub struct Fault {
    /// What kind it is.
    #[n(0)]
    pub code: Code,
    /// Lowercase, input in backticks, what to do next.
    #[n(1)]
    pub message: String,
}

impl Fault {
    /// A refusal.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}
