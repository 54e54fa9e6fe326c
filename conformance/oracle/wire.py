"""botocore's serializer and parser, and our codecs behind the oracle program."""

import base64
import io
import json
import subprocess
import urllib.parse

from botocore.awsrequest import HeadersDict, create_request_object, prepare_request_dict
from botocore.parsers import create_parser
from botocore.serialize import create_serializer


class Oracle:
    """The oracle program: a question is a line of JSON, and so is its answer."""

    def __init__(self, program, data, services):
        self.process = subprocess.Popen(
            [program, "serve", data, *services], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1
        )

    def ask(self, **question):
        self.process.stdin.write(json.dumps(question) + "\n")
        self.process.stdin.flush()
        line = self.process.stdout.readline()
        if not line:
            raise SystemExit(f"the oracle program ended at {json.dumps(question)[:2000]}")
        return json.loads(line)

    def close(self):
        self.process.stdin.close()
        self.process.wait()


def request(protocol, operation, params):
    """What botocore sends for these parameters, as the oracle takes it."""
    made = create_serializer(protocol, include_validation=False).serialize_to_request(params, operation)
    prepare_request_dict(made, endpoint_url="http://localhost:4566", context={})
    sent = create_request_object(made).prepare()
    url = urllib.parse.urlsplit(sent.url)
    body = sent.body or b""
    body = body.read() if hasattr(body, "read") else body
    body = body.encode() if isinstance(body, str) else bytes(body)
    headers = [
        (name, value.decode("utf-8") if isinstance(value, bytes) else str(value))
        for name, value in sent.headers.items()
    ]
    return {
        "method": sent.method,
        "target": (url.path or "/") + ("?" + url.query if url.query else ""),
        "headers": headers,
        "body": base64.b64encode(body).decode(),
        "scope": operation.service_model.signing_name,
    }


def parse(protocol, shape, answer, operation):
    """What botocore makes of an answer of the oracle's."""
    body = base64.b64decode(answer["body"])
    payload = shape.serialization.get("payload") if shape is not None else None
    stream = payload and shape.members[payload].type_name in ("string", "blob") and answer["status"] < 300
    response = {
        "status_code": answer["status"],
        "headers": HeadersDict({name: value for name, value in answer["headers"]}),
        "body": io.BytesIO(body) if stream else body,
        "context": {"operation_name": operation},
    }
    parsed = create_parser(protocol).parse(response, shape)
    if stream and hasattr(parsed.get(payload), "read"):
        parsed[payload] = parsed[payload].read()
        if shape.members[payload].type_name == "string":
            parsed[payload] = parsed[payload].decode()
    return parsed
