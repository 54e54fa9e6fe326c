//! Clients of databases.

use bastide_finding::{
    Action, Database, Detection, Evidence, Login as Attempt, LoginAttempts, Reason, Resource, find,
};
use bastide_logs::login::Login;

use super::{Caller, remote, threats};
use crate::detector::Context;

pub(super) fn see(login: &Login<'_>, cx: Context<'_>, out: &mut Vec<Detection>) {
    let Some(address) = login.source else { return };
    let Some(hit) = cx.intel.address(address) else { return };
    let mut told = "";
    for caller in Caller::of(&hit) {
        // RDS has no type for lists of the operator's own.
        let suffix = if caller == Caller::Tor { "TorIPCaller" } else { "MaliciousIPCaller" };
        if std::mem::replace(&mut told, suffix) == suffix {
            continue;
        }
        // Who names no user has only looked whether there is a database.
        let name = match (login.user.is_empty(), login.success) {
            (true, _) => format!("Discovery:RDS/{suffix}"),
            (false, true) => format!("CredentialAccess:RDS/{suffix}.SuccessfulLogin"),
            (false, false) => format!("CredentialAccess:RDS/{suffix}.FailedLogin"),
        };
        let Some(kind) = find(&name) else { continue };
        let attempts = LoginAttempts {
            user: login.user.to_string(),
            application: login.application.to_string(),
            failed: u64::from(!login.success),
            successful: u64::from(login.success),
        };
        let action = Action::Login(Attempt { remote: remote(address, cx), attempts: vec![attempts] });
        let key = format!("{}/{}/{address}", login.instance, login.user);
        let place = (&*login.account, &*login.region);
        let mut found = Detection::new(kind, place, key, login.time, database(login), action);
        found.threats = threats(&hit);
        for one in hit.matches() {
            let observed = format!("{address} on `{}` ({})", one.list, one.category.as_str());
            found.reasons.push(Reason {
                measure: "client on a list".into(),
                observed,
                expected: "on none".into(),
            });
        }
        let what = if login.success { "login" } else { "refused login" };
        let id = format!("{} {} {address}:{}", login.instance, login.user, login.source_port);
        found.evidence.push(Evidence { id, time: login.time, what: what.to_owned() });
        out.push(found);
    }
}

fn database(login: &Login<'_>) -> Resource {
    Resource::Database(Box::new(Database {
        instance: login.instance.to_string(),
        engine: login.engine.to_string(),
        user: login.user.to_string(),
        database: login.database.to_string(),
        application: login.application.to_string(),
        method: login.method.to_string(),
        tls: login.tls,
    }))
}
