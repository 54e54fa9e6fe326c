use std::fmt;

use bastide_ids::Timestamp;
use zeroize::Zeroize;

use crate::Document;

/// A value of any schema, as it stands between the wire and a handler.
#[derive(Clone, Debug, PartialEq)]
pub enum Value {
    /// Nothing: only inside free-form documents and sparse lists.
    Null,
    /// true or false
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Float(f64),
    /// Text.
    Str(String),
    /// Bytes; wiped when dropped.
    Blob(Blob),
    /// A moment.
    Time(Timestamp),
    /// Values in order.
    List(Vec<Value>),
    /// Values by name: structures, unions and maps.
    Map(Document),
}

/// Bytes that may be secret: wiped when dropped, never shown by `Debug`.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct Blob(pub Vec<u8>);

impl Drop for Blob {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl fmt::Debug for Blob {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} bytes", self.0.len())
    }
}

impl std::ops::Deref for Blob {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Value {
    /// The text, if it is text.
    #[must_use]
    pub fn as_str(&self) -> Option<&str> {
        if let Self::Str(text) = self { Some(text) } else { None }
    }

    /// The number, if it is a whole number.
    #[must_use]
    pub fn as_int(&self) -> Option<i64> {
        if let Self::Int(number) = self { Some(*number) } else { None }
    }

    /// The truth value, if it is one.
    #[must_use]
    pub fn as_bool(&self) -> Option<bool> {
        if let Self::Bool(truth) = self { Some(*truth) } else { None }
    }

    /// The bytes, if it is a blob.
    #[must_use]
    pub fn as_blob(&self) -> Option<&[u8]> {
        if let Self::Blob(bytes) = self { Some(bytes) } else { None }
    }

    /// The moment, if it is one.
    #[must_use]
    pub fn as_time(&self) -> Option<Timestamp> {
        if let Self::Time(moment) = self { Some(*moment) } else { None }
    }

    /// The elements, if it is a list.
    #[must_use]
    pub fn as_list(&self) -> Option<&[Value]> {
        if let Self::List(values) = self { Some(values) } else { None }
    }

    /// The members, if it is a structure or map.
    #[must_use]
    pub fn as_map(&self) -> Option<&Document> {
        if let Self::Map(members) = self { Some(members) } else { None }
    }
}

macro_rules! from {
    ($($type:ty => |$value:ident| $make:expr;)*) => {$(
        impl From<$type> for Value {
            fn from($value: $type) -> Self {
                $make
            }
        }
    )*};
}
from! {
    bool => |value| Self::Bool(value);
    i64 => |value| Self::Int(value);
    i32 => |value| Self::Int(value.into());
    u32 => |value| Self::Int(value.into());
    f64 => |value| Self::Float(value);
    &str => |value| Self::Str(value.to_owned());
    String => |value| Self::Str(value);
    &String => |value| Self::Str(value.clone());
    Vec<u8> => |value| Self::Blob(Blob(value));
    &[u8] => |value| Self::Blob(Blob(value.to_vec()));
    Timestamp => |value| Self::Time(value);
    Document => |value| Self::Map(value);
    Vec<Value> => |value| Self::List(value);
    Vec<Document> => |value| Self::List(value.into_iter().map(Self::Map).collect());
    Vec<String> => |value| Self::List(value.into_iter().map(Self::Str).collect());
    &[String] => |value| Self::List(value.iter().cloned().map(Self::Str).collect());
    &[&str] => |value| Self::List(value.iter().map(|text| Self::Str((*text).to_owned())).collect());
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_bytes() {
        assert_eq!(format!("{:?}", Value::from(vec![1, 2, 3])), "Blob(3 bytes)");
    }
}
