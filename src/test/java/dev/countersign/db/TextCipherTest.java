package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.core.CountersignException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Random;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class TextCipherTest {
    private static final String PLACE = "message 17";

    private final byte[] key = new byte[TextCipher.KEY_BYTES];
    private final TextCipher cipher = new TextCipher(key, "log-1");

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 23, 24, 25, 4095, 4096, 4097, 100_000, 1_000_000})
    void everyTextComesBackAsItWas(int length) {
        byte[] random = new byte[length];
        new Random(length).nextBytes(random);
        assertThat(cipher.open(cipher.seal(random, PLACE), PLACE)).isEqualTo(random);
        String same = "é".repeat(length);
        assertThat(cipher.decrypt(cipher.encrypt(same, PLACE), PLACE)).isEqualTo(same);
    }

    @Test
    void aTextThatCanBeMadeSmaller_isSealedSmaller() {
        assertThat(cipher.encrypt("I would like a pizza, please. ".repeat(20), PLACE))
                .hasSizeLessThan(120);
        assertThat(cipher.encrypt("short", PLACE)).hasSize(1 + 12 + 5 + 16);
    }

    @Test
    void whatWasSealedBeforeTextsWerePacked_opens() throws Exception {
        String text = "I would like a pizza, please. ".repeat(20);
        byte[] nonce = new byte[12];
        Cipher aes = Cipher.getInstance("AES/GCM/NoPadding");
        aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
        aes.updateAAD(("log-1/" + PLACE).getBytes(StandardCharsets.UTF_8));
        byte[] body = aes.doFinal(text.getBytes(StandardCharsets.UTF_8));
        byte[] sealed = ByteBuffer.allocate(13 + body.length)
                .put((byte) 1)
                .put(nonce)
                .put(body)
                .array();
        assertThat(cipher.decrypt(sealed, PLACE)).isEqualTo(text);
    }

    /** What is known beforehand belongs to the format: whoever changes it could not open what lies in stores. */
    @Test
    void whatWasPackedByTheFirstProgramThatDid_isUnpacked() throws Exception {
        byte[] packed = Base64.getDecoder().decode("QzfYyBLFZCMSTEb1ZK0CjjJHAZRSFXQJFL4A");
        assertThat(new String(Packed.unpack(packed), StandardCharsets.UTF_8))
                .isEqualTo(
                        "{\"activeMillis\":29,\"lastEvent\":2,\"open\":[],\"plan\":\"{\\\"items\\\":[]}\",\"steps\":1,\"unknown\":[]}"
                                + " \"tool\":\"await_decision\" USER -0000-4000-8000-0123456789abcdef");
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 13, 40})
    void aChangedByteAnywhere_theFormatIncluded_opensNothing(int changed) {
        byte[] sealed = cipher.encrypt("I would like a pizza, please. ".repeat(20), PLACE);
        sealed[changed] ^= 3;
        assertThatThrownBy(() -> cipher.decrypt(sealed, PLACE))
                .isInstanceOf(CountersignException.class)
                .hasMessageContaining("CS-204");
        assertThatThrownBy(() -> cipher.decrypt(cipher.encrypt("x".repeat(200), PLACE), "message 18"))
                .isInstanceOf(CountersignException.class);
    }
}
