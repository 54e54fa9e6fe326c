use std::borrow::Cow;

use bastide_ids::Timestamp;
use bastide_logs::login;
use bastide_sigma::{Record, Schema, Slot, Value};

use super::named;

/// A login to a database, as rules see it.
pub(crate) struct Login<'a>(pub(crate) &'a login::Login<'a>);

/// Names of our own: databases' logs have none.
pub(crate) struct Fields;

const NAMES: &[&[&str]] = &[
    &["user", "username", "User"],
    &["database"],
    &["application", "application_name"],
    &["src_ip", "source_ip", "client_ip"],
    &["success"],
    &["method", "auth_method"],
    &["message"],
    &["engine"],
    &["instance"],
    &["account"],
    &["region"],
    &["tls", "ssl"],
    &["timestamp"],
    &["src_port", "client_port"],
];

impl Schema for Fields {
    fn slot(&self, field: &str) -> Option<Slot> {
        named(NAMES, field)
    }

    fn indexed(&self) -> &'static [u16] {
        &[]
    }
}

impl Record for Login<'_> {
    fn member(&self, member: u16, visit: &mut dyn FnMut(Value<'_>) -> bool) -> bool {
        let login = self.0;
        let text: &str = match member {
            0 => &login.user,
            1 => &login.database,
            2 => &login.application,
            3 => return login.source.is_some_and(|address| visit(Value::Address(address))),
            4 => return visit(Value::Bool(login.success)),
            5 => &login.method,
            6 => &login.message,
            7 => &login.engine,
            8 => &login.instance,
            9 => &login.account,
            10 => &login.region,
            11 => return login.tls.is_some_and(|tls| visit(Value::Bool(tls))),
            12 => return visit(Value::Time(login.time)),
            13 => return visit(Value::Integer(login.source_port.into())),
            _ => "",
        };
        !text.is_empty() && visit(Value::Text(text))
    }

    fn json(&self, _member: u16) -> &str {
        ""
    }

    fn raw(&self) -> Cow<'_, str> {
        let login = self.0;
        format!("{} {} {} {}", login.user, login.database, login.application, login.message).into()
    }

    fn time(&self) -> Timestamp {
        self.0.time
    }
}
