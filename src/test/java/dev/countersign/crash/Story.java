package dev.countersign.crash;

import static dev.countersign.crash.Node.HENRY;
import static org.awaitility.Awaitility.await;

import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.permit.Permit;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.ThreadKind;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BooleanSupplier;

/**
 * One conversation, told to its end from wherever it stands: henry speaks, joe decides at Permit, henry withdraws, and once he
 * cancels where there is nothing to cancel. What was
 * acknowledged is noted in a ledger of the client's own, and what the ledger has must be there afterwards.
 */
final class Story {
    static final List<String> SAID = List.of(
            "call do_thing {\"name\":\"a@\"} + list_things + unheard_of",
            "call create_access_request {\"resource_instance\":\"3\",\"role\":\"child-can-view\",\"reason\":\"r\"}",
            "call drop_thing {\"name\":\"x@\"}",
            "call repeat_thing {\"name\":\"r@\"}",
            "call drop_thing {\"name\":\"y@\"}",
            "call drop_thing {\"name\":\"z@\"}",
            "goodbye");

    /** How each approval ends, in the order in which they are asked for. */
    static final List<String> ENDS = List.of("spent", "spent", "denied", "canceled");

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Node node;
    private final Permit permit;
    private final Ledger acknowledged;
    private final OutsideTools.Steps steps;
    private String chat = "";

    /** Something that was acknowledged is not there. */
    static final class Lost extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Lost(String what) {
            super("LOST: " + what);
        }
    }

    Story(Node node, Permit permit, Ledger acknowledged, OutsideTools.Steps steps) {
        this.node = node;
        this.permit = permit;
        this.acknowledged = acknowledged;
        this.steps = steps;
    }

    /** Tells it to its end and answers the thread's id. */
    String tell() {
        open();
        say(0);
        say(1);
        decide(0, RequestKind.ACCESS, true);
        say(2);
        decide(1, RequestKind.OPERATION, true);
        say(3);
        say(4);
        decide(2, RequestKind.OPERATION, false);
        say(5);
        withdraw(3);
        cancelNothing();
        say(6);
        return chat;
    }

    private void open() {
        List<ThreadView> all = node.runtime.threads(HENRY, ThreadKind.CHAT, 100);
        if (all.isEmpty()) {
            if (acknowledged.has("opened")) {
                throw new Lost("the thread that was opened");
            }
            chat = node.runtime.open(HENRY, "things", ThreadKind.CHAT, "a chat").id();
            acknowledged.add("opened");
        } else {
            chat = all.get(0).id();
        }
    }

    /** Says a line, unless it was said before; what is not acknowledged is looked for, and said again when it is not there. */
    private void say(int line) {
        rest();
        boolean there = node.transcript(chat).stream()
                .anyMatch(entry -> entry.role().equals("user") && entry.text().equals(SAID.get(line)));
        if (!there) {
            if (acknowledged.has("said " + line)) {
                throw new Lost("message " + line + ", which was acknowledged");
            }
            node.runtime.send(HENRY, chat, SAID.get(line));
            steps.at(Boundary.BEFORE_ACKNOWLEDGED);
            acknowledged.add("said " + line);
            steps.at(Boundary.AFTER_ACKNOWLEDGED);
            rest();
        }
    }

    private void decide(int index, RequestKind kind, boolean yes) {
        String request = Objects.requireNonNull(approval(index).requestId(), "an approval that was never filed");
        if (permit.get(kind, request, "joe").status() == RequestStatus.PENDING) {
            var unused = yes ? permit.approve(kind, request, "joe", "fine") : permit.deny(kind, request, "joe", "no");
        }
        ends(index);
    }

    /** Not acknowledged, so it may be asked again; acknowledged, it must come to its end by itself. */
    private void withdraw(int index) {
        rest();
        if (approval(index).state().equals("pending")) {
            if (acknowledged.has("withdrew " + index)) {
                throw new Lost("the withdrawal of approval " + index + ", which was acknowledged");
            }
            node.runtime.cancel(HENRY, chat);
            acknowledged.add("withdrew " + index);
        }
        ends(index);
    }

    /** Straight into the store, as a cancellation gets there that meets the end of what it was meant for. */
    private void cancelNothing() {
        rest();
        if (!acknowledged.has("cancelled nothing")) {
            node.ports.threads().accept(chat, EventKind.CANCEL, "");
            acknowledged.add("cancelled nothing");
            rest();
        }
    }

    private void ends(int index) {
        until(
                "approval " + index + " " + ENDS.get(index) + " and the thread at rest",
                () -> approval(index).state().equals(ENDS.get(index)) && node.rests(chat));
    }

    private ApprovalView approval(int index) {
        return node.runtime.approvals(HENRY, chat).get(index);
    }

    private void rest() {
        until("the thread at rest", () -> node.rests(chat));
    }

    private void until(String what, BooleanSupplier condition) {
        await(what).atMost(PATIENCE).pollInterval(Duration.ofMillis(15)).until(condition::getAsBoolean);
    }
}
