// The AWS Encryption SDK for JavaScript, one command a run. Standard input is JSON, and so is the answer:
// {"command": "encrypt", "keys": [ARN], "data": base64, "context": {}} -> {"data": base64}
// {"command": "decrypt", "keys": [ARN], "data": base64} -> {"data": base64, "context": {}}
const { buildClient, CommitmentPolicy, KmsKeyringNode, NodeCachingMaterialsManager, getLocalCryptographicMaterialsCache } =
  require("@aws-crypto/client-node");

const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
const { encrypt, decrypt } = buildClient(CommitmentPolicy.REQUIRE_ENCRYPT_REQUIRE_DECRYPT);
const [generatorKeyId, ...keyIds] = asked.keys;
const data = Buffer.from(asked.data, "base64");
const keyring =
  asked.command === "encrypt" ? new KmsKeyringNode({ generatorKeyId, keyIds }) : new KmsKeyringNode({ keyIds: asked.keys });

async function run() {
  if (asked.command === "encrypt") {
    const cache = getLocalCryptographicMaterialsCache(10);
    const materials = asked.caching
      ? new NodeCachingMaterialsManager({ backingMaterials: keyring, cache, maxAge: 60000 })
      : keyring;
    const { result } = await encrypt(materials, data, { encryptionContext: asked.context });
    return { data: result.toString("base64") };
  }
  const { plaintext, messageHeader } = await decrypt(keyring, data);
  return { data: plaintext.toString("base64"), context: messageHeader.encryptionContext };
}

run().then(
  (answer) => console.log(JSON.stringify(answer)),
  (error) => {
    console.error(error.message);
    process.exitCode = 1;
  },
);
