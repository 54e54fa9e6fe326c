use std::collections::BTreeMap;
use std::fmt;

use minicbor::{Decode, Encode};
use zeroize::Zeroize;

/// The kind of an attribute, by its number in PKCS#11 (`CKA_…`, OASIS PKCS#11 2.40, pkcs11t.h).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
#[cbor(transparent)]
pub struct AttributeType(#[n(0)] pub u32);

macro_rules! attribute_types {
    ($($name:ident = $number:literal;)*) => {
        #[allow(missing_docs, reason = "each is PKCS#11's CKA_ attribute of the same name")]
        impl AttributeType {
            $(pub const $name: Self = Self($number);)*

            /// PKCS#11's name without `CKA_`; empty for a number that has none here.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self.0 {
                    $($number => stringify!($name),)*
                    _ => "",
                }
            }
        }
    };
}

attribute_types! {
    CLASS = 0x0000;
    TOKEN = 0x0001;
    PRIVATE = 0x0002;
    LABEL = 0x0003;
    APPLICATION = 0x0010;
    VALUE = 0x0011;
    OBJECT_ID = 0x0012;
    CERTIFICATE_TYPE = 0x0080;
    ISSUER = 0x0081;
    SERIAL_NUMBER = 0x0082;
    TRUSTED = 0x0086;
    CERTIFICATE_CATEGORY = 0x0087;
    CHECK_VALUE = 0x0090;
    KEY_TYPE = 0x0100;
    SUBJECT = 0x0101;
    ID = 0x0102;
    SENSITIVE = 0x0103;
    ENCRYPT = 0x0104;
    DECRYPT = 0x0105;
    WRAP = 0x0106;
    UNWRAP = 0x0107;
    SIGN = 0x0108;
    SIGN_RECOVER = 0x0109;
    VERIFY = 0x010A;
    VERIFY_RECOVER = 0x010B;
    DERIVE = 0x010C;
    START_DATE = 0x0110;
    END_DATE = 0x0111;
    MODULUS = 0x0120;
    MODULUS_BITS = 0x0121;
    PUBLIC_EXPONENT = 0x0122;
    PRIVATE_EXPONENT = 0x0123;
    PRIME_1 = 0x0124;
    PRIME_2 = 0x0125;
    EXPONENT_1 = 0x0126;
    EXPONENT_2 = 0x0127;
    COEFFICIENT = 0x0128;
    PUBLIC_KEY_INFO = 0x0129;
    VALUE_LEN = 0x0161;
    EXTRACTABLE = 0x0162;
    LOCAL = 0x0163;
    NEVER_EXTRACTABLE = 0x0164;
    ALWAYS_SENSITIVE = 0x0165;
    KEY_GEN_MECHANISM = 0x0166;
    MODIFIABLE = 0x0170;
    COPYABLE = 0x0171;
    DESTROYABLE = 0x0172;
    EC_PARAMS = 0x0180;
    EC_POINT = 0x0181;
    ALWAYS_AUTHENTICATE = 0x0202;
    WRAP_WITH_TRUSTED = 0x0210;
}

/// Values of [`AttributeType::CLASS`] (`CKO_…`).
#[allow(missing_docs, reason = "each is PKCS#11's CKO_ class of the same name")]
pub mod class {
    pub const DATA: u64 = 0;
    pub const CERTIFICATE: u64 = 1;
    pub const PUBLIC_KEY: u64 = 2;
    pub const PRIVATE_KEY: u64 = 3;
    pub const SECRET_KEY: u64 = 4;
}

/// Values of [`AttributeType::KEY_TYPE`] (`CKK_…`).
#[allow(missing_docs, reason = "each is PKCS#11's CKK_ key type of the same name")]
pub mod key_type {
    pub const RSA: u64 = 0x00;
    pub const EC: u64 = 0x03;
    pub const GENERIC_SECRET: u64 = 0x10;
    pub const DES3: u64 = 0x15;
    pub const AES: u64 = 0x1F;
    pub const SHA_1_HMAC: u64 = 0x28;
    pub const SHA256_HMAC: u64 = 0x2B;
    pub const SHA384_HMAC: u64 = 0x2C;
    pub const SHA512_HMAC: u64 = 0x2D;
    pub const SHA224_HMAC: u64 = 0x2E;
    pub const EC_EDWARDS: u64 = 0x40;
}

/// The value of an attribute. `Debug` shows no bytes: they may be a key.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub enum Value {
    /// `CK_BBOOL`.
    #[n(0)]
    Bool(#[n(0)] bool),
    /// `CK_ULONG` and what is built on it: classes, key types, mechanisms, lengths in bits or bytes.
    #[n(1)]
    Number(#[n(0)] u64),
    /// Byte strings, texts in UTF-8, big integers (big-endian, no leading zeros), DER, dates (`YYYYMMDD`).
    #[n(2)]
    Bytes(
        #[n(0)]
        #[cbor(with = "minicbor::bytes")]
        Vec<u8>,
    ),
}

impl Drop for Value {
    fn drop(&mut self) {
        if let Self::Bytes(bytes) = self {
            bytes.zeroize();
        }
    }
}

impl fmt::Debug for Value {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Bool(value) => write!(f, "{value}"),
            Self::Number(value) => write!(f, "{value}"),
            Self::Bytes(bytes) => write!(f, "({} bytes)", bytes.len()),
        }
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<u64> for Value {
    fn from(value: u64) -> Self {
        Self::Number(value)
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Bytes(value.as_bytes().to_vec())
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

/// A set of attributes: what an object has, is to have, or is looked for by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
#[cbor(transparent)]
pub struct Template(#[n(0)] pub BTreeMap<AttributeType, Value>);

impl Template {
    /// An empty template.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// This template and one attribute more; an earlier value of it is replaced.
    #[must_use]
    pub fn with(mut self, kind: AttributeType, value: impl Into<Value>) -> Self {
        self.set(kind, value);
        self
    }

    /// Gives an attribute a value.
    pub fn set(&mut self, kind: AttributeType, value: impl Into<Value>) {
        self.0.insert(kind, value.into());
    }

    /// An attribute's value.
    #[must_use]
    pub fn value(&self, kind: AttributeType) -> Option<&Value> {
        self.0.get(&kind)
    }

    /// A flag; `None` when it is not there or not a flag.
    #[must_use]
    pub fn flag(&self, kind: AttributeType) -> Option<bool> {
        match self.0.get(&kind) {
            Some(Value::Bool(value)) => Some(*value),
            _ => None,
        }
    }

    /// A number; `None` when it is not there or not a number.
    #[must_use]
    pub fn number(&self, kind: AttributeType) -> Option<u64> {
        match self.0.get(&kind) {
            Some(Value::Number(value)) => Some(*value),
            _ => None,
        }
    }

    /// Bytes; `None` when they are not there or not bytes.
    #[must_use]
    pub fn bytes(&self, kind: AttributeType) -> Option<&[u8]> {
        match self.0.get(&kind) {
            Some(Value::Bytes(value)) => Some(value),
            _ => None,
        }
    }
}

impl<V: Into<Value>> FromIterator<(AttributeType, V)> for Template {
    fn from_iter<I: IntoIterator<Item = (AttributeType, V)>>(attributes: I) -> Self {
        Self(attributes.into_iter().map(|(kind, value)| (kind, value.into())).collect())
    }
}

/// What is said of one attribute that was asked for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum AttributeAnswer {
    /// Its value.
    #[n(0)]
    Value(#[n(0)] Value),
    /// It is secret (`CKR_ATTRIBUTE_SENSITIVE`).
    #[n(1)]
    Sensitive,
    /// The object has no such attribute (`CKR_ATTRIBUTE_TYPE_INVALID`).
    #[n(2)]
    Absent,
}
