package dev.countersign.core;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Base64;
import java.util.HexFormat;

/** SHA-256 in lower-case hexadecimal, or half of it in fewer letters. */
public final class Digest {
    private static final int HALF_BYTES = 16;

    private Digest() {}

    /** The digest of the parts, each preceded by its length, so that no two lists of parts run together: 64 characters. */
    public static String of(String... parts) {
        return HexFormat.of().formatHex(sha(parts));
    }

    /**
     * The first half of that digest, in the letters of base64url (RFC 4648): 22 characters. Enough to tell from each other what nobody
     * makes alike on purpose, where many are stored in texts: packing makes two letters of a hexadecimal digest no shorter than two of any.
     */
    public static String brief(String... parts) {
        return letters(half(parts));
    }

    /** The same of bytes that say themselves where their parts end. */
    public static String brief(byte[] bytes) {
        return letters(Arrays.copyOf(sha().digest(bytes), HALF_BYTES));
    }

    /** The 16 bytes of {@link #brief(String...)}. */
    public static byte[] half(String... parts) {
        return Arrays.copyOf(sha(parts), HALF_BYTES);
    }

    private static String letters(byte[] half) {
        return Base64.getUrlEncoder().withoutPadding().encodeToString(half);
    }

    /** The bytes of a digest in hexadecimal, as they lie in tables that have many. */
    public static byte[] bytes(String hexadecimal) {
        return HexFormat.of().parseHex(hexadecimal);
    }

    /** The digest whose bytes lie in a table. */
    public static String ofBytes(byte[] bytes) {
        return HexFormat.of().formatHex(bytes);
    }

    private static byte[] sha(String... parts) {
        MessageDigest sha = sha();
        for (String part : parts) {
            byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
            sha.update((bytes.length + ":").getBytes(StandardCharsets.US_ASCII));
            sha.update(bytes);
        }
        return sha.digest();
    }

    private static MessageDigest sha() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
