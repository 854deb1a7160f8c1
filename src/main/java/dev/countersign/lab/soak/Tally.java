package dev.countersign.lab.soak;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/** What an audit counts, per kind of work, and in words what it complains of. Used by one thread. */
final class Tally {
    private static final int COMPLAINTS_SHOWN = 200;

    private final Map<Errand.Kind, Row> rows = new EnumMap<>(Errand.Kind.class);
    private final List<String> complaints = new ArrayList<>();

    /** What can be wrong. */
    enum Wrong {
        LOST,
        DUPLICATED,
        FILED_TWICE
    }

    /** The counts of one kind of work. */
    static final class Row {
        int started;
        int acknowledged;
        int arrived;
        int done;
        int refused;
        int waiting;
        int unknown;
        int lost;
        int duplicated;
        int filedTwice;

        void add(Row other) {
            started += other.started;
            acknowledged += other.acknowledged;
            arrived += other.arrived;
            done += other.done;
            refused += other.refused;
            waiting += other.waiting;
            unknown += other.unknown;
            lost += other.lost;
            duplicated += other.duplicated;
            filedTwice += other.filedTwice;
        }
    }

    Tally() {
        for (Errand.Kind kind : Errand.Kind.values()) {
            rows.put(kind, new Row());
        }
    }

    Row row(Errand.Kind kind) {
        Row row = rows.get(kind);
        if (row == null) {
            throw new IllegalStateException("there is a row for every kind");
        }
        return row;
    }

    void wrong(Errand.Kind kind, Wrong what, String words) {
        Row row = row(kind);
        switch (what) {
            case LOST -> row.lost++;
            case DUPLICATED -> row.duplicated++;
            case FILED_TWICE -> row.filedTwice++;
        }
        if (complaints.size() < COMPLAINTS_SHOWN) {
            complaints.add(what.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' ') + ": " + words);
        }
    }

    Row total() {
        Row total = new Row();
        rows.values().forEach(total::add);
        return total;
    }

    List<String> complaints() {
        return List.copyOf(complaints);
    }
}
