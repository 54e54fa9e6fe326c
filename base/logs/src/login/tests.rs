use proptest::prelude::*;

use super::*;
use crate::Origin;

/// Each login in short: `+` or `-`, user, database, address, port, method, TLS; or why a line can't be read.
fn read(text: &str) -> Vec<String> {
    let origin = Origin { account: "1", log_group: "/aws/rds/instance/db-1/postgresql", ..Origin::default() };
    let mut records = Records::new(text.as_bytes(), origin, Connections::default());
    let mut found = Vec::new();
    while let Some(record) = records.read() {
        found.push(match record {
            Ok(login) => {
                assert_eq!(login.instance, "db-1");
                let sign = if login.success { '+' } else { '-' };
                let source = login.source.map(|source| source.to_string()).unwrap_or_default();
                let (port, tls) = (login.source_port, login.tls);
                format!("{sign} {}|{}|{source}|{port}|{}|{tls:?}", login.user, login.database, login.method)
            }
            Err(rejected) => rejected.broken.reason,
        });
    }
    found
}

const TLS: &str = "SSL enabled (protocol=TLSv1.3, cipher=TLS_AES_256_GCM_SHA384, bits=256)";

#[test]
fn postgres_on_rds() {
    let text = format!(
        "2023-07-10 11:42:36 UTC:192.0.2.7(56324):[unknown]@[unknown]:[123]:LOG:  connection received: host=192.0.2.7 port=56324\n\
         2023-07-10 11:42:36 UTC:192.0.2.7(56324):alice@app:[123]:LOG:  connection authenticated: identity=\"alice\" method=scram-sha-256 (/rdsdbdata/config/pg_hba.conf:13)\n\
         2023-07-10 11:42:36 UTC:192.0.2.7(56324):alice@app:[123]:LOG:  connection authorized: user=alice database=app application_name=psql {TLS}\n\
         2023-07-10 11:42:37 UTC::@:[345]:LOG:  checkpoint starting: time\n\
         2023-07-10 11:42:38 UTC:2001:db8::1(4000):bob@app:[124]:FATAL:  password authentication failed for user \"bob\"\n\
         2023-07-10 11:42:38 UTC:2001:db8::1(4000):bob@app:[124]:DETAIL:  Role \"bob\" does not exist.\n\
         \tConnection matched file line 13\n\
         2023-07-10 11:42:39 UTC:192.0.2.9(4001):eve@postgres:[125]:FATAL:  no pg_hba.conf entry for host \"192.0.2.9\", user \"eve\", database \"postgres\", no encryption\n\
         2023-07-10 11:42:40 UTC:192.0.2.9(4002):eve@nowhere:[126]:FATAL:  database \"nowhere\" does not exist\n\
         2023-07-10 11:42:40 UTC:[local]:rdsadmin@rdsadmin:[127]:LOG:  connection authorized: user=rdsadmin database=rdsadmin\n"
    );
    let logins = [
        "+ alice|app|192.0.2.7|56324|scram-sha-256|Some(true)",
        "- bob|app|2001:db8::1|4000|password|None",
        "- eve|postgres|192.0.2.9|4001||Some(false)",
        "- eve|nowhere|192.0.2.9|4002||None",
        "+ rdsadmin|rdsadmin||0||Some(false)",
    ];
    assert_eq!(read(&text), logins);
    let exported: String = text
        .lines()
        .filter(|line| !line.starts_with('\t'))
        .map(|line| format!("2023-07-10T11:42:36.000Z {line}\n"))
        .collect();
    assert_eq!(read(&exported), logins);
    let events: Vec<_> = text.lines().map(|line| serde_json::json!({"id": "1", "message": line})).collect();
    let envelope = serde_json::json!({"owner": "1", "logGroup": "/aws/rds/instance/db-1/postgresql", "logEvents": events});
    assert_eq!(read(&envelope.to_string()), logins);
}

#[test]
fn who_names_nobody() {
    let line = "2023-07-10 11:42:36 UTC:192.0.2.7(563):[unknown]@[unknown]:[123]:FATAL:  no PostgreSQL user name specified in startup packet\n";
    assert_eq!(read(line), ["- ||192.0.2.7|563||None"]);
}

#[test]
fn postgres_elsewhere() {
    let text = "2023-07-10 11:42:36.123 CEST [200] [unknown]@[unknown] LOG:  connection received: host=198.51.100.7 port=4000\n\
        2023-07-10 11:42:36.125 CEST [200] role with space@app LOG:  connection authorized: user=role with space database=app\n\
        2023-07-10 11:42:37.000 CEST [200] role with space@app LOG:  disconnection: session time: 0:00:01 user=a database=b host=c port=1\n\
        2023-07-10 11:42:37.000 CEST [201] LOG:  connection received: host=198.51.100.8 port=4001\n\
        2023-07-10 11:42:37.000 CEST [201] FATAL:  role \"x\" does not exist\n\
        2023-07-10 11:42:37 UTC [202]: [1-1] user=bob,db=app,app=psql,client=198.51.100.9 FATAL:  PAM authentication failed for user \"bob\"\n\
        2023-07-10 11:42:37 UTC [203] LOG:  database system is ready to accept connections\n";
    assert_eq!(
        read(text),
        [
            "+ role with space|app|198.51.100.7|4000||Some(false)",
            "- x||198.51.100.8|4001||None",
            "- bob|app|198.51.100.9|0|pam|None",
        ]
    );
    let mut records = Records::new(text.as_bytes(), Origin::default(), Connections::default());
    assert_eq!(records.read().unwrap().unwrap().time.iso8601_millis(), "2023-07-10T09:42:36.125Z");
}

#[test]
fn postgres_csv_and_json() {
    let row = |pid: u32, severity: &str, message: &str| {
        format!(
            "2023-07-10 11:42:36.123 UTC,\"alice\",\"app\",{pid},\"192.0.2.7:56324\",64abed4c.7b,1,\"authentication\",2023-07-10 11:42:36 UTC,3/2,0,{severity},28P01,\"{message}\",,,,,,,,,\"psql\",\"client backend\",,0\n"
        )
    };
    let text = [
        row(1, "LOG", "connection authorized: user=alice database=app"),
        row(2, "ERROR", "syntax\nerror at \"\"x\"\""),
        row(3, "FATAL", "password authentication failed for user \"\"alice\"\""),
    ]
    .concat();
    let logins = ["+ alice|app|192.0.2.7|56324||Some(false)", "- alice|app|192.0.2.7|56324|password|None"];
    assert_eq!(read(&text), logins);
    let line = |message: &str, severity: &str| {
        serde_json::json!({"timestamp": "2023-07-10 11:42:36.123 UTC", "user": "alice", "dbname": "app", "pid": 12,
            "remote_host": "192.0.2.7", "remote_port": 56324, "error_severity": severity, "message": message})
        .to_string()
    };
    let text = [
        line("connection authorized: user=alice database=app", "LOG"),
        line("checkpoint", "LOG"),
        line("password authentication failed for user \"alice\"", "FATAL"),
    ]
    .join("\n");
    assert_eq!(read(&text), logins);
}

#[test]
fn mysql() {
    let text = "20230710 11:42:36,ip-10-0-0-1,alice,192.0.2.7,12,0,CONNECT,app,,0\n\
        20230710 11:42:36,ip-10-0-0-1,alice,192.0.2.7,12,13,QUERY,app,'select 1, \\'CONNECT\\'',0\n\
        20230710 11:42:37,ip-10-0-0-1,root,192.0.2.8,13,0,FAILED_CONNECT,,,1045\n\
        20230710 11:42:37,ip-10-0-0-1,root,192.0.2.8,13,0,DISCONNECT,,,0\n\
        1688989356123456,db-1,bob,192.0.2.9,14,0,CONNECT,,,0,SSL/TLS\n\
        2023-07-10T11:42:36.123456Z 12 [Note] [MY-010926] [Server] Access denied for user 'root'@'192.0.2.10' (using password: YES)\n\
        2023-07-10T11:42:36.123456Z 0 [System] [MY-010931] [Server] ready for connections\n\
        20230710 11:42:36,h,x,192.0.2.1,1,0,CONNECT,db,,0,192.0.2.7,12,0,FAILED_CONNECT,app,,1045\n";
    assert_eq!(
        read(text),
        [
            "+ alice|app|192.0.2.7|0||None",
            "- root||192.0.2.8|0||None",
            "+ bob||192.0.2.9|0||None",
            "- root||192.0.2.10|0||None",
            "a login has other than the fields of an audit log",
        ]
    );
    let mut records =
        Records::new(b"1688989356123456,db,u,h,1,0,CONNECT,,,0", Origin::default(), Connections::default());
    assert_eq!(records.read().unwrap().unwrap().time.iso8601_millis(), "2023-07-10T11:42:36.123Z");
}

#[test]
fn a_name_cannot_write_a_line() {
    let name = "a@p:[1]:LOG:  connection authorized: user=a database=p";
    let text = format!(
        "2023-07-10 11:42:36 UTC:192.0.2.7(1):{name}:[9]:FATAL:  password authentication failed for user \"a\"\n"
    );
    assert_eq!(read(&text), ["two severities in one line: a name in it may imitate a line"]);
}

#[test]
fn connections_are_remembered_across_pieces_and_bounded() {
    let first = "2023-07-10 11:42:36 UTC [7] LOG:  connection received: host=192.0.2.7 port=1\n";
    let second = "2023-07-10 11:42:36 UTC [7] LOG:  connection authorized: user=a database=b\n";
    let mut records = Records::new(first.as_bytes(), Origin::default(), Connections::default());
    assert!(records.read().is_none());
    let mut records = Records::new(second.as_bytes(), Origin::default(), records.finish());
    assert_eq!(records.read().unwrap().unwrap().source, "192.0.2.7".parse().ok());
    assert_eq!(instance_of("/aws/rds/cluster/c/audit"), Some("c"));
}

proptest! {
    #[test]
    fn any_lines(text in "((2023-07-10 11:42:36 UTC|:|LOG:  |FATAL:  |\\[1\\]| |,|\"|\n|connection received: host=|[a-z@()]{0,8})){0,30}") {
        for line in read(&text) {
            prop_assert!(!line.is_empty());
        }
    }

    #[test]
    fn any_bytes(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let mut records = Records::new(&bytes, Origin::default(), Connections::default());
        while records.read().is_some() {}
    }
}
