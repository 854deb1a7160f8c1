package dev.countersign.model;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What a refused tool suggests: another tool that asks for permission, its arguments, and what only the user can say. A
 * suggestion that asks the user for nothing is not followed: a tool's result must not be able to act by itself.
 */
record Remedy(String tool, ObjectNode arguments, List<String> askUserFor) {
    Remedy {
        askUserFor = List.copyOf(askUserFor);
    }

    static Optional<Remedy> of(JsonNode result) {
        JsonNode remedy = result.path("remedy");
        String tool = remedy.path("tool").asText("");
        List<String> ask = new ArrayList<>();
        remedy.path("ask_user_for").forEach(field -> ask.add(field.asText()));
        if (!result.hasNonNull("error") || tool.isEmpty() || ask.isEmpty()) {
            return Optional.empty();
        }
        ObjectNode arguments = remedy.path("arguments") instanceof ObjectNode object ? object : Json.object();
        return Optional.of(new Remedy(tool, arguments, ask));
    }

    /** The call that asks for permission, with what the user said for the first field. */
    Wish.Call with(String answer) {
        ObjectNode filled = arguments.deepCopy();
        filled.put(askUserFor.get(0), answer);
        return new Wish.Call(tool, filled);
    }

    boolean isFiledBy(Wish.Call call) {
        boolean same = call.tool().equals(tool);
        for (var entry : arguments.properties()) {
            same &= entry.getValue().equals(call.arguments().path(entry.getKey()));
        }
        return same;
    }
}
