//! What a template may say, and what an object becomes by it.

use crate::server::key::sign;
use crate::server::record::is_flag;
use crate::server::users::Actor;
use crate::wire::{AttributeType as A, Code, Fault, Hash, Role, Template, Value, class, key_type};

/// Bytes of one attribute.
const MAX_VALUE: usize = 64 << 10;
/// Bytes of all attributes together.
const MAX_TOTAL: usize = 128 << 10;
/// Attributes of an object.
const MAX_ATTRIBUTES: usize = 64;

const FLAGS: &[A] = &[
    A::TOKEN,
    A::PRIVATE,
    A::TRUSTED,
    A::SENSITIVE,
    A::ENCRYPT,
    A::DECRYPT,
    A::WRAP,
    A::UNWRAP,
    A::SIGN,
    A::SIGN_RECOVER,
    A::VERIFY,
    A::VERIFY_RECOVER,
    A::DERIVE,
    A::EXTRACTABLE,
    A::LOCAL,
    A::NEVER_EXTRACTABLE,
    A::ALWAYS_SENSITIVE,
    A::MODIFIABLE,
    A::COPYABLE,
    A::DESTROYABLE,
    A::ALWAYS_AUTHENTICATE,
    A::WRAP_WITH_TRUSTED,
];
const NUMBERS: &[A] = &[
    A::CLASS,
    A::CERTIFICATE_TYPE,
    A::CERTIFICATE_CATEGORY,
    A::KEY_TYPE,
    A::MODULUS_BITS,
    A::VALUE_LEN,
    A::KEY_GEN_MECHANISM,
];
/// Only the HSM sets them.
const OURS: &[A] = &[A::LOCAL, A::NEVER_EXTRACTABLE, A::ALWAYS_SENSITIVE, A::KEY_GEN_MECHANISM];
/// What a secret or private key says of itself.
const SECRET_FLAGS: &[A] = &[A::SENSITIVE, A::EXTRACTABLE, A::WRAP_WITH_TRUSTED];

/// The usages of a class of keys: in [`class`]'s order from public keys on.
fn usages(class: u64) -> &'static [A] {
    match class {
        class::PUBLIC_KEY => &[A::ENCRYPT, A::VERIFY, A::VERIFY_RECOVER, A::WRAP],
        class::PRIVATE_KEY => &[A::DECRYPT, A::SIGN, A::SIGN_RECOVER, A::UNWRAP],
        class::SECRET_KEY => &[A::ENCRYPT, A::DECRYPT, A::SIGN, A::VERIFY, A::WRAP, A::UNWRAP],
        _ => &[],
    }
}

/// What a key may do when its template names no usage at all.
fn default_usages(class: u64, kind: u64) -> &'static [A] {
    match (class, kind) {
        (class::PUBLIC_KEY, key_type::RSA) => &[A::ENCRYPT, A::VERIFY],
        (class::PUBLIC_KEY, _) => &[A::VERIFY],
        (class::PRIVATE_KEY, key_type::RSA) => &[A::DECRYPT, A::SIGN],
        (class::PRIVATE_KEY, _) => &[A::SIGN],
        (class::SECRET_KEY, key_type::AES) => &[A::ENCRYPT, A::DECRYPT],
        (class::SECRET_KEY, _) => &[A::SIGN, A::VERIFY],
        _ => &[],
    }
}

/// Whether each attribute is known, of its kind, and small enough.
pub(crate) fn check(template: &Template, actor: &Actor) -> Result<(), Fault> {
    if template.0.len() > MAX_ATTRIBUTES {
        return Err(Fault::new(Code::Arguments, "a template has at most 64 attributes"));
    }
    let size = |value: &Value| if let Value::Bytes(bytes) = value { bytes.len() } else { 8 };
    if template.0.values().map(size).sum::<usize>() > MAX_TOTAL {
        return Err(Fault::new(Code::Memory, "an object has at most 128 KiB"));
    }
    for (kind, value) in &template.0 {
        let name = kind.name();
        if name.is_empty() {
            return Err(Fault::new(
                Code::AttributeType,
                format!("the attribute 0x{:x} is not known", kind.0),
            ));
        }
        let fits = match value {
            Value::Bool(_) => FLAGS.contains(kind),
            Value::Number(_) => NUMBERS.contains(kind),
            Value::Bytes(bytes) => {
                !FLAGS.contains(kind) && !NUMBERS.contains(kind) && bytes.len() <= MAX_VALUE
            }
        };
        if !fits {
            return Err(Fault::new(
                Code::AttributeValue,
                format!("the value of `{name}` is not of its kind"),
            ));
        }
        if OURS.contains(kind) {
            return Err(Fault::new(Code::AttributeReadOnly, format!("only the HSM sets `{name}`")));
        }
        if *kind == A::TRUSTED && *value == Value::Bool(true) && actor.role() != Role::Admin {
            return Err(Fault::new(Code::AttributeReadOnly, "only an admin marks a key as trusted"));
        }
    }
    Ok(())
}

/// Where a key comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Origin {
    Generated,
    /// Its parts were given.
    Imported,
    Unwrapped,
    Derived {
        always_sensitive: bool,
        never_extractable: bool,
    },
}

/// The attributes of a new key: those of the template, those that follow, and defaults for the rest.
pub(crate) fn of_key(
    fips: bool,
    template: &Template,
    (class, kind): (u64, u64),
    origin: Origin,
) -> Result<Template, Fault> {
    expect(template, A::CLASS, class)?;
    expect(template, A::KEY_TYPE, kind)?;
    let mut all = Template::new()
        .with(A::CLASS, class)
        .with(A::KEY_TYPE, kind)
        .with(A::LOCAL, origin == Origin::Generated)
        .with(A::TOKEN, template.flag(A::TOKEN).unwrap_or(false))
        .with(A::PRIVATE, template.flag(A::PRIVATE).unwrap_or(class != class::PUBLIC_KEY))
        .with(A::DERIVE, template.flag(A::DERIVE).unwrap_or(false));
    for kind in [A::LABEL, A::ID, A::SUBJECT, A::START_DATE, A::END_DATE] {
        all.set(kind, template.bytes(kind).unwrap_or_default());
    }
    for kind in [A::MODIFIABLE, A::COPYABLE, A::DESTROYABLE] {
        all.set(kind, template.flag(kind).unwrap_or(true));
    }
    set_usages(&mut all, template, class, kind)?;
    if class != class::PRIVATE_KEY {
        all.set(A::TRUSTED, template.flag(A::TRUSTED).unwrap_or(false));
    }
    if class == class::PUBLIC_KEY {
        refuse(template, SECRET_FLAGS)?;
    } else {
        set_secrecy(&mut all, template, fips, class, origin)?;
    }
    if class != class::SECRET_KEY {
        // Not settable: what kind of half it is follows from the class.
        refuse(template, &[A::VALUE_LEN])?;
    }
    Ok(all)
}

fn set_usages(all: &mut Template, template: &Template, class: u64, kind: u64) -> Result<(), Fault> {
    let known = usages(class);
    let others: Vec<A> = usages(class::PUBLIC_KEY)
        .iter()
        .chain(usages(class::PRIVATE_KEY))
        .copied()
        .filter(|usage| !known.contains(usage) && template.flag(*usage) == Some(true))
        .collect();
    if let Some(usage) =
        others.first().filter(|usage| **usage != A::SIGN_RECOVER && **usage != A::VERIFY_RECOVER)
    {
        let why = format!("a key of this class has no usage `{}`", usage.name());
        return Err(Fault::new(Code::TemplateInconsistent, why));
    }
    let named = known.iter().chain(&[A::DERIVE]).any(|usage| template.flag(*usage).is_some());
    for usage in known {
        let by_default = !named && default_usages(class, kind).contains(usage);
        all.set(*usage, template.flag(*usage).unwrap_or(by_default));
    }
    Ok(())
}

fn set_secrecy(
    all: &mut Template,
    template: &Template,
    fips: bool,
    class: u64,
    origin: Origin,
) -> Result<(), Fault> {
    let sensitive = template.flag(A::SENSITIVE).unwrap_or(true);
    if fips && !sensitive {
        return Err(Fault::new(
            Code::AttributeValue,
            "in FIPS mode every secret and private key is sensitive",
        ));
    }
    let extractable = template.flag(A::EXTRACTABLE).unwrap_or(true);
    let (always_sensitive, never_extractable) = match origin {
        Origin::Generated => (sensitive, !extractable),
        Origin::Imported | Origin::Unwrapped => (false, false),
        Origin::Derived { always_sensitive, never_extractable } => {
            (always_sensitive && sensitive, never_extractable && !extractable)
        }
    };
    all.set(A::SENSITIVE, sensitive);
    all.set(A::EXTRACTABLE, extractable);
    all.set(A::ALWAYS_SENSITIVE, always_sensitive);
    all.set(A::NEVER_EXTRACTABLE, never_extractable);
    all.set(A::WRAP_WITH_TRUSTED, template.flag(A::WRAP_WITH_TRUSTED).unwrap_or(false));
    if class == class::PRIVATE_KEY {
        if template.flag(A::ALWAYS_AUTHENTICATE) == Some(true) {
            return Err(Fault::new(Code::AttributeValue, "a login for each use of a key is not built"));
        }
        all.set(A::ALWAYS_AUTHENTICATE, false);
    }
    Ok(())
}

/// The attributes of a certificate or data object: as they are given.
pub(crate) fn of_data(template: &Template, class: u64) -> Template {
    let mut all = template.clone();
    all.set(A::TOKEN, template.flag(A::TOKEN).unwrap_or(false));
    all.set(A::PRIVATE, template.flag(A::PRIVATE).unwrap_or(class == class::DATA));
    for kind in [A::MODIFIABLE, A::COPYABLE, A::DESTROYABLE] {
        all.set(kind, template.flag(kind).unwrap_or(true));
    }
    let texts: &[A] = if class == class::CERTIFICATE {
        all.set(A::TRUSTED, template.flag(A::TRUSTED).unwrap_or(false));
        &[A::LABEL, A::ID, A::SUBJECT, A::ISSUER, A::SERIAL_NUMBER]
    } else {
        &[A::LABEL, A::APPLICATION, A::OBJECT_ID, A::VALUE]
    };
    for kind in texts {
        if all.value(*kind).is_none() {
            all.set(*kind, Vec::new());
        }
    }
    all
}

/// Changes attributes of an object as PKCS#11 allows; `copying` allows more.
pub(crate) fn change(
    fips: bool,
    before: &Template,
    changes: &Template,
    actor: &Actor,
    copying: bool,
) -> Result<Template, Fault> {
    let mut after = before.clone();
    for (kind, value) in &changes.0 {
        if before.value(*kind) == Some(value) {
            continue;
        }
        if before.value(*kind).is_none() && is_flag(value) {
            let why = format!("the object has no attribute `{}`", kind.name());
            return Err(Fault::new(Code::AttributeType, why));
        }
        let to = matches!(value, Value::Bool(true));
        let allowed = match *kind {
            A::TRUSTED => actor.role() == Role::Admin,
            _ if actor.role() == Role::Admin => false,
            A::LABEL | A::ID | A::SUBJECT | A::START_DATE | A::END_DATE => true,
            A::ISSUER | A::SERIAL_NUMBER | A::APPLICATION | A::OBJECT_ID => true,
            A::VALUE => before.number(A::CLASS) == Some(class::DATA),
            A::ENCRYPT | A::DECRYPT | A::SIGN | A::VERIFY | A::WRAP | A::UNWRAP | A::DERIVE => true,
            A::SIGN_RECOVER | A::VERIFY_RECOVER => true,
            A::SENSITIVE | A::WRAP_WITH_TRUSTED => to,
            A::EXTRACTABLE => !to,
            A::TOKEN => copying || to,
            A::COPYABLE | A::DESTROYABLE => copying || !to,
            A::PRIVATE | A::MODIFIABLE => copying,
            _ => false,
        };
        if !allowed {
            let why = format!("the attribute `{}` cannot be changed so", kind.name());
            return Err(Fault::new(Code::AttributeReadOnly, why));
        }
        after.set(*kind, value.clone());
    }
    if fips && before.flag(A::SENSITIVE) == Some(true) && after.flag(A::SENSITIVE) != Some(true) {
        return Err(Fault::new(Code::AttributeReadOnly, "a sensitive key stays sensitive"));
    }
    Ok(after)
}

/// The first three bytes by which a secret key is recognised: of AES the encryption of a block of zeros, of others
/// SHA-1 (PKCS#11 2.40, section 4.10.2).
pub(crate) fn check_value(kind: u64, key: &[u8]) -> Vec<u8> {
    let whole = if kind == key_type::AES {
        super::super::key::cipher::zero_block(key).unwrap_or_default()
    } else {
        sign::digest(Hash::Sha1, key)
    };
    whole.get(..3).unwrap_or_default().to_vec()
}

fn expect(template: &Template, kind: A, value: u64) -> Result<(), Fault> {
    match template.value(kind) {
        None => Ok(()),
        Some(Value::Number(given)) if *given == value => Ok(()),
        Some(_) => {
            let why = format!("the attribute `{}` does not fit the operation", kind.name());
            Err(Fault::new(Code::TemplateInconsistent, why))
        }
    }
}

/// Refuses attributes that this class of keys does not have.
fn refuse(template: &Template, kinds: &[A]) -> Result<(), Fault> {
    match kinds.iter().find(|kind| template.value(**kind).is_some_and(|value| *value != Value::Bool(false))) {
        None => Ok(()),
        Some(kind) => {
            let why = format!("a key of this class has no attribute `{}`", kind.name());
            Err(Fault::new(Code::TemplateInconsistent, why))
        }
    }
}
