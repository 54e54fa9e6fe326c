//! Names that people chose.

use std::collections::BTreeSet;
use std::io::Read;

use flate2::read::GzDecoder;

/// Registered domains, one a line, in order; `quality/data/README.md` says where they come from.
static DOMAINS: &[u8] = include_bytes!("../../data/domains.txt.gz");

/// What a name is used for, by its hash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// 60 %: the model is trained on it.
    Train,
    /// 15 %: what scores are usual is taken from it.
    Tune,
    /// 25 %: the model is judged by it.
    Test,
}

/// All domains of a part. Domains with the same label are in the same part.
#[must_use]
pub fn chosen(part: Part) -> Vec<String> {
    let mut text = String::new();
    GzDecoder::new(DOMAINS).read_to_string(&mut text).expect("shipped");
    text.lines().filter(|domain| of(label(domain)) == part).map(str::to_owned).collect()
}

/// The different labels of these domains. Labels in other scripts are left out: they are never judged.
#[must_use]
pub fn labels(part: Part) -> Vec<String> {
    let labels: BTreeSet<String> = chosen(part).iter().map(|domain| label(domain).to_owned()).collect();
    labels.into_iter().filter(|label| !label.starts_with("xn--")).collect()
}

fn label(domain: &str) -> &str {
    domain.split('.').next().unwrap_or_default()
}

fn of(label: &str) -> Part {
    let hash = label
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    match (hash ^ (hash >> 31)) % 100 {
        0..60 => Part::Train,
        60..75 => Part::Tune,
        _ => Part::Test,
    }
}
