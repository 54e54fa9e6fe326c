//! Calls that attackers need, and others make too.

use bastide_logs::cloudtrail::Event;

/// The tactic that a call serves; `None` for all others, for calls that services make by themselves, and for what
/// was refused.
pub(super) fn tactic(event: &Event<'_>) -> Option<&'static str> {
    let tactic = match &*event.name {
        "CreateUser"
        | "CreateAccessKey"
        | "CreateLoginProfile"
        | "UpdateLoginProfile"
        | "CreateRole"
        | "UpdateAssumeRolePolicy"
        | "CreateTrustAnchor"
        | "CreateSAMLProvider"
        | "ImportKeyPair"
        | "GetFederationToken" => "Persistence",
        "AttachUserPolicy"
        | "AttachRolePolicy"
        | "AttachGroupPolicy"
        | "PutUserPolicy"
        | "PutRolePolicy"
        | "PutGroupPolicy"
        | "CreatePolicyVersion"
        | "SetDefaultPolicyVersion"
        | "AddUserToGroup" => "Privilege Escalation",
        "StopLogging"
        | "DeleteTrail"
        | "UpdateTrail"
        | "PutEventSelectors"
        | "DeleteFlowLogs"
        | "StopConfigurationRecorder"
        | "DeleteDetector"
        | "DeleteLogGroup"
        | "DeactivateMFADevice"
        | "PutBucketLifecycle" => "Defense Evasion",
        "GetSecretValue"
        | "BatchGetSecretValue"
        | "GetPasswordData"
        | "GetParametersByPath"
        | "GetSessionToken" => "Credential Access",
        "GetAccountAuthorizationDetails"
        | "ListUsers"
        | "ListRoles"
        | "ListBuckets"
        | "GetCallerIdentity"
        | "SimulatePrincipalPolicy"
        | "ListSecrets" => "Discovery",
        "SendCommand" | "StartSession" | "SendSSHPublicKey" | "RunInstances" => "Execution",
        "ModifySnapshotAttribute"
        | "ModifyImageAttribute"
        | "ModifyDBSnapshotAttribute"
        | "PutBucketPolicy"
        | "PutBucketReplication"
        | "StartExportTask"
        | "CreateInstanceExportTask" => "Exfiltration",
        "DeleteBucket"
        | "DeleteObjects"
        | "TerminateInstances"
        | "DeleteDBInstance"
        | "DeleteSnapshot"
        | "ScheduleKeyDeletion" => "Impact",
        _ => return None,
    };
    let called = event.error_code.is_empty() && event.identity.invoked_by.is_empty();
    (called && event.identity.kind != "AWSService").then_some(tactic)
}
