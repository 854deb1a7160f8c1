package dev.countersign.db;

import dev.countersign.core.Digest;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.PreparedBatch;
import org.jspecify.annotations.Nullable;

/**
 * Writes the rows that stand for one thing again and again, under other names, in few statements for many copies: for filling a
 * store. Names are replaced wherever they stand, inside of sealed texts too, which are sealed anew for their new place and under a
 * key of their own; times are moved. Everything else is as it was in the row. Used by one thread at a time.
 */
public final class RowPress {
    private static final Set<String> TIMES = Set.of(
            "created_at",
            "updated_at",
            "deadline",
            "next_check",
            "remind_at",
            "escalate_at",
            "close_at",
            "delivered_at");
    private static final String KEY = "wrapped_key";

    /**
     * Rows of one table.
     *
     * @param column the column by which they are found
     * @param value what stands there
     * @param sealed the column of a sealed text, or of bytes that say where it lies; empty when there is none
     * @param place the word, and the columns, that say where that text belongs
     * @param own a column with the bytes of a {@link Digest} that is a copy's own, and that nobody needs to know; empty when there is none
     */
    public record Part(String table, String column, String value, String sealed, List<String> place, String own) {
        public Part {
            place = List.copyOf(place);
        }

        private String placeIn(Map<String, @Nullable Object> row) {
            StringBuilder named = new StringBuilder(place.get(0));
            place.subList(1, place.size()).forEach(column -> named.append(' ').append(row.get(column)));
            return named.toString();
        }

        private List<Map<String, @Nullable Object>> rows(Handle handle) {
            return handle.createQuery("SELECT * FROM " + table + " WHERE " + column + " = :value")
                    .bind("value", value)
                    .mapToMap()
                    .list();
        }
    }

    /** Bytes that are a name. */
    private record Own(Stencil digest) {}

    /** A row whose texts are cut where names stand in them. */
    private record Cut(Part part, Map<String, @Nullable Object> columns) {}

    private final Database database;
    private final Map<String, Integer> places = new LinkedHashMap<>();
    private final List<List<Cut>> tables = new ArrayList<>();
    private final int logName;

    /**
     * A press for rows that change no more.
     *
     * @param cipher that opens their texts
     * @param names that a copy has its own of
     * @param logName which of them is that of the log whose key seals the texts
     */
    public RowPress(Database database, List<Part> parts, TextCipher cipher, List<String> names, int logName) {
        this.database = database;
        this.logName = logName;
        names.forEach(this::name);
        Map<Part, List<Map<String, @Nullable Object>>> found = new LinkedHashMap<>();
        database.jdbi().useHandle(handle -> parts.forEach(part -> found.put(part, part.rows(handle))));
        found.forEach((part, rows) -> rows.forEach(row -> {
            if (!part.own.isEmpty()) {
                name(Digest.ofBytes((byte[]) Objects.requireNonNull(row.get(part.own))));
            }
        }));
        found.forEach((part, rows) -> {
            if (!rows.isEmpty()) {
                tables.add(rows.stream().map(row -> cut(part, row, cipher)).toList());
            }
        });
    }

    private void name(String name) {
        places.putIfAbsent(name, places.size());
    }

    private Cut cut(Part part, Map<String, @Nullable Object> row, TextCipher cipher) {
        Map<String, @Nullable Object> columns = new LinkedHashMap<>();
        row.forEach((name, value) -> {
            if (name.equals(part.own)) {
                columns.put(name, new Own(stencil(Digest.ofBytes((byte[]) Objects.requireNonNull(value)))));
            } else if (value instanceof byte[] sealed && name.equals(part.sealed) && TextCipher.mayHaveSealed(sealed)) {
                columns.put(name, stencil(cipher.decrypt(sealed, part.placeIn(row))));
            } else {
                columns.put(name, value instanceof String text ? stencil(text) : value);
            }
        });
        return new Cut(part, columns);
    }

    /** A text cut at the names of this press. */
    public Stencil stencil(String text) {
        return new Stencil(text, places);
    }

    /**
     * Writes a copy for each list of names, within a transaction of the caller.
     *
     * @param later by how much times are moved, in milliseconds
     */
    public void print(Handle tx, List<List<String>> copies, long later) {
        List<Ink> inks = copies.stream().map(names -> ink(names, later)).toList();
        for (List<Cut> cuts : tables) {
            PreparedBatch batch = tx.prepareBatch(insert(cuts.get(0)));
            for (Ink ink : inks) {
                cuts.forEach(cut -> batch.add(ink.on(cut)));
            }
            batch.execute();
        }
    }

    private Ink ink(List<String> names, long later) {
        String log = names.get(logName);
        byte[] key = database.keys().newWrappedKey(log);
        return new Ink(names, key, database.keys().open(log, key), later);
    }

    private static String insert(Cut cut) {
        return "INSERT INTO " + cut.part.table + " (" + String.join(", ", cut.columns.keySet()) + ") VALUES ("
                + String.join(", ", Collections.nCopies(cut.columns.size(), "?")) + ")";
    }

    /** Lets the database look at what is there now, as after any load: it chooses its ways by that. */
    public void analyze() {
        database.jdbi().useHandle(handle -> handle.execute("ANALYZE"));
    }

    /** What a copy is written with. */
    private static final class Ink {
        private final List<String> names;
        private final byte[] key;
        private final TextCipher cipher;
        private final long later;

        Ink(List<String> names, byte[] key, TextCipher cipher, long later) {
            this.names = names;
            this.key = key;
            this.cipher = cipher;
            this.later = later;
        }

        @Nullable
        Object[] on(Cut cut) {
            Map<String, @Nullable Object> row = new LinkedHashMap<>();
            cut.columns.forEach((name, value) -> row.put(name, value(name, value)));
            if (row.get(cut.part.sealed) instanceof String text) {
                row.put(cut.part.sealed, cipher.encrypt(text, cut.part.placeIn(row)));
            }
            return row.values().toArray();
        }

        private @Nullable Object value(String name, @Nullable Object value) {
            if (value instanceof Own own) {
                return Digest.bytes(own.digest().with(names));
            }
            if (value instanceof Stencil stencil) {
                return stencil.with(names);
            }
            if (name.equals(KEY)) {
                return key;
            }
            return value instanceof Long at && at > 0 && TIMES.contains(name) ? (Object) (at + later) : value;
        }
    }
}
