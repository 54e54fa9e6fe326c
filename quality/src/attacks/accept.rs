//! Which finding types tell which stage. `*` at the end stands for anything.

/// Credentials used where they were never before.
pub const INITIAL: &[&str] = &[
    "InitialAccess:IAMUser/*",
    "UnauthorizedAccess:IAMUser/*",
    "Discovery:IAMUser/*",
    "Recon:IAMUser/*",
    "CredentialAccess:IAMUser/CompromisedCredentials",
    "AttackSequence:*",
    "PenTest:*",
];
/// Someone looks around.
pub const DISCOVERY: &[&str] =
    &["Discovery:IAMUser/*", "Recon:IAMUser/*", "PenTest:IAMUser/*", "AttackSequence:*"];
/// Ways to come back are made.
pub const PERSISTENCE: &[&str] =
    &["Persistence:IAMUser/*", "PrivilegeEscalation:IAMUser/*", "AttackSequence:*"];
/// More rights are taken.
pub const ESCALATION: &[&str] =
    &["PrivilegeEscalation:IAMUser/*", "Persistence:IAMUser/*", "AttackSequence:*"];
/// Watching is switched off.
pub const EVASION: &[&str] = &["DefenseEvasion:IAMUser/*", "Stealth:*", "AttackSequence:*"];
/// Secrets are read.
pub const CREDENTIALS: &[&str] = &["CredentialAccess:IAMUser/*", "AttackSequence:*"];
/// Data is taken by calls that are no reads of objects.
pub const EXFILTRATION: &[&str] =
    &["Exfiltration:IAMUser/*", "Policy:S3/*", "Impact:S3/AnomalousBehavior.Permission", "AttackSequence:*"];
/// Things are destroyed or misused.
pub const IMPACT: &[&str] = &["Impact:IAMUser/*", "Impact:S3/*", "AttackSequence:*"];
/// Objects are read that are never read like this.
pub const S3_EXFILTRATION: &[&str] = &["Exfiltration:S3/*", "Discovery:S3/*", "AttackSequence:*"];
/// Objects are deleted or overwritten.
pub const S3_IMPACT: &[&str] = &["Impact:S3/*", "AttackSequence:*"];
/// An instance's or function's keys elsewhere.
pub const STOLEN: &[&str] = &[
    "UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.*",
    "UnauthorizedAccess:IAMUser/ResourceCredentialExfiltration.*",
    "AttackSequence:*",
];
/// Code is run by the account's own means.
pub const EXECUTION: &[&str] = &[
    "PrivilegeEscalation:IAMUser/*",
    "Persistence:IAMUser/*",
    "Impact:IAMUser/*",
    "InitialAccess:IAMUser/*",
    "Execution:*",
    "LateralMovement:*",
    "AttackSequence:*",
];
/// Calls from Tor.
pub const TOR: &[&str] = &["*TorIPCaller"];
/// Calls from addresses on a list.
pub const LISTED: &[&str] = &["*MaliciousIPCaller"];
/// Calls from addresses on the operator's list.
pub const CUSTOM: &[&str] = &["*MaliciousIPCaller.Custom"];
/// Calls from a distribution for penetration tests.
pub const KALI: &[&str] = &["*/KaliLinux"];
/// As [`KALI`].
pub const PARROT: &[&str] = &["*/ParrotLinux"];
/// As [`KALI`].
pub const PENTOO: &[&str] = &["*/PentooLinux"];
/// The account's root.
pub const ROOT: &[&str] =
    &["Policy:IAMUser/RootCredentialUsage", "Policy:IAMUser/ShortTermRootCredentialUsage"];
/// Signing in to the console from elsewhere.
pub const CONSOLE: &[&str] =
    &["UnauthorizedAccess:IAMUser/ConsoleLogin*", "InitialAccess:IAMUser/*", "AttackSequence:*"];
/// Logging stopped.
pub const TRAIL: &[&str] = &["Stealth:IAMUser/CloudTrailLoggingDisabled", "DefenseEvasion:IAMUser/*"];
/// The password policy made weaker.
pub const PASSWORDS: &[&str] = &["Stealth:IAMUser/PasswordPolicyChange"];
/// A bucket's log switched off.
pub const BUCKET_LOG: &[&str] = &["Stealth:S3/ServerAccessLoggingDisabled"];
/// Bedrock's log switched off.
pub const BEDROCK: &[&str] = &["DefenseEvasion:IAMUser/BedrockLoggingDisabled"];
/// The account's block of public access switched off.
pub const ACCOUNT_BLOCK: &[&str] = &["Policy:S3/AccountBlockPublicAccessDisabled"];
/// A bucket's block of public access switched off.
pub const BUCKET_BLOCK: &[&str] = &["Policy:S3/BucketBlockPublicAccessDisabled"];
/// A bucket opened to anyone.
pub const BUCKET_PUBLIC: &[&str] =
    &["Policy:S3/BucketAnonymousAccessGranted", "Policy:S3/BucketPublicAccessGranted"];
