//! What watching costs and how soon it tells: KMS Encrypt on 32 connections to a server without a detector and to one
//! with, in turn, and meanwhile calls that make findings.

use std::collections::HashMap;
use std::error::Error;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::extract::State;
use serde_json::Value;

use crate::http::{Call, Figures, Server, binary, load, say};

type Outcome<T> = Result<T, Box<dyn Error>>;
type Keys = (String, String);

const ROUNDS: usize = 9;
/// Calls that make findings, in one round.
const CALLS: usize = 3;
const PASSWORDS: &str = "Stealth:IAMUser/PasswordPolicyChange";
/// Nothing may take longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// When the webhook was told of whom, by user name.
type Told = Arc<Mutex<HashMap<String, Instant>>>;

/// `live BINARY`: the ratio of requests per second, processor time for each, and how long findings take.
pub(crate) fn run(arguments: &[String]) -> Outcome<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let told = Told::default();
    let webhook = runtime.block_on(webhook(&told))?;
    let folder = tempfile::tempdir()?;
    let secret = folder.path().join("secret");
    std::fs::write(&secret, "a secret that the webhook shares")?;
    let secret = secret.to_string_lossy().into_owned();
    let plain = Server::bastide(binary(arguments), &folder.path().join("plain"), &[])?;
    let more = ["--webhook", &webhook, "--webhook-secret-file", &secret];
    let watched = Server::bastide(binary(arguments), &folder.path().join("watched"), &more)?;
    let (one, other) = (runtime.block_on(side(&plain))?, runtime.block_on(side(&watched))?);
    let detector = runtime.block_on(detector(&watched))?;
    let mut findings = Findings { server: &watched, detector: &detector, told: &told, number: 0 };
    // Each call of the root user makes, or adds to, a finding.
    for (who, root) in [("a user", false), ("the root user", true)] {
        runtime.block_on(compare(who, root, (&plain, &one), (&watched, &other), &mut findings))?;
    }
    say(&format!(
        "live: resident: {:.0} MiB, without a detector {:.0}",
        watched.resident()?,
        plain.resident()?
    ));
    Ok(())
}

/// What the load is made of.
struct Side {
    user: Keys,
    body: String,
}

async fn side(server: &Server) -> Outcome<Side> {
    let key = server.create_key().await?;
    let body = format!(
        r#"{{"KeyId":"{key}","Plaintext":"QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo=","EncryptionContext":{{"tenant":"acme"}}}}"#
    );
    let user = user(server, &format!("load-{}", key.get(..8).unwrap_or_default()), "kms:*").await?;
    Ok(Side { user, body })
}

async fn compare(
    who: &str,
    root: bool,
    (plain, one): (&Server, &Side),
    (watched, other): (&Server, &Side),
    findings: &mut Findings<'_>,
) -> Outcome<()> {
    let request = |server: &Server, side: &Side| {
        let by = if root { &server.credentials } else { &side.user };
        server.signed_by(by, &Call::kms("TrentService.Encrypt", &side.body))
    };
    let (mut without, mut with, mut waits) = (Vec::new(), Vec::new(), Vec::new());
    for round in 1..=ROUNDS {
        // What else the machine does comes and goes: each of the two is first by turns.
        let first = if round % 2 == 1 { Some(load(plain, request(plain, one)?).await?) } else { None };
        let (loaded, told) = tokio::join!(load(watched, request(watched, other)?), findings.probe(CALLS));
        let (loaded, told) = (loaded?, told?);
        let before = match first {
            Some(first) => first,
            None => load(plain, request(plain, one)?).await?,
        };
        say(&format!("live: {who}, round {round}: without a detector {before}; with {loaded}"));
        // It may have fallen behind: the next round is not to pay for this one.
        let behind = findings.probe(1).await?;
        let behind = behind.first().map_or(Duration::ZERO, |first| first.listed);
        say(&format!("live: {who}, round {round}: {}; after the load {behind:.1?}", spoken(&told)));
        waits.extend(told);
        without.push(before);
        with.push(loaded);
    }
    let ratio = median(with.iter().zip(&without).map(|(with, without)| with.per_second / without.per_second));
    let cost = |of: &[Figures]| median(of.iter().map(|it| it.cpu_micros));
    say(&format!(
        "live: load by {who}: with a detector {ratio:.3} of the requests per second (asked: 0.90), {:.1} µs of CPU each, without {:.1}",
        cost(&with),
        cost(&without)
    ));
    say(&format!("live: load by {who}: {} (asked: 5 s)", spoken(&waits)));
    Ok(())
}

fn spoken(waits: &[Wait]) -> String {
    let most = |of: fn(&Wait) -> Duration| waits.iter().map(of).max().unwrap_or_default();
    format!(
        "a call is in ListFindings after at most {:.2?}, at the webhook after {:.2?}",
        most(|it| it.listed),
        most(|it| it.told)
    )
}

fn median(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

/// How long a finding took.
struct Wait {
    listed: Duration,
    told: Duration,
}

/// Calls that make findings.
struct Findings<'a> {
    server: &'a Server,
    detector: &'a str,
    told: &'a Told,
    number: usize,
}

impl Findings<'_> {
    /// Users who weaken the rules for passwords, one after the other.
    async fn probe(&mut self, calls: usize) -> Outcome<Vec<Wait>> {
        let mut waits = Vec::new();
        for _ in 0..calls {
            self.number += 1;
            let name = format!("probe-{}-{}", self.number, self.detector);
            let keys = user(self.server, &name, "iam:*").await?;
            tokio::time::sleep(Duration::from_millis(500)).await;
            let call = "Action=UpdateAccountPasswordPolicy&Version=2010-05-08&MinimumPasswordLength=6";
            self.server.ask_as(&keys, &Call::iam(call)).await?;
            waits.push(self.wait(&name, Instant::now()).await?);
        }
        Ok(waits)
    }

    async fn wait(&self, name: &str, began: Instant) -> Outcome<Wait> {
        let path = format!("/detector/{}/findings", self.detector);
        let body = format!(
            r#"{{"findingCriteria":{{"criterion":{{"type":{{"eq":["{PASSWORDS}"]}},"resource.accessKeyDetails.userName":{{"eq":["{name}"]}}}}}}}}"#
        );
        let mut listed = None;
        while began.elapsed() < PATIENCE {
            if listed.is_none() {
                let root = &self.server.credentials;
                let answer = self.server.ask_as(root, &Call::guardduty(&path, &body)).await?;
                let answer: Value = serde_json::from_str(&answer)?;
                let some = answer
                    .pointer("/findingIds")
                    .and_then(Value::as_array)
                    .is_some_and(|ids| !ids.is_empty());
                listed = some.then(|| began.elapsed());
            }
            let told = self.told.lock().unwrap_or_else(PoisonError::into_inner).get(name).copied();
            if let (Some(listed), Some(told)) = (listed, told) {
                return Ok(Wait { listed, told: told.saturating_duration_since(began) });
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        Err(format!("no finding of `{name}` within {PATIENCE:?}").into())
    }
}

/// An access key of a new user who may do this.
async fn user(server: &Server, name: &str, action: &str) -> Outcome<Keys> {
    let policy = format!(
        "%7B%22Version%22%3A%222012-10-17%22%2C%22Statement%22%3A%7B%22Effect%22%3A%22Allow%22%2C%22Action%22%3A%22{action}%22%2C%22Resource%22%3A%22%2A%22%7D%7D"
    );
    let mut answer = String::new();
    for call in [
        format!("Action=CreateUser&Version=2010-05-08&UserName={name}"),
        format!(
            "Action=PutUserPolicy&Version=2010-05-08&UserName={name}&PolicyName=may&PolicyDocument={policy}"
        ),
        format!("Action=CreateAccessKey&Version=2010-05-08&UserName={name}"),
    ] {
        answer = server.ask_as(&server.credentials, &Call::iam(&call)).await?;
    }
    let member = |name: &str| {
        let (_, rest) = answer.split_once(&format!("<{name}>"))?;
        Some(rest.split_once('<')?.0.to_owned())
    };
    Ok((member("AccessKeyId").ok_or("no access key")?, member("SecretAccessKey").ok_or("no secret")?))
}

async fn detector(server: &Server) -> Outcome<String> {
    let call = Call::guardduty("/detector", r#"{"enable":true}"#);
    let answer: Value = serde_json::from_str(&server.ask_as(&server.credentials, &call).await?)?;
    let id = answer.get("detectorId").and_then(Value::as_str);
    Ok(id.ok_or("no detector was made")?.to_owned())
}

/// Hears what the webhook is told; gives its address.
async fn webhook(told: &Told) -> Outcome<String> {
    async fn hear(State(told): State<Told>, body: bytes::Bytes) {
        let now = Instant::now();
        let Ok(event) = serde_json::from_slice::<Value>(&body) else { return };
        let of = |path: &str| event.pointer(path).and_then(Value::as_str).unwrap_or_default();
        if of("/detail/type") == PASSWORDS {
            let name = of("/detail/resource/accessKeyDetails/userName").to_owned();
            told.lock().unwrap_or_else(PoisonError::into_inner).entry(name).or_insert(now);
        }
    }
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let app = axum::Router::new().route("/", axum::routing::post(hear)).with_state(Arc::clone(told));
    tokio::spawn(async move { axum::serve(listener, app).await });
    Ok(format!("http://{address}/"))
}
