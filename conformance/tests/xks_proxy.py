"""A small XKS proxy of its own, written from the public specification, that can also misbehave.

It verifies Signature Version 4 itself and encrypts with the `cryptography` package."""

import base64
import datetime
import hashlib
import hmac
import json
import os
import ssl
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography import x509
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

STATUS = {
    "ValidationException": 400,
    "InvalidStateException": 400,
    "InvalidCiphertextException": 400,
    "InvalidKeyUsageException": 400,
    "AuthenticationFailedException": 401,
    "AccessDeniedException": 403,
    "KeyNotFoundException": 404,
    "InvalidUriPathException": 404,
    "ThrottlingException": 429,
    "UnsupportedOperationException": 501,
    "DependencyTimeoutException": 503,
    "InternalException": 500,
}


def certificate(folder, *hosts):
    """A certificate for these hosts that is its own authority, and its key: two PEM files."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, hosts[0])])
    now = datetime.datetime.now(datetime.timezone.utc)
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1))
    builder = builder.not_valid_after(now + datetime.timedelta(days=30))
    names = x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts])
    made = builder.add_extension(names, critical=False).sign(key, hashes.SHA256())
    files = os.path.join(folder, "certificate.pem"), os.path.join(folder, "key.pem")
    with open(files[0], "wb") as file:
        file.write(made.public_bytes(serialization.Encoding.PEM))
    with open(files[1], "wb") as file:
        file.write(
            key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
        )
    return files


class Refused(Exception):
    pass


def b64(data):
    return base64.b64encode(data).decode()


class XksProxy:
    """`behave` makes it misbehave: a function of (operation, answer) that gives a status and a body, or None."""

    def __init__(self, certificate, key, path="/kms/xks/v1", access_key="ABCDEFGHIJKLMNOP2345", secret="s" * 43):
        self.path, self.access_key, self.secret = path, access_key, secret
        self.keys = {}
        self.requests = []
        self.behave = None
        self.delay = 0
        self.health = "ACTIVE"
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"
            disable_nagle_algorithm = True
            wbufsize = -1

            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("content-length", 0)))
                if proxy.delay:
                    time.sleep(proxy.delay)
                try:
                    operation, answer = proxy.answer(self, body)
                    status, data = 200, json.dumps(answer).encode()
                except Refused as refused:
                    operation, name = "", str(refused)
                    status, data = STATUS[name], json.dumps({"errorName": name, "errorMessage": "because"}).encode()
                other = proxy.behave(operation, data) if proxy.behave else None
                if other:
                    status, data = other
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(data)))
                self.end_headers()
                self.wfile.write(data)

            def log_message(self, *_):
                pass

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(certificate, key)
        self.server.socket = context.wrap_socket(self.server.socket, server_side=True)
        self.port = self.server.server_address[1]
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def close(self):
        self.server.shutdown()
        self.server.server_close()

    def add_key(self, name, **properties):
        self.keys[name] = {"material": os.urandom(32), "status": "ENABLED", "usage": ["ENCRYPT", "DECRYPT"]}
        self.keys[name] |= {"spec": "AES_256", **properties}

    def answer(self, request, body):
        self.verify(request, body)
        asked = json.loads(body)
        self.requests.append((request.path, asked))
        if not request.path.startswith(self.path + "/"):
            raise Refused("InvalidUriPathException")
        match request.path[len(self.path) + 1 :].split("/"):
            case ["health"]:
                return "health", {
                    "xksProxyFleetSize": 1,
                    "xksProxyVendor": "Test",
                    "xksProxyModel": "Test 1.0",
                    "ekmVendor": "Test",
                    "ekmFleetDetails": [{"id": "1", "model": "Test", "healthStatus": self.health}],
                }
            case ["keys", name, operation] if operation in ("metadata", "encrypt", "decrypt"):
                if name not in self.keys:
                    raise Refused("KeyNotFoundException")
                return operation, getattr(self, operation)(self.keys[name], asked)
        raise Refused("InvalidUriPathException")

    def metadata(self, key, asked):
        return {"keySpec": key["spec"], "keyUsage": key["usage"], "keyStatus": key["status"]}

    def encrypt(self, key, asked):
        assert asked["encryptionAlgorithm"] == "AES_GCM"
        assert asked["ciphertextDataIntegrityValueAlgorithm"] == "SHA_256"
        if key["status"] != "ENABLED":
            raise Refused("InvalidStateException")
        aad = base64.b64decode(asked.get("additionalAuthenticatedData", ""))
        plaintext = base64.b64decode(asked["plaintext"])
        iv, metadata = os.urandom(12), b"version=1"
        sealed = AESGCM(key["material"]).encrypt(iv, plaintext, bound(aad, metadata))
        ciphertext, tag = sealed[:-16], sealed[-16:]
        value = hashlib.sha256(aad + metadata + iv + ciphertext + tag).digest()
        return {
            "ciphertext": b64(ciphertext),
            "ciphertextMetadata": b64(metadata),
            "initializationVector": b64(iv),
            "authenticationTag": b64(tag),
            "ciphertextDataIntegrityValue": b64(value),
        }

    def decrypt(self, key, asked):
        if key["status"] != "ENABLED":
            raise Refused("InvalidStateException")
        names = set(asked) - {"requestMetadata", "encryptionAlgorithm"}
        part = {name: base64.b64decode(asked[name]) for name in names}
        aad = bound(part.get("additionalAuthenticatedData", b""), part.get("ciphertextMetadata", b""))
        sealed = part["ciphertext"] + part["authenticationTag"]
        try:
            return {"plaintext": b64(AESGCM(key["material"]).decrypt(part["initializationVector"], sealed, aad))}
        except InvalidTag:
            raise Refused("InvalidCiphertextException") from None

    def verify(self, request, body):
        """Signature Version 4, as AWS's documents describe it."""
        given = request.headers.get("authorization", "")
        scheme, _, rest = given.partition(" ")
        fields = dict(pair.strip().split("=", 1) for pair in rest.split(",")) if rest else {}
        credential = fields.get("Credential", "/").split("/")
        if scheme != "AWS4-HMAC-SHA256" or credential[0] != self.access_key:
            raise Refused("AuthenticationFailedException")
        date, region, service = credential[1:4]
        names = fields["SignedHeaders"].split(";")
        assert service == "kms-xks-proxy" and {"host", "x-amz-date"} <= set(names)
        headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in names)
        canonical = "\n".join(
            ["POST", request.path, "", headers, fields["SignedHeaders"], hashlib.sha256(body).hexdigest()]
        )
        scope = f"{date}/{region}/{service}/aws4_request"
        digest = hashlib.sha256(canonical.encode()).hexdigest()
        text = f"AWS4-HMAC-SHA256\n{request.headers['x-amz-date']}\n{scope}\n{digest}"
        key = f"AWS4{self.secret}".encode()
        for part in (date, region, service, "aws4_request"):
            key = hmac.new(key, part.encode(), hashlib.sha256).digest()
        signature = hmac.new(key, text.encode(), hashlib.sha256).hexdigest()
        if not hmac.compare_digest(signature, fields["Signature"]):
            raise Refused("AuthenticationFailedException")


def bound(aad, metadata):
    return len(aad).to_bytes(2, "big") + aad + bytes([len(metadata)]) + metadata
