//! Families of programs: `userAgent` without versions and build numbers.

use super::hash::{self, Map};

/// User agents that are remembered with their family; beyond it all are read anew.
const LIMIT: usize = 1 << 14;

/// A family of programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Agent {
    /// The family's hash.
    pub(super) family: u64,
    /// A person's clicks: one of them makes many calls.
    pub(super) console: bool,
    /// What builds infrastructure from files: it changes much at once.
    pub(super) builds: bool,
}

/// Families by user agent.
#[derive(Default)]
pub(super) struct Agents {
    met: Map<u64, Agent>,
}

impl Agents {
    /// The family of a user agent.
    pub(super) fn find(&mut self, agent: &str) -> Agent {
        let key = hash::text(agent);
        if let Some(found) = self.met.get(&key) {
            return *found;
        }
        let found = classify(agent);
        if self.met.len() >= LIMIT {
            self.met.clear();
        }
        self.met.insert(key, found);
        found
    }
}

fn classify(agent: &str) -> Agent {
    let family = name(agent);
    let console = family.starts_with("console") || family.starts_with("browser");
    let lower = agent.to_ascii_lowercase();
    let builds = ["terraform", "pulumi", "cloudformation", "aws-cdk", "opentofu", "ansible", "crossplane"];
    let builds = builds.iter().any(|tool| lower.contains(tool));
    Agent { family: hash::text(&family), console, builds }
}

/// The family's name, for reasons: program and operating system, such as `aws-cli linux`.
pub(super) fn name(agent: &str) -> String {
    let agent = agent.trim_matches(['[', ']', ' ']);
    let lower = agent.to_ascii_lowercase();
    if lower.is_empty() {
        return String::new();
    }
    if lower.starts_with("mozilla/") {
        return join("browser", system(&lower));
    }
    if lower.contains("console") || lower.starts_with("signin") || lower.starts_with("aws internal") {
        return "console".to_owned();
    }
    if lower.ends_with(".amazonaws.com") {
        return lower;
    }
    let builds = ["terraform", "pulumi", "opentofu", "ansible", "crossplane", "aws-cdk"];
    if let Some(tool) = builds.iter().find(|tool| lower.contains(**tool)) {
        return (*tool).to_owned();
    }
    let product = lower.split(['/', ' ', ';', '(']).next().unwrap_or_default();
    join(&plain(product), system(&lower))
}

fn join(product: &str, system: &str) -> String {
    if system.is_empty() { product.to_owned() } else { format!("{product} {system}") }
}

/// A product's name without what looks like a version or an identifier: parts with a digit, from the second on.
fn plain(product: &str) -> String {
    let mut plain = String::with_capacity(product.len().min(64));
    for (at, part) in product.split(['_', '-', '.']).enumerate().take(6) {
        let digits = part.bytes().filter(u8::is_ascii_digit).count();
        if at > 0 && (digits > 0 || part.len() > 24) {
            continue;
        }
        if !plain.is_empty() {
            plain.push('-');
        }
        plain.extend(part.chars().take(32));
    }
    plain
}

fn system(lower: &str) -> &'static str {
    let systems = [
        ("windows", "windows"),
        ("darwin", "macos"),
        ("mac os", "macos"),
        ("macos", "macos"),
        ("android", "android"),
        ("linux", "linux"),
    ];
    systems.iter().find(|(word, _)| lower.contains(word)).map_or("", |(_, system)| system)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_do_not_count() {
        assert_eq!(
            name("aws-cli/2.13.5 Python/3.11.4 Linux/5.10.0 exe/x86_64 prompt/off command/s3.ls"),
            "aws-cli linux"
        );
        assert_eq!(name("[aws-cli/1.2 Python/2.7 Darwin/19]"), "aws-cli macos");
        assert_eq!(name("Boto3/1.28.1 Python/3.9 Linux/6.1 Botocore/1.31"), "boto3 linux");
        assert_eq!(name("tool_6f1c2a9e-11aa-4bbb-8ccc-1234567890ab"), "tool");
        assert_eq!(name("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Chrome/120"), "browser windows");
        assert_eq!(name("console.amazonaws.com"), "console");
        assert_eq!(name("cloudformation.amazonaws.com"), "cloudformation.amazonaws.com");
        assert_eq!(name("APN/1.0 HashiCorp/1.0 Terraform/1.5.0 aws-sdk-go/1.44"), "terraform");
        assert_eq!(name(""), "");
    }
}
