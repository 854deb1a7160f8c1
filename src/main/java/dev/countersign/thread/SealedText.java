package dev.countersign.thread;

import dev.countersign.db.TextCipher;
import java.util.Arrays;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** A text of a row that is opened when somebody asks for it. Two are equal that are the same bytes at the same place. */
final class SealedText implements Supplier<String> {
    private final TextCipher cipher;
    private final byte[] sealed;
    private final String place;

    SealedText(TextCipher cipher, byte[] sealed, String place) {
        this.cipher = cipher;
        this.sealed = sealed;
        this.place = place;
    }

    /**
     * The text.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-204} when it does not open
     */
    @Override
    public String get() {
        return cipher.decrypt(sealed, place);
    }

    @Override
    public boolean equals(@Nullable Object other) {
        return other instanceof SealedText that && place.equals(that.place) && Arrays.equals(sealed, that.sealed);
    }

    @Override
    public int hashCode() {
        return place.hashCode();
    }

    /** Harmless in logs. */
    @Override
    public String toString() {
        return "sealed " + place;
    }
}
