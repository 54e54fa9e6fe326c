"""CloudHSM clusters of a server: brought to life as people do it, with a certificate authority of one's own."""

import datetime
import json
import os
import signal
import subprocess
import sys

from bastide import BINARY, wait_until
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

BESIDE = os.path.dirname(os.path.abspath(BINARY))
MODULE = os.environ.get("BASTIDE_PKCS11", os.path.join(BESIDE, "libbastide_pkcs11.so"))
TESTS = os.path.dirname(os.path.abspath(__file__))
ADMIN, ALICE = "admin-password-1", "alice-password-1"


class Authority:
    """A customer's certificate authority."""

    def __init__(self, name="my-ca"):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
        self.certificate = self.make(self.name, self.key.public_key(), authority=True)

    @property
    def pem(self):
        return self.certificate.public_bytes(serialization.Encoding.PEM).decode()

    def make(self, subject, public_key, authority=False, days=365):
        now = datetime.datetime.now(datetime.timezone.utc)
        builder = x509.CertificateBuilder().subject_name(subject).issuer_name(self.name).public_key(public_key)
        builder = builder.serial_number(x509.random_serial_number()).not_valid_before(now - datetime.timedelta(days=400))
        builder = builder.not_valid_after(now + datetime.timedelta(days=days))
        if authority:
            builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        return builder.sign(self.key, hashes.SHA256())

    def sign(self, csr, **options):
        request = x509.load_pem_x509_csr(csr.encode())
        assert request.is_signature_valid
        made = self.make(request.subject, request.public_key(), **options)
        return made.public_bytes(serialization.Encoding.PEM).decode()


class Clusters:
    """The clusters of one account; `hsm` is its boto3 client."""

    def __init__(self, server, hsm):
        self.server, self.hsm = server, hsm

    def create(self, **parameters):
        wanted = {"HsmType": "hsm2m.medium", "SubnetIds": ["subnet-11111111", "subnet-22222222"], **parameters}
        made = self.hsm.create_cluster(**wanted)["Cluster"]["ClusterId"]
        self.until(made, lambda now: now["State"] != "CREATE_IN_PROGRESS")
        return made

    def now(self, cluster):
        return self.hsm.describe_clusters(Filters={"clusterIds": [cluster]})["Clusters"][0]

    def until(self, cluster, condition):
        last = {}

        def reached():
            last.update(self.now(cluster))
            return last if condition(last) else None

        try:
            return wait_until(reached)
        except AssertionError:
            raise AssertionError(f"{last}\n{self.server.errors()}") from None

    def state(self, cluster, state):
        return self.until(cluster, lambda now: now["State"] == state)

    def add(self, cluster, zone="us-east-1a", **parameters):
        """Adds an HSM, and waits until it works; gives its id."""
        made = self.hsm.create_hsm(ClusterId=cluster, AvailabilityZone=zone, **parameters)["Hsm"]["HsmId"]
        self.hsm_state(cluster, made, "ACTIVE")
        return made

    def hsm_state(self, cluster, hsm, state):
        return self.until(cluster, lambda now: [state] == [each["State"] for each in now["Hsms"] if each["HsmId"] == hsm])

    def remove(self, cluster, hsm):
        assert self.hsm.delete_hsm(ClusterId=cluster, HsmId=hsm) ["HsmId"] == hsm
        self.until(cluster, lambda now: hsm not in [each["HsmId"] for each in now["Hsms"]])

    def initialize(self, cluster, authority):
        csr = self.now(cluster)["Certificates"]["ClusterCsr"]
        signed = authority.sign(csr)
        answer = self.hsm.initialize_cluster(ClusterId=cluster, SignedCert=signed, TrustAnchor=authority.pem)
        assert answer["State"] == "INITIALIZE_IN_PROGRESS" and "INITIALIZED" in answer["StateMessage"]
        self.until(cluster, lambda now: now["State"] in ("INITIALIZED", "ACTIVE"))
        return signed

    def active(self, **parameters):
        """A cluster with one HSM, a certificate and an admin; gives the ids of both."""
        cluster = self.create(**parameters)
        hsm = self.add(cluster)
        self.initialize(cluster, Authority())
        self.run(cluster, "activate")
        self.state(cluster, "ACTIVE")
        return cluster, hsm

    def config(self, cluster):
        return os.path.join(self.server.data_dir, "hsm", cluster, "client", "pkcs11.json")

    def run(self, cluster, command, *arguments, password=ADMIN, new=ALICE):
        """`bastide hsm COMMAND`; gives what it prints, read as JSON if it is."""
        environment = {
            **os.environ,
            "BASTIDE_PKCS11_CONF": self.config(cluster),
            "BASTIDE_HSM_PASSWORD": password,
            "BASTIDE_HSM_NEW_PASSWORD": new,
        }
        # What clients need is written a moment after the cluster is initialised.
        wait_until(lambda: os.path.exists(self.config(cluster)))
        done = subprocess.run([BINARY, "hsm", command, *arguments], env=environment, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr.decode()
        return json.loads(done.stdout) if done.stdout.startswith(b"{") else done.stdout.decode()

    def users(self, cluster):
        return sorted(user["name"] for user in self.run(cluster, "users")["users"] if user["name"] != "app_user")

    def pkcs11(self, cluster, code, pin=f"alice:{ALICE}"):
        """Runs Python with a session `s` of a user through the PKCS#11 module; gives what it prints."""
        begin = f"import sys; sys.path.insert(0, {TESTS!r})\nfrom cryptoki import *\n"
        begin += f"m = Cryptoki({MODULE!r}); m.do('Initialize', None); s = m.session(); s.login({pin!r})\n"
        environment = {**os.environ, "BASTIDE_PKCS11_CONF": self.config(cluster)}
        done = subprocess.run([sys.executable, "-c", begin + code], env=environment, capture_output=True, timeout=120)
        assert done.returncode == 0, done.stderr.decode()
        return done.stdout.decode().strip()


def process_of(hsm):
    """The process of an HSM; none when it does not run."""
    for process in filter(str.isdigit, os.listdir("/proc")):
        try:
            with open(f"/proc/{process}/cmdline", "rb") as file:
                words = file.read().split(b"\0")
        except OSError:
            continue
        if words[1:3] == [b"hsm", b"run"] and any(word.endswith(hsm.encode()) for word in words):
            return int(process)
    return None


def kill(hsm):
    """kill -9 of an HSM."""
    os.kill(process_of(hsm), signal.SIGKILL)
