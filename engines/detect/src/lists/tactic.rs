//! What a call is good for, as far as the types of callers on lists tell it apart. What the calls of an identity are
//! good for in an attack at large is the business of the behaviour models.

/// What is done to the data of a bucket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Object {
    /// Looking what there is.
    Discovery,
    /// Reading it.
    Read,
    /// Changing it, or who may.
    Write,
}

/// CloudTrail's data events of S3 and S3 Express.
const OBJECTS: [(Object, &[&str]); 3] = [
    (
        Object::Discovery,
        &[
            "GetObjectAcl",
            "GetObjectAttributes",
            "GetObjectLegalHold",
            "GetObjectLockConfiguration",
            "GetObjectRetention",
            "GetObjectTagging",
            "HeadBucket",
            "HeadObject",
            "ListMultipartUploads",
            "ListObjectVersions",
            "ListObjects",
            "ListObjectsV2",
            "ListParts",
        ],
    ),
    (Object::Read, &["CopyObject", "GetObject", "GetObjectTorrent", "SelectObjectContent"]),
    (
        Object::Write,
        &[
            "AbortMultipartUpload",
            "CompleteMultipartUpload",
            "CreateMultipartUpload",
            "DeleteObject",
            "DeleteObjectTagging",
            "DeleteObjects",
            "PutObject",
            "PutObjectAcl",
            "PutObjectLegalHold",
            "PutObjectRetention",
            "PutObjectTagging",
            "RenameObject",
            "RestoreObject",
            "UploadPart",
            "UploadPartCopy",
        ],
    ),
];

/// What an API of S3's data does; `None` for those of buckets and of other services.
pub(super) fn object(source: &str, name: &str) -> Option<Object> {
    if source != "s3.amazonaws.com" && source != "s3express.amazonaws.com" {
        return None;
    }
    OBJECTS.iter().find(|(_, names)| names.contains(&name)).map(|(object, _)| *object)
}

/// APIs that CloudTrail calls read-only, and that give more than a look: credentials, secrets, plaintext.
const NO_LOOKS: [&str; 15] = [
    "AssumeRole",
    "AssumeRoleWithSAML",
    "AssumeRoleWithWebIdentity",
    "AssumeRoot",
    "BatchGetSecretValue",
    "Decrypt",
    "GenerateDataKey",
    "GetAuthorizationToken",
    "GetCredentialsForIdentity",
    "GetFederationToken",
    "GetPasswordData",
    "GetSecretValue",
    "GetSessionToken",
    "GetSigninToken",
    "SwitchRole",
];

/// Verbs of APIs that only look, where the event doesn't say.
const LOOKS: [&str; 9] =
    ["BatchDescribe", "BatchGet", "Check", "Describe", "Get", "Head", "List", "Lookup", "Search"];

/// Whether an API only tells what there is.
pub(super) fn looks(name: &str, read_only: Option<bool>) -> bool {
    let read = read_only.unwrap_or_else(|| LOOKS.iter().any(|verb| name.starts_with(verb)));
    read && !NO_LOOKS.contains(&name)
}

/// The tactic of a request to a Kubernetes API server, as the types name it.
pub(super) fn kubernetes(verb: &str, resource: &str, subresource: &str) -> &'static str {
    let reads = matches!(verb, "get" | "list" | "watch" | "head");
    let removes = matches!(verb, "delete" | "deletecollection");
    match (resource, subresource) {
        ("secrets", _) if reads => "CredentialAccess",
        ("serviceaccounts", "token") | ("tokenreviews" | "certificatesigningrequests", _) => {
            "CredentialAccess"
        }
        // Running things in a pod is done to get at what the pod has.
        ("pods", "exec" | "attach" | "portforward" | "ephemeralcontainers") => "CredentialAccess",
        (resource, _) if resource.starts_with("self") && resource.ends_with("reviews") => "Discovery",
        ("subjectaccessreviews" | "localsubjectaccessreviews", _) => "Discovery",
        _ if reads => "Discovery",
        // What watches, and what tells what was done.
        (
            "events"
            | "networkpolicies"
            | "validatingwebhookconfigurations"
            | "mutatingwebhookconfigurations"
            | "podsecuritypolicies"
            | "validatingadmissionpolicies"
            | "validatingadmissionpolicybindings",
            _,
        ) => "DefenseEvasion",
        _ if removes => "Impact",
        ("nodes" | "namespaces" | "persistentvolumes" | "resourcequotas", _) => "Impact",
        _ => "Persistence",
    }
}
