package dev.countersign.db;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * Makes texts smaller before they are sealed: what is sealed cannot be made smaller by anybody afterwards. Each text is packed by itself,
 * so that the length of one says nothing of another. Most are short, and much of them is the names of their fields: these are known
 * beforehand. Safe for use by many threads.
 *
 * <p>Source: RFC 1951.
 */
final class Packed {
    /** Below this there is nothing to be had. */
    private static final int LEAST = 24;

    private static final int BLOCK = 4096;

    /**
     * What is known beforehand, the most frequent last. It belongs to the format of what lies in stores: another one needs another
     * format byte.
     */
    private static final byte[] KNOWN = ("-0000-4000-8000-0123456789abcdef"
                    + "{\"access_request\":{\"id\":\"reference\":\"requester\":\"create_access_request\",\"kind\":\"access\",\"role\":\""
                    + "{\"effect_id\":\"call_id\":\"outcome\":\"settling\":\"{\\\"seq\\\":2,\\\"kind\\\":\\\"DECISION\\\",\\\"body\\\":\\\""
                    + "\\\",\\\"atMillis\\\":179\"tool\":\"await_decision\",\"arguments\":\"{\\\"request_id\\\":\\\""
                    + "{\"kind\":\"OPERATION\",\"tool\":\"create_operation_approval\",\"arguments\":\"{\\\"resource_instance\\\":\\\"\\\",\\\"reason\\\":\\\""
                    + "{\\\"request_id\\\":\\\"\\\",\\\"kind\\\":\\\"operation\\\",\\\"resource_instance\\\":\\\"\\\",\\\"operation\\\":\\\""
                    + "\\\",\\\"status\\\":\\\"pending\\\",\\\"message\\\":\\\"Filed with request id ; it waits for a reviewer. Nothing is done until"
                    + " it is decided; the decision arrives by itself.\\\"}"
                    + "\\\",\\\"status\\\":\\\"approved\\\",\\\"comment\\\":null,\\\"reviewer\\\":\\\"\\\"}"
                    + "{\"role\":\"USER\",\"text\":\"{\"role\":\"TOOL\",\"text\":\"{\"role\":\"ASSISTANT\",\"text\":\"\",\"calls\":[{\"id\":\"c"
                    + "\",\"tool\":\"\",\"arguments\":\"{\\\"\\\"}\"}],\"callId\":null,\"tool\":null,\"error\":true,"
                    + "\",\"calls\":[],\"callId\":\"c\",\"tool\":\"\",\"error\":false,\"at\":\"2026-1"
                    + "\",\"calls\":[],\"callId\":null,\"tool\":null,\"error\":false,\"at\":\"2026-11-"
                    + "{\"activeMillis\":0,\"lastEvent\":1,\"open\":[\"\"],\"plan\":\"{\\\"items\\\":[{\\\"call\\\":\\\"c\\\",\\\"state\\\":\\\""
                    + "],\"plan\":\"{\\\"items\\\":[]}\",\"steps\":1,\"unknown\":[],\"~seen\":[\"setting=\"]}\"roles=[\\\"user\\\"]\",\"asked=\"]}"
                    + "{\"activeMillis\":0,\"lastEvent\":1,\"open\":[],\"plan\":\"{\\\"items\\\":[]}\",\"steps\":0,\"unknown\":[]}")
            .getBytes(StandardCharsets.UTF_8);

    /** Their tables are far larger than most texts, and beginning anew is cheap. */
    private static final ThreadLocal<Deflater> DEFLATER =
            ThreadLocal.withInitial(() -> new Deflater(Deflater.DEFAULT_COMPRESSION, true));

    private static final ThreadLocal<Inflater> INFLATER = ThreadLocal.withInitial(() -> new Inflater(true));

    private Packed() {}

    /** The packed bytes, or the same array where packing gains nothing. */
    static byte[] pack(byte[] plain) {
        if (plain.length < LEAST) {
            return plain;
        }
        Deflater deflater = DEFLATER.get();
        deflater.reset();
        deflater.setDictionary(KNOWN);
        deflater.setInput(plain);
        deflater.finish();
        byte[] packed = new byte[plain.length - 1];
        int length = deflater.deflate(packed);
        return deflater.finished() ? Arrays.copyOf(packed, length) : plain;
    }

    /**
     * The bytes that were packed.
     *
     * @throws DataFormatException when these are no packed bytes, or not all of them
     */
    static byte[] unpack(byte[] packed) throws DataFormatException {
        Inflater inflater = INFLATER.get();
        inflater.reset();
        inflater.setDictionary(KNOWN);
        inflater.setInput(packed);
        byte[] plain = new byte[Math.max(BLOCK, 2 * packed.length)];
        int length = 0;
        while (!inflater.finished()) {
            if (length == plain.length) {
                plain = Arrays.copyOf(plain, 2 * plain.length);
            }
            int more = inflater.inflate(plain, length, plain.length - length);
            if (more == 0 && !inflater.finished()) {
                throw new DataFormatException("expected packed bytes, got " + packed.length + " that end too early");
            }
            length += more;
        }
        return Arrays.copyOf(plain, length);
    }
}
