import java.io.ByteArrayInputStream;
import java.math.BigInteger;
import java.security.*;
import java.security.spec.*;
import java.util.*;
import java.util.concurrent.*;
import javax.crypto.*;
import javax.crypto.spec.*;

/** SunPKCS11 on the module: what is made in the HSM is held against the JDK's own providers. */
public class Sun {
    static Provider hsm;

    public static void main(String[] arguments) throws Exception {
        hsm = Security.getProvider("SunPKCS11").configure(arguments[0]);
        Security.addProvider(hsm);
        KeyStore store = KeyStore.getInstance("PKCS11", hsm);
        store.load(null, arguments[1].toCharArray());
        done("KeyStore");
        KeyPair rsa = pair("RSA", new RSAKeyGenParameterSpec(2048, RSAKeyGenParameterSpec.F4));
        KeyPair ec = pair("EC", new ECGenParameterSpec("secp256r1"));
        for (String name : List.of("SHA256withRSA", "SHA512withRSA", "SHA1withRSA")) sign(name, rsa, null);
        sign("RSASSA-PSS", rsa, new PSSParameterSpec("SHA-256", "MGF1", MGF1ParameterSpec.SHA256, 32, 1));
        for (String name : List.of("SHA256withECDSA", "SHA384withECDSA")) sign(name, ec, null);
        encrypt(rsa);
        symmetric();
        mac();
        agree(ec);
        digest();
        SecureRandom random = SecureRandom.getInstance("PKCS11", hsm);
        check(!Arrays.equals(random.generateSeed(16), random.generateSeed(16)));
        done("SecureRandom");
        threads(ec);
        ((AuthProvider) hsm).logout();
    }

    static void done(String what) {
        System.out.println(what);
    }

    static void check(boolean holds) {
        if (!holds) throw new AssertionError();
    }

    static KeyPair pair(String kind, AlgorithmParameterSpec parameters) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance(kind, hsm);
        generator.initialize(parameters);
        return generator.generateKeyPair();
    }

    /** The same public key for the JDK's own providers. */
    static PublicKey outside(PublicKey key) throws Exception {
        String provider = key.getAlgorithm().equals("RSA") ? "SunRsaSign" : "SunEC";
        return KeyFactory.getInstance(key.getAlgorithm(), provider).generatePublic(new X509EncodedKeySpec(key.getEncoded()));
    }

    static void sign(String name, KeyPair pair, AlgorithmParameterSpec parameters) throws Exception {
        byte[] message = new byte[100_000];
        Arrays.fill(message, (byte) 7);
        Signature signer = Signature.getInstance(name, hsm);
        if (parameters != null) signer.setParameter(parameters);
        signer.initSign(pair.getPrivate());
        signer.update(message, 0, 5);
        signer.update(message, 5, message.length - 5);
        byte[] signature = signer.sign();
        for (PublicKey key : List.of(outside(pair.getPublic()), pair.getPublic())) {
            Signature verifier = key == pair.getPublic()
                ? Signature.getInstance(name, hsm)
                : Signature.getInstance(name, pair.getPublic().getAlgorithm().equals("RSA") ? "SunRsaSign" : "SunEC");
            if (parameters != null) verifier.setParameter(parameters);
            verifier.initVerify(key);
            verifier.update(message);
            check(verifier.verify(signature));
            verifier.initVerify(key);
            verifier.update(message, 1, 50);
            check(!verifier.verify(signature));
        }
        done(name);
    }

    static void encrypt(KeyPair rsa) throws Exception {
        Cipher outside = Cipher.getInstance("RSA/ECB/PKCS1Padding", "SunJCE");
        outside.init(Cipher.ENCRYPT_MODE, outside(rsa.getPublic()));
        byte[] sealed = outside.doFinal("secret".getBytes());
        Cipher inside = Cipher.getInstance("RSA/ECB/PKCS1Padding", hsm);
        inside.init(Cipher.DECRYPT_MODE, rsa.getPrivate());
        check(Arrays.equals(inside.doFinal(sealed), "secret".getBytes()));
        done("RSA/ECB/PKCS1Padding");
    }

    static void symmetric() throws Exception {
        byte[] raw = new byte[32];
        new Random(1).nextBytes(raw);
        SecretKey clear = new SecretKeySpec(raw, "AES");
        SecretKey key = SecretKeyFactory.getInstance("AES", hsm).translateKey(clear);
        byte[] message = new byte[70_001];
        new Random(2).nextBytes(message);
        byte[] iv = new byte[16];
        iv[3] = 9;
        byte[] nonce = Arrays.copyOf(iv, 12);
        Map<String, AlgorithmParameterSpec> modes = new LinkedHashMap<>();
        modes.put("AES/GCM/NoPadding", new GCMParameterSpec(128, nonce));
        modes.put("AES/CBC/PKCS5Padding", new IvParameterSpec(iv));
        modes.put("AES/CTR/NoPadding", new IvParameterSpec(iv));
        for (var mode : modes.entrySet()) {
            byte[] sealed = run(mode.getKey(), hsm.getName(), Cipher.ENCRYPT_MODE, key, mode.getValue(), message);
            byte[] expected = run(mode.getKey(), "SunJCE", Cipher.ENCRYPT_MODE, clear, mode.getValue(), message);
            check(Arrays.equals(sealed, expected));
            byte[] opened = run(mode.getKey(), hsm.getName(), Cipher.DECRYPT_MODE, key, mode.getValue(), sealed);
            check(Arrays.equals(opened, message));
            done(mode.getKey());
        }
        KeyGenerator generator = KeyGenerator.getInstance("AES", hsm);
        generator.init(256);
        SecretKey made = generator.generateKey();
        byte[] sealed = run("AES/GCM/NoPadding", hsm.getName(), Cipher.ENCRYPT_MODE, made, modes.get("AES/GCM/NoPadding"), message);
        sealed[5] ^= 1;
        try {
            run("AES/GCM/NoPadding", hsm.getName(), Cipher.DECRYPT_MODE, made, modes.get("AES/GCM/NoPadding"), sealed);
            check(false);
        } catch (AEADBadTagException | ProviderException expected) {
            done("tampered");
        }
    }

    static byte[] run(String mode, String provider, int direction, SecretKey key, AlgorithmParameterSpec parameters, byte[] data)
        throws Exception {
        Cipher cipher = Cipher.getInstance(mode, provider);
        cipher.init(direction, key, parameters);
        var out = new java.io.ByteArrayOutputStream();
        for (int from = 0; from < data.length; from += 9_999) {
            byte[] part = cipher.update(data, from, Math.min(9_999, data.length - from));
            if (part != null) out.write(part);
        }
        out.write(cipher.doFinal());
        return out.toByteArray();
    }

    static void mac() throws Exception {
        byte[] raw = "0123456789abcdef0123456789abcdef".getBytes();
        SecretKey clear = new SecretKeySpec(raw, "HmacSHA256");
        Mac outside = Mac.getInstance("HmacSHA256", "SunJCE");
        outside.init(clear);
        Mac inside = Mac.getInstance("HmacSHA256", hsm);
        inside.init(clear);
        check(Arrays.equals(inside.doFinal("message".getBytes()), outside.doFinal("message".getBytes())));
        done("HmacSHA256");
    }

    static void agree(KeyPair inside) throws Exception {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("EC", "SunEC");
        generator.initialize(new ECGenParameterSpec("secp256r1"));
        KeyPair other = generator.generateKeyPair();
        KeyAgreement theirs = KeyAgreement.getInstance("ECDH", "SunEC");
        theirs.init(other.getPrivate());
        theirs.doPhase(outside(inside.getPublic()), true);
        KeyAgreement ours = KeyAgreement.getInstance("ECDH", hsm);
        ours.init(inside.getPrivate());
        ours.doPhase(other.getPublic(), true);
        check(Arrays.equals(ours.generateSecret(), theirs.generateSecret()));
        done("ECDH");
    }

    static void digest() throws Exception {
        MessageDigest inside = MessageDigest.getInstance("SHA-256", hsm);
        MessageDigest outside = MessageDigest.getInstance("SHA-256", "SUN");
        inside.update("a".getBytes());
        check(Arrays.equals(inside.digest("bc".getBytes()), outside.digest("abc".getBytes())));
        done("SHA-256");
    }

    static void threads(KeyPair ec) throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(8);
        List<Future<Boolean>> running = new ArrayList<>();
        PublicKey key = outside(ec.getPublic());
        for (int thread = 0; thread < 8; thread++) {
            running.add(pool.submit(() -> {
                for (int turn = 0; turn < 25; turn++) {
                    Signature signer = Signature.getInstance("SHA256withECDSA", hsm);
                    signer.initSign(ec.getPrivate());
                    signer.update("message".getBytes());
                    Signature verifier = Signature.getInstance("SHA256withECDSA", "SunEC");
                    verifier.initVerify(key);
                    verifier.update("message".getBytes());
                    if (!verifier.verify(signer.sign())) return false;
                }
                return true;
            }));
        }
        for (Future<Boolean> thread : running) check(thread.get());
        pool.shutdown();
        done("threads");
    }
}
