package dev.countersign.db;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.core.CountersignException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
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
    private static final String FIRST_PACKED = "QzfYyBLFZCMSTEb1ZK0CjjJHAZRSFXQJFL4A";
    private static final String FIRST_TEXT =
            "{\"activeMillis\":29,\"lastEvent\":2,\"open\":[],\"plan\":\"{\\\"items\\\":[]}\",\"steps\":1,\"unknown\":[]}"
                    + " \"tool\":\"await_decision\" USER -0000-4000-8000-0123456789abcdef";
    private static final String NOW_TEXT =
            "[{\"activeMillis\":5,\"lastEvent\":3,\"steps\":1,\"~seen\":[\"roles=[\\\"user\\\"]\"]},"
                    + "{\"activeMillis\":5,\"plan\":\"{\\\"items\\\":[{\\\"action\\\":\\\"ASK\\\",\\\"callId\\\":\\\"c1-0\\\"\"}]"
                    + " {\"kind\":\"ACCESS\",\"tool\":\"create_access_request\" USER";

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
        byte[] sealed = sealed(1, "", text.getBytes(StandardCharsets.UTF_8));
        assertThat(cipher.decrypt(sealed, PLACE)).isEqualTo(text);
    }

    @Test
    void whatWasSealedByTheFirstProgramThatPacked_opens_andAsNothingElse() throws Exception {
        byte[] sealed = sealed(2, "/packed", Base64.getDecoder().decode(FIRST_PACKED));
        assertThat(cipher.decrypt(sealed, PLACE)).isEqualTo(FIRST_TEXT);
        sealed[0] = 3;
        assertThatThrownBy(() -> cipher.decrypt(sealed, PLACE)).hasMessageContaining("CS-204");
    }

    private byte[] sealed(int format, String named, byte[] body) throws GeneralSecurityException {
        byte[] nonce = new byte[12];
        Cipher aes = Cipher.getInstance("AES/GCM/NoPadding");
        aes.init(Cipher.ENCRYPT_MODE, new SecretKeySpec(key, "AES"), new GCMParameterSpec(128, nonce));
        aes.updateAAD(("log-1/" + PLACE + named).getBytes(StandardCharsets.UTF_8));
        byte[] sealed = aes.doFinal(body);
        return ByteBuffer.allocate(13 + sealed.length)
                .put((byte) format)
                .put(nonce)
                .put(sealed)
                .array();
    }

    /** What is known beforehand belongs to the format: whoever changes it could not open what lies in stores. */
    @Test
    void whatWasPackedByTheFirstProgramThatDid_isUnpacked() throws Exception {
        byte[] packed = Base64.getDecoder().decode(FIRST_PACKED);
        assertThat(new String(Packed.unpackFirst(packed), StandardCharsets.UTF_8))
                .isEqualTo(FIRST_TEXT);
    }

    /** As before, for what is known now. */
    @Test
    void whatIsPackedNow_isUnpacked() throws Exception {
        byte[] packed = Base64.getDecoder().decode("wyjvTVFMNsZfiMNciqXINsUVjMS0bYApS6GatEa7AigDAAA=");
        assertThat(new String(Packed.unpack(packed), StandardCharsets.UTF_8)).isEqualTo(NOW_TEXT);
        assertThat(Packed.pack(NOW_TEXT.getBytes(StandardCharsets.UTF_8))).hasSizeLessThan(60);
    }

    @Test
    void whatStandsInThePlaceOfASealedText_isToldFromOne() {
        assertThat(TextCipher.mayHaveSealed(cipher.encrypt("", PLACE))).isTrue();
        assertThat(TextCipher.mayHaveSealed(cipher.encrypt("x".repeat(100), PLACE)))
                .isTrue();
        assertThat(TextCipher.mayHaveSealed(TextCipher.bare("log-1").encrypt("", PLACE)))
                .isTrue();
        assertThat(TextCipher.mayHaveSealed(new byte[0])).isFalse();
        assertThat(TextCipher.mayHaveSealed(new byte[] {1})).isFalse();
        assertThat(TextCipher.mayHaveSealed(new byte[] {16, 0, 0, 0, 7})).isFalse();
        assertThat(TextCipher.mayHaveSealed(
                        "a text that nobody sealed, of any length".getBytes(StandardCharsets.UTF_8)))
                .isFalse();
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
