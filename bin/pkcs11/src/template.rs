//! Templates: what an application says of objects, held against the kind of each attribute.

use bastide_hsm::wire::{self, AttributeType, Value};
use cryptoki_sys::*;
use zeroize::Zeroizing;

use crate::rv::{Answer, Rv};

/// An attribute as the application gave it.
pub struct Attribute {
    /// Its number, `CKA_…`.
    pub kind: CK_ATTRIBUTE_TYPE,
    /// Its bytes.
    pub value: Zeroizing<Vec<u8>>,
}

/// A template whose values have the form of their attributes.
#[derive(Default, Debug)]
pub struct Template {
    known: wire::Template,
    /// Whether there was an attribute besides that no object here has.
    foreign: bool,
}

/// What an attribute's bytes are.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Form {
    Flag,
    Number,
    /// A big-endian integer of any length.
    Integer,
    Bytes,
}

impl Template {
    /// Reads attributes.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_VALUE_INVALID` for a flag that is not one byte of 0 or 1, or a number that is not a `CK_ULONG`;
    /// `CKR_TEMPLATE_INCONSISTENT` for an attribute with two values.
    pub fn new(attributes: Vec<Attribute>) -> Answer<Self> {
        let mut template = Self::default();
        for attribute in attributes {
            let Some(kind) = known(attribute.kind) else {
                template.foreign = true;
                continue;
            };
            let value = read(kind, &attribute.value)?;
            if template.known.value(kind).is_some_and(|before| *before != value) {
                return Err(Rv(CKR_TEMPLATE_INCONSISTENT));
            }
            template.known.set(kind, value);
        }
        Ok(template)
    }

    /// The attributes, for an object that is to have them.
    ///
    /// # Errors
    /// `CKR_ATTRIBUTE_TYPE_INVALID` when there is one that no object here has.
    pub fn whole(self) -> Answer<wire::Template> {
        if self.foreign { Err(Rv(CKR_ATTRIBUTE_TYPE_INVALID)) } else { Ok(self.known) }
    }

    /// The attributes to look for; `None` when no object can have them all.
    #[must_use]
    pub fn sought(&self) -> Option<&wire::Template> {
        (!self.foreign).then_some(&self.known)
    }
}

/// The attribute of this number, if objects here can have it.
pub(crate) fn known(kind: CK_ATTRIBUTE_TYPE) -> Option<AttributeType> {
    u32::try_from(kind).ok().map(AttributeType).filter(|kind| !kind.name().is_empty())
}

/// A value as PKCS#11 has it in memory.
pub(crate) fn bytes_of(value: &Value) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(match value {
        Value::Bool(flag) => vec![u8::from(*flag)],
        Value::Number(number) => (*number as CK_ULONG).to_ne_bytes().to_vec(),
        Value::Bytes(bytes) => bytes.clone(),
    })
}

fn read(kind: AttributeType, bytes: &[u8]) -> Answer<Value> {
    let invalid = Rv(CKR_ATTRIBUTE_VALUE_INVALID);
    match form(kind) {
        Form::Flag => match bytes {
            [flag @ (0 | 1)] => Ok(Value::Bool(*flag == 1)),
            _ => Err(invalid),
        },
        Form::Number => {
            let number = bytes.try_into().map(CK_ULONG::from_ne_bytes).map_err(|_| invalid)?;
            // An application that tells what it does not know has not read the length that it was told.
            if number == CK_UNAVAILABLE_INFORMATION { Err(invalid) } else { Ok(Value::Number(number)) }
        }
        Form::Integer => {
            let zeros = bytes.iter().take_while(|byte| **byte == 0).count();
            Ok(Value::Bytes(bytes.get(zeros..).unwrap_or_default().to_vec()))
        }
        Form::Bytes => Ok(Value::Bytes(bytes.to_vec())),
    }
}

fn form(kind: AttributeType) -> Form {
    match kind {
        AttributeType::TOKEN
        | AttributeType::PRIVATE
        | AttributeType::TRUSTED
        | AttributeType::SENSITIVE
        | AttributeType::ENCRYPT
        | AttributeType::DECRYPT
        | AttributeType::WRAP
        | AttributeType::UNWRAP
        | AttributeType::SIGN
        | AttributeType::SIGN_RECOVER
        | AttributeType::VERIFY
        | AttributeType::VERIFY_RECOVER
        | AttributeType::DERIVE
        | AttributeType::EXTRACTABLE
        | AttributeType::LOCAL
        | AttributeType::NEVER_EXTRACTABLE
        | AttributeType::ALWAYS_SENSITIVE
        | AttributeType::MODIFIABLE
        | AttributeType::COPYABLE
        | AttributeType::DESTROYABLE
        | AttributeType::ALWAYS_AUTHENTICATE
        | AttributeType::WRAP_WITH_TRUSTED => Form::Flag,
        AttributeType::CLASS
        | AttributeType::CERTIFICATE_TYPE
        | AttributeType::CERTIFICATE_CATEGORY
        | AttributeType::KEY_TYPE
        | AttributeType::MODULUS_BITS
        | AttributeType::VALUE_LEN
        | AttributeType::KEY_GEN_MECHANISM => Form::Number,
        AttributeType::MODULUS
        | AttributeType::PUBLIC_EXPONENT
        | AttributeType::PRIVATE_EXPONENT
        | AttributeType::PRIME_1
        | AttributeType::PRIME_2
        | AttributeType::EXPONENT_1
        | AttributeType::EXPONENT_2
        | AttributeType::COEFFICIENT => Form::Integer,
        _ => Form::Bytes,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn attribute(kind: CK_ATTRIBUTE_TYPE, value: &[u8]) -> Attribute {
        Attribute { kind, value: Zeroizing::new(value.to_vec()) }
    }

    fn refused(attributes: Vec<Attribute>) -> CK_RV {
        Template::new(attributes).unwrap_err().0
    }

    #[test]
    fn values_have_the_form_of_their_attribute() {
        assert_eq!(refused(vec![attribute(CKA_TOKEN, &[2])]), CKR_ATTRIBUTE_VALUE_INVALID);
        assert_eq!(refused(vec![attribute(CKA_TOKEN, &[])]), CKR_ATTRIBUTE_VALUE_INVALID);
        assert_eq!(refused(vec![attribute(CKA_CLASS, &[0; 4])]), CKR_ATTRIBUTE_VALUE_INVALID);
        assert_eq!(refused(vec![attribute(CKA_CLASS, &[0xFF; 8])]), CKR_ATTRIBUTE_VALUE_INVALID);
        let twice = vec![attribute(CKA_LABEL, b"a"), attribute(CKA_LABEL, b"b")];
        assert_eq!(refused(twice), CKR_TEMPLATE_INCONSISTENT);
        assert!(Template::new(vec![attribute(CKA_LABEL, b"a"), attribute(CKA_LABEL, b"a")]).is_ok());
    }

    #[test]
    fn integers_have_no_leading_zeros() {
        let template = Template::new(vec![attribute(CKA_PUBLIC_EXPONENT, &[0, 1, 0, 1])]).unwrap();
        let whole = template.whole().unwrap();
        assert_eq!(whole.bytes(AttributeType::PUBLIC_EXPONENT), Some(&[1, 0, 1][..]));
    }

    #[test]
    fn what_nothing_has_is_not_made_and_not_found() {
        let template = Template::new(vec![attribute(CKA_VENDOR_DEFINED | 1, b"x")]).unwrap();
        assert!(template.sought().is_none());
        assert_eq!(template.whole().unwrap_err().0, CKR_ATTRIBUTE_TYPE_INVALID);
    }

    proptest! {
        #[test]
        fn any_bytes_are_read_or_refused(kind in 0_u64..0x300, value in proptest::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(template) = Template::new(vec![attribute(kind, &value)])
                && let Ok(whole) = template.whole()
            {
                for value in whole.0.values() {
                    let _ = bytes_of(value);
                }
            }
        }
    }
}
