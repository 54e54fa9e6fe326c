use bastide_policy::ContextMap;

use crate::support::allows;

#[test]
fn smoke() {
    let none = ContextMap::new();
    let statement =
        r#"{"Effect":"Allow","Action":"s3:Get*","Resource":"arn:aws:s3:::bucket/${aws:username}/*"}"#;
    assert!(allows(statement, "s3:getObject", "arn:aws:s3:::bucket/alice/x", &none));
    assert!(!allows(statement, "s3:getObject", "arn:aws:s3:::bucket/bob/x", &none));
    assert!(!allows(statement, "s3:PutObject", "arn:aws:s3:::bucket/alice/x", &none));
}
