package dev.countersign.db;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.sql.Timestamp;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The bytes of transactions in one file of the redo log. A statement's text stands in the first of them that has it, and is a
 * number from then on; so a file is written, and read, from its beginning. Used by one thread at a time.
 *
 * <p>A transaction is: epoch and number (8 bytes each), count of changes (4); a change is: the text's number (4) and, when that is
 * new, the text; count of values (4); each a tag and its content. Texts are UTF-8 behind their length (4). Big-endian.
 */
final class RedoCodec {
    private static final int NULL = 0;
    private static final int TEXT = 1;
    private static final int INT = 2;
    private static final int LONG = 3;
    private static final int BOOLEAN = 4;
    private static final int BYTES = 5;
    private static final int DOUBLE = 6;
    private static final int DECIMAL = 7;
    private static final int TIMESTAMP = 8;
    private static final int OFFSET_TIME = 9;

    private final Map<String, Integer> numbers = new HashMap<>();
    private final List<String> texts = new ArrayList<>();

    /**
     * A transaction of the log.
     *
     * @param epoch which opening of the store it was made in
     * @param number counts the transactions of a store, from 1
     */
    record Entry(long epoch, long number, List<Change> changes) {}

    /** Whether a value can be written. */
    static boolean knows(@Nullable Object value) {
        return value == null
                || value instanceof String
                || value instanceof Integer
                || value instanceof Long
                || value instanceof Boolean
                || value instanceof byte[]
                || value instanceof Double
                || value instanceof BigDecimal
                || value instanceof Timestamp
                || value instanceof OffsetDateTime;
    }

    /** How many texts stand in the file; {@link #forget} goes back to it when what was encoded since is not written. */
    int mark() {
        return texts.size();
    }

    void forget(int mark) {
        while (texts.size() > mark) {
            numbers.remove(texts.remove(texts.size() - 1));
        }
    }

    byte[] encode(Entry entry) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(1024);
        DataOutputStream out = new DataOutputStream(bytes);
        out.writeLong(entry.epoch());
        out.writeLong(entry.number());
        out.writeInt(entry.changes().size());
        for (Change change : entry.changes()) {
            sql(out, change.sql());
            out.writeInt(change.values().size());
            for (Object value : change.values()) {
                value(out, value);
            }
        }
        return bytes.toByteArray();
    }

    private void sql(DataOutputStream out, String sql) throws IOException {
        Integer known = numbers.get(sql);
        out.writeInt(known == null ? texts.size() : known);
        if (known == null) {
            numbers.put(sql, texts.size());
            texts.add(sql);
            text(out, sql);
        }
    }

    private static void text(DataOutputStream out, String text) throws IOException {
        bytes(out, text.getBytes(StandardCharsets.UTF_8));
    }

    private static void bytes(DataOutputStream out, byte[] bytes) throws IOException {
        out.writeInt(bytes.length);
        out.write(bytes);
    }

    private static void value(DataOutputStream out, @Nullable Object value) throws IOException {
        if (value == null) {
            out.writeByte(NULL);
        } else if (value instanceof String text) {
            out.writeByte(TEXT);
            text(out, text);
        } else if (value instanceof Integer number) {
            out.writeByte(INT);
            out.writeInt(number);
        } else if (value instanceof Long number) {
            out.writeByte(LONG);
            out.writeLong(number);
        } else if (value instanceof Boolean truth) {
            out.writeByte(BOOLEAN);
            out.writeBoolean(truth);
        } else if (value instanceof byte[] content) {
            out.writeByte(BYTES);
            bytes(out, content);
        } else {
            rare(out, value);
        }
    }

    private static void rare(DataOutputStream out, Object value) throws IOException {
        if (value instanceof Double number) {
            out.writeByte(DOUBLE);
            out.writeDouble(number);
        } else if (value instanceof BigDecimal number) {
            out.writeByte(DECIMAL);
            text(out, number.toString());
        } else if (value instanceof Timestamp time) {
            out.writeByte(TIMESTAMP);
            out.writeLong(time.getTime());
            out.writeInt(time.getNanos());
        } else if (value instanceof OffsetDateTime time) {
            out.writeByte(OFFSET_TIME);
            text(out, time.toString());
        } else {
            throw new IOException("expected a value that the redo log can hold, got a "
                    + value.getClass().getName());
        }
    }

    /** The number of an encoded transaction. */
    static long number(byte[] encoded) {
        return ByteBuffer.wrap(encoded).getLong(Long.BYTES);
    }

    Entry decode(byte[] encoded) throws IOException {
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(encoded));
        long epoch = in.readLong();
        long number = in.readLong();
        int count = in.readInt();
        List<Change> changes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            String sql = sql(in);
            int length = in.readInt();
            List<@Nullable Object> values = new ArrayList<>();
            for (int j = 0; j < length; j++) {
                values.add(value(in));
            }
            changes.add(new Change(sql, values));
        }
        return new Entry(epoch, number, changes);
    }

    private String sql(DataInputStream in) throws IOException {
        int number = in.readInt();
        if (number == texts.size()) {
            String sql = text(in);
            numbers.put(sql, number);
            texts.add(sql);
        }
        return texts.get(number);
    }

    private static String text(DataInputStream in) throws IOException {
        return new String(bytes(in), StandardCharsets.UTF_8);
    }

    private static byte[] bytes(DataInputStream in) throws IOException {
        byte[] bytes = new byte[in.readInt()];
        in.readFully(bytes);
        return bytes;
    }

    private static @Nullable Object value(DataInputStream in) throws IOException {
        int tag = in.readByte();
        return switch (tag) {
            case NULL -> null;
            case TEXT -> text(in);
            case INT -> in.readInt();
            case LONG -> in.readLong();
            case BOOLEAN -> in.readBoolean();
            case BYTES -> bytes(in);
            case DOUBLE -> in.readDouble();
            case DECIMAL -> new BigDecimal(text(in));
            case TIMESTAMP -> timestamp(in);
            case OFFSET_TIME -> OffsetDateTime.parse(text(in));
            default -> throw new IOException("expected a tag from 0 to " + OFFSET_TIME + ", got " + tag);
        };
    }

    private static Timestamp timestamp(DataInputStream in) throws IOException {
        Timestamp time = new Timestamp(in.readLong());
        time.setNanos(in.readInt());
        return time;
    }
}
