"""Whatever is sent, the answer is AWS's error, never a 500 and never a panic, and the server goes on."""

import base64
import concurrent.futures
import json
import os
import re
import socket
import urllib.parse

import pytest
from signing import Request, send

LARGE = 300_000_000
JSON_HEADERS = {"content-type": "application/x-amz-json-1.1"}
KMS_KEY = {"KeyId": "1234abcd-12ab-34cd-56ef-1234567890ab"}


@pytest.fixture(scope="module")
def server(fresh_module):
    """A strict server of this module's own; at its end nothing may have gone wrong inside."""
    server = fresh_module()
    yield server
    assert Request(server, "kms", "ListKeys").sign().send().status == 200
    log = server.errors()
    assert "panicked" not in log and "ERROR" not in log, log


def signed(server, service, operation, body, **headers):
    request = Request(server, service, operation)
    request.body = body if isinstance(body, bytes) else body.encode()
    request.headers |= {name.replace("_", "-"): value for name, value in headers.items()}
    return request.sign().send()


def kms(server, body, operation="Encrypt"):
    return signed(server, "kms", operation, body)


@pytest.mark.parametrize("body", [
    "{", "}", "[", "null null", "{'KeyId': 'a'}", '{"KeyId": }', '{"KeyId" "a"}', '{"KeyId": "a",}', "nonsense", "\x00",
    '{"KeyId": "\x01"}', '{"KeyId": "\\ud800"}', '{"KeyId": "\\x"}', '{"KeyId": "a"} x', "<Encrypt/>", "KeyId=a",
    "[" * 100_000, '{"a":' * 100_000, '{"KeyId": 1e999999}', '{"KeyId": ' + "9" * 100_000 + "}", "\ufeff{}",
    '{"EncryptionContext": ' * 1000 + "1" + "}" * 1000,
], ids=lambda body: repr(body[:24]))
def test_malformed_json(server, body):
    answer = kms(server, body)
    assert (answer.status, answer.error[0]) == (400, "SerializationException"), answer
    assert answer.headers["content-type"] == "application/x-amz-json-1.1"


@pytest.mark.parametrize("body", [b'{"KeyId": "\xff"}', b"\xfe\xff\x00{", b"\xc3", b'{"\xed\xa0\x80": 1}', os.urandom(500)])
def test_bytes_that_are_no_utf8(server, body):
    answer = kms(server, body)
    assert (answer.status, answer.error[0]) == (400, "SerializationException"), answer


@pytest.mark.parametrize("body, message", [
    ('{"KeyId": 5}', "NUMBER_VALUE can not be converted to a String"),
    ('{"KeyId": true}', "TRUE_VALUE can not be converted to a String"),
    ('{"KeyId": []}', "Start of list found where not expected"),
    ('{"KeyId": {}}', "Start of structure or map found where not expected."),
    ('{"EncryptionContext": 1}', "Expected structure or map, or null"),
    ('{"EncryptionContext": []}', None),
    ('{"GrantTokens": {}}', None),
    ('{"GrantTokens": "a"}', "Expected list or null"),
    ('{"DryRun": "true"}', "STRING_VALUE can not be converted to a Boolean"),
    ('{"Plaintext": 5}', None),
    ('{"Plaintext": "***"}', None),
    ('{"Plaintext": "YQ"}', None),
    ("[]", None), ('"a"', None), ("5", None),
])
def test_wrong_types(server, body, message):
    answer = kms(server, body)
    assert (answer.status, answer.error[0]) == (400, "SerializationException"), answer
    if message:
        assert answer.error[1] == message


@pytest.mark.parametrize("number", ["1.5", "99999999999999999999", "-99999999999999999999", '"5"', "true"])
def test_numbers_that_do_not_fit(server, number):
    answer = kms(server, f'{{"Limit": {number}}}', "ListKeys")
    assert answer.status == 400 and answer.error[0] in ("SerializationException", "ValidationException"), answer


def test_what_may_be_sent_though_it_looks_odd(server):
    for body in ("", "{}", " {} ", "null", '{"Unknown": {"a": [1, 2, {"b": null}]}}', '{"Limit": null}', '{"Limit": 5, "Limit": 6}'):
        assert kms(server, body, "ListKeys").status == 200, body


def test_many_values(server):
    body = json.dumps({"KeyId": "a", "GrantTokens": ["a"] * 300_000})
    answer = kms(server, body)
    assert (answer.status, answer.error[0]) == (400, "SerializationException"), answer
    body = json.dumps({"KeyId": "a", "Unknown": [[]] * 300_000})
    assert kms(server, body).status == 400
    body = urllib.parse.urlencode([("Action", "ListUsers"), ("Version", "2010-05-08")] + [("a", "b")] * 300_000)
    answer = signed(server, "iam", "ListUsers", body)
    assert (answer.status, answer.error[0]) == (400, "MalformedInput"), answer


@pytest.mark.parametrize("target", [
    "TrentService.Nothing", "TrentService", "TrentService.", ".Encrypt", "", "Nothing.Encrypt", "TrentService.encrypt",
    "TrentService.Encrypt.Encrypt", "TrentService/Encrypt", "A" * 5000, "é", "TrentService.ListUsers",
])
def test_unknown_targets(server, target):
    request = Request(server, "kms", "ListKeys")
    request.headers["x-amz-target"] = target.encode("utf-8").decode("latin-1")
    answer = request.sign().send()
    assert (answer.status, answer.error[0]) == (400, "UnknownOperationException"), answer
    assert answer.headers["x-amzn-requestid"]


@pytest.mark.parametrize("fields, code", [
    ({"Action": "Nothing", "Version": "2010-05-08"}, "InvalidAction"),
    ({"Action": "ListUsers", "Version": "1999-01-01"}, "InvalidAction"),
    ({"Action": "listusers", "Version": "2010-05-08"}, "InvalidAction"),
    ({"Action": "", "Version": "2010-05-08"}, "MissingAction"),
    ({"Action": "<a>&", "Version": "\x01"}, "InvalidAction"),
    ({"Version": "2010-05-08"}, "MissingAction"),
    ({}, "MissingAction"),
])
def test_unknown_actions(server, fields, code):
    request = Request(server, "iam", "ListUsers")
    request.body = urllib.parse.urlencode(fields).encode()
    answer = request.sign().send()
    assert (answer.status, answer.error[0]) == (400, code), answer


@pytest.mark.parametrize("extra, code", [
    ("MaxItems=x", "MalformedInput"),
    ("MaxItems=99999999999999999999999", "MalformedInput"),
    ("MaxItems.member.1=5", "MalformedInput"),
    ("PathPrefix=%ff", "MalformedInput"),
])
def test_forms_that_do_not_fit(server, extra, code):
    answer = signed(server, "iam", "ListUsers", f"Action=ListUsers&Version=2010-05-08&{extra}")
    assert (answer.status, answer.error[0]) == (400, code), answer


@pytest.mark.parametrize("tags", [
    "Tags.member.x.Key=a", "Tags.member.0.Key", "Tags=a", "Tags.member=a", "Tags.member.1=a", "Tags.other.1.Key=a",
    "Tags." + "member.1." * 2000 + "Key=a", "Tags.member.1.Key.Key.Key=a", "Tags.member.99999999999999999999.Key=a",
    "&&&=&=a&%zz=%zz", "Tags.member.1.Key=%c3%28",
], ids=lambda text: text[:24])
def test_lists_in_forms_that_do_not_fit(server, tags):
    answer = signed(server, "iam", "TagUser", f"Action=TagUser&Version=2010-05-08&UserName=nobody&{tags}")
    assert answer.status in (400, 404) and answer.error[0] in ("MalformedInput", "ValidationError", "NoSuchEntity"), answer


@pytest.mark.parametrize("body", [b"", b"\xff", b"\xa1", b"\xbf" * 50_000, b"\x9f" * 50_000, b"\x81" * 50_000, b"\xa1\x61a\xfb",
                                  b"\xbb\xff\xff\xff\xff\xff\xff\xff\xff", b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff", b"{}", os.urandom(300)])
def test_cbor_is_refused_or_read(server, body):
    """No service that is built speaks RPC v2 CBOR yet: a path of it is nothing that is known."""
    request = Request(server, "kms", "ListKeys")
    del request.headers["x-amz-target"]
    request.path = "/service/TrentService/operation/ListKeys"
    request.headers |= {"smithy-protocol": "rpc-v2-cbor", "content-type": "application/cbor"}
    request.body = body
    answer = request.sign().send()
    assert answer.status == 404 and b"UnknownOperationException" in answer.body, answer
    assert answer.headers["content-type"] == "application/cbor"


def test_a_type_of_body_that_is_not_expected(server):
    answer = signed(server, "kms", "ListKeys", "<ListKeys/>", content_type="application/xml")
    assert (answer.status, answer.error[0]) == (400, "SerializationException"), answer
    answer = signed(server, "iam", "ListUsers", "<ListUsers/>", content_type="application/xml")
    assert answer.status == 400 and answer.error[0] == "MissingAction", answer
    answer = signed(server, "iam", "ListUsers", '{"Action": "ListUsers"}', content_type="application/x-amz-json-1.1")
    assert answer.status == 400, answer


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PUT", "DELETE", "PATCH", "TRACE", "BREW"])
@pytest.mark.parametrize("path", ["/", "/nothing/here", "/%00", "/..//../", "/?a=b&c", "/" + "a" * 5000, "*"])
def test_requests_of_no_api(server, method, path):
    answer = send(server, method, path, {"host": "localhost"})
    assert 400 <= answer.status < 500, answer
    if method != "HEAD" and answer.headers.get("x-amzn-requestid"):
        assert answer.error[0] == "UnknownOperationException", answer


def test_paths_of_the_operator(server):
    for method, path, status in [
        ("GET", "/_bastide/health", 200), ("HEAD", "/_bastide/health", 200), ("GET", "/metrics", 200),
        ("HEAD", "/metrics", 200), ("POST", "/_bastide/health", 405), ("DELETE", "/metrics", 405),
        ("GET", "/_bastide/", 404), ("GET", "/_bastide/nothing", 404), ("POST", "/_bastide/reset", 403),
        ("POST", "/_bastide/clock", 403), ("GET", "/_bastide/clock", 403), ("GET", "/_bastide", 404),
    ]:
        answer = send(server, method, path, {"host": "localhost"})
        assert answer.status == status, (method, path, answer)
        assert method != "HEAD" or answer.body == b""


def peak(server):
    """The most memory that the server has used, in bytes."""
    with open(f"/proc/{server.process.pid}/status") as status:
        return int(re.search(r"VmHWM:\s+(\d+) kB", status.read()).group(1)) * 1024


class Raw:
    """A connection on which bytes are sent as they are."""

    def __init__(self, server, timeout=60):
        self.socket = socket.create_connection(("127.0.0.1", server.port), timeout=timeout)
        self.file = self.socket.makefile("rb")

    def send(self, data):
        self.socket.sendall(data)
        return self

    def answer(self):
        """(status, headers, body); status is None when the connection ended."""
        line = self.file.readline()
        if not line:
            return None, {}, b""
        headers = {}
        while (header := self.file.readline().decode("latin-1").strip()):
            name, _, value = header.partition(":")
            headers[name.lower()] = value.strip()
        body = self.file.read(int(headers.get("content-length", 0)))
        return int(line.split()[1]), headers, body

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.file.close()
        self.socket.close()


def pour(raw, total, chunked):
    """Sends so many bytes; stops when the other side does. Gives how many were sent."""
    block = b"x" * (1 << 20)
    sent = 0
    try:
        while sent < total:
            part = block[: total - sent]
            raw.send(b"%x\r\n" % len(part) + part + b"\r\n" if chunked else part)
            sent += len(part)
        if chunked:
            raw.send(b"0\r\n\r\n")
    except (BrokenPipeError, ConnectionResetError):
        pass
    return sent


@pytest.mark.parametrize("kind", [
    "content-type: application/x-amz-json-1.1\r\nx-amz-target: TrentService.Encrypt",
    "content-type: application/x-www-form-urlencoded",
], ids=["json", "query"])
@pytest.mark.parametrize("chunked", [False, True], ids=["announced", "chunked"])
def test_bodies_that_are_too_large(server, chunked, kind):
    before = peak(server)
    length = "transfer-encoding: chunked" if chunked else f"content-length: {LARGE}"
    with Raw(server) as raw:
        raw.send(f"POST / HTTP/1.1\r\nhost: localhost\r\n{kind}\r\n{length}\r\n\r\n".encode())
        pour(raw, LARGE, chunked)
        status, headers, body = raw.answer()
    assert status == 413 and b"RequestEntityTooLarge" in body, (status, body)
    assert headers["connection"] == "close"
    assert peak(server) - before < 100_000_000


def test_a_client_that_asks_before_it_sends_too_much(server):
    with Raw(server) as raw:
        raw.send(f"POST / HTTP/1.1\r\nhost: localhost\r\nexpect: 100-continue\r\ncontent-length: {LARGE}\r\n\r\n".encode())
        assert raw.answer()[0] == 413


def test_many_large_bodies_at_once(server):
    before = peak(server)
    connections = [Raw(server) for _ in range(20)]
    for raw in connections:
        raw.send(f"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: {LARGE}\r\n\r\n".encode())
    for _ in range(5):
        for raw in connections:
            raw.send(b"x" * (1 << 20))
    for raw in connections:
        raw.socket.close()
    assert Request(server, "kms", "ListKeys").sign().send().status == 200
    assert peak(server) - before < 100_000_000


def test_a_body_of_the_largest_size(server):
    plaintext = base64.b64encode(b"x" * 4097).decode()
    body = json.dumps({"KeyId": "a", "Plaintext": plaintext}).ljust(15 << 20)
    answer = kms(server, body)
    assert (answer.status, answer.error[0]) == (400, "ValidationException"), answer


def test_headers_that_are_too_large(server):
    for headers in (
        {"x-large": "a" * 100_000},
        {f"x-{number}": "a" * 1000 for number in range(100)},
        {f"x-{number}": "a" for number in range(1000)},
    ):
        with Raw(server) as raw:
            text = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
            raw.send(f"GET /_bastide/health HTTP/1.1\r\nhost: localhost\r\n{text}\r\n".encode())
            assert raw.answer()[0] in (400, 431)
    with Raw(server) as raw:
        raw.send(b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert raw.answer()[0] in (400, 414, 431)
    # Large, but not too large.
    answer = send(server, "GET", "/_bastide/health", {"host": "localhost", "x-large": "a" * 30_000})
    assert answer.status == 200


@pytest.mark.parametrize("text", [
    b"\r\n\r\n\r\n", b"nonsense\r\n\r\n", b"GET\r\n\r\n", b"GET / HTTP/9.9\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
    b"GET / HTTP/1.1\r\nbad header\r\n\r\n", b"GET / HTTP/1.1\r\n: a\r\n\r\n", b"GET / HTTP/1.1\r\nx: \x00\r\n\r\n",
    b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: x\r\n\r\n", b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: -1\r\n\r\n",
    b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 1\r\ncontent-length: 2\r\n\r\nab",
    b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nzz\r\n",
    b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffffff\r\n",
    b"POST / HTTP/1.1\r\nhost: a\r\ntransfer-encoding: chunked\r\ncontent-length: 3\r\n\r\nabc",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\xff" * 100,
])
def test_bytes_that_are_no_http(server, text):
    with Raw(server, timeout=60) as raw:
        try:
            raw.send(text)
            raw.socket.shutdown(socket.SHUT_WR)
        except OSError:
            pass  # it was cut off already
        status, _, _ = raw.answer() if not text.startswith(b"PRI") else (None, 0, 0)
        assert status is None or 400 <= status < 500


def test_a_connection_is_used_again_after_an_error(server):
    def text(request, close=False):
        headers = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
        return f"POST / HTTP/1.1\r\n{headers}content-length: {len(request.body)}\r\n\r\n".encode() + request.body

    good = Request(server, "kms", "ListKeys").sign()
    bad = Request(server, "kms", "Encrypt")
    bad.body = b"{"
    bad.sign()
    unsigned = Request(server, "iam", "ListUsers")
    unknown = Request(server, "kms", "Nothing").sign()
    missing = Request(server, "kms", "DescribeKey", KMS_KEY).sign()
    order = [good, bad, good, unsigned, good, unknown, good, missing, good]
    expected = [200, 400, 200, 403, 200, 400, 200, 400, 200]
    with Raw(server) as raw:
        for request, status in zip(order, expected):
            assert raw.send(text(request)).answer()[0] == status
        # All at once: answers come in the order of the requests.
        raw.send(b"".join(text(request) for request in order))
        assert [raw.answer()[0] for _ in order] == expected


def test_a_client_that_goes_away(server):
    for part in (b"POST / HTTP/1.1\r\nhost:", b"POST / HTTP/1.1\r\nhost: a\r\ncontent-length: 100\r\n\r\nabc"):
        with Raw(server) as raw:
            raw.send(part)
    for _ in range(5):
        request = Request(server, "kms", "CreateKey").sign()
        headers = "".join(f"{name}: {value}\r\n" for name, value in request.headers.items())
        with Raw(server) as raw:
            raw.send(f"POST / HTTP/1.1\r\n{headers}content-length: {len(request.body)}\r\n\r\n".encode() + request.body)


def test_slow_clients_are_cut_off(fresh):
    server = fresh("--header-timeout", "1", "--body-timeout", "1", "--idle-timeout", "1")
    slow = [Raw(server, timeout=60) for _ in range(6)]
    slow[4].send(b"PRI * HTTP/2.0\r\n")
    request = b"GET /_bastide/health HTTP/1.1\r\nhost: localhost\r\n\r\n"
    assert slow[5].send(request).answer()[0] == 200 and slow[5].send(request[:20])
    slow[0].send(b"POST / HTTP/1.1\r\nhost: localhost\r\n")
    slow[1].send(b"POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 10\r\n\r\nab")
    slow[2].send(b"POST / HTTP/1.1\r\nhost: localhost\r\ntransfer-encoding: chunked\r\n\r\n5\r\nab")
    assert slow[0].answer()[0] in (None, 408)
    for raw in slow[1:3]:
        status, headers, body = raw.answer()
        assert status == 408 and b"RequestTimeout" in body and headers["connection"] == "close"
    for raw in slow:
        assert raw.answer()[0] is None
        raw.__exit__()
    assert Request(server, "kms", "ListKeys").sign().send().status == 200


def test_more_requests_than_are_taken_at_once(fresh):
    server = fresh("--max-requests", "1")
    waiting = []
    for _ in range(4):
        raw = Raw(server)
        raw.send(b"POST / HTTP/1.1\r\nhost: a\r\nx-amz-target: TrentService.Encrypt\r\ncontent-length: 10\r\n\r\nab")
        waiting.append(raw)
    # A body that is still on its way takes no place of a request.
    assert Request(server, "kms", "ListKeys").sign().send().status == 200
    for raw in waiting:
        raw.__exit__()

    def ask(_):
        return Request(server, "kms", "CreateKey").sign().send()

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, range(200)))
    busy = [answer for answer in answers if answer.status != 200]
    assert len(busy) < len(answers)
    for answer in busy:
        assert (answer.status, answer.error[0]) == (400, "ThrottlingException"), answer


def test_long_texts_are_recorded_in_part(server):
    request = Request(server, "kms", "DescribeKey", KMS_KEY)
    request.headers["user-agent"] = "agent/" + "é" * 5000
    request.headers["user-agent"] = request.headers["user-agent"].encode().decode("latin-1")
    answer = request.sign(left_out=("user-agent",)).send()
    assert answer.error[0] == "NotFoundException"
    request = Request(server, "kms", "Encrypt", {"KeyId": "a" * 3000, "Plaintext": "", "EncryptionContext": {"a": "b" * 110_000}})
    long_error = request.sign().send()
    assert long_error.error[0] == "ValidationException" and len(long_error.error[1]) > 1024
    events = server.client("cloudtrail").lookup_events(MaxResults=50)["Events"]
    records = {record["requestID"]: record for record in (json.loads(event["CloudTrailEvent"]) for event in events)}
    record = records[answer.headers["x-amzn-requestid"]]
    assert record["userAgent"].startswith("agent/é") and len(record["userAgent"].encode()) <= 1024
    record = records[long_error.headers["x-amzn-requestid"]]
    assert len(record["errorMessage"].encode()) <= 1024
    assert record["requestParameters"].get("omitted") and record["requestParameters"]["originalSize"] > 100_000
