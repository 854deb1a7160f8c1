package dev.countersign.lab.work;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import java.math.BigDecimal;
import java.math.RoundingMode;
import org.jspecify.annotations.Nullable;

/** One line of figures, in the form that every rival prints. */
final class Figures {
    private final ObjectNode line;

    Figures(String peer, String workload, String mode) {
        line = Json.object().put("peer", peer).put("w", workload).put("mode", mode);
    }

    Figures put(String name, @Nullable Double value) {
        if (value != null) {
            line.put(name, BigDecimal.valueOf(value).setScale(3, RoundingMode.HALF_UP));
        }
        return this;
    }

    Figures put(String name, long value) {
        line.put(name, value);
        return this;
    }

    ObjectNode line() {
        return line;
    }
}
