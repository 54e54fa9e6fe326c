//! How credentials come to be, and the events of that.

use crate::company::event::{Call, From, Identity, Session, iso};
use crate::company::{Company, Day, MANAGEMENT};
use crate::random::Random;

/// The name of the role that a permission set is in an account.
#[must_use]
pub fn sso_role(account: &str, set: &str) -> String {
    format!("AWSReservedSSO_{set}_{}", Random::new(5).fork(account).fork(set).hex(16))
}

/// A person's session of a permission set, with the events of getting it.
pub fn sign_in(
    company: &Company,
    day: &mut Day<'_>,
    at: i64,
    (user, set, account): (&str, &str, &str),
    (ip, agent): (&str, &str),
    console: bool,
    random: &mut Random,
) -> Identity {
    let role = sso_role(account, set);
    let key = random.id("ASIA", 16);
    let session = Session { role: &role, name: user, since: at, ..Session::default() };
    let mut who = Identity::role(account, &key, session);
    who.console = console;
    let portal = From::new(directory_user(company, user), ip, agent);
    let portal_call = |name: &str| Call {
        kind: "AwsServiceEvent",
        request: "null".into(),
        ..Call::new("sso", name, "eu-west-1").in_account(&company.accounts[MANAGEMENT])
    };
    if random.chance(0.4) {
        day.add(at - 9000, &portal, &portal_call("Authenticate"), random);
        day.add(at - 6000, &portal, &portal_call("ListApplications"), random);
    }
    if console {
        day.add(at - 3000, &portal, &portal_call("Federate"), random);
        let login = Call {
            kind: "AwsConsoleSignIn",
            response: r#"{"ConsoleLogin":"Success"}"#.into(),
            additional: r#"{"MobileVersion":"No","MFAUsed":"No"}"#.into(),
            ..Call::new("signin", "ConsoleLogin", "us-east-1")
        };
        let from = From::new(who.clone(), ip, agent);
        day.add(at, &from, &login, random);
    }
    let saml = Identity::federated("SAMLUser", &format!("{}=", random.hex(20)), user);
    let from = From::new(saml, ip, "aws-internal/3 aws-sdk-java/1.12.750");
    let assume = assume_role(account, &role, user, &key, at, random);
    let assume = Call { name: "AssumeRoleWithSAML".into(), ..assume };
    day.add(at - 1000, &from, &assume, random);
    who
}

/// The person in the identity centre.
fn directory_user(company: &Company, user: &str) -> Identity {
    let mut who = Identity::federated("IdentityCenterUser", "d-9367051234", user);
    who.account = company.accounts[MANAGEMENT].clone();
    who
}

/// `AssumeRole` in `account`, as it is written there.
#[must_use]
pub fn assume_role(account: &str, role: &str, name: &str, key: &str, at: i64, random: &mut Random) -> Call {
    let id = super::event::id_of("AROA", &format!("{account}/{role}"));
    let request = format!(
        r#"{{"roleArn":"arn:aws:iam::{account}:role/{role}","roleSessionName":"{name}","durationSeconds":3600}}"#
    );
    let response = format!(
        r#"{{"credentials":{{"accessKeyId":"{key}","sessionToken":"{}","expiration":"{}"}},"assumedRoleUser":{{"assumedRoleId":"{id}:{name}","arn":"arn:aws:sts::{account}:assumed-role/{role}/{name}"}}}}"#,
        random.letters("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", 64),
        iso(at + 3_600_000)
    );
    let resources = format!(
        r#"[{{"accountId":"{account}","type":"AWS::IAM::Role","ARN":"arn:aws:iam::{account}:role/{role}"}}]"#
    );
    let call = Call::new("sts", "AssumeRole", "eu-west-1").in_account(account);
    Call { resources, ..call.with(request).gives(response) }
}

/// A role's session that a service asks for, with the event of that.
pub fn for_service(
    day: &mut Day<'_>,
    at: i64,
    service: &str,
    account: &str,
    session: Session<'_>,
    random: &mut Random,
) -> Identity {
    let key = random.id("ASIA", 16);
    let call = assume_role(account, session.role, session.name, &key, at, random);
    let from = From::new(Identity::service(service), service, service);
    day.add(at, &from, &call, random);
    Identity::role(account, &key, Session { since: at, ..session })
}
