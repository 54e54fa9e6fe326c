"""Signature Version 4 by hand, so that tests can sign wrongly on purpose."""

import datetime
import hashlib
import hmac
import http.client
import json
import urllib.parse
import xml.etree.ElementTree

TARGETS = {
    "kms": "TrentService",
    "cloudtrail": "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
    "config": "StarlingDoveService",
    "organizations": "AWSOrganizationsV20161128",
}
VERSIONS = {"iam": "2010-05-08", "sts": "2011-06-15"}


class Answer:
    """An answer; `code` and `message` are those of an error in JSON or XML."""

    def __init__(self, status, headers, body):
        self.status, self.headers, self.body = status, headers, body

    @property
    def error(self):
        if self.body.startswith(b"<"):
            root = xml.etree.ElementTree.fromstring(self.body)
            found = {element.tag.rsplit("}", 1)[-1]: element.text for element in root.iter()}
            return found.get("Code"), found.get("Message")
        body = json.loads(self.body)
        return body.get("__type") or self.headers.get("x-amzn-errortype"), body.get("message") or body.get("Message")

    def __repr__(self):
        return f"{self.status} {self.body[:1500]!r}"


def send(server, method, target, headers, body=b"", timeout=60):
    """One request exactly as it is, on a connection of its own."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=timeout)
    try:
        connection.putrequest(method, target, skip_host=True, skip_accept_encoding=True)
        for name, value in headers.items():
            connection.putheader(name, value)
        if not any(name.lower() in ("content-length", "transfer-encoding") for name in headers):
            connection.putheader("content-length", str(len(body)))
        connection.endheaders(body)
        response = connection.getresponse()
        answered = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, answered, response.read())
    finally:
        connection.close()


class Request:
    """A request to be signed; whatever is changed after `sign` is not covered by the signature."""

    def __init__(self, server, service, operation, parameters=None, method="POST"):
        self.server, self.service = server, service
        self.method, self.path, self.query = method, "/", []
        self.headers = {"host": f"127.0.0.1:{server.port}"}
        self.body = b""
        parameters = parameters or {}
        if service in VERSIONS:
            fields = {"Action": operation, "Version": VERSIONS[service], **parameters}
            if method == "GET":
                self.query = list(fields.items())
            else:
                self.body = urllib.parse.urlencode(fields).encode()
                self.headers["content-type"] = "application/x-www-form-urlencoded; charset=utf-8"
        else:
            self.body = json.dumps(parameters).encode()
            self.headers["content-type"] = "application/x-amz-json-1.1"
            self.headers["x-amz-target"] = f"{TARGETS[service]}.{operation}"

    def sign(self, credentials=None, *, shift=0, region="us-east-1", scope=None, date=None, left_out=(),
             presign=None, term="aws4_request", token=None, digest=None):
        """Signs it as of `shift` seconds from now; `presign` is the life of a presigned URL in seconds."""
        access_key, secret, *rest = credentials or self.server.credentials
        token = rest[0] if rest and token is None else token
        now = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=shift)
        stamp = now.strftime("%Y%m%dT%H%M%SZ")
        parts = (date or stamp[:8], region, scope or self.service, term)
        credential = "/".join((access_key, *parts))
        if presign is None:
            self.headers["x-amz-date"] = stamp
            if token:
                self.headers["x-amz-security-token"] = token
        names = sorted(name for name in self.headers if name not in left_out)
        signed = ";".join(names)
        if presign is not None:
            self.query += [
                ("X-Amz-Algorithm", "AWS4-HMAC-SHA256"),
                ("X-Amz-Credential", credential),
                ("X-Amz-Date", stamp),
                ("X-Amz-Expires", str(presign)),
                ("X-Amz-SignedHeaders", signed),
            ]
            if token:
                self.query.append(("X-Amz-Security-Token", token))
        canonical = "\n".join([
            self.method,
            urllib.parse.quote(self.path, safe="/~%") if self.path != "/" else "/",
            "&".join(sorted(f"{quoted(name)}={quoted(value)}" for name, value in self.query)),
            "".join(f"{name}:{' '.join(self.headers[name].split())}\n" for name in names),
            signed,
            digest or hashlib.sha256(self.body).hexdigest(),
        ])
        text = "\n".join(["AWS4-HMAC-SHA256", stamp, "/".join(parts), hashlib.sha256(canonical.encode()).hexdigest()])
        key = f"AWS4{secret}".encode()
        for part in parts:
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        self.key, self.stamp, self.scope = key, stamp, "/".join(parts)
        self.signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        if presign is not None:
            self.query.append(("X-Amz-Signature", self.signature))
        else:
            self.headers["authorization"] = (
                f"AWS4-HMAC-SHA256 Credential={credential}, SignedHeaders={signed}, Signature={self.signature}"
            )
        return self

    def send(self):
        query = "&".join(f"{quoted(name)}={quoted(value)}" for name, value in self.query)
        target = self.path + (f"?{query}" if query else "")
        return send(self.server, self.method, target, self.headers, self.body)


def quoted(text):
    return urllib.parse.quote(text, safe="-_.~")
