"""A light asynchronous client: botocore is too slow to put a server under load from the same machine.

It signs with Signature Version 4, speaks awsJson 1.1 and awsQuery, and keeps one connection alive.
"""

import asyncio
import datetime
import hashlib
import hmac
import json
import urllib.parse
import xml.etree.ElementTree

TARGETS = {
    "kms": "TrentService",
    "cloudtrail": "com.amazonaws.cloudtrail.v20131101.CloudTrail_20131101",
    "config": "StarlingDoveService",
}
VERSIONS = {"iam": "2010-05-08", "sts": "2011-06-15"}


class Lost(Exception):
    """The connection ended before the answer was there: nothing was acknowledged."""


class Answer:
    """A whole answer. `request_id` names the call in the trail."""

    def __init__(self, status, request_id, body):
        self.status = status
        self.request_id = request_id
        self.body = body

    @property
    def ok(self):
        return self.status == 200

    @property
    def json(self):
        return json.loads(self.body)

    @property
    def xml(self):
        """The answer of an awsQuery call; names come without their namespace."""
        root = xml.etree.ElementTree.fromstring(self.body)
        for element in root.iter():
            element.tag = element.tag.rsplit("}", 1)[-1]
        return root

    def texts(self, path):
        """The texts at a path of an awsQuery answer."""
        return [element.text for element in self.xml.findall(path)]

    def __repr__(self):
        return f"{self.status} {self.request_id} {self.body[:500]!r}"


class Light:
    """One caller in one region, over one connection; one call at a time."""

    def __init__(self, port, credentials, region="us-east-1", timeout=60):
        self.port = port
        self.access_key, self.secret = credentials
        self.region = region
        self.timeout = timeout
        self.stream = None
        self.keys = {}

    async def call(self, service, operation, parameters=None):
        """Calls an operation. Raises `Lost` when there is no whole answer."""
        parameters = parameters or {}
        if service in VERSIONS:
            fields = {"Action": operation, "Version": VERSIONS[service], **parameters}
            body = urllib.parse.urlencode(fields).encode()
            headers = {"content-type": "application/x-www-form-urlencoded; charset=utf-8"}
        else:
            body = json.dumps(parameters).encode()
            target = f"{TARGETS[service]}.{operation}"
            headers = {"content-type": "application/x-amz-json-1.1", "x-amz-target": target}
        headers["host"] = f"127.0.0.1:{self.port}"
        self.sign(service, headers, body)
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        request = f"POST / HTTP/1.1\r\n{head}content-length: {len(body)}\r\n\r\n".encode() + body
        try:
            return await asyncio.wait_for(self.exchange(request), self.timeout)
        except (OSError, EOFError, asyncio.IncompleteReadError, asyncio.TimeoutError) as error:
            self.close()
            raise Lost(f"{operation}: {error!r}") from error

    async def exchange(self, request):
        if self.stream and self.stream[0].at_eof():
            # The server closes connections that nobody uses.
            self.close()
        if self.stream is None:
            self.stream = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self.stream
        writer.write(request)
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
        status = int(head[0].split(" ", 2)[1])
        headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in head[1:])}
        body = await reader.readexactly(int(headers.get("content-length", 0)))
        if headers.get("connection", "").lower() == "close":
            self.close()
        return Answer(status, headers.get("x-amzn-requestid"), body)

    def close(self):
        if self.stream:
            self.stream[1].close()
        self.stream = None

    def sign(self, service, headers, body):
        """Signature Version 4 over all headers."""
        now = datetime.datetime.now(datetime.timezone.utc).strftime("%Y%m%dT%H%M%SZ")
        headers["x-amz-date"] = now
        names = sorted(headers)
        signed = ";".join(names)
        canonical_headers = "".join(f"{name}:{headers[name]}\n" for name in names)
        digest = hashlib.sha256(body).hexdigest()
        canonical = f"POST\n/\n\n{canonical_headers}\n{signed}\n{digest}"
        scope = f"{now[:8]}/{self.region}/{service}/aws4_request"
        text = f"AWS4-HMAC-SHA256\n{now}\n{scope}\n{hashlib.sha256(canonical.encode()).hexdigest()}"
        signature = hmac.new(self.key(now[:8], service), text.encode(), hashlib.sha256).hexdigest()
        headers["authorization"] = (
            f"AWS4-HMAC-SHA256 Credential={self.access_key}/{scope}, SignedHeaders={signed}, Signature={signature}"
        )

    def key(self, date, service):
        known = self.keys.get((date, service))
        if known is None:
            known = f"AWS4{self.secret}".encode()
            for part in (date, self.region, service, "aws4_request"):
                known = hmac.new(known, part.encode(), hashlib.sha256).digest()
            self.keys[(date, service)] = known
        return known
