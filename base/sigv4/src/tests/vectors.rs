//! Requests signed by botocore 1.44 (the `url` and `headers` it made), and the examples that AWS publishes.
//! The credentials are the dummies of AWS's documentation.

use crate::{Body, Expected, Payload, SignedBody, Via, presented, verify};

use super::common::{self, AKID, SECRET, at, key, parts};

type Headers = &'static [(&'static str, &'static str)];

struct Vector {
    name: &'static str,
    service: &'static str,
    region: &'static str,
    method: &'static str,
    url: &'static str,
    headers: Headers,
    body: &'static str,
}

const BOTOCORE: &[Vector] = &[
    Vector {
        name: "get_vanilla",
        service: "service",
        region: "us-east-1",
        method: "GET",
        url: "https://example.amazonaws.com/",
        headers: &[
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=5fa00fa31553b73ebf1942676e86291e8372ff2a2260956d9b8aae1d763fbf31",
            ),
            ("host", "example.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
        ],
        body: "",
    },
    Vector {
        name: "get_vanilla_query_order",
        service: "service",
        region: "us-east-1",
        method: "GET",
        url: "https://example.amazonaws.com/?Param2=value2&Param1=value1&Param1=value0",
        headers: &[
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=b54c315622c89a0cb5ebfd58de43e852f7a996f371c85b2cf101d993cc1a119f",
            ),
            ("host", "example.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
        ],
        body: "",
    },
    Vector {
        name: "get_unreserved",
        service: "service",
        region: "us-east-1",
        method: "GET",
        url: "https://example.amazonaws.com/-._~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz",
        headers: &[
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=07ef7494c76fa4850883e2b006601f940f8a34d404d0cfa977f52a65bbf5f24f",
            ),
            ("host", "example.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
        ],
        body: "",
    },
    Vector {
        name: "get_space_twice_encoded",
        service: "service",
        region: "us-east-1",
        method: "GET",
        url: "https://example.amazonaws.com/documents%20and%20settings/%E1%88%B4",
        headers: &[
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=1ffb1e4165776f07c1e510c51db6e843435ddf3a08e3b29c494904c04153fa2c",
            ),
            ("host", "example.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
        ],
        body: "",
    },
    Vector {
        name: "get_dot_segments",
        service: "service",
        region: "us-east-1",
        method: "GET",
        url: "https://example.amazonaws.com/a/./b/../c//d/",
        headers: &[
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;x-amz-date, Signature=07fc47830311f547240f25f97c1565bd7a705059e39e5d0c3e0c5287c2c4bcfc",
            ),
            ("host", "example.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
        ],
        body: "",
    },
    Vector {
        name: "header_folding",
        service: "service",
        region: "us-east-1",
        method: "GET",
        url: "https://example.amazonaws.com/",
        headers: &[
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, SignedHeaders=host;my-header1;my-header2;x-amz-date, Signature=51e627a1ff87ea51972b25f41fe944b80f28c67d0992c19410f1bf259eed36cf",
            ),
            ("host", "example.amazonaws.com"),
            ("my-header1", "  a   b   c  "),
            ("my-header2", "\"a   b\""),
            ("x-amz-date", "20150830T123600Z"),
        ],
        body: "",
    },
    Vector {
        name: "post_kms",
        service: "kms",
        region: "eu-central-1",
        method: "POST",
        url: "https://kms.eu-central-1.amazonaws.com/",
        headers: &[
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu-central-1/kms/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-target, Signature=b6f5d91cc60b087f5bce6ea4379ea07a0fbae7e7ae5b668613173909825872aa",
            ),
            ("content-type", "application/x-amz-json-1.1"),
            ("host", "kms.eu-central-1.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
            ("x-amz-target", "TrentService.ListKeys"),
        ],
        body: "{\"Limit\":10}",
    },
    Vector {
        name: "post_sts_token",
        service: "sts",
        region: "us-east-1",
        method: "POST",
        url: "https://sts.amazonaws.com/",
        headers: &[
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/sts/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-security-token, Signature=41aa4eba3ccf23d8d160c20676878d1446ce1b12e01e3e095eb2a39332b51659",
            ),
            ("content-type", "application/x-www-form-urlencoded; charset=utf-8"),
            ("host", "sts.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
            ("x-amz-security-token", "AQoDYXdzEPT//////////wEXAMPLE/token+=="),
        ],
        body: "Action=GetCallerIdentity&Version=2011-06-15",
    },
    Vector {
        name: "get_lambda_arn_path",
        service: "lambda",
        region: "us-west-2",
        method: "GET",
        url: "https://lambda.us-west-2.amazonaws.com/2015-03-31/functions/arn%3Aaws%3Alambda%3Aus-west-2%3A111122223333%3Afunction%3Af?Qualifier=%24LATEST",
        headers: &[
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-west-2/lambda/aws4_request, SignedHeaders=host;x-amz-date, Signature=a9f3e1d7a472a6bf8d82b81948966cffc0a8ff7a5aacde3ba3c25f3bb6162fc3",
            ),
            ("host", "lambda.us-west-2.amazonaws.com"),
            ("x-amz-date", "20150830T123600Z"),
        ],
        body: "",
    },
    Vector {
        name: "s3_put",
        service: "s3",
        region: "us-east-1",
        method: "PUT",
        url: "https://examplebucket.s3.amazonaws.com/test%24file.text",
        headers: &[
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/s3/aws4_request, SignedHeaders=content-type;host;x-amz-content-sha256;x-amz-date, Signature=9c494405e521a757b77e8a97c7d2f5a993da5b50ed5adef964abbde01974334e",
            ),
            ("content-type", "text/plain"),
            ("host", "examplebucket.s3.amazonaws.com"),
            ("x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"),
            ("x-amz-date", "20150830T123600Z"),
        ],
        body: "Welcome to Amazon S3.",
    },
    Vector {
        name: "s3_get_dots_and_slashes",
        service: "s3",
        region: "us-east-1",
        method: "GET",
        url: "https://examplebucket.s3.amazonaws.com/a//b/./../%E1%88%B4%20x?prefix=a%2Fb&list-type=2&delimiter",
        headers: &[
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date, Signature=4d16c8985d68b86c94fb69e5898c531404aa469626707701d4f8c3fe3b02305f",
            ),
            ("host", "examplebucket.s3.amazonaws.com"),
            ("x-amz-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("x-amz-date", "20150830T123600Z"),
        ],
        body: "",
    },
    Vector {
        name: "s3_token",
        service: "s3",
        region: "eu-west-1",
        method: "DELETE",
        url: "https://b.s3.eu-west-1.amazonaws.com/k",
        headers: &[
            (
                "authorization",
                "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/eu-west-1/s3/aws4_request, SignedHeaders=host;x-amz-content-sha256;x-amz-date;x-amz-security-token, Signature=2dd155c71598743173b48fba1e6bd62ff908cac8ee9d205c824f218e0fc38ec3",
            ),
            ("host", "b.s3.eu-west-1.amazonaws.com"),
            ("x-amz-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
            ("x-amz-date", "20150830T123600Z"),
            ("x-amz-security-token", "TOKEN/+="),
        ],
        body: "",
    },
    Vector {
        name: "s3_presigned",
        service: "s3",
        region: "us-east-1",
        method: "GET",
        url: "https://examplebucket.s3.amazonaws.com/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=22f95d09b0190803168fd8aa457df8a63da2968679a9db522dc3ede3c488fc6f",
        headers: &[("host", "examplebucket.s3.amazonaws.com")],
        body: "",
    },
    Vector {
        name: "s3_presigned_token_and_query",
        service: "s3",
        region: "us-east-1",
        method: "GET",
        url: "https://examplebucket.s3.amazonaws.com/a%20b?response-content-type=text%2Fplain&versionId=x&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=3600&X-Amz-SignedHeaders=host&X-Amz-Security-Token=TOKEN%2F%2B%3D&X-Amz-Signature=d866698b533addd1c2f31f2e9b08967239d8d31c24b0c9e6d5f645794d135882",
        headers: &[("host", "examplebucket.s3.amazonaws.com")],
        body: "",
    },
    Vector {
        name: "sts_presigned",
        service: "sts",
        region: "us-east-1",
        method: "GET",
        url: "https://sts.us-east-1.amazonaws.com/?Action=GetCallerIdentity&Version=2011-06-15&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIDEXAMPLE%2F20150830%2Fus-east-1%2Fsts%2Faws4_request&X-Amz-Date=20150830T123600Z&X-Amz-Expires=60&X-Amz-SignedHeaders=host%3Bx-k8s-aws-id&X-Amz-Signature=393dffdcf851beeb373f04f933b26ffa1d480490f11385a3dbd509617bb7cb79",
        headers: &[("host", "sts.us-east-1.amazonaws.com"), ("x-k8s-aws-id", "my-cluster")],
        body: "",
    },
];

#[test]
fn botocores_signatures_are_accepted() {
    let now = at("20150830T123600Z");
    for vector in BOTOCORE {
        let parts = parts(vector.method, vector.url, vector.headers);
        let claim = presented(&parts).unwrap().unwrap();
        assert_eq!(claim.access_key_id, AKID, "{}", vector.name);
        assert_eq!(claim.time, now, "{}", vector.name);
        let expected =
            Expected { service: Some(vector.service), region: Some(vector.region), ..Expected::default() };
        let body = Body::Whole(vector.body.as_bytes());
        assert_eq!(verify(&parts, &claim, &key(&claim), body, now, &expected), Ok(()), "{}", vector.name);
    }
}

#[test]
fn we_sign_as_botocore_does() {
    let now = at("20150830T123600Z");
    for vector in BOTOCORE {
        let theirs = parts(vector.method, vector.url, vector.headers);
        let claim = presented(&theirs).unwrap().unwrap();
        let signer = crate::Signer {
            session_token: claim.session_token.as_deref(),
            ..common::signer(vector.service, vector.region)
        };
        let body = SignedBody::Whole(vector.body.as_bytes());
        if claim.via == Via::Header {
            let mut ours = theirs.clone();
            for name in ["authorization", "x-amz-date", "x-amz-content-sha256", "x-amz-security-token"] {
                ours.headers.remove(name);
            }
            signer.sign(&mut ours, body, now).unwrap();
            assert_eq!(ours.headers, theirs.headers, "{}", vector.name);
        } else {
            let bare = vector.url.split(['?', '&']).filter(|part| !part.starts_with("X-Amz-"));
            let bare: Vec<&str> = bare.collect();
            let url = match bare.as_slice() {
                [path] => (*path).to_owned(),
                [path, query @ ..] => format!("{path}?{}", query.join("&")),
                [] => String::new(),
            };
            let mut ours = parts(vector.method, &url, vector.headers);
            signer.presign(&mut ours, body, claim.expires, now).unwrap();
            assert_eq!(ours.uri, theirs.uri, "{}", vector.name);
        }
    }
}

const UNSIGNED_BODY: &[u8] =
    b"a\r\nhello worl\r\na\r\nd, in chun\r\n2\r\nks\r\n0\r\nx-amz-checksum-crc32:OqyZkw==\r\n\r\n";
const UNSIGNED_TRAILER: Headers = &[
    ("host", "examplebucket.s3.amazonaws.com"),
    ("content-encoding", "aws-chunked"),
    ("transfer-encoding", "chunked"),
    ("x-amz-trailer", "x-amz-checksum-crc32"),
    ("x-amz-decoded-content-length", "22"),
    ("x-amz-sdk-checksum-algorithm", "CRC32"),
    ("x-amz-date", "20150830T123600Z"),
    ("x-amz-content-sha256", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"),
    (
        "authorization",
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/s3/aws4_request, SignedHeaders=content-encoding;host;x-amz-content-sha256;x-amz-date;x-amz-decoded-content-length;x-amz-sdk-checksum-algorithm;x-amz-trailer, Signature=3c7757e6a8b53153fbe36417cafb63f2e5a7e6faff8715ed38c2bf24260534bc",
    ),
];

/// botocore's upload with a checksum in the trailer.
#[test]
fn botocores_unsigned_trailer_is_accepted() {
    let parts = parts("PUT", "https://examplebucket.s3.amazonaws.com/k", UNSIGNED_TRAILER);
    let claim = presented(&parts).unwrap().unwrap();
    assert_eq!(claim.payload, Payload::StreamingUnsignedTrailer);
    let now = at("20150830T123600Z");
    assert_eq!(verify(&parts, &claim, &key(&claim), Body::Deferred, now, &Expected::default()), Ok(()));
    let (data, trailers) = super::chunks::decode(&parts, UNSIGNED_BODY, 7).unwrap();
    assert_eq!(data, b"hello world, in chunks");
    assert_eq!(trailers, [("x-amz-checksum-crc32".to_owned(), "OqyZkw==".to_owned())]);
}

/// Amazon S3 API Reference, "Signature Calculations for the Authorization Header", its examples, and
/// "Authenticating Requests: Using Query Parameters".
#[test]
fn the_s3_references_examples() {
    const HOST: (&str, &str) = ("host", "examplebucket.s3.amazonaws.com");
    const EMPTY: (&str, &str) =
        ("x-amz-content-sha256", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
    const DATE: (&str, &str) = ("x-amz-date", "20130524T000000Z");
    let base = "https://examplebucket.s3.amazonaws.com";
    let now = at("20130524T000000Z");
    let put: Headers = &[
        HOST,
        DATE,
        ("date", "Fri, 24 May 2013 00:00:00 GMT"),
        ("x-amz-storage-class", "REDUCED_REDUNDANCY"),
        ("x-amz-content-sha256", "44ce7dd67c959e0d3524ffac1771dfbba87d2b6b4b4e99e42034a8b803f8b072"),
    ];
    let cases: [(&str, &str, Headers, &str, &str); 4] = [
        (
            "GET",
            "/test.txt",
            &[HOST, ("range", "bytes=0-9"), EMPTY, DATE],
            "host;range;x-amz-content-sha256;x-amz-date",
            "f0e8bdb87c964420e857bd35b5d6ed310bd44f0170aba48dd91039c6036bdb41",
        ),
        (
            "PUT",
            "/test$file.text",
            put,
            "date;host;x-amz-content-sha256;x-amz-date;x-amz-storage-class",
            "98ad721746da40c64f1a55b78f14c238d841ea1380cd77a1b5971af0ece108bd",
        ),
        (
            "GET",
            "/?lifecycle",
            &[HOST, EMPTY, DATE],
            "host;x-amz-content-sha256;x-amz-date",
            "fea454ca298b7da1c68078a5d1bdbfbbe0d65c699e0f91ac7a200a0136783543",
        ),
        (
            "GET",
            "/?max-keys=2&prefix=J",
            &[HOST, EMPTY, DATE],
            "host;x-amz-content-sha256;x-amz-date",
            "34b48302e7b5fa45bde8084f4b7868a86f0a534bc59db6670ed5711ef69dc6f7",
        ),
    ];
    for (method, path, headers, names, signature) in cases {
        let mut parts = parts(method, &format!("{base}{path}"), headers);
        let value = format!(
            "AWS4-HMAC-SHA256 Credential=AKIAIOSFODNN7EXAMPLE/20130524/us-east-1/s3/aws4_request,SignedHeaders={names},Signature={signature}"
        );
        parts.headers.insert("authorization", value.parse().unwrap());
        let claim = presented(&parts).unwrap().unwrap();
        let key = crate::SigningKey::derive(common::DOC_SECRET, &claim.scope);
        assert_eq!(verify(&parts, &claim, &key, Body::Deferred, now, &Expected::default()), Ok(()), "{path}");
    }
    let url = format!(
        "{base}/test.txt?X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=AKIAIOSFODNN7EXAMPLE%2F20130524%2Fus-east-1%2Fs3%2Faws4_request&X-Amz-Date=20130524T000000Z&X-Amz-Expires=86400&X-Amz-SignedHeaders=host&X-Amz-Signature=aeeed9bbccd4d02ee5c0109b86d86835f995330da4c265957d157751f604d404"
    );
    let parts = parts("GET", &url, &[HOST]);
    let claim = presented(&parts).unwrap().unwrap();
    let key = crate::SigningKey::derive(common::DOC_SECRET, &claim.scope);
    assert_eq!(verify(&parts, &claim, &key, Body::Whole(b""), now, &Expected::default()), Ok(()));
}

#[test]
fn the_secret_does_not_show() {
    let signer = common::signer("kms", "us-east-1");
    assert!(!format!("{signer:?}").contains(SECRET));
}
