package dev.countersign.db;

import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A text of 700 characters, about a message, sealed for its place and opened. */
@State(Scope.Thread)
public class SealBench {
    private static final String PLACE = "message 17";

    private final TextCipher cipher = new TextCipher(new byte[TextCipher.KEY_BYTES], "bench");
    private final String text = "x".repeat(700);
    private final byte[] sealed = cipher.encrypt(text, PLACE);

    /** Seals. */
    @Benchmark
    public byte[] seal() {
        return cipher.encrypt(text, PLACE);
    }

    /** Opens. */
    @Benchmark
    public String open() {
        return cipher.decrypt(sealed, PLACE);
    }
}
