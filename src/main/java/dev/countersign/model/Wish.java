package dev.countersign.model;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A tool call that the user's words ask for.
 *
 * @param arguments what is known of the arguments
 * @param missing what must be asked for before it can be called
 * @param slots what the words filled, by slot
 * @param then the call that follows once a request filed by this one is approved
 * @param reason why the user wants it, when the words say so
 */
record Wish(
        String tool,
        ObjectNode arguments,
        List<Missing> missing,
        Map<String, String> slots,
        Optional<Call> then,
        Optional<String> reason) {
    Wish {
        missing = List.copyOf(missing);
        slots = Map.copyOf(slots);
    }

    /** Something to ask for, and the names to choose from when there are only a few. */
    record Missing(String parameter, String slot, List<String> choices) {}

    /** A tool and its arguments. */
    record Call(String tool, ObjectNode arguments) {}

    boolean isComplete() {
        return missing.isEmpty();
    }

    Call call() {
        return new Call(tool, arguments);
    }
}
