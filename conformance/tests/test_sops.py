"""The unmodified sops, which keeps files of secrets under a key of KMS."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

SOPS = Path(sys.executable).parent / "sops"
SECRETS = {"database": {"user": "app", "password": "correct horse battery staple"}, "ports": [1, 2, 3]}


@pytest.fixture(scope="module")
def sops(strict, tmp_path_factory):
    if not SOPS.exists():
        pytest.skip("sops is not installed")
    folder = tmp_path_factory.mktemp("sops")

    def run(*arguments, check=True):
        done = subprocess.run(
            [SOPS, *arguments],
            capture_output=True,
            text=True,
            timeout=120,
            cwd=folder,
            env={
                "HOME": str(folder),
                "PATH": os.environ["PATH"],
                "AWS_ENDPOINT_URL": strict.url,
                "AWS_ACCESS_KEY_ID": strict.credentials[0],
                "AWS_SECRET_ACCESS_KEY": strict.credentials[1],
            },
        )
        assert not check or done.returncode == 0, done.stderr
        return done

    run.folder = folder
    return run


def new_key(strict):
    return strict.client("kms").create_key()["KeyMetadata"]["Arn"]


def encrypted(sops, name, *arguments):
    (sops.folder / name).write_text(json.dumps(SECRETS))
    sops("encrypt", "--in-place", *arguments, name)
    text = (sops.folder / name).read_text()
    assert "correct horse" not in text and "ENC[AES256_GCM" in text
    return json.loads(text)


def test_a_file_goes_round(sops, strict):
    encrypted(sops, "round.json", "--kms", new_key(strict), "--encryption-context", "tenant:acme")
    assert json.loads(sops("decrypt", "round.json").stdout) == SECRETS
    got = sops("decrypt", "--extract", '["database"]["password"]', "round.json").stdout
    assert got == SECRETS["database"]["password"]


def test_another_context_does_not_open_it(sops, strict):
    file = encrypted(sops, "context.json", "--kms", new_key(strict), "--encryption-context", "tenant:acme")
    file["sops"]["kms"][0]["context"] = {"tenant": "other"}
    (sops.folder / "context.json").write_text(json.dumps(file))
    assert sops("decrypt", "context.json", check=False).returncode != 0


def test_a_key_that_is_disabled_does_not_open_it_and_another_does(sops, strict):
    first, second = new_key(strict), new_key(strict)
    encrypted(sops, "two.json", "--kms", f"{first},{second}")
    strict.client("kms").disable_key(KeyId=first)
    assert json.loads(sops("decrypt", "two.json").stdout) == SECRETS
    strict.client("kms").disable_key(KeyId=second)
    assert sops("decrypt", "two.json", check=False).returncode != 0


def test_its_data_key_is_rotated_and_keys_are_added(sops, strict):
    first, second = new_key(strict), new_key(strict)
    before = encrypted(sops, "rotated.json", "--kms", first)
    sops("rotate", "--in-place", "--add-kms", second, "rotated.json")
    after = json.loads((sops.folder / "rotated.json").read_text())
    assert len(after["sops"]["kms"]) == 2
    assert before["sops"]["kms"][0]["enc"] != after["sops"]["kms"][0]["enc"]
    strict.client("kms").disable_key(KeyId=first)
    assert json.loads(sops("decrypt", "rotated.json").stdout) == SECRETS
