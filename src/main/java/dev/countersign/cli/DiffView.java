package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.replay.Change;
import dev.countersign.replay.Sides;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Two conversations beside each other, as lines. Exit code 1 when they differ, as of any diff. */
final class DiffView {
    private static final int DIFFERENT = 1;

    private final Shell shell;
    private final Api api;

    DiffView(Shell shell, Api api) {
        this.shell = shell;
        this.api = api;
    }

    int print(String left, String right, boolean json) {
        Sides sides = Sides.of(0, said(left), said(right), state(left), state(right));
        boolean same = sides.lines().isEmpty() && sides.changes().isEmpty();
        if (json) {
            shell.out().println(Json.write(json(sides)));
            return same ? 0 : DIFFERENT;
        }
        shell.out().println(sides.common() + " messages are the same from the beginning");
        for (Sides.Line line : sides.lines()) {
            if (line.isSame()) {
                print(" ", line.left());
            } else {
                print("-", line.left());
                print("+", line.right());
            }
        }
        if (sides.more() > 0) {
            shell.out().println("and " + sides.more() + " more messages");
        }
        sides.changes().forEach(this::print);
        return same ? 0 : DIFFERENT;
    }

    private List<Entry> said(String thread) {
        List<Entry> entries = new ArrayList<>();
        ThreadCommand.all(api, thread).forEach(entry -> entries.add(Json.read(Json.write(entry), Entry.class)));
        return entries;
    }

    private ObjectNode state(String thread) {
        String history = ThreadCommand.historyOf(thread);
        JsonNode newest = api.get(history + "?limit=1").path("steps").path(0).path("seq");
        JsonNode state = newest.asLong() == 0
                ? Json.object()
                : api.get(history + "/" + newest.asLong() + "?messages=1").path("state");
        return state instanceof ObjectNode keys ? keys : Json.object();
    }

    private void print(String sign, @Nullable Entry entry) {
        if (entry == null) {
            return;
        }
        String by = entry.tool() == null ? entry.role() : entry.role() + " " + entry.tool();
        StringBuilder line = new StringBuilder(sign + " " + entry.position() + " " + by + ": " + entry.text());
        entry.calls()
                .forEach(call ->
                        line.append(" calls ").append(call.tool()).append(' ').append(call.arguments()));
        shell.out().println(Style.harmless(line.toString()));
    }

    private void print(Change change) {
        if (change.before() != null) {
            shell.out().println(Style.harmless("- state " + change.path() + ": " + change.before()));
        }
        if (change.after() != null) {
            shell.out().println(Style.harmless("+ state " + change.path() + ": " + change.after()));
        }
    }

    private static ObjectNode json(Sides sides) {
        ObjectNode whole = Json.object().put("common", sides.common());
        var lines = whole.putArray("lines");
        for (Sides.Line line : sides.lines()) {
            ObjectNode one = lines.addObject().put("same", line.isSame());
            one.set("left", Json.mapper().valueToTree(line.left()));
            one.set("right", Json.mapper().valueToTree(line.right()));
        }
        whole.put("more", sides.more());
        whole.set("changes", Json.mapper().valueToTree(sides.changes()));
        return whole;
    }
}
