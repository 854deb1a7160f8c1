package dev.countersign.replay;

import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.countersign.graph.Results;
import dev.countersign.thread.Message;
import java.util.ArrayList;
import java.util.List;

/**
 * A tool's call as what it asks for, wherever it stands: the same tool with the same arguments, whatever their order and spacing.
 *
 * @param arguments canonical; as they were written when they are no JSON
 */
public record Deed(String tool, String arguments) {
    /** What the graph adds to the id of a call that it makes once it is approved: it is the model's call over again. */
    private static final String ONCE_APPROVED = "-approved";

    static Deed of(String tool, String arguments) {
        try {
            return new Deed(tool, arguments.isBlank() ? "{}" : Json.canonical(Json.read(arguments)));
        } catch (CountersignException e) {
            // Whatever it was meant to be, it is the same as the same text.
            return new Deed(tool, arguments);
        }
    }

    static Deed of(Message.ToolCall call) {
        return of(call.tool(), call.arguments());
    }

    /** The calls that a model made in these messages, and none of those that the graph wrote itself. */
    static List<Deed> all(List<Message> messages) {
        List<Deed> deeds = new ArrayList<>();
        for (Message message : messages) {
            for (Message.ToolCall call : message.calls()) {
                if (!Results.isSynthetic(call.tool()) && !call.id().endsWith(ONCE_APPROVED)) {
                    deeds.add(of(call));
                }
            }
        }
        return deeds;
    }

    /** In one line. */
    @Override
    public String toString() {
        return tool + " " + arguments;
    }
}
