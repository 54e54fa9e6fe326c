//! The credential report: who may sign in by what, and when each was last used.

use std::fmt::Write as _;
use std::time::Duration;

use bastide_api_iam::errors as iam;
use bastide_door::{Failure, Permitted};
use bastide_ids::{Place, Timestamp};
use bastide_resources::Store;
use bastide_shape::Document;

use crate::account::{self, read};
use crate::login_profiles;
use crate::lookup;
use crate::model::{AccessKey, CredentialReport, Entity, KeyStatus, LastUsed, Login, User};

/// How long a report is good for. Source: IAM User Guide, "Getting credential reports".
const GOOD_FOR: Duration = Duration::from_secs(4 * 3600);

const HEADER: &str = "user,arn,user_creation_time,password_enabled,password_last_used,password_last_changed,\
    password_next_rotation,mfa_active,access_key_1_active,access_key_1_last_rotated,access_key_1_last_used_date,\
    access_key_1_last_used_region,access_key_1_last_used_service,access_key_2_active,access_key_2_last_rotated,\
    access_key_2_last_used_date,access_key_2_last_used_region,access_key_2_last_used_service,cert_1_active,\
    cert_1_last_rotated,cert_2_active,cert_2_last_rotated";

pub(crate) async fn generate(call: &mut Permitted) -> Result<Document, Failure> {
    let (store, place, now) = (call.store().clone(), call.place().clone(), call.now());
    let last = store.find::<CredentialReport>(&place, CredentialReport::ID).await?;
    if last.is_some_and(|report| is_good(report.generated, now)) {
        return Ok(Document::new().with("State", "COMPLETE"));
    }
    let content = write(call).await?;
    let report = CredentialReport { generated: now.truncated_to_seconds(), content };
    call.changes().put(&place, CredentialReport::ID, report);
    Ok(Document::new()
        .with("State", "STARTED")
        .with("Description", "No report exists. Starting a new report generation task"))
}

pub(crate) async fn show(call: &mut Permitted) -> Result<Document, Failure> {
    let report = call.store().find::<CredentialReport>(call.place(), CredentialReport::ID).await?;
    let absent = "No report exists. You must generate a report before you can get it.";
    let report = report.ok_or_else(|| Failure::new(&iam::CredentialReportNotPresentException, absent))?;
    if !is_good(report.generated, call.now()) {
        let expired = "The most recent credential report has expired. Generate a new one.";
        return Err(Failure::new(&iam::CredentialReportExpiredException, expired));
    }
    Ok(Document::new()
        .with("Content", report.content.as_bytes())
        .with("ReportFormat", "text/csv")
        .with("GeneratedTime", report.generated))
}

fn is_good(generated: Timestamp, now: Timestamp) -> bool {
    now.since(generated) < GOOD_FOR
}

async fn write(call: &Permitted) -> Result<String, Failure> {
    let (store, place) = (call.store(), call.place());
    let account = read(call).await?.value;
    let mut report = HEADER.to_owned();
    let root = Row {
        name: "<root_account>".into(),
        arn: place.global_arn("iam", "root"),
        created: account::created(store, place, call.now()).await?,
        password: [
            "not_supported".into(),
            "no_information".into(),
            "not_supported".into(),
            "not_supported".into(),
        ],
        mfa: false,
        keys: keys(store, &account.access_keys).await?,
    };
    root.write(&mut report);
    let max_age = account.password_policy.and_then(|policy| policy.max_age);
    let mut users = lookup::all::<User>(store, place).await?;
    users.sort_by(|a, b| a.name.cmp(&b.name));
    for user in users {
        Row::of(place, &user, max_age, keys(store, &user.access_keys).await?).write(&mut report);
    }
    Ok(report)
}

/// A line of the report.
struct Row {
    name: String,
    arn: String,
    created: Timestamp,
    /// Enabled, last used, last changed, next rotation.
    password: [String; 4],
    mfa: bool,
    keys: Vec<KeyColumns>,
}

struct KeyColumns {
    active: bool,
    created: Timestamp,
    used: Option<LastUsed>,
}

impl Row {
    fn of(place: &Place, user: &User, max_age: Option<u32>, keys: Vec<KeyColumns>) -> Self {
        Self {
            name: user.name.clone(),
            arn: user.arn(place),
            created: user.created,
            password: user.login.as_ref().map_or_else(no_password, |login| password(login, max_age)),
            mfa: !user.mfa.is_empty(),
            keys,
        }
    }

    fn write(&self, report: &mut String) {
        let Self { name, arn, created, password, mfa, keys } = self;
        // Names and ARNs may have commas.
        let _ = write!(
            report,
            "\n{},{},{},{},{mfa}",
            field(name),
            field(arn),
            date(*created),
            password.join(",")
        );
        for index in 0..2 {
            match keys.get(index) {
                Some(key) => {
                    let _ = write!(report, ",{},{}", key.active, date(key.created));
                    match &key.used {
                        Some(used) => {
                            let _ = write!(report, ",{},{},{}", date(used.at), used.region, used.service);
                        }
                        None => report.push_str(",N/A,N/A,N/A"),
                    }
                }
                None => report.push_str(",false,N/A,N/A,N/A,N/A"),
            }
        }
        report.push_str(",false,N/A,false,N/A");
    }
}

async fn keys(store: &Store, ids: &[String]) -> Result<Vec<KeyColumns>, Failure> {
    let mut columns = Vec::with_capacity(ids.len());
    for id in ids {
        let global = Store::global();
        let Some(key) = store.find::<AccessKey>(&global, id).await? else { continue };
        let used = store.find::<LastUsed>(&global, id).await?.map(|used| used.value.clone());
        columns.push(KeyColumns { active: key.status == KeyStatus::Active, created: key.created, used });
    }
    Ok(columns)
}

fn password(login: &Login, max_age: Option<u32>) -> [String; 4] {
    let next = login_profiles::expiry(login, max_age).map_or_else(|| "N/A".to_owned(), date);
    ["true".into(), "no_information".into(), date(login.changed), next]
}

fn no_password() -> [String; 4] {
    ["false".into(), "N/A".into(), "N/A".into(), "N/A".into()]
}

/// `2026-11-21T09:30:00+00:00`
fn date(moment: Timestamp) -> String {
    moment.iso8601().replace('Z', "+00:00")
}

/// A field of a CSV (RFC 4180).
fn field(text: &str) -> String {
    if text.contains([',', '"']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.to_owned() }
}

#[cfg(test)]
mod tests {
    use bastide_ids::{AccountId, Region};

    use super::*;

    #[test]
    fn rows_have_awss_columns() {
        let place = Place::new(AccountId::from_number(111_122_223_333), Region::us_east_1());
        let at = Timestamp::parse_iso8601("2026-11-21T09:30:00Z").unwrap();
        let mut user = User::new("AIDAEXAMPLE".into(), "ann,e", "/", at);
        user.login = Some(Login { created: at, changed: at, reset_required: false });
        let used = LastUsed { at, service: "kms".into(), region: "eu-central-1".into() };
        let keys = vec![KeyColumns { active: true, created: at, used: Some(used) }];
        let mut text = HEADER.to_owned();
        Row::of(&place, &user, Some(10), keys).write(&mut text);
        let (header, row) = text.split_once('\n').unwrap();
        assert_eq!(header.split(',').count(), 22);
        assert_eq!(
            row,
            "\"ann,e\",\"arn:aws:iam::111122223333:user/ann,e\",2026-11-21T09:30:00+00:00,true,no_information,\
             2026-11-21T09:30:00+00:00,2026-12-01T09:30:00+00:00,false,true,2026-11-21T09:30:00+00:00,\
             2026-11-21T09:30:00+00:00,eu-central-1,kms,false,N/A,N/A,N/A,N/A,false,N/A,false,N/A"
        );
    }
}
