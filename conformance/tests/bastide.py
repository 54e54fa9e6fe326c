"""A running Bastide, for tests: started from the binary in BASTIDE_BIN, spoken to by unmodified clients."""

import os
import re
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request

import boto3
from botocore.config import Config

BINARY = os.environ.get("BASTIDE_BIN", "target/release/bastide")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Bastide:
    """One server with its data folder. `credentials` are those shown at its first start."""

    def __init__(self, *arguments, data_dir=None, environment=None):
        self.folder = None if data_dir else tempfile.TemporaryDirectory(prefix="bastide-test-")
        self.data_dir = data_dir or os.path.join(self.folder.name, "data")
        self.arguments = list(arguments)
        self.environment = environment or {}
        self.credentials = None
        self.process = None
        self.log = None
        self.port = free_port()
        self.start()

    @property
    def scheme(self):
        return "https" if "--tls" in self.arguments else "http"

    @property
    def url(self):
        return f"{self.scheme}://127.0.0.1:{self.port}"

    def spawn(self):
        """Starts the process; does not wait until it serves."""
        command = [BINARY, "serve", "--listen", f"127.0.0.1:{self.port}", "--data-dir", self.data_dir]
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            command + self.arguments,
            stdout=subprocess.PIPE,
            stderr=self.log,
            env={**os.environ, "BASTIDE_LOG": "warn", **self.environment},
        )

    def start(self):
        self.spawn()
        self.greeted()

    def greeted(self):
        """Waits until a server that was spawned says that it serves."""
        greeting = []
        for line in self.process.stdout:
            greeting.append(line.decode())
            if line.startswith(b"aws "):
                break
        else:
            raise AssertionError(f"bastide did not start: {''.join(greeting)}{self.errors()}")
        self.greeting = "".join(greeting)
        self.credentials = credentials_in(self.greeting) or self.credentials

    def shown(self):
        """The credentials that a server that has ended has shown, if it did."""
        return credentials_in(self.process.stdout.read().decode())

    def errors(self):
        self.log.seek(0)
        return self.log.read().decode(errors="replace")

    def kill(self):
        """kill -9, as a crash does."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def stop(self):
        """A graceful stop; gives the exit status."""
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        self.process.wait(timeout=60)
        return self.process.returncode

    def close(self):
        if self.process and self.process.poll() is None:
            self.kill()
        if self.folder:
            self.folder.cleanup()

    def client(self, service, region="us-east-1", credentials=None, token=None, **config):
        """A boto3 client; `credentials` is a pair, a triple, or what AssumeRole answers."""
        pair = credentials or self.credentials or ("test", "test")
        if isinstance(pair, dict):
            token = pair.get("SessionToken")
            pair = (pair["AccessKeyId"], pair["SecretAccessKey"])
        options = {"retries": {"max_attempts": 0}, "parameter_validation": True, **config}
        return boto3.session.Session().client(
            service,
            region_name=region,
            endpoint_url=self.url,
            aws_access_key_id=pair[0],
            aws_secret_access_key=pair[1],
            aws_session_token=token or (pair[2] if len(pair) > 2 else None),
            verify=os.path.join(self.data_dir, "tls", "certificate.pem") if self.scheme == "https" else None,
            config=Config(**options),
        )

    def raw(self, method, path, body=b"", headers=None):
        """An HTTP request without any client's help: (status, headers, body)."""
        request = urllib.request.Request(self.url + path, data=body or None, method=method, headers=headers or {})
        try:
            with urllib.request.urlopen(request, timeout=60) as response:
                return response.status, dict(response.headers), response.read()
        except urllib.error.HTTPError as error:
            return error.code, dict(error.headers), error.read()

    def advance(self, seconds):
        """Moves a dev server's clock forward."""
        import json

        status, _, body = self.raw("POST", "/_bastide/clock", json.dumps({"advance": seconds}).encode())
        assert status == 200, body


def credentials_in(text):
    key = re.search(r"AWS_ACCESS_KEY_ID=(\S+)", text)
    secret = re.search(r"AWS_SECRET_ACCESS_KEY=(\S+)\n", text)
    return (key.group(1), secret.group(1)) if key and secret else None


def wait_until(condition, seconds=60):
    """Waits for what happens soon; fails when it does not. A slow machine may take long."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("it did not happen in time")
