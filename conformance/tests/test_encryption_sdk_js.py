"""The unmodified AWS Encryption SDK for JavaScript in Node.js, on Bastide's keys."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import aws_encryption_sdk as sdk
import pytest
from aws_cryptographic_material_providers.mpl import AwsCryptographicMaterialProviders
from aws_cryptographic_material_providers.mpl.config import MaterialProvidersConfig
from aws_cryptographic_material_providers.mpl.models import CreateAwsKmsKeyringInput

NODE = Path(sys.executable).parent / "node"
FOLDER = Path(__file__).parents[1] / "node"
MODULES = Path(os.environ.get("BASTIDE_NODE_MODULES", FOLDER.parents[1] / "target/node/node_modules"))
PLAINTEXT = b"attack at dawn " * 1000
CONTEXT = {"tenant": "acme"}


@pytest.fixture(scope="module")
def javascript(strict):
    if not MODULES.is_dir():
        pytest.skip("the packages of conformance/node are not installed (cargo xtask test does it)")

    def run(command, keys, data, **more):
        asked = {"command": command, "keys": keys, "data": base64.b64encode(data).decode(), **more}
        done = subprocess.run(
            [NODE, FOLDER / "encryption_sdk.js"],
            input=json.dumps(asked),
            capture_output=True,
            text=True,
            timeout=120,
            env={
                **os.environ,
                "NODE_PATH": str(MODULES),
                "AWS_ENDPOINT_URL": strict.url,
                "AWS_REGION": "us-east-1",
                "AWS_ACCESS_KEY_ID": strict.credentials[0],
                "AWS_SECRET_ACCESS_KEY": strict.credentials[1],
            },
        )
        if done.returncode:
            raise RuntimeError(done.stderr)
        answer = json.loads(done.stdout)
        return base64.b64decode(answer["data"]), answer.get("context")

    return run


def new_key(strict, **parameters):
    return strict.client("kms").create_key(**parameters)["KeyMetadata"]["Arn"]


def test_a_message_goes_round(javascript, strict):
    keys = [new_key(strict), new_key(strict)]
    ciphertext, _ = javascript("encrypt", keys, PLAINTEXT, context=CONTEXT, caching=True)
    assert PLAINTEXT[:32] not in ciphertext
    for key in keys:
        plaintext, context = javascript("decrypt", [key], ciphertext)
        assert plaintext == PLAINTEXT and CONTEXT.items() <= context.items()
    strict.client("kms").disable_key(KeyId=keys[0])
    assert javascript("decrypt", [keys[1]], ciphertext)[0] == PLAINTEXT
    with pytest.raises(RuntimeError):
        javascript("decrypt", [keys[0]], ciphertext)


def test_an_altered_message_does_not_open(javascript, strict):
    key = new_key(strict)
    ciphertext, _ = javascript("encrypt", [key], PLAINTEXT, context=CONTEXT)
    altered = bytearray(ciphertext)
    altered[len(altered) // 2] ^= 1
    with pytest.raises(RuntimeError):
        javascript("decrypt", [key], bytes(altered))


def test_python_reads_what_javascript_wrote_and_the_other_way(javascript, strict):
    key = new_key(strict)
    providers = AwsCryptographicMaterialProviders(config=MaterialProvidersConfig())
    keyring = providers.create_aws_kms_keyring(CreateAwsKmsKeyringInput(kms_key_id=key, kms_client=strict.client("kms")))
    client = sdk.EncryptionSDKClient()
    ours, _ = javascript("encrypt", [key], PLAINTEXT, context=CONTEXT)
    assert client.decrypt(source=ours, keyring=keyring)[0] == PLAINTEXT
    theirs, _ = client.encrypt(source=PLAINTEXT, keyring=keyring, encryption_context=CONTEXT)
    assert javascript("decrypt", [key], theirs)[0] == PLAINTEXT
