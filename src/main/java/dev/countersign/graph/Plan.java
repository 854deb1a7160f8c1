package dev.countersign.graph;

import dev.countersign.core.Json;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.Message;
import dev.countersign.tool.Waiting;
import java.time.Duration;
import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** What the gate has let through of one message of the model, in the model's order. */
record Plan(List<Item> items) {
    static final Plan EMPTY = new Plan(List.of());

    Plan {
        items = List.copyOf(items);
    }

    /** What is to be done with a call. */
    enum Action {
        /** Call the tool. */
        RUN,
        /** The call itself files a request. */
        FILE,
        /** File a request for the call, and run it when it is approved. */
        ASK
    }

    /**
     * One call.
     *
     * @param callId of the call in the transcript
     * @param arguments checked and canonical
     * @param filing for FILE and ASK: what files the request; else null
     */
    record Item(
            Action action,
            String callId,
            String tool,
            String arguments,
            @Nullable Filing filing) {
        Message.ToolCall call() {
            return new Message.ToolCall(callId, tool, arguments);
        }

        boolean runs() {
            return action == Action.RUN;
        }
    }

    /**
     * How a request is filed.
     *
     * @param deadlineMillis how long to wait for the decision
     * @param remindMillis when to remind, 0 for never; so too in a plan that was stored before there were reminders
     * @param escalateMillis when to escalate, 0 for never
     */
    record Filing(
            RequestKind kind,
            String tool,
            String arguments,
            long deadlineMillis,
            long remindMillis,
            long escalateMillis) {
        static Filing of(RequestKind kind, String tool, String arguments, Waiting waiting) {
            return new Filing(
                    kind,
                    tool,
                    arguments,
                    waiting.deadline().toMillis(),
                    millis(waiting.remindAfter()),
                    millis(waiting.escalateAfter()));
        }

        private static long millis(@Nullable Duration time) {
            return time == null ? 0 : time.toMillis();
        }
    }

    List<Item> where(Predicate<Item> test) {
        return items.stream().filter(test).toList();
    }

    boolean hasRuns() {
        return items.stream().anyMatch(Item::runs);
    }

    boolean hasRequests() {
        return items.stream().anyMatch(item -> !item.runs());
    }

    String json() {
        return Json.write(this);
    }

    static Plan parse(String json) {
        return Json.read(json, Plan.class);
    }
}
