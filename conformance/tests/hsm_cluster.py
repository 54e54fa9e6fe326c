"""A cluster of HSMs of a test's own, and the PKCS#11 module that talks to it.

The program that starts it (bin/pkcs11/examples/hsm_cluster.rs) and the module are built beside the binary:
`cargo build -p bastide-pkcs11 --lib --examples`.
"""

import json
import os
import signal
import subprocess
import tempfile

import pytest
from bastide import BINARY

BESIDE = os.path.dirname(os.path.abspath(BINARY))
MODULE = os.environ.get("BASTIDE_PKCS11", os.path.join(BESIDE, "libbastide_pkcs11.so"))
STARTER = os.environ.get("BASTIDE_HSM_CLUSTER", os.path.join(BESIDE, "examples", "hsm_cluster"))
PIN = "alice:password1"
OTHER_PIN = "bob:password1"


class HsmCluster:
    """`hsms` has the address and process of each HSM; `environment` makes the module find the cluster."""

    def __init__(self, count=2, *mode):
        if not (os.path.exists(MODULE) and os.path.exists(STARTER)):
            pytest.skip("the PKCS#11 module is not built (cargo build -p bastide-pkcs11 --lib --examples)")
        self.folder = tempfile.TemporaryDirectory(prefix="bastide-hsm-")
        self.log = open(os.path.join(self.folder.name, "log"), "wb")
        self.process = subprocess.Popen(
            [STARTER, os.path.abspath(BINARY), self.folder.name, str(count), *mode],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self.log,
        )
        line = self.process.stdout.readline()
        if not line:
            self.process.wait()
            raise AssertionError(f"the cluster did not start: {self.errors()}")
        self.hsms = json.loads(line)["hsms"]

    @property
    def environment(self):
        return {**os.environ, "BASTIDE_PKCS11_CONF": self.path("pkcs11.json")}

    def path(self, name):
        return os.path.join(self.folder.name, name)

    def errors(self):
        with open(self.log.name, "rb") as log:
            return log.read().decode(errors="replace")

    def kill(self, number):
        """kill -9 of one HSM."""
        os.kill(self.hsms[number]["process"], signal.SIGKILL)

    def run(self, *command, status=0, data=None, **environment):
        """Runs a program that loads the module; gives what it printed."""
        done = subprocess.run(
            [str(part) for part in command],
            input=data,
            capture_output=True,
            env={**self.environment, **environment},
            cwd=self.folder.name,
            timeout=180,
        )
        shown = f"{command}\n{done.stdout.decode(errors='replace')}\n{done.stderr.decode(errors='replace')}"
        assert status is None or done.returncode == status, shown
        return shown if status is None else done.stdout + done.stderr

    def tool(self, *arguments, pin=PIN, **options):
        """pkcs11-tool, logged in."""
        login = ["--login", "--pin", pin] if pin else []
        shown = self.run("pkcs11-tool", "--module", MODULE, *login, *arguments, **options)
        return shown if isinstance(shown, str) else shown.decode(errors="replace")

    def close(self):
        self.process.stdin.close()
        try:
            self.process.wait(timeout=60)
        finally:
            self.process.kill()
            self.log.close()
            self.folder.cleanup()
