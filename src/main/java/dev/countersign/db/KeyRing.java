package dev.countersign.db;

import java.security.SecureRandom;

/**
 * Makes and opens the data keys of logs: each is 32 random bytes, stored wrapped by the master key. Losing the wrapped form
 * loses every text under it; that is how a thread is erased. Safe for use by many threads.
 */
public final class KeyRing {
    private final TextCipher master;
    private final boolean isBare;
    private final SecureRandom random = new SecureRandom();

    KeyRing(byte[] masterKey) {
        this.master = new TextCipher(masterKey, "master");
        this.isBare = false;
    }

    private KeyRing() {
        this.master = TextCipher.bare("master");
        this.isBare = true;
    }

    /** One without keys, for a store in memory that is thrown away. */
    static KeyRing bare() {
        return new KeyRing();
    }

    /** A new data key for the log, wrapped. */
    public byte[] newWrappedKey(String logId) {
        byte[] key = new byte[TextCipher.KEY_BYTES];
        random.nextBytes(key);
        return master.seal(key, logId);
    }

    /**
     * The cipher for the log's texts.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-204} when the wrapped key was damaged or belongs to another
     *     master key
     */
    public TextCipher open(String logId, byte[] wrapped) {
        byte[] key = master.open(wrapped, logId);
        return isBare ? TextCipher.bare(logId) : new TextCipher(key, logId);
    }

    /** Seals a text that belongs to no log, for one place, under the master key itself. */
    public byte[] sealText(String text, String place) {
        return master.encrypt(text, "text " + place);
    }

    /**
     * Opens such a text.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-204} when it was damaged or moved, or the master key is another
     */
    public String openText(byte[] sealed, String place) {
        return master.decrypt(sealed, "text " + place);
    }

    byte[] seal(byte[] secret, String name) {
        return master.seal(secret, "secret " + name);
    }

    byte[] unseal(byte[] sealed, String name) {
        return master.open(sealed, "secret " + name);
    }
}
