//! What a file's path tells: where its records are from, which kind they are, when they begin.
//!
//! AWS delivers logs under `AWSLogs/[ORGANIZATION/]ACCOUNT/SERVICE/REGION/YYYY/MM/DD/`, flow logs also under
//! `aws-account-id=ACCOUNT/aws-service=vpcflowlogs/aws-region=REGION/year=YYYY/…`; CloudWatch Logs' groups are
//! `/aws/eks/CLUSTER/cluster` and `/aws/rds/instance/INSTANCE/postgresql`. People copy parts of these, so each part is
//! taken wherever it stands.

use bastide_ids::Timestamp;

/// What a path tells; members that it doesn't tell are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Place {
    /// 12 digits.
    pub account: String,
    /// Such as `eu-central-1`.
    pub region: String,
    /// The EKS cluster.
    pub cluster: String,
    /// The database's instance or cluster.
    pub instance: String,
    /// When the file was made, by its name or folders.
    pub time: Option<Timestamp>,
    /// Whether this is none of the logs: digests and insights of a trail lie beside its files.
    pub ignored: bool,
}

impl Place {
    /// What a path with `/` between its parts tells.
    #[must_use]
    pub fn of(path: &str) -> Self {
        let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty()).collect();
        let mut place = Self::default();
        for (index, part) in parts.iter().enumerate() {
            place.part(part, parts.get(index + 1).copied().unwrap_or_default());
            place.named(part, &parts, index);
        }
        if let Some(name) = parts.last() {
            place.file(name);
        }
        if place.time.is_none() {
            place.time = folders_time(&parts);
        }
        place
    }

    fn part(&mut self, part: &str, next: &str) {
        let bare =
            part.strip_prefix("aws-account-id=").or_else(|| part.strip_prefix("account=")).unwrap_or(part);
        if is_account(bare) {
            bare.clone_into(&mut self.account);
        }
        let bare = part.strip_prefix("aws-region=").or_else(|| part.strip_prefix("region=")).unwrap_or(part);
        if is_region(bare) {
            bare.clone_into(&mut self.region);
        }
        if ["CloudTrail-Digest", "CloudTrail-Insight"].contains(&part) && !next.is_empty() {
            self.ignored = true;
        }
    }

    fn named(&mut self, part: &str, parts: &[&str], index: usize) {
        let at = |offset: usize| parts.get(index + offset).copied().unwrap_or_default();
        // The last part is the file and never a name.
        let last = |offset: usize| index + offset + 1 >= parts.len();
        match part {
            "eks" if !last(1) => at(1).clone_into(&mut self.cluster),
            "rds" if ["instance", "cluster"].contains(&at(1)) && !last(2) => {
                at(2).clone_into(&mut self.instance);
            }
            "rds" if !last(1) && self.instance.is_empty() => at(1).clone_into(&mut self.instance),
            _ => {
                if let Some(name) = part.strip_prefix("cluster=") {
                    name.clone_into(&mut self.cluster);
                } else if let Some(name) = part.strip_prefix("instance=") {
                    name.clone_into(&mut self.instance);
                }
            }
        }
    }

    /// `ACCOUNT_CloudTrail_REGION_20230710T1220Z_UNIQUE.json.gz` and its like.
    fn file(&mut self, name: &str) {
        for piece in name.split(['_', '.']) {
            if is_account(piece) {
                piece.clone_into(&mut self.account);
            } else if is_region(piece) {
                piece.clone_into(&mut self.region);
            } else if self.time.is_none() {
                self.time = compact_time(piece);
            }
        }
    }
}

fn is_account(text: &str) -> bool {
    text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// `us-east-1`, `us-gov-west-1`, `ap-southeast-2`: two letters, words, one digit or two.
fn is_region(text: &str) -> bool {
    let Some((words, number)) = text.rsplit_once('-') else { return false };
    let mut words = words.split('-');
    let first = words.next().unwrap_or_default();
    let mut count = 0;
    let lower = |word: &str| !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase());
    let rest = words.all(|word| {
        count += 1;
        lower(word) && word.len() <= 10
    });
    let digits = (1..=2).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit());
    (2..=4).contains(&first.len()) && lower(first) && rest && (1..=3).contains(&count) && digits
}

/// `20230710T1220Z`, with seconds or without.
fn compact_time(text: &str) -> Option<Timestamp> {
    let text = text.strip_suffix('Z')?;
    let (date, clock) = text.split_once('T')?;
    if date.len() != 8 || !matches!(clock.len(), 4 | 6) {
        return None;
    }
    let seconds = if clock.len() == 4 { "00" } else { "" };
    Timestamp::parse_basic(&format!("{date}T{clock}{seconds}Z")).ok()
}

/// `2023/07/10[/12]` or `year=2023/month=07/day=10[/hour=12]` among the folders.
fn folders_time(parts: &[&str]) -> Option<Timestamp> {
    let number = |part: Option<&&str>, name: &str, digits: usize| -> Option<u32> {
        let part = part?;
        let bare = part.strip_prefix(name).and_then(|rest| rest.strip_prefix('=')).unwrap_or(part);
        let fits = bare.len() == digits && bare.bytes().all(|byte| byte.is_ascii_digit());
        fits.then(|| bare.parse().ok()).flatten()
    };
    (0..parts.len()).find_map(|index| {
        let year = number(parts.get(index), "year", 4).filter(|year| (1990..=2200).contains(year))?;
        let month = number(parts.get(index + 1), "month", 2)?;
        let day = number(parts.get(index + 2), "day", 2)?;
        let hour = number(parts.get(index + 3), "hour", 2).filter(|hour| *hour < 24).unwrap_or(0);
        Timestamp::parse_basic(&format!("{year:04}{month:02}{day:02}T{hour:02}0000Z")).ok()
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn time(text: &str) -> Option<Timestamp> {
        Some(Timestamp::parse_iso8601(text).unwrap())
    }

    #[test]
    fn as_trails_deliver() {
        let place = Place::of(
            "logs/AWSLogs/o-ab12cd34ef/111122223333/CloudTrail/eu-central-1/2023/07/10/\
             111122223333_CloudTrail_eu-central-1_20230710T1220Z_WMiHxZgr5Hdd6UDc.json.gz",
        );
        assert_eq!((place.account.as_str(), place.region.as_str()), ("111122223333", "eu-central-1"));
        assert_eq!(place.time, time("2023-07-10T12:20:00Z"));
        assert!(!place.ignored);
        assert!(Place::of("AWSLogs/1/CloudTrail-Digest/eu-west-1/2023/07/10/x.json.gz").ignored);
    }

    #[test]
    fn as_flow_and_query_logs_are_delivered() {
        let place = Place::of(
            "aws-account-id=123456789012/aws-service=vpcflowlogs/aws-region=us-gov-west-1/year=2024/month=02/day=29/hour=07/x.parquet",
        );
        assert_eq!((place.account.as_str(), place.region.as_str()), ("123456789012", "us-gov-west-1"));
        assert_eq!(place.time, time("2024-02-29T07:00:00Z"));
        let dns = Place::of(
            "AWSLogs/123456789012/vpcdnsquerylogs/vpc-7/2024/01/02/vpc-7_vpcdnsquerylogs_123456789012_20240102T0305Z_ab.log.gz",
        );
        assert_eq!(dns.time, time("2024-01-02T03:05:00Z"));
        assert_eq!(dns.region, "");
    }

    #[test]
    fn as_cloudwatch_groups_are_named() {
        assert_eq!(Place::of("x/aws/eks/prod/cluster/kube-apiserver-audit-1/000000.gz").cluster, "prod");
        assert_eq!(Place::of("aws/rds/instance/orders-1/postgresql/000000.gz").instance, "orders-1");
        assert_eq!(Place::of("rds/orders/error.log").instance, "orders");
        assert_eq!(Place::of("rds/postgresql.log").instance, "");
        assert_eq!(Place::of("cluster=blue/audit.log").cluster, "blue");
    }

    #[test]
    fn regions_have_a_form() {
        for region in ["us-east-1", "us-gov-west-1", "us-iso-east-1", "ap-southeast-12", "eusc-de-east-1"] {
            assert!(is_region(region), "{region}");
        }
        for other in ["", "us-east", "part-00001", "vpc-1", "a-b-1", "US-EAST-1", "kube-apiserver-audit-1x"] {
            assert!(!is_region(other), "{other}");
        }
    }

    proptest! {
        #[test]
        fn any_path_tells_something_or_nothing(path in "\\PC{0,80}") {
            let _ = Place::of(&path);
        }

        #[test]
        fn any_date_is_a_date_or_not(path in "[0-9]{4}/[0-9]{2}/[0-9]{2}/[0-9]{8}T[0-9]{4}Z") {
            let _ = Place::of(&path);
        }
    }
}
