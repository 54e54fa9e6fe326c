use bastide_ids::{AccountId, Arn};
use bastide_policy::Principal;

/// The names by which a caller may be the grantee of a grant, and whether it is named by its role.
pub(crate) fn names(caller: &Principal) -> impl Iterator<Item = (&str, bool)> {
    let (itself, role) = match caller {
        Principal::Root { arn, .. } | Principal::User { arn, .. } | Principal::FederatedUser { arn, .. } => {
            (Some(arn), None)
        }
        Principal::AssumedRole { role_arn, session_arn, .. } => (Some(session_arn), Some(role_arn)),
        Principal::Service { name } => (Some(name), None),
        Principal::Federated { .. } | Principal::Anonymous => (None, None),
    };
    itself.map(|name| (name.as_str(), false)).into_iter().chain(role.map(|name| (name.as_str(), true)))
}

/// Whether a text is the name of a service, such as `s3.amazonaws.com`.
pub(crate) fn is_service(name: &str) -> bool {
    let domain = name.ends_with(".amazonaws.com") || name.ends_with(".amazonaws.com.cn");
    domain && !name.contains([':', '/'])
}

/// The account of a principal that may be named in a grant; `None` when it is none of those: an account (its
/// root), a user, a role, a session of a role, or a federated user. Whether it exists is not asked.
pub(crate) fn account(arn: &str) -> Option<AccountId> {
    let arn = Arn::parse(arn).ok().filter(|arn| arn.region.is_empty())?;
    let account = AccountId::parse(arn.account).ok()?;
    let (kind, name) = arn.resource.split_once('/').unwrap_or((arn.resource, ""));
    let fits = match (arn.service, kind) {
        ("iam", "root") => name.is_empty(),
        ("iam", "user" | "role") | ("sts", "federated-user") => !name.is_empty() && !name.ends_with('/'),
        ("sts", "assumed-role") => name
            .split_once('/')
            .is_some_and(|(role, session)| !role.is_empty() && !session.is_empty() && !session.contains('/')),
        _ => false,
    };
    fits.then_some(account)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn principals_are_told_from_other_arns() {
        for arn in [
            "arn:aws:iam::111122223333:root",
            "arn:aws:iam::111122223333:user/a/b",
            "arn:aws:iam::111122223333:role/service-role/x",
            "arn:aws:sts::111122223333:assumed-role/r/s",
            "arn:aws:sts::111122223333:federated-user/f",
        ] {
            assert_eq!(
                account(arn).map(|account| account.to_string()).as_deref(),
                Some("111122223333"),
                "{arn}"
            );
        }
        for text in [
            "111122223333",
            "*",
            "arn:aws:iam::111122223333:group/g",
            "arn:aws:iam::111122223333:user/",
            "arn:aws:iam::aws:user/a",
            "arn:aws:iam:us-east-1:111122223333:user/a",
            "arn:aws:sts::111122223333:assumed-role/r",
            "arn:aws:kms:us-east-1:111122223333:key/x",
        ] {
            assert_eq!(account(text), None, "{text}");
        }
    }
}
