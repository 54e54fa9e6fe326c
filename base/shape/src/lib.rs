//! Schemas: what an operation takes and gives, as static tables, and the documents that fit them.
//!
//! A service's tables stand in its crate under `api/`. Everything that moves a document between the wire and
//! a handler walks these tables at run time, so nothing is generated per operation and nothing is generic:
//!
//! ```
//! use bastide_shape::{member, shapes, string, structure};
//! shapes! {
//!     CreateAliasRequest = structure(&[
//!         member("AliasName", &AliasNameType).required(),
//!     ]);
//!     AliasNameType = string().length(1, 256).pattern(r"^[a-zA-Z0-9:/_-]+$");
//! }
//! assert_eq!(CreateAliasRequest.members().len(), 1);
//! ```

mod document;
mod operation;
mod shape;
mod validate;
mod value;

pub use document::{Document, Name};
pub use operation::{
    Access, ErrorShape, Http, Operation, Protocol, Service, Target, Telling, error, operation, service,
    target,
};
pub use shape::{
    Kind, Location, Member, Shape, TimestampFormat, Trait, big_integer, blob, boolean, document, double,
    enumeration, float, integer, list, long, map, member, string, structure, timestamp, union,
};
pub use validate::{Broken, Violations, validate};
pub use value::{Blob, Value};

/// Declares named static shapes: `Name = builder;` lines. The name is the shape's name in AWS's model.
#[macro_export]
macro_rules! shapes {
    ($($name:ident = $shape:expr;)*) => {$(
        #[allow(non_upper_case_globals, missing_docs, unreachable_pub, reason = "a shape is named and documented by AWS's model")]
        pub static $name: $crate::Shape = $shape.named(stringify!($name));
    )*};
}

/// Declares a service's errors: `Name = builder;` lines.
#[macro_export]
macro_rules! errors {
    ($($name:ident = $error:expr;)*) => {$(
        #[allow(non_upper_case_globals, missing_docs, unreachable_pub, reason = "an error is named and documented by AWS's model")]
        pub static $name: $crate::ErrorShape = $error.named(stringify!($name));
    )*};
}

/// Declares a service's operations, one row each: `Name = builder;` lines.
#[macro_export]
macro_rules! operations {
    ($($name:ident = $operation:expr;)*) => {$(
        #[allow(non_upper_case_globals, missing_docs, unreachable_pub, reason = "an operation is named and documented by AWS's model")]
        pub static $name: $crate::Operation = $operation.named(stringify!($name));
    )*};
}
