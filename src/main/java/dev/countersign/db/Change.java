package dev.countersign.db;

import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A statement that changed rows, with what was bound to it in order.
 *
 * @param values each null or of a kind that {@link RedoCodec} can write
 */
record Change(String sql, List<@Nullable Object> values) {
    Change {
        values = Collections.unmodifiableList(new ArrayList<>(values));
    }
}
