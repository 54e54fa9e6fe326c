//! The whole path over HTTP: KMS Encrypt beside a bare axum handler that reads and echoes the same body, start-up
//! time, and resident memory.

use std::error::Error;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use bastide_ids::{Clock, SystemClock};
use bastide_sigv4::{SignedBody, Signer};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

type Outcome<T> = Result<T, Box<dyn Error>>;

/// Keep-alive connections of the load.
const CONNECTIONS: usize = 32;
/// How long each side is loaded, and how often in turn.
const SPAN: Duration = Duration::from_secs(5);
const ROUNDS: usize = 3;

/// `encrypt BINARY`: requests per second and CPU per request, in turn with the yardstick.
pub(crate) fn encrypt(arguments: &[String]) -> Outcome<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let folder = tempfile::tempdir()?;
    let bastide = Server::bastide(binary(arguments), folder.path(), &[])?;
    let echo = Server::echo()?;
    let key = runtime.block_on(bastide.create_key())?;
    let body = format!(
        r#"{{"KeyId":"{key}","Plaintext":"{}","EncryptionContext":{{"tenant":"acme"}}}}"#,
        "QUJDREVGR0hJSktMTU5PUFFSU1RVVldYWVo="
    );
    let mut ratios = Vec::new();
    for round in 1..=ROUNDS {
        // A signature is good for five minutes, so each round signs anew.
        let ours = runtime.block_on(load(&bastide, bastide.signed("TrentService.Encrypt", &body)?))?;
        let theirs = runtime.block_on(load(&echo, echo.signed("TrentService.Encrypt", &body)?))?;
        say(&format!("round {round}: KMS Encrypt {ours}; axum echo {theirs}"));
        ratios.push(ours.per_second / theirs.per_second);
    }
    ratios.sort_by(f64::total_cmp);
    let median = ratios.get(ROUNDS / 2).copied().unwrap_or_default();
    say(&format!("KMS Encrypt / axum echo: {median:.2} of its requests per second (asked: 0.50)"));
    say(&format!("resident after the load: {:.1} MiB", bastide.resident()?));
    Ok(())
}

/// `start BINARY`: from the start of the process to the first answered signed request, on a data folder that
/// exists; and the resident memory of an idle server.
pub(crate) fn start(arguments: &[String]) -> Outcome<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    let folder = tempfile::tempdir()?;
    let first = Server::bastide(binary(arguments), folder.path(), &[])?;
    runtime.block_on(first.create_key())?;
    let credentials = first.credentials.clone();
    drop(first);
    let mut times = Vec::new();
    let mut resident = 0.0;
    for _ in 0..11 {
        let began = Instant::now();
        let mut server = Server::bastide(binary(arguments), folder.path(), &[])?;
        server.credentials.clone_from(&credentials);
        runtime.block_on(server.ask("TrentService.ListKeys", "{}"))?;
        times.push(began.elapsed());
        resident = server.resident()?;
    }
    let nothing = Instant::now();
    Command::new("true").status()?;
    let nothing = nothing.elapsed();
    times.sort();
    let median = times.get(times.len() / 2).copied().unwrap_or_default();
    say(&format!(
        "start to first answered signed request: {median:?}, a process that does nothing: {nothing:?} (asked: 50 ms)"
    ));
    say(&format!("resident when idle: {resident:.1} MiB (asked: 40 MiB)"));
    Ok(())
}

/// `echo`: the yardstick, a bare axum handler.
pub(crate) fn echo() -> Outcome<()> {
    let runtime = tokio::runtime::Runtime::new()?;
    runtime.block_on(async {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
        say(&format!("listening on {}", listener.local_addr()?));
        let app = axum::Router::new().route("/", axum::routing::post(|body: bytes::Bytes| async { body }));
        axum::serve(listener, app).await?;
        Ok(())
    })
}

pub(crate) fn binary(arguments: &[String]) -> &str {
    arguments.first().map_or("target/release/bastide", String::as_str)
}

pub(crate) struct Server {
    process: Child,
    pub(crate) address: String,
    /// The id and the secret of the root's access key.
    pub(crate) credentials: (String, String),
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

pub(crate) struct Figures {
    pub(crate) per_second: f64,
    /// Of the server's processor time, for a request.
    pub(crate) cpu_micros: f64,
}

impl std::fmt::Display for Figures {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{:.0} requests/s, {:.1} µs of CPU each", self.per_second, self.cpu_micros)
    }
}

impl Server {
    pub(crate) fn bastide(binary: &str, data: &Path, more: &[&str]) -> Outcome<Self> {
        let mut process = Command::new(binary)
            .args(["serve", "--listen", "127.0.0.1:0", "--data-dir"])
            .arg(data)
            .args(more)
            .env("BASTIDE_LOG", "warn")
            .stdout(Stdio::piped())
            .spawn()?;
        let output = process.stdout.take().ok_or("no output")?;
        let mut server = Self { process, address: String::new(), credentials: Default::default() };
        for line in BufReader::new(output).lines() {
            let line = line?;
            let value = |name: &str| line.strip_prefix(name).map(str::to_owned);
            if let Some(id) = value("export AWS_ACCESS_KEY_ID=") {
                server.credentials.0 = id;
            } else if let Some(secret) = value("export AWS_SECRET_ACCESS_KEY=") {
                server.credentials.1 = secret;
            } else if let Some(url) = value("export AWS_ENDPOINT_URL=http://") {
                server.address = url;
            } else if line.starts_with("aws ") {
                break;
            }
        }
        Ok(server)
    }

    fn echo() -> Outcome<Self> {
        let mut process =
            Command::new(std::env::current_exe()?).arg("echo").stdout(Stdio::piped()).spawn()?;
        let output = process.stdout.take().ok_or("no output")?;
        let mut line = String::new();
        BufReader::new(output).read_line(&mut line)?;
        let address = line.trim().rsplit(' ').next().unwrap_or_default().to_owned();
        Ok(Self { process, address, credentials: ("AKIAIOSFODNN7EXAMPLE".into(), "secret".into()) })
    }

    /// The bytes of a signed request to KMS.
    pub(crate) fn signed(&self, target: &str, body: &str) -> Outcome<Vec<u8>> {
        self.signed_by(&self.credentials, &Call::kms(target, body))
    }

    /// The bytes of a request signed with somebody's access key.
    pub(crate) fn signed_by(&self, by: &(String, String), call: &Call<'_>) -> Outcome<Vec<u8>> {
        let Call { service, path, content, target, body } = *call;
        let mut request = http::Request::post(path)
            .header("host", &self.address)
            .header("content-type", content)
            .header("content-length", body.len());
        if !target.is_empty() {
            request = request.header("x-amz-target", target);
        }
        let (mut parts, ()) = request.body(())?.into_parts();
        let (access_key_id, secret) = (by.0.as_str(), by.1.as_str());
        let signer = Signer { access_key_id, secret, session_token: None, region: "us-east-1", service };
        signer.sign(&mut parts, SignedBody::Whole(body.as_bytes()), SystemClock.now())?;
        let mut bytes = format!("POST {path} HTTP/1.1\r\n").into_bytes();
        for (name, value) in &parts.headers {
            bytes.extend_from_slice(name.as_str().as_bytes());
            bytes.extend_from_slice(b": ");
            bytes.extend_from_slice(value.as_bytes());
            bytes.extend_from_slice(b"\r\n");
        }
        bytes.extend_from_slice(b"\r\n");
        bytes.extend_from_slice(body.as_bytes());
        Ok(bytes)
    }

    async fn ask(&self, target: &str, body: &str) -> Outcome<String> {
        self.ask_as(&self.credentials, &Call::kms(target, body)).await
    }

    /// The answer to a call on a connection of its own.
    pub(crate) async fn ask_as(&self, by: &(String, String), call: &Call<'_>) -> Outcome<String> {
        let mut stream = TcpStream::connect(&self.address).await?;
        stream.write_all(&self.signed_by(by, call)?).await?;
        let mut buffer = Vec::new();
        let body = answer(&mut stream, &mut buffer).await?;
        Ok(String::from_utf8(body)?)
    }

    pub(crate) async fn create_key(&self) -> Outcome<String> {
        let answer = self.ask("TrentService.CreateKey", "{}").await?;
        let answer: serde_json::Value = serde_json::from_str(&answer)?;
        let id = answer.pointer("/KeyMetadata/KeyId").and_then(serde_json::Value::as_str);
        Ok(id.ok_or("no key was made")?.to_owned())
    }

    /// CPU time used so far, in clock ticks of 10 ms.
    fn cpu(&self) -> Outcome<f64> {
        let stat = std::fs::read_to_string(format!("/proc/{}/stat", self.process.id()))?;
        let fields = stat.rsplit(')').next().unwrap_or_default().split_whitespace();
        let ticks: f64 = fields.skip(11).take(2).filter_map(|field| field.parse::<f64>().ok()).sum();
        Ok(ticks / 100.0)
    }

    /// Resident memory in MiB.
    pub(crate) fn resident(&self) -> Outcome<f64> {
        let status = std::fs::read_to_string(format!("/proc/{}/status", self.process.id()))?;
        let line = status.lines().find(|line| line.starts_with("VmRSS:")).unwrap_or_default();
        let kib: f64 = line.split_whitespace().nth(1).unwrap_or_default().parse()?;
        Ok(kib / 1024.0)
    }
}

/// One call, as it is sent.
pub(crate) struct Call<'a> {
    pub(crate) service: &'a str,
    pub(crate) path: &'a str,
    pub(crate) content: &'a str,
    /// `X-Amz-Target`; empty where the protocol has none.
    pub(crate) target: &'a str,
    pub(crate) body: &'a str,
}

impl<'a> Call<'a> {
    pub(crate) fn kms(target: &'a str, body: &'a str) -> Self {
        Self { service: "kms", path: "/", content: "application/x-amz-json-1.1", target, body }
    }

    pub(crate) fn iam(body: &'a str) -> Self {
        let content = "application/x-www-form-urlencoded; charset=utf-8";
        Self { service: "iam", path: "/", content, target: "", body }
    }

    pub(crate) fn guardduty(path: &'a str, body: &'a str) -> Self {
        Self { service: "guardduty", path, content: "application/json", target: "", body }
    }
}

/// Loads a server with one request over and over, on keep-alive connections.
pub(crate) async fn load(server: &Server, request: Vec<u8>) -> Outcome<Figures> {
    let request: Arc<[u8]> = request.into();
    let (done, stop) = (Arc::new(AtomicU64::new(0)), Arc::new(AtomicBool::new(false)));
    let mut tasks = Vec::new();
    for _ in 0..CONNECTIONS {
        let (request, done, stop) = (Arc::clone(&request), Arc::clone(&done), Arc::clone(&stop));
        let mut stream = TcpStream::connect(&server.address).await?;
        stream.set_nodelay(true)?;
        tasks.push(tokio::spawn(async move {
            let mut buffer = Vec::new();
            while !stop.load(Ordering::Relaxed) {
                stream.write_all(&request).await.map_err(|error| error.to_string())?;
                answer(&mut stream, &mut buffer).await.map_err(|error| error.to_string())?;
                done.fetch_add(1, Ordering::Relaxed);
            }
            Ok::<(), String>(())
        }));
    }
    // What is cold at first is not what is measured.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let (cpu, count, began) = (server.cpu()?, done.load(Ordering::Relaxed), Instant::now());
    tokio::time::sleep(SPAN).await;
    let (cpu, count) = (server.cpu()? - cpu, done.load(Ordering::Relaxed) - count);
    let seconds = began.elapsed().as_secs_f64();
    stop.store(true, Ordering::Relaxed);
    for task in tasks {
        task.await??;
    }
    #[allow(clippy::cast_precision_loss, reason = "a count of requests is far below 2^52")]
    let count = count as f64;
    Ok(Figures { per_second: count / seconds, cpu_micros: cpu * 1e6 / count })
}

/// Reads one answer; an answer other than 200 is an error.
async fn answer(stream: &mut TcpStream, buffer: &mut Vec<u8>) -> Outcome<Vec<u8>> {
    buffer.clear();
    loop {
        if stream.read_buf(buffer).await? == 0 {
            return Err("the server closed the connection".into());
        }
        let Some(end) = find(buffer, b"\r\n\r\n") else { continue };
        let head = std::str::from_utf8(buffer.get(..end).unwrap_or_default())?;
        let length = head.lines().find_map(|line| {
            let (name, value) = line.split_once(':')?;
            name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse::<usize>().ok())?
        });
        let whole = end + 4 + length.unwrap_or(0);
        if buffer.len() >= whole {
            let body = buffer.get(end + 4..whole).unwrap_or_default();
            if !head.starts_with("HTTP/1.1 200") {
                return Err(format!("{head}\n{}", String::from_utf8_lossy(body)).into());
            }
            return Ok(body.to_vec());
        }
    }
}

fn find(bytes: &[u8], wanted: &[u8]) -> Option<usize> {
    bytes.windows(wanted.len()).position(|window| window == wanted)
}

#[allow(clippy::print_stdout, reason = "a benchmark reports on standard output")]
pub(crate) fn say(text: &str) {
    println!("{text}");
}
