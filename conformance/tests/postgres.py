"""PostgreSQL for the tests: a database of a test's own, or a server of its own that may be killed."""

import contextlib
import glob
import os
import shutil
import subprocess
import tempfile
import uuid

import pytest
from bastide import free_port

SERVER = os.environ.get("BASTIDE_TEST_POSTGRES")


def psql(url, sql):
    """Runs statements; gives the rows as lines."""
    if not shutil.which("psql"):
        pytest.skip("psql is not installed (apt-get install postgresql-client)")
    command = ["psql", "--no-psqlrc", "-qAt", "-v", "ON_ERROR_STOP=1", "-d", url, "-c", sql]
    done = subprocess.run(command, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


@contextlib.contextmanager
def database(server=None):
    """A new database, by its address; it goes away in the end."""
    server = server or SERVER
    if not server:
        pytest.skip("needs a PostgreSQL server: BASTIDE_TEST_POSTGRES=postgres://…")
    name = f"bastide_{uuid.uuid4().hex}"
    psql(server, f"CREATE DATABASE {name}")
    base, _, options = server.partition("?")
    try:
        yield f"{base.rpartition('/')[0]}/{name}{'?' + options if options else ''}"
    finally:
        psql(server, f"DROP DATABASE {name} WITH (FORCE)")


class OwnServer:
    """A server in a temporary folder, to be killed and started at will."""

    def __init__(self):
        found = sorted(glob.glob("/usr/lib/postgresql/*/bin/initdb")) or filter(None, [shutil.which("initdb")])
        programs = [os.path.dirname(path) for path in found]
        if not programs:
            pytest.skip("the programs of PostgreSQL are not installed (apt-get install postgresql)")
        self.programs = programs[-1]
        self.folder = tempfile.mkdtemp(prefix="bastide-postgres-")
        self.port = free_port()
        if os.geteuid() == 0:
            # The server refuses to run as root.
            shutil.chown(self.folder, "postgres")
        self.run("initdb", "--auth=trust", "--username=bastide", "--no-sync", "-D", self.data)
        self.start()

    @property
    def data(self):
        return os.path.join(self.folder, "data")

    @property
    def url(self):
        return f"postgres://bastide@127.0.0.1:{self.port}/postgres"

    def start(self):
        options = f"-p {self.port} -k {self.folder} -c listen_addresses=127.0.0.1"
        self.run("pg_ctl", "--wait", "-o", options, "-D", self.data, "-l", f"{self.folder}/log", "start")

    def kill(self):
        """As a crash does: at once, nothing is written any more."""
        self.run("pg_ctl", "-m", "immediate", "-D", self.data, "stop")

    def close(self):
        with contextlib.suppress(AssertionError):
            self.kill()
        shutil.rmtree(self.folder, ignore_errors=True)

    def run(self, program, *arguments):
        command = [os.path.join(self.programs, program), *arguments]
        if os.geteuid() == 0:
            command = ["runuser", "-u", "postgres", "--", *command]
        log = os.path.join(self.folder, f"{program}.out")
        with open(log, "w") as out:
            done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=out, stderr=out, cwd="/")
        assert done.returncode == 0, open(log).read()
