use std::cmp::Ordering;
use std::net::IpAddr;

/// What a condition operator compares, and how, without its prefix and suffix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Operator {
    pub(crate) family: Family,
    /// The operator is true where its positive form is false.
    pub(crate) negated: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    Text,
    TextIgnoreCase,
    TextLike,
    Number(Relation),
    Date(Relation),
    Bool,
    Binary,
    Ip,
    Arn,
    Null,
}

/// How the request's value must stand to the policy's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Relation {
    Equal,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

impl Relation {
    pub(crate) fn holds(self, ordering: Ordering) -> bool {
        match self {
            Self::Equal => ordering.is_eq(),
            Self::Less => ordering.is_lt(),
            Self::LessOrEqual => ordering.is_le(),
            Self::Greater => ordering.is_gt(),
            Self::GreaterOrEqual => ordering.is_ge(),
        }
    }
}

/// Over how many of the request's values a condition speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Quantifier {
    /// No prefix: a single-valued key.
    Single,
    /// `ForAnyValue:`
    Any,
    /// `ForAllValues:`
    All,
}

/// Reads an operator with its prefix and suffix, such as `ForAllValues:StringLikeIfExists`.
pub(crate) fn parse(name: &str) -> Option<(Quantifier, Operator, bool)> {
    let (quantifier, name) = if let Some(name) = name.strip_prefix("ForAnyValue:") {
        (Quantifier::Any, name)
    } else if let Some(name) = name.strip_prefix("ForAllValues:") {
        (Quantifier::All, name)
    } else {
        (Quantifier::Single, name)
    };
    let (name, if_exists) = name.strip_suffix("IfExists").map_or((name, false), |name| (name, true));
    let operator = by_name(name)?;
    // `Null` asks for existence itself.
    if if_exists && operator.family == Family::Null { None } else { Some((quantifier, operator, if_exists)) }
}

/// Source: IAM User Guide, "IAM JSON policy elements: Condition operators".
fn by_name(name: &str) -> Option<Operator> {
    use Family::{Arn, Binary, Bool, Date, Ip, Null, Number, Text, TextIgnoreCase, TextLike};
    use Relation::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};

    let (family, negated) = match name {
        "StringEquals" => (Text, false),
        "StringNotEquals" => (Text, true),
        "StringEqualsIgnoreCase" => (TextIgnoreCase, false),
        "StringNotEqualsIgnoreCase" => (TextIgnoreCase, true),
        "StringLike" => (TextLike, false),
        "StringNotLike" => (TextLike, true),
        "NumericEquals" => (Number(Equal), false),
        "NumericNotEquals" => (Number(Equal), true),
        "NumericLessThan" => (Number(Less), false),
        "NumericLessThanEquals" => (Number(LessOrEqual), false),
        "NumericGreaterThan" => (Number(Greater), false),
        "NumericGreaterThanEquals" => (Number(GreaterOrEqual), false),
        "DateEquals" => (Date(Equal), false),
        "DateNotEquals" => (Date(Equal), true),
        "DateLessThan" => (Date(Less), false),
        "DateLessThanEquals" => (Date(LessOrEqual), false),
        "DateGreaterThan" => (Date(Greater), false),
        "DateGreaterThanEquals" => (Date(GreaterOrEqual), false),
        "Bool" => (Bool, false),
        "BinaryEquals" => (Binary, false),
        "IpAddress" => (Ip, false),
        "NotIpAddress" => (Ip, true),
        "ArnEquals" | "ArnLike" => (Arn, false),
        "ArnNotEquals" | "ArnNotLike" => (Arn, true),
        "Null" => (Null, false),
        _ => return None,
    };
    Some(Operator { family, negated })
}

/// A number of a numeric condition: whole numbers compare exactly.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Number {
    Whole(i64),
    Decimal(f64),
}

impl Number {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if let Ok(whole) = text.parse() {
            return Some(Self::Whole(whole));
        }
        // Rust also reads `inf`, `nan` and `infinity`, which are no numbers here.
        let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'.' | b'-' | b'+' | b'e' | b'E'));
        text.parse().ok().filter(|number: &f64| plain && number.is_finite()).map(Self::Decimal)
    }

    pub(crate) fn compare(self, other: Self) -> Ordering {
        match (self, other) {
            (Self::Whole(one), Self::Whole(two)) => one.cmp(&two),
            // Both are finite, so they always compare.
            _ => self.decimal().partial_cmp(&other.decimal()).unwrap_or(Ordering::Equal),
        }
    }

    #[allow(clippy::cast_precision_loss, reason = "only beside a decimal, which is no more precise")]
    fn decimal(self) -> f64 {
        match self {
            Self::Whole(whole) => whole as f64,
            Self::Decimal(decimal) => decimal,
        }
    }
}

/// An address range such as `203.0.113.0/24` or `2001:db8::/32`; a bare address is a range of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Cidr {
    network: IpAddr,
    prefix: u32,
}

impl Cidr {
    pub(crate) fn parse(text: &str) -> Option<Self> {
        let (address, prefix) = match text.split_once('/') {
            None => (text, None),
            Some((address, prefix)) => {
                let fits = (1..=3).contains(&prefix.len()) && prefix.bytes().all(|b| b.is_ascii_digit());
                (address, Some(prefix.parse::<u32>().ok().filter(|_| fits)?))
            }
        };
        let network: IpAddr = address.parse().ok()?;
        let width = if network.is_ipv4() { 32 } else { 128 };
        let prefix = prefix.unwrap_or(width);
        (prefix <= width).then_some(Self { network, prefix })
    }

    pub(crate) fn contains(&self, address: IpAddr) -> bool {
        match (self.network, address.to_canonical()) {
            (IpAddr::V4(network), IpAddr::V4(address)) => {
                let mask = u32::MAX.checked_shl(32 - self.prefix).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            (IpAddr::V6(network), IpAddr::V6(address)) => {
                let mask = u128::MAX.checked_shl(128 - self.prefix).unwrap_or(0);
                network.to_bits() & mask == address.to_bits() & mask
            }
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        let (quantifier, operator, if_exists) = parse("ForAllValues:StringNotLikeIfExists").unwrap();
        assert_eq!((quantifier, if_exists), (Quantifier::All, true));
        assert_eq!(operator, Operator { family: Family::TextLike, negated: true });
        for unknown in
            ["", "stringEquals", "StringEqualsifexists", "ForAnyValue::Bool", "NullIfExists", "IfExists"]
        {
            assert_eq!(parse(unknown), None, "{unknown}");
        }
    }

    #[test]
    fn ranges() {
        let holds =
            |range: &str, address: &str| Cidr::parse(range).unwrap().contains(address.parse().unwrap());
        assert!(holds("203.0.113.0/24", "203.0.113.255"));
        assert!(!holds("203.0.113.0/24", "203.0.114.0"));
        assert!(holds("203.0.113.7/24", "203.0.113.1"), "host bits do not matter");
        assert!(holds("0.0.0.0/0", "255.1.2.3") && !holds("0.0.0.0/0", "::1"));
        assert!(holds("10.1.2.3", "10.1.2.3") && !holds("10.1.2.3", "10.1.2.4"));
        assert!(holds("10.0.0.0/8", "::ffff:10.9.9.9"), "a mapped address is its IPv4 address");
        assert!(holds("2001:db8::/32", "2001:db8:ffff::1") && !holds("2001:db8::/32", "2001:db9::1"));
        assert!(holds("::/0", "2001::1") && holds("2001:db8::1/128", "2001:db8::1"));
        for bad in
            ["", "1.2.3", "1.2.3.4/33", "::/129", "1.2.3.4/", "1.2.3.4/+8", "1.2.3.4/-1", "1.2.3.4/8/8"]
        {
            assert_eq!(Cidr::parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn numbers() {
        let compare = |one, two| Number::parse(one).unwrap().compare(Number::parse(two).unwrap());
        assert_eq!(compare("10", "9"), Ordering::Greater);
        assert_eq!(compare("10.0", "10"), Ordering::Equal);
        assert_eq!(compare("9007199254740993", "9007199254740992"), Ordering::Greater);
        assert_eq!(compare("-1.5", "1e2"), Ordering::Less);
        for bad in ["", "x", "nan", "inf", "infinity", "0x10", "1 "] {
            assert_eq!(Number::parse(bad), None, "{bad}");
        }
    }
}
