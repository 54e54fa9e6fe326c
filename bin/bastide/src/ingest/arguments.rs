use std::path::PathBuf;

use bastide_finding::guardduty;
use clap::{Args, ValueEnum};

/// Read logs, and tell what GuardDuty would
///
/// Reads CloudTrail files, VPC flow logs, Route 53 resolver query logs, Kubernetes audit logs and logs of database
/// logins, plain or packed with gzip or Zstandard, in whatever folders they lie, and prints who did what, when, from
/// where, and why that was found. Nothing is kept unless --data-dir says where; with it, files are read once however
/// often the command is run, and what was ingested before is the baseline for what is new.
#[derive(Args)]
#[command(after_help = EXAMPLES)]
pub(crate) struct Ingest {
    /// Folders, files, patterns (`logs/**/*.gz`), `s3://BUCKET/PREFIX`, `https://…` for one file, `-` for standard input
    #[arg(value_name = "PATH", required_unless_present = "data_dir")]
    pub(crate) paths: Vec<String>,

    #[command(flatten)]
    pub(crate) input: Input,

    #[command(flatten)]
    pub(crate) buckets: Buckets,

    #[command(flatten)]
    pub(crate) detection: Detection,

    #[command(flatten)]
    pub(crate) output: Output,
}

/// What is read.
#[derive(Args)]
#[command(next_help_heading = "What is read")]
pub(crate) struct Input {
    /// Kind of all files; by default each file tells
    #[arg(long, value_enum, default_value = "auto")]
    pub(crate) kind: Kind,

    /// Take only files whose name (or path, when the pattern has a `/`) fits; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub(crate) include: Vec<String>,

    /// Leave out files whose name or path fits; may be given several times
    #[arg(long, value_name = "GLOB")]
    pub(crate) exclude: Vec<String>,

    /// Keep what is read in the lake of this data folder, as Parquet: each file is read once however often this is run,
    /// and findings are made of all that is there. Without a PATH, of what is there already
    #[arg(long, value_name = "FOLDER")]
    pub(crate) data_dir: Option<PathBuf>,

    /// Go on reading what is added to files and folders, and print findings as they are made, until stopped
    #[arg(long, conflicts_with_all = ["report", "output", "fail_on"])]
    pub(crate) follow: bool,

    /// Seconds between looks at followed files
    #[arg(long, value_name = "SECONDS", default_value_t = 2, value_parser = clap::value_parser!(u64).range(1..=86_400))]
    pub(crate) interval: u64,

    /// Threads that read and unpack; by default as many as there are processors, 8 at most
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=64))]
    pub(crate) threads: Option<u16>,

    /// Show no progress bar
    #[arg(long, short)]
    pub(crate) quiet: bool,
}

/// How buckets are reached. Credentials are AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY and AWS_SESSION_TOKEN.
#[derive(Args)]
#[command(
    next_help_heading = "Buckets (credentials: AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY, AWS_SESSION_TOKEN)"
)]
pub(crate) struct Buckets {
    /// Server that speaks S3, when it is not AWS
    #[arg(long, env = "AWS_ENDPOINT_URL", value_name = "URL")]
    pub(crate) endpoint_url: Option<http::Uri>,

    /// Region of the buckets
    #[arg(long, env = "AWS_REGION", default_value = "us-east-1", value_name = "REGION")]
    pub(crate) region: String,

    /// Sign no requests: the buckets are public
    #[arg(long)]
    pub(crate) no_sign_request: bool,

    /// File with authorities (PEM) to believe besides those that the machine trusts
    #[arg(long, env = "AWS_CA_BUNDLE", value_name = "FILE")]
    pub(crate) ca_bundle: Option<PathBuf>,
}

/// What is found.
#[derive(Args)]
#[command(next_help_heading = "What is found")]
pub(crate) struct Detection {
    /// Folder of threat lists: `CATEGORY.txt` or `CATEGORY/NAME.EXT`, where CATEGORY is malicious, command-and-control,
    /// cryptocurrency, tor-exit, tor-relay, phishing, drive-by, drop-point, blackhole, abused, suspicious,
    /// compromised, custom or trusted. Plain text, CSV (OTX, Proofpoint, FireEye), STIX as XML or JSON
    #[arg(long, value_name = "FOLDER")]
    pub(crate) intel: Vec<PathBuf>,

    /// File in MaxMind's format that tells countries, cities or networks of addresses; may be given several times
    #[arg(long, value_name = "FILE")]
    pub(crate) geo: Vec<PathBuf>,

    /// Sigma rules, a file or a folder of them, run besides Bastide's own; may be given several times
    #[arg(long, value_name = "PATH")]
    pub(crate) rules: Vec<PathBuf>,

    /// Only tell what the rules of --rules would match: how many records each, and which for example
    #[arg(long, requires = "rules", conflicts_with_all = ["follow", "report", "output", "fail_on", "data_dir"])]
    pub(crate) try_rules: bool,

    /// An account that is one's own, besides those that the logs come from; may be given several times
    #[arg(long, value_name = "ACCOUNT")]
    pub(crate) own_account: Vec<String>,
}

/// What is written.
#[derive(Args)]
#[command(next_help_heading = "What is written")]
pub(crate) struct Output {
    /// Write the report: report.html, findings.json (GuardDuty's JSON), findings.asff.json, findings.ocsf.json,
    /// summary.txt and rejected.jsonl, into the folder that --output names, or `bastide-report`
    #[arg(long)]
    pub(crate) report: bool,

    /// Form of what is printed, or, with --output, of the files that are written; may be given several times then
    #[arg(long, value_enum, value_name = "FORMAT", value_delimiter = ',')]
    pub(crate) format: Vec<Format>,

    /// Folder to write files into; made when it is not there
    #[arg(long, short, value_name = "FOLDER")]
    pub(crate) output: Option<PathBuf>,

    /// Findings that the summary tells in full; the files have all
    #[arg(long, value_name = "N", default_value_t = 20)]
    pub(crate) top: usize,

    /// Exit with status 1 when a finding has this severity or a higher one
    #[arg(long, value_enum, value_name = "SEVERITY")]
    pub(crate) fail_on: Option<Severity>,
}

const EXAMPLES: &str = "\
Exit status:
  0  done; with --fail-on: and nothing was found of that severity or a higher one
  1  --fail-on, and something was found
  2  the arguments are wrong, or something could not be read or written

Examples:
  bastide ingest AWSLogs/
  bastide ingest AWSLogs/ --report --output report/ --intel lists/ --geo GeoLite2-ASN.mmdb
  bastide ingest s3://trail-bucket/AWSLogs/ --region eu-central-1
  bastide ingest trail.json.gz --format json --fail-on high
  zcat flow.log.gz | bastide ingest - --kind flow
  bastide ingest /var/log/kubernetes/audit.log --data-dir bastide-data --follow --format json";

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Kind {
    /// Each file tells
    Auto,
    /// CloudTrail events
    Cloudtrail,
    /// VPC flow logs
    Flow,
    /// Route 53 resolver query logs
    Dns,
    /// Kubernetes audit logs
    Kubernetes,
    /// Logins to databases
    Login,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Format {
    /// A summary for people
    Text,
    /// GuardDuty's JSON
    Json,
    /// AWS Security Finding Format, as Security Hub imports it
    Asff,
    /// Open Cybersecurity Schema Framework
    Ocsf,
    /// One page for a browser, with nothing loaded from elsewhere
    Html,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub(crate) enum Severity {
    /// 1.0 and more
    Low,
    /// 4.0 and more
    Medium,
    /// 7.0 and more
    High,
    /// 9.0 and more
    Critical,
}

impl Severity {
    /// Whether a finding's severity is this or a higher one.
    pub(crate) fn reached(self, severity: f64) -> bool {
        let label = guardduty::severity_label(severity);
        let is = match label {
            "Critical" => Self::Critical,
            "High" => Self::High,
            "Medium" => Self::Medium,
            _ => Self::Low,
        };
        is >= self
    }
}

impl Kind {
    pub(crate) fn chosen(self) -> Option<bastide_ingest::Kind> {
        match self {
            Self::Auto => None,
            Self::Cloudtrail => Some(bastide_ingest::Kind::CloudTrail),
            Self::Flow => Some(bastide_ingest::Kind::Flow),
            Self::Dns => Some(bastide_ingest::Kind::Dns),
            Self::Kubernetes => Some(bastide_ingest::Kind::Kubernetes),
            Self::Login => Some(bastide_ingest::Kind::Login),
        }
    }
}
