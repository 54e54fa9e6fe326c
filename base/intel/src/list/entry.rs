//! One entry: an address, a network, a range, a domain, an access key.

use std::borrow::Cow;
use std::net::IpAddr;

/// An entry, as the tables take it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Entry<'a> {
    /// IPv4 addresses from the first to the last.
    V4(u32, u32),
    /// IPv6 addresses from the first to the last.
    V6(u128, u128),
    /// A domain in lower case.
    Domain(Cow<'a, str>),
    /// An access key id.
    AccessKey(&'a str),
}

/// Reads an entry. Addresses may be defanged (`198.51.100[.]7`), domains may begin with `*.` and end with a dot.
pub(crate) fn parse(text: &str) -> Result<Entry<'_>, &'static str> {
    let text = text.trim().trim_matches('"');
    if text.is_empty() {
        return Err("empty");
    }
    if text.len() > 512 {
        return Err("too long for an address or a domain");
    }
    if text.contains("[.]") || text.contains("[:]") {
        let plain = text.replace("[.]", ".").replace("[:]", ":");
        return match parse_plain(&plain)? {
            Entry::V4(start, end) => Ok(Entry::V4(start, end)),
            Entry::V6(start, end) => Ok(Entry::V6(start, end)),
            Entry::Domain(name) => Ok(Entry::Domain(Cow::Owned(name.into_owned()))),
            Entry::AccessKey(_) => Err("neither address nor domain"),
        };
    }
    parse_plain(text)
}

fn parse_plain(text: &str) -> Result<Entry<'_>, &'static str> {
    if let Some((scheme, rest)) = text.split_once("://") {
        return url(scheme, rest);
    }
    if let Some((address, length)) = text.split_once('/') {
        return network(address, length);
    }
    if let Ok(address) = text.parse::<IpAddr>() {
        return Ok(range(address, address));
    }
    if let Some((first, last)) = text.split_once('-')
        && let (Ok(first), Ok(last)) = (first.trim().parse::<IpAddr>(), last.trim().parse::<IpAddr>())
    {
        return match (range(first, first), range(last, last)) {
            (Entry::V4(start, _), Entry::V4(_, end)) if start <= end => Ok(Entry::V4(start, end)),
            (Entry::V6(start, _), Entry::V6(_, end)) if start <= end => Ok(Entry::V6(start, end)),
            _ => Err("the range ends before it begins"),
        };
    }
    if is_access_key(text) {
        return Ok(Entry::AccessKey(text));
    }
    domain(text).map(Entry::Domain)
}

fn range(first: IpAddr, last: IpAddr) -> Entry<'static> {
    match (first.to_canonical(), last.to_canonical()) {
        (IpAddr::V4(first), IpAddr::V4(last)) => Entry::V4(first.to_bits(), last.to_bits()),
        (IpAddr::V6(first), IpAddr::V6(last)) => Entry::V6(first.to_bits(), last.to_bits()),
        // Mapped at one end alone can't be: both ends are of one network.
        (IpAddr::V4(first), IpAddr::V6(_)) => Entry::V4(first.to_bits(), first.to_bits()),
        (IpAddr::V6(_), IpAddr::V4(last)) => Entry::V4(last.to_bits(), last.to_bits()),
    }
}

/// A network; bits beyond the prefix don't count.
fn network(address: &str, length: &str) -> Result<Entry<'static>, &'static str> {
    let address = address.trim().parse::<IpAddr>().map_err(|_| "the network isn't ADDRESS/LENGTH")?;
    let length = length.trim();
    if !length.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err("the network's length isn't a number");
    }
    let length: u32 = length.parse().map_err(|_| "the network's length isn't a number")?;
    match address {
        IpAddr::V4(address) if length <= 32 => {
            let host = u32::MAX.checked_shr(length).unwrap_or(0);
            Ok(Entry::V4(address.to_bits() & !host, address.to_bits() | host))
        }
        IpAddr::V6(address) if length <= 128 => {
            if let (Some(mapped), Some(length)) = (address.to_ipv4_mapped(), length.checked_sub(96)) {
                let host = u32::MAX.checked_shr(length).unwrap_or(0);
                return Ok(Entry::V4(mapped.to_bits() & !host, mapped.to_bits() | host));
            }
            let host = u128::MAX.checked_shr(length).unwrap_or(0);
            Ok(Entry::V6(address.to_bits() & !host, address.to_bits() | host))
        }
        _ => Err("the network's length is beyond 32 (IPv4) or 128 (IPv6)"),
    }
}

/// The host of a URL, where the URL stands for the host: logs show no paths, and much else may be on a domain.
fn url<'a>(scheme: &str, rest: &'a str) -> Result<Entry<'a>, &'static str> {
    if scheme.is_empty() || !scheme.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err("neither address nor domain");
    }
    let (authority, path) = rest.split_once('/').unwrap_or((rest, ""));
    let host = authority.rsplit_once('@').map_or(authority, |(_, host)| host);
    let host = match host.strip_prefix('[').and_then(|host| host.split_once(']')) {
        Some((host, _)) => host,
        None => host.split_once(':').map_or(host, |(host, _)| host),
    };
    if let Ok(address) = host.parse::<IpAddr>() {
        return Ok(range(address, address));
    }
    if !path.is_empty() {
        return Err("a URL with a path stands for less than its domain, and no log shows paths");
    }
    domain(host).map(Entry::Domain)
}

/// Whether a text is an access key id: `AKIA` (long-term) or `ASIA` (temporary) and 12 to 124 more (IAM's limits).
fn is_access_key(text: &str) -> bool {
    (16..=128).contains(&text.len())
        && (text.starts_with("AKIA") || text.starts_with("ASIA"))
        && text.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
}

/// A domain, in lower case. Top-level domains by themselves would match too much.
pub(crate) fn domain(text: &str) -> Result<Cow<'_, str>, &'static str> {
    let text = text.strip_prefix("*.").or_else(|| text.strip_prefix('.')).unwrap_or(text);
    let text = text.strip_suffix('.').unwrap_or(text);
    if !text.is_ascii() {
        return Err("write domains in ASCII (punycode)");
    }
    if text.len() > 253 {
        return Err("a domain has at most 253 characters");
    }
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
    let mut labels = text.split('.');
    let whole = labels.all(|label| (1..=63).contains(&label.len()) && label.bytes().all(allowed));
    let top = text.rsplit_once('.').map(|(_, top)| top);
    match top {
        _ if !whole => Err("neither address nor domain"),
        None => Err("a domain without a dot would match too much"),
        Some(top) if top.bytes().all(|byte| byte.is_ascii_digit()) => Err("neither address nor domain"),
        Some(_) if text.bytes().any(|byte| byte.is_ascii_uppercase()) => {
            Ok(Cow::Owned(text.to_ascii_lowercase()))
        }
        Some(_) => Ok(Cow::Borrowed(text)),
    }
}
