"""Who may not come in: every way in which a signature can be wrong, with AWS's codes, statuses and messages."""

import base64
import hashlib
import hmac
import json
import os
import re
import uuid

import pytest
from botocore.exceptions import ClientError
from signing import Request

JSON, QUERY = ("kms", "ListKeys"), ("iam", "ListUsers")
BOTH = pytest.mark.parametrize("service, operation", [JSON, QUERY], ids=["json", "query"])
CODES = {
    "mismatch": (("InvalidSignatureException", 400), ("SignatureDoesNotMatch", 403)),
    "incomplete": (("IncompleteSignatureException", 400), ("IncompleteSignature", 400)),
    "missing": (("MissingAuthenticationTokenException", 400), ("MissingAuthenticationToken", 403)),
    "unknown": (("UnrecognizedClientException", 400), ("InvalidClientTokenId", 403)),
    "expired": (("ExpiredTokenException", 400), ("ExpiredToken", 403)),
}
MISMATCH = (
    "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access "
    "Key and signing method. Consult the service documentation for details."
)
INVALID_TOKEN = "The security token included in the request is invalid."


def refused(answer, kind, service, message=None):
    """Holds an answer against AWS's code and status for this kind of refusal; `message` is a pattern."""
    code, status = CODES[kind][service in ("iam", "sts")]
    assert (answer.status, answer.error[0]) == (status, code), answer
    if message is not None:
        assert re.fullmatch(message, answer.error[1], re.DOTALL), answer.error[1]
    assert answer.headers["x-amzn-requestid"]
    return answer


@pytest.fixture(scope="module")
def user(strict):
    """A user with all permissions and two access keys: an active one and an inactive one."""
    iam, name = strict.client("iam"), f"signer-{uuid.uuid4()}"
    iam.create_user(UserName=name)
    iam.attach_user_policy(UserName=name, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess")
    keys = [iam.create_access_key(UserName=name)["AccessKey"] for _ in range(2)]
    iam.update_access_key(UserName=name, AccessKeyId=keys[1]["AccessKeyId"], Status="Inactive")
    return [(key["AccessKeyId"], key["SecretAccessKey"]) for key in keys]


@pytest.fixture(scope="module")
def session(strict, user):
    """Temporary credentials: a triple."""
    made = strict.client("sts", credentials=user[0]).get_session_token()["Credentials"]
    return made["AccessKeyId"], made["SecretAccessKey"], made["SessionToken"]


@BOTH
def test_a_right_signature(strict, user, session, service, operation):
    assert Request(strict, service, operation).sign(user[0]).send().status == 200
    if service != "iam":  # GetSessionToken's credentials may not call IAM without a second factor
        assert Request(strict, service, operation).sign(session).send().status == 200
    assert Request(strict, "sts", "GetCallerIdentity").sign(session).send().status == 200


@BOTH
def test_no_signature(strict, service, operation):
    answer = Request(strict, service, operation).send()
    refused(answer, "missing", service, "Request is missing Authentication Token")


@BOTH
def test_a_wrong_secret(strict, user, service, operation):
    key, secret = user[0]
    wrong = secret[:-1] + ("a" if secret[-1] != "a" else "b")
    answer = Request(strict, service, operation).sign((key, wrong)).send()
    refused(answer, "mismatch", service, re.escape(MISMATCH))


@BOTH
@pytest.mark.parametrize("key", ["AKIAIOSFODNN7EXAMPLE", "ASIAIOSFODNN7EXAMPLE", "x", "000000000000", "A" * 128])
def test_an_unknown_key(strict, user, service, operation, key):
    answer = Request(strict, service, operation).sign((key, user[0][1])).send()
    refused(answer, "unknown", service, re.escape(INVALID_TOKEN))


@BOTH
def test_an_inactive_key(strict, user, service, operation):
    answer = Request(strict, service, operation).sign(user[1]).send()
    refused(answer, "unknown", service, re.escape(INVALID_TOKEN))


def test_a_key_that_is_deactivated_or_deleted_stops_at_once(strict):
    iam, name = strict.client("iam"), f"leaver-{uuid.uuid4()}"
    iam.create_user(UserName=name)
    key = iam.create_access_key(UserName=name)["AccessKey"]
    pair = (key["AccessKeyId"], key["SecretAccessKey"])

    def calls():
        return Request(strict, "sts", "GetCallerIdentity").sign(pair).send()

    assert calls().status == 200
    iam.update_access_key(UserName=name, AccessKeyId=pair[0], Status="Inactive")
    refused(calls(), "unknown", "sts")
    iam.update_access_key(UserName=name, AccessKeyId=pair[0], Status="Active")
    assert calls().status == 200
    iam.delete_access_key(UserName=name, AccessKeyId=pair[0])
    refused(calls(), "unknown", "sts")


@BOTH
def test_a_wrong_scope(strict, user, service, operation):
    def answer(**scope):
        return Request(strict, service, operation).sign(user[0], **scope).send()

    refused(answer(region="Nowhere!"), "mismatch", service,
            r"Credential should be scoped to a valid region, not 'Nowhere!'\.")
    refused(answer(date="20200101"), "mismatch", service,
            r"Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: "
            r"'20200101' != '\d{8}', from '\d{8}T\d{6}Z'\.")
    refused(answer(term="aws4_response"), "mismatch", service,
            r"Credential should be scoped with a valid terminator: 'aws4_request', not 'aws4_response'\.")
    both = answer(region="Nowhere!", date="20200101").error[1]
    assert "valid region" in both and "Date in Credential scope" in both
    # A query request names no service but in its scope: then the other service has no such operation.
    if service == "kms":
        refused(answer(scope="iam"), "mismatch", service, r"Credential should be scoped to correct service: 'kms'\.")
    else:
        assert answer(scope="sts").error[0] == answer(scope="kms").error[0] == "InvalidAction"


def test_any_region_may_be_called(strict, user):
    for region in ("eu-central-1", "ap-southeast-2", "us-gov-west-1"):
        answer = Request(strict, "kms", "ListKeys").sign(user[0], region=region).send()
        assert answer.status == 200
        assert Request(strict, "iam", "ListUsers").sign(user[0], region=region).send().status == 200


@pytest.mark.parametrize("service, operation, minutes", [("kms", "ListKeys", 5), ("iam", "ListUsers", 15)])
def test_clocks_that_differ(strict, user, service, operation, minutes):
    def answer(seconds):
        return Request(strict, service, operation).sign(user[0], shift=seconds).send()

    window = minutes * 60
    assert answer(-window + 60).status == 200
    assert answer(window - 60).status == 200
    moment = r"\d{8}T\d{6}Z"
    refused(answer(-window - 60), "mismatch", service,
            rf"Signature expired: {moment} is now earlier than {moment} \({moment} - {minutes} min\.\)")
    refused(answer(window + 60), "mismatch", service,
            rf"Signature not yet current: {moment} is still later than {moment} \({moment} \+ {minutes} min\.\)")
    refused(answer(-86400 * 400), "mismatch", service)


@BOTH
def test_what_is_changed_after_signing(strict, user, service, operation):
    def changed(change):
        request = Request(strict, service, operation)
        request.headers["x-amz-meta"] = "a"
        change(request.sign(user[0]))
        refused(request.send(), "mismatch", service, re.escape(MISMATCH))

    def header(request):
        request.headers["x-amz-meta"] = "b"

    def body(request):
        request.body = request.body.replace(b"{}", b"{ }").replace(b"Action", b"Marker=x&Action")

    def query(request):
        request.query.append(("a", "b"))

    def path(request):
        request.path = "/other"

    def method(request):
        request.method = "PUT" if service == "kms" else "GET"
        if service == "iam":
            request.query = [("Action", operation), ("Version", "2010-05-08")]

    def host(request):
        request.headers["host"] = "example.com"

    def signature(request):
        last = request.headers["authorization"][-1]
        request.headers["authorization"] = request.headers["authorization"][:-1] + ("0" if last != "0" else "1")

    def no_hex(request):
        request.headers["authorization"] = re.sub("Signature=.*", "Signature=xyz", request.headers["authorization"])

    def upper(request):
        head, signature = request.headers["authorization"].rsplit("=", 1)
        request.headers["authorization"] = f"{head}={'A' * 64}"

    for change in (header, body, query, path, method, host, signature, no_hex, upper):
        changed(change)


@BOTH
def test_headers_that_must_be_signed(strict, user, service, operation):
    request = Request(strict, service, operation)
    answer = request.sign(user[0], left_out=("host",)).send()
    refused(answer, "mismatch", service,
            r"'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization\.")
    request = Request(strict, service, operation)
    request.headers["x-amz-meta"] = "a"
    answer = request.sign(user[0], left_out=("x-amz-meta",)).send()
    refused(answer, "mismatch", service, r"'x-amz-meta' must be a 'SignedHeader' in the AWS Authorization\.")
    # A header that is signed must be there.
    request = Request(strict, service, operation)
    request.headers["x-amz-meta"] = "a"
    del request.sign(user[0]).headers["x-amz-meta"]
    refused(request.send(), "mismatch", service)


@BOTH
def test_session_tokens(strict, user, session, service, operation):
    def answer(token, credentials=session[:2]):
        return Request(strict, service, operation).sign(credentials, token=token).send()

    middle = len(session[2]) // 2
    changed = session[2][:middle] + ("A" if session[2][middle] != "A" else "B") + session[2][middle + 1:]
    for token in ("", changed, session[2][:-4], "x", "A" * 20000):
        refused(answer(token), "unknown", service, re.escape(INVALID_TOKEN))
    # Long-term keys have no token.
    refused(answer(session[2], user[0]), "unknown", service, re.escape(INVALID_TOKEN))
    # The token of another session.
    other = strict.client("sts", credentials=user[0]).get_session_token()["Credentials"]
    refused(answer(other["SessionToken"]), "unknown", service)
    # A token that nobody signed for.
    request = Request(strict, service, operation).sign(session[:2])
    request.headers["x-amz-security-token"] = session[2]
    refused(request.send(), "mismatch", service,
            r"'x-amz-security-token' must be a 'SignedHeader' in the AWS Authorization\.")
    wrong = (session[0], user[0][1], session[2])
    refused(Request(strict, service, operation).sign(wrong).send(), "mismatch", service)


def test_a_session_that_is_over(fresh):
    """Moving the clock needs dev mode, which knows sessions too; what it does not hold them to is time."""
    server = fresh("--dev", environment={
        "BASTIDE_ADMIN_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "BASTIDE_ADMIN_SECRET_ACCESS_KEY": "wJalrXUtnFEMIxK7MDENGxbPxRfiCYEXAMPLEKEY",
    })
    sts = server.client("sts", credentials=("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMIxK7MDENGxbPxRfiCYEXAMPLEKEY"))
    made = sts.get_session_token(DurationSeconds=900)["Credentials"]
    assert server.client("sts", credentials=made).get_caller_identity()["Arn"].endswith("user/admin")
    server.advance(901)
    with pytest.raises(ClientError) as caught:
        server.client("sts", credentials=made).get_caller_identity()
    error = caught.value.response
    assert error["Error"]["Code"] == "ExpiredToken" and error["ResponseMetadata"]["HTTPStatusCode"] == 403
    assert error["Error"]["Message"] == "The security token included in the request is expired"
    with pytest.raises(ClientError) as caught:
        server.client("kms", credentials=made).list_keys()
    error = caught.value.response
    assert error["Error"]["Code"] == "ExpiredTokenException"
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400


@BOTH
def test_two_mechanisms(strict, user, service, operation):
    request = Request(strict, service, operation).sign(user[0])
    request.query = [("X-Amz-Algorithm", "AWS4-HMAC-SHA256"), ("X-Amz-Signature", "0" * 64)]
    refused(request.send(), "incomplete", service)


@BOTH
@pytest.mark.parametrize("value, kind, message", [
    ("", "incomplete", None),
    ("Basic dXNlcjpwYXNz", "incomplete", "Authorization header or parameters are not formatted correctly."),
    ("Bearer abc", "incomplete", None),
    ("AWS AKID:abc", "incomplete", None),
    ("AWS4-HMAC-SHA512 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=0", "incomplete",
     "Unsupported AWS 'algorithm': 'AWS4-HMAC-SHA512'."),
    ("AWS4-HMAC-SHA256", "incomplete",
     "Authorization header requires 'Credential' parameter. Authorization header requires 'Signature' parameter. "
     "Authorization header requires 'SignedHeaders' parameter."),
    ("AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request", "incomplete",
     "Authorization header requires 'Signature' parameter. Authorization header requires 'SignedHeaders' parameter."),
    ("AWS4-HMAC-SHA256 Credential=AKID/20261121/us-east-1/aws4_request, SignedHeaders=host, Signature=0", "incomplete",
     "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, got "
     "'AKID/20261121/us-east-1/aws4_request'"),
    ("AWS4-HMAC-SHA256 nonsense", "incomplete",
     "'nonsense' not a valid key=value pair (missing equal-sign) in Authorization header"),
    ("AWS4-HMAC-SHA256 " + "Credential=" + "/" * 3000, "incomplete", None),
    ("AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request, SignedHeaders=host, Signature=0, Signature=1", "incomplete",
     None),
])
def test_authorization_headers_of_no_form(strict, service, operation, value, kind, message):
    request = Request(strict, service, operation)
    request.headers["authorization"] = value
    request.headers["x-amz-date"] = "20261121T093000Z"
    answer = refused(request.send(), kind, service)
    if message:
        assert answer.error[1].startswith(message), answer.error[1]


@BOTH
def test_dates_of_no_form(strict, user, service, operation):
    request = Request(strict, service, operation).sign(user[0])
    del request.headers["x-amz-date"]
    refused(request.send(), "incomplete", service,
            r"Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header\.")
    request.headers["x-amz-date"] = "2026-11-21T09:30:00Z"
    refused(request.send(), "incomplete", service,
            r"Date must be in ISO-8601 'basic format'\. Got '2026-11-21T09:30:00Z'.*")


def presigned(server, credentials, expires=60, shift=0, **options):
    return Request(server, "sts", "GetCallerIdentity", method="GET").sign(
        credentials, presign=expires, shift=shift, **options
    )


def test_presigned_urls(strict, user, session):
    for credentials in (user[0], session):
        answer = presigned(strict, credentials).send()
        assert answer.status == 200 and b"<GetCallerIdentityResult>" in answer.body, answer
    # What EKS and Vault do: a header of their own is signed.
    request = Request(strict, "sts", "GetCallerIdentity", method="GET")
    request.headers["x-k8s-aws-id"] = "cluster"
    request.sign(user[0], presign=60)
    assert request.send().status == 200
    request.headers["x-k8s-aws-id"] = "other"
    refused(request.send(), "mismatch", "sts", re.escape(MISMATCH))
    refused(presigned(strict, (user[0][0], "x")).send(), "mismatch", "sts", re.escape(MISMATCH))
    refused(presigned(strict, ("AKIAIOSFODNN7EXAMPLE", "x")).send(), "unknown", "sts")
    refused(presigned(strict, user[1]).send(), "unknown", "sts")
    refused(presigned(strict, user[0], 60, -120).send(), "mismatch", "sts", "Signature expired: .*")
    refused(presigned(strict, user[0], 604800, -1000).send(), "mismatch", "sts", "Signature expired: .*")
    refused(presigned(strict, user[0], 60, 3600).send(), "mismatch", "sts", "Signature not yet current: .*")
    refused(presigned(strict, user[0], region="Nowhere!").send(), "mismatch", "sts")
    refused(presigned(strict, session[:2] + ("x",)).send(), "unknown", "sts")


def test_presigned_urls_that_are_changed(strict, user):
    for name, value in [
        ("Action", "GetSessionToken"),
        ("X-Amz-Expires", "61"),
        ("X-Amz-SignedHeaders", "host;x-amz-date"),
        ("X-Amz-Signature", "0" * 64),
        ("X-Amz-Signature", "short"),
    ]:
        request = presigned(strict, user[0])
        request.query = [(key, value if key == name else old) for key, old in request.query]
        refused(request.send(), "mismatch", "sts")
    for name in ("X-Amz-Credential", "X-Amz-Date", "X-Amz-SignedHeaders", "X-Amz-Signature", "X-Amz-Algorithm"):
        request = presigned(strict, user[0])
        request.query = [(key, value) for key, value in request.query if key != name]
        answer = refused(request.send(), "incomplete", "sts")
        assert f"AWS query-string parameters must include '{name}'." in answer.error[1]
    request = presigned(strict, user[0])
    request.query.append(("X-Amz-Date", "20261121T093000Z"))
    refused(request.send(), "incomplete", "sts")
    for expires in ("-1", "x", "604801", "99999999999999999999"):
        request = presigned(strict, user[0])
        request.query = [(key, expires if key == "X-Amz-Expires" else old) for key, old in request.query]
        refused(request.send(), "incomplete", "sts")


@BOTH
@pytest.mark.parametrize("payload", ["UNSIGNED-PAYLOAD", "STREAMING-UNSIGNED-PAYLOAD-TRAILER"])
def test_bodies_that_are_not_signed(strict, user, service, operation, payload):
    """Only S3 takes them."""
    request = Request(strict, service, operation)
    request.headers["x-amz-content-sha256"] = payload
    refused(request.sign(user[0], digest=payload).send(), "mismatch", service)


@BOTH
def test_bodies_in_signed_chunks(strict, user, service, operation):
    """Only S3 takes them."""
    request = Request(strict, service, operation)
    whole, payload = request.body, "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
    request.headers |= {
        "x-amz-content-sha256": payload,
        "content-encoding": "aws-chunked",
        "x-amz-decoded-content-length": str(len(whole)),
    }
    request.sign(user[0], digest=payload)
    body, previous = b"", request.signature
    for chunk in (whole, b""):
        text = "\n".join([
            "AWS4-HMAC-SHA256-PAYLOAD", request.stamp, request.scope, previous,
            hashlib.sha256(b"").hexdigest(), hashlib.sha256(chunk).hexdigest(),
        ])
        previous = hmac.new(request.key, text.encode(), hashlib.sha256).hexdigest()
        body += f"{len(chunk):x};chunk-signature={previous}\r\n".encode() + chunk + b"\r\n"
    request.body = body
    if service == "iam":
        # A body in chunks is no form: no action is found.
        assert request.send().status in (400, 403, 404)
    else:
        refused(request.send(), "mismatch", service)


@BOTH
def test_a_wrong_hash_of_the_body(strict, user, service, operation):
    request = Request(strict, service, operation)
    request.headers["x-amz-content-sha256"] = hashlib.sha256(b"other").hexdigest()
    answer = request.sign(user[0], digest=request.headers["x-amz-content-sha256"]).send()
    refused(answer, "mismatch", service)
    request = Request(strict, service, operation)
    request.headers["x-amz-content-sha256"] = "nonsense"
    refused(request.sign(user[0]).send(), "mismatch", service)


def test_each_refusal_is_recorded(strict, user, session):
    key = user[0][0]
    asked = {
        "SignatureDoesNotMatch": Request(strict, "iam", "ListUsers").sign((key, "x")).send(),
        "InvalidClientTokenId": Request(strict, "iam", "ListUsers").sign(("AKIAIOSFODNN7EXAMPLE", "x")).send(),
        "InvalidSignatureException": Request(strict, "kms", "ListKeys").sign((key, "x")).send(),
        "UnrecognizedClientException": Request(strict, "kms", "ListKeys").sign(session[:2], token="x").send(),
        "IncompleteSignature": Request(strict, "iam", "ListUsers").sign(user[0], date="a/b").send(),
    }
    events = strict.client("cloudtrail").lookup_events(MaxResults=50)["Events"]
    records = {record["requestID"]: record for record in (json.loads(event["CloudTrailEvent"]) for event in events)}
    for code, answer in asked.items():
        record = records[answer.headers["x-amzn-requestid"]]
        assert record["errorCode"] == answer.error[0] == code
        assert record["errorMessage"] == answer.error[1]
        # Whoever it was did not show that the key is theirs.
        assert record["userIdentity"]["type"] == "Unknown"
        assert record["requestParameters"] is None and record["responseElements"] is None
    assert records[asked["SignatureDoesNotMatch"].headers["x-amzn-requestid"]]["userIdentity"]["accessKeyId"] == key


def forms(secret):
    """What a secret would look like in a file: as it is, in base64 at each offset, and in hex."""
    secret = secret.encode() if isinstance(secret, str) else secret
    shown = [secret, secret.hex().encode(), secret.hex().upper().encode()]
    for offset in range(3):
        encoded = base64.b64encode(b"\0" * offset + secret)
        # Without the ends, which depend on what stands beside.
        shown.append(encoded[4 if offset else 0: len(encoded) - len(encoded) % 4 - 4])
        shown.append(shown[-1].replace(b"+", b"-").replace(b"/", b"_"))
    return shown


def test_no_secret_is_written_anywhere(fresh):
    server = fresh(environment={"BASTIDE_LOG": "debug"})
    secrets = {"the first secret access key": server.credentials[1]}
    answers = []
    iam, kms, sts = (server.client(name) for name in ("iam", "kms", "sts"))
    iam.create_user(UserName="someone")
    iam.put_user_policy(UserName="someone", PolicyName="p", PolicyDocument=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "kms:Encrypt", "Resource": "*"}]}))
    made = iam.create_access_key(UserName="someone")["AccessKey"]
    secrets["a secret access key"] = made["SecretAccessKey"]
    secrets["a password"] = f"Passw0rd!{uuid.uuid4().hex}"
    iam.create_login_profile(UserName="someone", Password=secrets["a password"])
    device = iam.create_virtual_mfa_device(VirtualMFADeviceName="device")["VirtualMFADevice"]
    secrets["a one-time password seed"] = device["Base32StringSeed"]
    session = sts.get_session_token()["Credentials"]
    secrets["a session's secret"] = session["SecretAccessKey"]
    secrets["a session token"] = session["SessionToken"]
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    secrets["a plaintext"] = os.urandom(48)
    sealed = kms.encrypt(KeyId=key, Plaintext=secrets["a plaintext"])["CiphertextBlob"]
    assert kms.decrypt(CiphertextBlob=sealed)["Plaintext"] == secrets["a plaintext"]
    secrets["a data key"] = kms.generate_data_key(KeyId=key, NumberOfBytes=64)["Plaintext"]
    secrets["random bytes"] = kms.generate_random(NumberOfBytes=64)["Plaintext"]
    # Refusals, where it is easy to say too much.
    for request in (
        Request(server, "kms", "Encrypt", {"KeyId": key, "Plaintext": base64.b64encode(secrets["a plaintext"]).decode() + "!"}),
        Request(server, "kms", "Encrypt", {"KeyId": 5, "Plaintext": base64.b64encode(secrets["a plaintext"]).decode()}),
        Request(server, "kms", "Encrypt", {"KeyId": "", "Plaintext": base64.b64encode(secrets["a plaintext"] * 200).decode()}),
        Request(server, "kms", "Encrypt", {"KeyId": "alias/none", "Plaintext": base64.b64encode(secrets["a plaintext"]).decode()}),
        Request(server, "iam", "CreateLoginProfile", {"UserName": "no-one", "Password": secrets["a password"]}),
        Request(server, "iam", "CreateLoginProfile", {"UserName": "someone", "Password": secrets["a password"] * 9}),
        Request(server, "iam", "ChangePassword", {"OldPassword": secrets["a password"], "NewPassword": "x"}),
    ):
        answers.append(request.sign().send())
        assert answers[-1].status >= 400, answers[-1]
    request = Request(server, "kms", "ListKeys").sign((server.credentials[0], "x"))
    answers.append(request.send())
    pages = server.client("cloudtrail").get_paginator("lookup_events").paginate()
    trail = [event["CloudTrailEvent"] for page in pages for event in page["Events"]]
    assert len(trail) >= 19
    assert server.stop() == 0

    places = {
        "the log": server.errors().encode(),
        "refusals": b"\n".join(answer.body for answer in answers),
        "the trail": "\n".join(trail).encode(),
    }
    for folder, _, names in os.walk(server.data_dir):
        for name in names:
            with open(os.path.join(folder, name), "rb") as file:
                places[name] = file.read()
    assert b"DEBUG" in places["the log"] and len(places) > 5
    assert sealed[-16:] not in places["the log"]
    found = [
        f"{what} stands in {place}"
        for what, secret in secrets.items()
        for place, content in places.items()
        if any(form in content for form in forms(secret))
    ]
    assert not found, "\n".join(found)
