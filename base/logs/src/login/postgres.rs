//! What PostgreSQL's messages say of logins. Source of their wording: PostgreSQL's `src/backend/libpq/auth.c`,
//! `utils/init/postinit.c` and `tcop/backend_startup.c`, releases 12 to 18.

use std::borrow::Cow;
use std::collections::{HashMap, VecDeque};
use std::net::IpAddr;

use bastide_ids::Timestamp;

use super::Login;
use crate::flow::address;

/// The most connections that are remembered from their first line to their login.
const MOST: usize = 65_536;

/// Connections that have been received and have not logged in yet: where a login came from stands in an earlier
/// line of the same process.
#[derive(Clone, Debug, Default)]
pub struct Connections {
    open: HashMap<u32, Connection>,
    order: VecDeque<u32>,
}

#[derive(Clone, Debug, Default)]
struct Connection {
    source: Option<IpAddr>,
    port: u16,
    method: String,
}

/// One message of the server, with what stands around it.
#[derive(Debug, Default)]
pub(super) struct Entry<'a> {
    pub time: Timestamp,
    pub pid: u32,
    pub severity: &'a str,
    pub user: Cow<'a, str>,
    pub database: Cow<'a, str>,
    pub application: Cow<'a, str>,
    pub source: Option<IpAddr>,
    pub port: u16,
    pub message: Cow<'a, str>,
}

impl Connections {
    fn of(&mut self, pid: u32) -> &mut Connection {
        if !self.open.contains_key(&pid) {
            if self.order.len() >= MOST
                && let Some(oldest) = self.order.pop_front()
            {
                self.open.remove(&oldest);
            }
            self.order.push_back(pid);
        }
        self.open.entry(pid).or_default()
    }

    fn close(&mut self, pid: u32) -> Connection {
        self.open.remove(&pid).unwrap_or_default()
    }

    /// The login that a message tells of, if it does.
    pub(super) fn judge<'a>(&mut self, entry: Entry<'a>) -> Option<Login<'a>> {
        let message = entry.message.as_ref();
        if let Some(rest) = message.strip_prefix("connection received: host=") {
            // A process may have the number of one that ended.
            self.close(entry.pid);
            let connection = self.of(entry.pid);
            let (host, port) = rest.rsplit_once(" port=").unwrap_or((rest, ""));
            connection.source = address(host.as_bytes()).or(entry.source);
            connection.port = port.parse().unwrap_or(entry.port);
            return None;
        }
        if message.starts_with("connection authenticated: ") {
            let (_, rest) = message.rsplit_once(" method=")?;
            let method = rest.split(' ').next().unwrap_or_default();
            method.clone_into(&mut self.of(entry.pid).method);
            return None;
        }
        if message.starts_with("disconnection: ") {
            self.close(entry.pid);
            return None;
        }
        let said = authorized(&entry).or_else(|| refused(&entry))?;
        Some(self.login(entry, said))
    }

    fn login<'a>(&mut self, entry: Entry<'a>, said: Said) -> Login<'a> {
        let connection = self.close(entry.pid);
        let pick = |said: String, known: Cow<'a, str>| if said.is_empty() { known } else { Cow::Owned(said) };
        Login {
            time: entry.time,
            success: said.success,
            user: pick(said.user, entry.user),
            database: pick(said.database, entry.database),
            application: pick(said.application, entry.application),
            source: said.source.or(entry.source).or(connection.source),
            source_port: if entry.port == 0 { connection.port } else { entry.port },
            method: Cow::Owned(if said.method.is_empty() { connection.method } else { said.method }),
            tls: said.tls,
            message: if said.success { Cow::Borrowed("") } else { entry.message },
            engine: Cow::Borrowed("postgres"),
            ..Login::default()
        }
    }
}

/// Whether a message tells of a login, or of a connection on the way to one.
pub(super) fn concerns_login(message: &str) -> bool {
    let entry = Entry { severity: "FATAL", message: Cow::Borrowed(message), ..Entry::default() };
    message.starts_with("connection received: ")
        || message.starts_with("connection authenticated: ")
        || authorized(&entry).is_some()
        || refused(&entry).is_some()
}

/// What a message itself says; empty where it says nothing.
#[derive(Debug, Default)]
struct Said {
    success: bool,
    user: String,
    database: String,
    application: String,
    source: Option<IpAddr>,
    method: String,
    tls: Option<bool>,
}

/// `connection authorized: user=U database=D application_name=A SSL enabled (…)`, members of which may be missing.
fn authorized(entry: &Entry<'_>) -> Option<Said> {
    let message = entry.message.strip_prefix("replication ").unwrap_or(&entry.message);
    let rest = message.strip_prefix("connection authorized: user=")?;
    let tls = rest.contains(" SSL enabled (") || rest.contains(" SSL on") || rest.contains("encrypted=yes");
    let end = [" SSL enabled (", " GSS ("].iter().filter_map(|mark| rest.find(mark)).min();
    let rest = rest.get(..end.unwrap_or(rest.len())).unwrap_or(rest);
    let (rest, application) = rest.split_once(" application_name=").unwrap_or((rest, ""));
    // A name may hold spaces; where the line's beginning has it too, that decides.
    let known = rest.strip_prefix(entry.user.as_ref()).filter(|_| !entry.user.is_empty());
    let known = known.filter(|after| after.is_empty() || after.starts_with(" database="));
    let (user, database) = match known {
        Some(after) => (entry.user.as_ref(), after.strip_prefix(" database=").unwrap_or_default()),
        None => rest.split_once(" database=").unwrap_or((rest, "")),
    };
    Some(Said {
        success: true,
        user: user.to_owned(),
        database: database.to_owned(),
        application: application.to_owned(),
        tls: Some(tls),
        ..Said::default()
    })
}

fn refused(entry: &Entry<'_>) -> Option<Said> {
    if entry.severity != "FATAL" {
        return None;
    }
    let message = entry.message.as_ref();
    if let Some((method, user)) = message.split_once("authentication failed for user \"") {
        let method = method.trim_matches([' ', '"']).to_ascii_lowercase();
        return Some(Said { user: quoted(user), method, ..Said::default() });
    }
    if message.starts_with("no pg_hba.conf entry for ") || message.starts_with("pg_hba.conf rejects ") {
        return Some(not_listed(message));
    }
    // Scanners greet a server without naming anyone.
    if message == "no PostgreSQL user name specified in startup packet" {
        return Some(Said::default());
    }
    let named = |prefix: &str| message.strip_prefix(prefix);
    if let Some(rest) = named("role \"")
        && (rest.ends_with("\" does not exist") || rest.ends_with("\" is not permitted to log in"))
    {
        return Some(Said { user: quoted(rest), ..Said::default() });
    }
    let rest = named("database \"").filter(|rest| rest.ends_with("\" does not exist"));
    let rest = rest.or_else(|| named("permission denied for database \""));
    rest.map(|rest| Said { database: quoted(rest), ..Said::default() })
}

/// `no pg_hba.conf entry for host "H", user "U", database "D", no encryption`, and the same for a rule that rejects.
fn not_listed(message: &str) -> Said {
    let after = |mark: &str| message.split_once(mark).map(|(_, rest)| rest);
    let host = after("host \"").and_then(|rest| rest.split('"').next()).unwrap_or_default();
    let user = after(", user \"").unwrap_or_default();
    let (user, database) = match user.split_once("\", database \"") {
        Some((user, database)) => (user.to_owned(), quoted(database)),
        None => (quoted(user), String::new()),
    };
    let tls = match message.rsplit(", ").next().unwrap_or_default() {
        "SSL off" | "no encryption" => Some(false),
        "SSL on" | "SSL encryption" | "GSS encryption" => Some(true),
        _ => None,
    };
    Said { user, database, source: address(host.as_bytes()), tls, ..Said::default() }
}

/// What stands before the last quote: names are not escaped.
fn quoted(text: &str) -> String {
    text.rsplit_once('"').map_or(text, |(name, _)| name).to_owned()
}
