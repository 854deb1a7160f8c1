package dev.countersign.db;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;

/**
 * AES-256-GCM over one text: a format byte (1; 3 where the text was packed first, 2 where an earlier program packed it), a 12-byte
 * random nonce, the sealed bytes with their 16-byte tag. The place a text belongs to, and the format, are authenticated with it, so that a sealed text moved to
 * another row does not open. Safe for use by many threads.
 *
 * <p>Source: NIST SP 800-38D.
 */
public final class TextCipher {
    static final int KEY_BYTES = 32;
    private static final ErrorCode DAMAGED = new ErrorCode("CS-204", ErrorCode.Kind.CORRUPT);
    private static final byte PLAIN = 1;
    private static final byte PACKED_FIRST = 2;
    private static final byte PACKED = 3;
    private static final int NONCE_BYTES = 12;
    private static final int TAG_BITS = 128;

    /** Instead of {@link #PLAIN} where there is no key: no store with a key opens it. */
    private static final byte BARE = 0;

    /** Finding one takes longer than most texts; each use begins it anew with its own key and nonce. */
    private static final ThreadLocal<Cipher> CIPHER = ThreadLocal.withInitial(TextCipher::find);

    private final @Nullable SecretKeySpec key;
    private final String scope;
    private final SecureRandom random = new SecureRandom();

    TextCipher(byte[] key, String scope) {
        this.key = new SecretKeySpec(key, "AES");
        this.scope = scope;
    }

    private TextCipher(String scope) {
        this.key = null;
        this.scope = scope;
    }

    /** One that leaves texts as they are, for a store in memory that is thrown away: its key would lie beside it. */
    static TextCipher bare(String scope) {
        return new TextCipher(scope);
    }

    /** Seals a text for one place, such as {@code message 17}. */
    public byte[] encrypt(String text, String place) {
        return seal(text.getBytes(StandardCharsets.UTF_8), place);
    }

    /**
     * Opens a text sealed for the same place.
     *
     * @throws CountersignException {@code CS-204} when it was damaged, moved, or sealed with another key
     */
    public String decrypt(byte[] sealed, String place) {
        return new String(open(sealed, place), StandardCharsets.UTF_8);
    }

    /** Whether these may be a sealed text, rather than what stands in the place of one. */
    static boolean mayHaveSealed(byte[] bytes) {
        boolean sealed = bytes.length > 1 + NONCE_BYTES && bytes[0] >= PLAIN && bytes[0] <= PACKED;
        return sealed || (bytes.length > 0 && bytes[0] == BARE);
    }

    byte[] seal(byte[] plain, String place) {
        if (key == null) {
            return ByteBuffer.allocate(1 + plain.length).put(BARE).put(plain).array();
        }
        byte[] packed = Packed.pack(plain);
        byte format = packed.length < plain.length ? PACKED : PLAIN;
        byte[] nonce = new byte[NONCE_BYTES];
        random.nextBytes(nonce);
        try {
            byte[] body = cipher(Cipher.ENCRYPT_MODE, format, nonce, place).doFinal(packed);
            return ByteBuffer.allocate(1 + NONCE_BYTES + body.length)
                    .put(format)
                    .put(nonce)
                    .put(body)
                    .array();
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is part of every JDK", e);
        }
    }

    byte[] open(byte[] sealed, String place) {
        if (key == null) {
            return bare(sealed, place);
        }
        if (!mayHaveSealed(sealed) || sealed[0] == BARE) {
            throw damaged(place, null);
        }
        byte[] nonce = Arrays.copyOfRange(sealed, 1, 1 + NONCE_BYTES);
        try {
            byte[] body = cipher(Cipher.DECRYPT_MODE, sealed[0], nonce, place)
                    .doFinal(sealed, 1 + NONCE_BYTES, sealed.length - 1 - NONCE_BYTES);
            return switch (sealed[0]) {
                case PACKED -> Packed.unpack(body);
                case PACKED_FIRST -> Packed.unpackFirst(body);
                default -> body;
            };
        } catch (GeneralSecurityException | DataFormatException e) {
            throw damaged(place, e);
        }
    }

    private byte[] bare(byte[] sealed, String place) {
        if (sealed.length == 0 || sealed[0] != BARE) {
            throw damaged(place, null);
        }
        return Arrays.copyOfRange(sealed, 1, sealed.length);
    }

    private Cipher cipher(int mode, byte format, byte[] nonce, String place) throws GeneralSecurityException {
        Cipher cipher = CIPHER.get();
        cipher.init(mode, key, new GCMParameterSpec(TAG_BITS, nonce));
        cipher.updateAAD((scope + "/" + place + named(format)).getBytes(StandardCharsets.UTF_8));
        return cipher;
    }

    private static String named(byte format) {
        return switch (format) {
            case PACKED -> "/packed/" + PACKED;
            case PACKED_FIRST -> "/packed";
            default -> "";
        };
    }

    private static Cipher find() {
        try {
            return Cipher.getInstance("AES/GCM/NoPadding");
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("AES-GCM is part of every JDK", e);
        }
    }

    private CountersignException damaged(String place, @Nullable Throwable cause) {
        return new CountersignException(
                DAMAGED,
                "the encrypted text at " + scope + "/" + place
                        + " does not open: it was damaged, or the master key is another one. Nothing was guessed.",
                cause);
    }
}
