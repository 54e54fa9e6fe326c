"""The unmodified aws CLI. The tour of the README is run as it stands there."""

import json
import os
import pathlib
import re
import shutil
import subprocess
import sys

import pytest

README = pathlib.Path(__file__).parents[2] / "README.md"
AWS = os.path.join(os.path.dirname(sys.executable), "aws")


@pytest.fixture(scope="module")
def server(fresh_module):
    return fresh_module()


@pytest.fixture(scope="module")
def environment(server, tmp_path_factory):
    """What a person has after pasting the lines that the server printed: nothing else of this machine's."""
    if not (os.path.exists(AWS) or shutil.which("aws")):
        pytest.skip("the aws CLI is not installed")
    home = tmp_path_factory.mktemp("home")
    exports = dict(re.findall(r"^export (\w+)=(\S+)$", server.greeting, re.M))
    assert {"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_ENDPOINT_URL"} <= set(exports)
    path = f"{os.path.dirname(sys.executable)}:{os.environ['PATH']}"
    return {"PATH": path, "HOME": str(home), "AWS_REGION": "us-east-1", "AWS_PAGER": "", **exports}


@pytest.fixture(scope="module")
def aws(environment):
    """`aws("kms", "list-keys")`: what it printed, as JSON; with `fails` the error's text."""

    def run(*arguments, fails=False, **more):
        done = subprocess.run(["aws", *arguments], env={**environment, **more}, capture_output=True, text=True)
        # A refusal is 255 with version 1 of the CLI, 254 with version 2.
        assert done.returncode in ((254, 255) if fails else (0,)), done.stderr
        return done.stderr if fails else json.loads(done.stdout) if done.stdout.strip() else None

    return run


def test_the_tour_of_the_readme(environment, tmp_path):
    tour = README.read_text().split("## Five minutes")[1]
    script = re.search(r"```sh\n(.*?)```", tour, re.S).group(1)
    # One step is there to be refused.
    refused = [line for line in script.splitlines() if "InvalidCiphertextException" in line]
    assert len(refused) == 1
    script = script.replace(refused[0], f"! {refused[0].split('#')[0]} 2> refused.txt")
    command = ["bash", "-euo", "pipefail", "-c", script]
    done = subprocess.run(command, env=environment, cwd=tmp_path, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert "InvalidCiphertextException" in (tmp_path / "refused.txt").read_text()
    # Version 1 of the CLI takes a plaintext as it is, version 2 as base64.
    decrypted = ("YUdWc2JHOD0=", "aGVsbG8=")
    assert any(f'"Plaintext": "{text}"' in done.stdout for text in decrypted)
    assert '"EventName": "Decrypt"' in done.stdout and '"configurationItemStatus": "ResourceDiscovered"' in done.stdout


def test_a_user_with_a_grant_and_a_role(aws):
    key = aws("kms", "create-key", "--tags", "TagKey=team,TagValue=blue")["KeyMetadata"]["Arn"]
    user = aws("iam", "create-user", "--user-name", "clerk2")["User"]["Arn"]
    access = aws("iam", "create-access-key", "--user-name", "clerk2")["AccessKey"]
    clerk = {"AWS_ACCESS_KEY_ID": access["AccessKeyId"], "AWS_SECRET_ACCESS_KEY": access["SecretAccessKey"]}
    assert aws("sts", "get-caller-identity", **clerk)["Arn"] == user
    encrypt = ("kms", "encrypt", "--key-id", key, "--plaintext", "aGVsbG8=")
    assert "(AccessDeniedException)" in aws(*encrypt, fails=True, **clerk)
    grant = aws("kms", "create-grant", "--key-id", key, "--operations", "Encrypt", "--grantee-principal", user)
    assert aws(*encrypt, **clerk)["KeyId"] == key
    aws("kms", "revoke-grant", "--key-id", key, "--grant-id", grant["GrantId"])
    assert "(AccessDeniedException)" in aws(*encrypt, fails=True, **clerk)

    account = key.split(":")[4]
    trust = json.dumps({"Version": "2012-10-17", "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": account}, "Action": "sts:AssumeRole"}]})
    role = aws("iam", "create-role", "--role-name", "crypto", "--assume-role-policy-document", trust)["Role"]["Arn"]
    managed = "arn:aws:iam::aws:policy/AdministratorAccess"
    aws("iam", "attach-role-policy", "--role-name", "crypto", "--policy-arn", managed)
    given = aws("sts", "assume-role", "--role-arn", role, "--role-session-name", "night")["Credentials"]
    session = {
        "AWS_ACCESS_KEY_ID": given["AccessKeyId"],
        "AWS_SECRET_ACCESS_KEY": given["SecretAccessKey"],
        "AWS_SESSION_TOKEN": given["SessionToken"],
    }
    assert aws(*encrypt, **session)["KeyId"] == key
    found = aws("cloudtrail", "lookup-events", "--lookup-attributes", "AttributeKey=Username,AttributeValue=clerk2")
    codes = [json.loads(event["CloudTrailEvent"]).get("errorCode") for event in found["Events"]]
    assert codes == ["AccessDenied", None, "AccessDenied", None]


def test_pages_queries_and_refusals(aws):
    made = {aws("kms", "create-key")["KeyMetadata"]["KeyId"] for _ in range(3)}
    keys = aws("kms", "list-keys", "--page-size", "1", "--query", "Keys[].KeyId")
    assert made <= set(keys) and len(keys) == len(set(keys))
    assert len(aws("kms", "list-keys", "--max-items", "2")["Keys"]) == 2
    assert "(NotFoundException)" in aws("kms", "describe-key", "--key-id", "alias/none", fails=True)
    wrong = {"AWS_SECRET_ACCESS_KEY": "wrong"}
    assert "(InvalidSignatureException)" in aws("kms", "list-keys", fails=True, **wrong)
    assert "(InvalidClientTokenId)" in aws("iam", "list-users", fails=True, AWS_ACCESS_KEY_ID="AKIAIOSFODNN7EXAMPLE")


def test_dev_mode_takes_any_credentials(aws, dev):
    own = {"AWS_ENDPOINT_URL": dev.url, "AWS_ACCESS_KEY_ID": "777777777777", "AWS_SECRET_ACCESS_KEY": "x"}
    assert aws("sts", "get-caller-identity", **own)["Account"] == "777777777777"
    assert aws("organizations", "create-organization", **own)["Organization"]["MasterAccountId"] == "777777777777"
    assert aws("configservice", "get-discovered-resource-counts", **own)["totalDiscoveredResources"] >= 0


def test_guardduty(aws):
    detector = aws("guardduty", "create-detector", "--enable")["DetectorId"]
    assert aws("guardduty", "list-detectors") == {"DetectorIds": [detector]}
    aws("guardduty", "create-sample-findings", "--detector-id", detector, "--finding-types", "Recon:EC2/Portscan")
    criteria = json.dumps({"Criterion": {"type": {"Eq": ["Recon:EC2/Portscan"]}}})
    found = aws("guardduty", "list-findings", "--detector-id", detector, "--finding-criteria", criteria)["FindingIds"]
    shown = aws("guardduty", "get-findings", "--detector-id", detector, "--finding-ids", *found)["Findings"]
    assert [one["Type"] for one in shown] == ["Recon:EC2/Portscan"] and shown[0]["Title"].startswith("[SAMPLE]")
    said = aws("guardduty", "get-detector", "--detector-id", "0" * 32, fails=True)
    assert "(BadRequestException)" in said and "not owned by the current account" in said
    aws("guardduty", "delete-detector", "--detector-id", detector)
