//! Threat lists of a million entries a kind, in processor time, beside the standard library's hash sets of the same entries.

use std::collections::HashSet;
use std::error::Error;
use std::hint::black_box;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::time::Duration;

use bastide_intel::{Category, Format, Intel, is_public};

use crate::http::say;

const ENTRIES: u64 = 1_000_000;
const ASKED: usize = 1 << 20;

/// `intel`: nanoseconds a look-up, of what lists hold and of what they don't.
pub(crate) fn run() -> Result<(), Box<dyn Error>> {
    let four: Vec<IpAddr> = (0..ENTRIES).map(four).collect();
    let six: Vec<IpAddr> = (0..ENTRIES).map(six).collect();
    let names: Vec<String> = (0..ENTRIES).map(name).collect();
    let began = cpu();
    let intel = lists(&four, &six, &names)?;
    say(&format!(
        "intel: {ENTRIES} each of IPv4, IPv6 and domains read in {:.1} s, {} MB",
        (cpu() - began).as_secs_f64(),
        intel.memory() / 1_000_000
    ));
    let known: HashSet<IpAddr> = four.iter().chain(&six).copied().collect();
    let others = ENTRIES..ENTRIES + ASKED as u64;
    for (what, addresses) in [
        ("IPv4, listed", shuffled(&four)),
        ("IPv4, not listed", others.clone().map(self::four).collect()),
        ("IPv6, listed", shuffled(&six)),
        ("IPv6, not listed", others.clone().map(self::six).collect()),
    ] {
        let ours = each(&addresses, |address| intel.address(*address).is_some());
        let theirs = each(&addresses, |address| known.contains(address));
        say(&format!("intel: {what}: {ours:.0} ns; a hash set of single addresses: {theirs:.0} ns"));
    }
    let known: HashSet<&str> = names.iter().map(String::as_str).collect();
    for (what, asked) in [
        (
            "domains, listed",
            shuffled(&names).into_iter().map(|name| format!("www.{name}")).collect::<Vec<_>>(),
        ),
        ("domains, not listed", others.map(|number| format!("www.{}", name(number))).collect()),
    ] {
        let ours = each(&asked, |name| intel.domain(name).is_some());
        let theirs = each(&asked, |name| parents(name).any(|parent| known.contains(parent)));
        say(&format!("intel: {what}: {ours:.0} ns; a hash set, asked for each parent: {theirs:.0} ns"));
    }
    Ok(())
}

/// Lists of a million each.
fn lists(four: &[IpAddr], six: &[IpAddr], names: &[String]) -> Result<Intel, Box<dyn Error>> {
    let mut builder = Intel::builder();
    let mut add = |name: &str, category, text: String| {
        builder.list(name, category, Format::Txt, text.as_bytes()).map(|_| ())
    };
    let lines = |all: &[IpAddr]| all.iter().map(|address| format!("{address}\n")).collect::<String>();
    add("four", Category::Malicious, lines(four))?;
    add("six", Category::CommandAndControl, lines(six))?;
    add("names", Category::Phishing, names.iter().map(|name| format!("{name}\n")).collect())?;
    Ok(builder.build())
}

/// Both tables, for a benchmark that looks up in passing.
pub(crate) fn million() -> Result<Intel, Box<dyn Error>> {
    let four: Vec<IpAddr> = (0..ENTRIES).map(four).collect();
    let six: Vec<IpAddr> = (0..ENTRIES).map(six).collect();
    lists(&four, &six, &[])
}

fn each<T>(all: &[T], mut ask: impl FnMut(&T) -> bool) -> f64 {
    let mut found = 0u64;
    let began = cpu();
    for one in all {
        found += u64::from(ask(black_box(one)));
    }
    black_box(found);
    (cpu() - began).as_nanos() as f64 / all.len() as f64
}

fn parents(name: &str) -> impl Iterator<Item = &str> {
    std::iter::successors(Some(name), |name| name.split_once('.').map(|(_, parent)| parent))
}

fn shuffled<T: Clone>(all: &[T]) -> Vec<T> {
    (0..ASKED as u64).filter_map(|n| all.get((mix(n ^ 99) % all.len() as u64) as usize).cloned()).collect()
}

/// The finalizer of SplitMix64, for numbers that look random and are the same each time.
pub(crate) fn mix(number: u64) -> u64 {
    let mixed = (number ^ 0x9e37_79b9_7f4a_7c15 ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The public IPv4 address of a number.
pub(crate) fn four(number: u64) -> IpAddr {
    let mut number = number;
    loop {
        number = mix(number);
        let address = IpAddr::from(Ipv4Addr::from_bits(number as u32));
        if is_public(address) {
            return address;
        }
    }
}

/// The IPv6 address of a number, in one of 65,536 sites.
fn six(number: u64) -> IpAddr {
    let mixed = mix(number);
    let high = 0x2600_0000_0000_0000 | (mixed & 0xffff) << 20;
    IpAddr::from(Ipv6Addr::from_bits(u128::from(high) << 64 | u128::from(mixed)))
}

fn name(number: u64) -> String {
    format!("{:x}.{}", mix(number), if number.is_multiple_of(2) { "example.com" } else { "test" })
}

/// What the processor has spent on this thread: other work on the machine doesn't count.
pub(crate) fn cpu() -> Duration {
    let time = rustix::time::clock_gettime(rustix::time::ClockId::ThreadCPUTime);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap_or(0))
}
