"""A server that speaks as much of S3 as Bastide asks for, and takes signed requests only.

It holds each signature against the whole request: method, path, query, headers, and the hash of what was really sent.
"""

import collections
import datetime
import hashlib
import http.server
import re
import threading
import time
import urllib.parse

import botocore.auth
import botocore.awsrequest
import botocore.credentials

Stored = collections.namedtuple("Stored", "body metadata")


class S3Server:
    """Buckets that are there from the beginning, with objects in `objects[bucket][key]`; a bucket named `public` is
    read without a signature. `fails(method, bucket, key)` may give a status to refuse with; `delay` is waited before
    each answer; `most` requests were there at once. All buckets belong to the account `owner`."""

    def __init__(self, *buckets, access_key="AKIA", secret="secret", region="eu-west-1", page=1000, port=0):
        self.objects = {bucket: {} for bucket in buckets}
        self.access_key, self.secret, self.region, self.page = access_key, secret, region, page
        self.fails, self.delay = (lambda method, bucket, key: None), 0
        self.refused, self.closed, self.owner = [], False, "111122223333"
        # Requests that are being answered, the most that were so at once, and all.
        self.busy, self.most, self.asked, self.lock = 0, 0, 0, threading.Lock()
        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), handler(self))
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    @property
    def environment(self):
        """What a client needs to be let in."""
        return {
            "AWS_ACCESS_KEY_ID": self.access_key,
            "AWS_SECRET_ACCESS_KEY": self.secret,
            "AWS_REGION": self.region,
            "AWS_SESSION_TOKEN": "",
        }

    def put(self, bucket, key, body):
        self.objects[bucket][key] = Stored(body, {})

    def keys(self, bucket, ending=""):
        return sorted(key for key in self.objects[bucket] if key.endswith(ending))

    def close(self):
        """Listens no longer, and answers nothing on connections that are open."""
        self.closed = True
        self.server.shutdown()
        self.server.server_close()

    def fault(self, request, body):
        """Why a request is not let in: a code of S3's, or `None`."""
        given = request.headers.get("Authorization", "")
        match = re.fullmatch(
            r"AWS4-HMAC-SHA256 Credential=([^/,]+)/(\d{8})/([^/,]+)/s3/aws4_request, *SignedHeaders=([^,]+), *Signature=([0-9a-f]{64})",
            given,
        )
        if not match:
            return "AccessDenied"
        access_key, day, region, signed, signature = match.groups()
        if access_key != self.access_key:
            return "InvalidAccessKeyId"
        if region != self.region:
            return "AuthorizationHeaderMalformed"
        stamp = request.headers.get("X-Amz-Date", "")
        try:
            moment = datetime.datetime.strptime(stamp, "%Y%m%dT%H%M%SZ").replace(tzinfo=datetime.timezone.utc)
        except ValueError:
            return "AccessDenied"
        if stamp[:8] != day or abs(moment.timestamp() - time.time()) > 900:
            return "RequestTimeTooSkewed"
        names = signed.split(";")
        must = {name.lower() for name in request.headers if name.lower().startswith("x-amz-")} | {"host"}
        if names != sorted(set(names)) or not must <= set(names):
            return "SignatureDoesNotMatch"
        if request.headers.get("X-Amz-Content-SHA256") != hashlib.sha256(body).hexdigest():
            return "XAmzContentSHA256Mismatch"
        if len(request.headers.get_all("Host")) != 1 or request.headers["Host"] != self.url.removeprefix("http://"):
            return "SignatureDoesNotMatch"
        unsigned = botocore.awsrequest.AWSRequest(
            request.command, self.url + request.path, {name: request.headers[name] for name in names}
        )
        credentials = botocore.credentials.Credentials(self.access_key, self.secret)
        signer = botocore.auth.S3SigV4Auth(credentials, "s3", self.region)
        unsigned.context["timestamp"] = stamp
        text = signer.string_to_sign(unsigned, signer.canonical_request(unsigned))
        return None if signature == signer.signature(text, unsigned) else "SignatureDoesNotMatch"


def handler(s3):
    class Handler(http.server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, *_):
            pass

        def answer(self, status, body=b"", **headers):
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            for name, value in headers.items():
                self.send_header(name.replace("_", "-"), value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(body)

        def refuse(self, status, code):
            s3.refused.append((status, code, self.command, self.path))
            self.answer(status, f"<Error><Code>{code}</Code><Message>no</Message></Error>".encode())

        def serve(self):
            body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
            with s3.lock:
                s3.busy += 1
                s3.asked += 1
                s3.most = max(s3.most, s3.busy)
            time.sleep(s3.delay)
            with s3.lock:
                s3.busy -= 1
            if s3.closed:
                self.close_connection = True
                return None
            path, _, query = self.path.partition("?")
            bucket, _, key = urllib.parse.unquote(path[1:]).partition("/")
            if bucket != "public" or self.command == "PUT":
                fault = s3.fault(self, body)
                if fault:
                    return self.refuse(400 if fault == "XAmzContentSHA256Mismatch" else 403, fault)
            status = s3.fails(self.command, bucket, key)
            if status:
                return self.refuse(status, "AccessDenied" if status == 403 else "InternalError")
            if self.headers.get("x-amz-expected-bucket-owner", s3.owner) != s3.owner:
                return self.refuse(403, "AccessDenied")
            if bucket not in s3.objects:
                return self.refuse(404, "NoSuchBucket")
            if self.command == "PUT":
                metadata = {
                    name.lower().removeprefix("x-amz-meta-"): value
                    for name, value in self.headers.items() if name.lower().startswith("x-amz-meta-")
                }
                s3.objects[bucket][key] = Stored(body, metadata)
                return self.answer(200, ETag=f'"{hashlib.md5(body).hexdigest()}"')
            if query and not key:
                return self.listing(s3.objects[bucket], query)
            return self.object(s3.objects[bucket], key)

        do_GET = do_HEAD = do_PUT = serve

        def listing(self, objects, query):
            asked = dict(urllib.parse.parse_qsl(query, keep_blank_values=True))
            keys = sorted(key for key in objects if key.startswith(asked["prefix"]))
            start = int(asked.get("continuation-token", 0))
            end = start + s3.page
            listed = "".join(
                f"<Contents><Key>{urllib.parse.quote(key)}</Key><Size>{len(objects[key].body)}</Size>"
                f"<ETag>&quot;{hashlib.md5(objects[key].body).hexdigest()}&quot;</ETag></Contents>"
                for key in keys[start:end]
            )
            token = f"<NextContinuationToken>{end}</NextContinuationToken>" if end < len(keys) else ""
            more = str(end < len(keys)).lower()
            self.answer(200, f"<ListBucketResult><IsTruncated>{more}</IsTruncated>{token}{listed}</ListBucketResult>".encode())

        def object(self, objects, key):
            if key not in objects:
                return self.refuse(404, "NoSuchKey")
            body = objects[key].body
            tag = f'"{hashlib.md5(body).hexdigest()}"'
            asked = re.fullmatch(r"bytes=(\d+)-(\d+)", self.headers.get("Range", ""))
            if not asked:
                return self.answer(200, body, ETag=tag)
            first, last = map(int, asked.groups())
            if first >= len(body):
                return self.refuse(416, "InvalidRange")
            self.answer(206, body[first:last + 1], ETag=tag)

    return Handler
