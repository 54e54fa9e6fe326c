use proptest::prelude::*;

use super::*;

const EVENT: &str = r#"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"a-1","stage":"ResponseComplete","requestURI":"/api/v1/namespaces/kube-system/pods/p/exec?command=sh","verb":"create","user":{"username":"kubernetes-admin","uid":"u","groups":["system:masters","system:authenticated"],"extra":{"arn":["arn:aws:iam::111122223333:role/Ops"]}},"impersonatedUser":{"username":"system:anonymous","groups":["g"]},"sourceIPs":["192.0.2.7","10.0.0.1"],"userAgent":"kubectl/v1.27","objectRef":{"resource":"pods","namespace":"kube-system","name":"p","apiGroup":"","apiVersion":"v1","subresource":"exec"},"responseStatus":{"metadata":{},"code":101},"requestObject":{"spec":{"hostPID":true}},"requestReceivedTimestamp":"2023-07-10T11:42:36.123456Z","stageTimestamp":"2023-07-10T11:42:37.000000Z","annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":""}}"#;

#[test]
fn every_member() {
    let event = parse(EVENT).unwrap();
    assert_eq!((event.raw, &*event.id), (EVENT, "a-1"));
    assert_eq!(event.time.iso8601_millis(), "2023-07-10T11:42:36.123Z");
    assert_eq!((&*event.stage, &*event.verb), ("ResponseComplete", "create"));
    assert_eq!(event.uri, "/api/v1/namespaces/kube-system/pods/p/exec?command=sh");
    assert_eq!((&*event.user, &*event.uid), ("kubernetes-admin", "u"));
    assert_eq!(event.groups, ["system:masters", "system:authenticated"]);
    assert_eq!(
        (&*event.impersonated_user, &event.impersonated_groups[..]),
        ("system:anonymous", &["g".into()][..])
    );
    assert_eq!(event.source_ips, ["192.0.2.7", "10.0.0.1"]);
    assert_eq!(event.user_agent, "kubectl/v1.27");
    let object = &event.object;
    assert_eq!((&*object.resource, &*object.subresource, &*object.name), ("pods", "exec", "p"));
    assert_eq!((&*object.namespace, &*object.api_group), ("kube-system", ""));
    assert_eq!((event.status, event.request, event.response), (101, r#"{"spec":{"hostPID":true}}"#, ""));
    assert_eq!(event.decision, "allow");
    let arn = crate::json::member(event.raw, &["user", "extra", "arn", "0"]);
    assert_eq!(arn.as_deref(), Some("arn:aws:iam::111122223333:role/Ops"));
}

#[test]
fn lists_lines_and_subscriptions() {
    let message = serde_json::to_string(EVENT).unwrap();
    let log = "\"I0710 11:42:36.000000 1 httplog.go:132] {}\"";
    let stream = format!(
        r#"{{"owner":"111122223333","logGroup":"/aws/eks/prod/cluster","logStream":"kube-apiserver-audit-1","logEvents":[{{"id":"1","message":{message}}},{{"id":"2","message":{log}}}]}}"#
    );
    for (text, cluster) in [
        (
            format!(
                r#"{{"kind":"EventList","apiVersion":"audit.k8s.io/v1","metadata":{{}},"items":[{EVENT}]}}"#
            ),
            "",
        ),
        (format!("{EVENT}\n"), ""),
        (format!("{{\"message\":{message}}}\n"), ""),
        (stream, "prod"),
    ] {
        let mut records = Records::new(text.as_bytes());
        let event = records.read().unwrap().unwrap();
        assert_eq!((&*event.verb, &*event.cluster), ("create", cluster));
        assert!(event.account.is_empty() == cluster.is_empty());
        if let Some(rest) = records.read() {
            assert!(rest.unwrap_err().foreign);
        }
        assert!(records.read().is_none());
    }
}

#[test]
fn what_is_wrong_is_named() {
    for (text, reason) in [
        ("{}", "`verb` is missing"),
        (r#"{"verb":"get"}"#, "`requestReceivedTimestamp` is missing"),
        (r#"{"verb":"get","stageTimestamp":"x"}"#, "`stageTimestamp` is not a moment"),
        (r#"{"user":[]}"#, "`user` is not an object"),
        (r#"{"kind":"Pod"}"#, "a Kubernetes object that is no audit event, which is not read here"),
    ] {
        assert_eq!(parse(text).unwrap_err().reason, reason);
    }
}

proptest! {
    #[test]
    fn damage_is_survived(place in any::<prop::sample::Index>(), byte in 0_u8..128) {
        let mut bytes = EVENT.as_bytes().to_vec();
        let place = place.index(bytes.len());
        bytes[place] = byte;
        let mut records = Records::new(&bytes);
        let mut count = 0;
        while records.read().is_some() {
            count += 1;
        }
        prop_assert!(count >= 1);
    }
}
