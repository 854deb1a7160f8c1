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
    private static final String KNOWN_FIRST = "-0000-4000-8000-0123456789abcdef"
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
            + "{\"activeMillis\":0,\"lastEvent\":1,\"open\":[],\"plan\":\"{\\\"items\\\":[]}\",\"steps\":0,\"unknown\":[]}";

    /** The same with more before it: of approvals, of calls that are asked for, and of steps that lie together. */
    private static final String KNOWN_MORE =
            "{\"kind\":\"ACCESS\",\"tool\":\"create_access_request\",\"arguments\":\"{\\\"reason\\\":\\\"\\\","
                    + "\\\"resource_instance\\\":\\\"\\\",\\\"role\\\":\\\"\\\"}\",\"bound\":null,\"resourceInstance\":\"\",\"role\":\"\","
                    + "\"operation\":null,\"reason\":\"\",\"deadline\":604800.000000000,\"remindAfter\":null,\"escalateAfter\":null,"
                    + "\"terms\":null}"
                    + "{\"kind\":\"OPERATION\",\"tool\":\"create_operation_approval\",\"arguments\":\"{\\\"operation\\\":\\\"\\\","
                    + "\\\"reason\\\":\\\"\\\",\\\"resource_instance\\\":\\\"\\\"}\",\"bound\":{\"callId\":\"c1-0-approved\",\"tool\":\"\","
                    + "\"arguments\":\"{\\\"\\\"}\"},\"resourceInstance\":\"\",\"role\":null,\"operation\":\"\",\"reason\":\"\","
                    + "\"deadline\":2592000.000000000,\"remindAfter\":null,\"escalateAfter\":null,\"terms\":{\"server\":\"\","
                    + "\"reading\":\"\",\"roles\":[\"_Approved_\",\"\"]}}"
                    + "\"plan\":\"{\\\"items\\\":[{\\\"action\\\":\\\"ASK\\\",\\\"callId\\\":\\\"c1-0\\\",\\\"tool\\\":\\\"\\\","
                    + "\\\"arguments\\\":\\\"{\\\\\\\"\\\\\\\":\\\\\\\"\\\\\\\"}\\\",\\\"filing\\\":{\\\"kind\\\":\\\"OPERATION\\\","
                    + "\\\"tool\\\":\\\"create_operation_approval\\\",\\\"arguments\\\":\\\"{\\\\\\\"operation\\\\\\\":\\\\\\\"\\\\\\\","
                    + "\\\\\\\"reason\\\\\\\":\\\\\\\"\\\\\\\",\\\\\\\"resource_instance\\\\\\\":\\\\\\\"\\\\\\\"}\\\","
                    + "\\\"deadlineMillis\\\":86400000,\\\"remindMillis\\\":0,\\\"escalateMillis\\\":0}}]}\",\"steps\":"
                    + "\"plan\":\"{\\\"items\\\":[{\\\"action\\\":\\\"RUN\\\",\\\"callId\\\":\\\"c1-0\\\",\\\"tool\\\":\\\"\\\","
                    + "\\\"arguments\\\":\\\"{\\\\\\\"\\\\\\\":\\\\\\\"\\\\\\\"}\\\",\\\"filing\\\":null}]}\",\"steps\":1,\"unknown\":[]},"
                    + "{\"activeMillis\":0,\"lastEvent\":2,\"open\":[\"01a\"],\"plan\":\"{\\\"items\\\":[]}\",\"steps\":1,"
                    + "\"~seen\":[\"approval:c1-0=01a\"]},{\"activeMillis\":"
                    + "[{\"activeMillis\":0,\"lastEvent\":1,\"steps\":0},{\"activeMillis\":0,\"lastEvent\":1,\"steps\":1,"
                    + "\"~seen\":[\"roles=[\\\"\\\"]\",\"setting=\",\"asked=2:\"]},{\"activeMillis\":0,\"lastEvent\":1,"
                    + "\"plan\":\"{\\\"items\\\":[]}\",\"steps\":1,\"unknown\":[],\"~seen\":[\"asked=2:\"]}]";

    private static final byte[] FIRST = KNOWN_FIRST.getBytes(StandardCharsets.UTF_8);
    private static final byte[] NOW = (KNOWN_MORE + KNOWN_FIRST).getBytes(StandardCharsets.UTF_8);

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
        deflater.setDictionary(NOW);
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
        return unpack(packed, NOW);
    }

    /** Those that were packed by a program that knew less beforehand. */
    static byte[] unpackFirst(byte[] packed) throws DataFormatException {
        return unpack(packed, FIRST);
    }

    private static byte[] unpack(byte[] packed, byte[] known) throws DataFormatException {
        Inflater inflater = INFLATER.get();
        inflater.reset();
        inflater.setDictionary(known);
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
