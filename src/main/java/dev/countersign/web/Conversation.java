package dev.countersign.web;

import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.AgentRuntime.AgentView;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.thread.ThreadStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** One person's look at their conversations. Holds nothing. */
final class Conversation {
    /** Entries that are shown at once; what came before is fetched by need. */
    static final int SHOWN_MAX = 100;

    private final AgentRuntime runtime;
    private final NameBook names;
    private final Principal owner;

    Conversation(AgentRuntime runtime, NameBook names, Principal owner) {
        this.runtime = runtime;
        this.names = names;
        this.owner = owner;
    }

    /**
     * A stretch of a conversation.
     *
     * @param first position of its first entry
     * @param last position of its last entry; 0 for an empty one
     */
    record Stretch(String thread, long first, long last, List<ChatItem> items) {
        /** Whether something came before. */
        boolean hasEarlier() {
            return first > 1;
        }
    }

    /**
     * How a conversation stands.
     *
     * @param busy whether the agent is at work
     * @param words what people are told of it; empty when there is nothing to tell
     */
    record Standing(boolean busy, String words) {}

    ThreadView thread(String id) {
        return runtime.thread(owner, id);
    }

    /** What the agent is called. */
    String agent(String name) {
        return runtime.agents().stream()
                .filter(agent -> agent.name().equals(name))
                .map(AgentView::title)
                .findFirst()
                .orElse(name);
    }

    static Standing standing(ThreadStatus status) {
        return switch (status) {
            case RUNNING -> new Standing(true, "Working on it");
            case PARKED -> new Standing(false, "Waiting for a reviewer. You may go on writing meanwhile.");
            case NEEDS_ATTENTION ->
                new Standing(
                        false,
                        "Needs a person: nobody knows whether something took effect (Attention lists it), or it does not fit its"
                                + " agent as that is now ('countersign thread show' says why).");
            case FAILED -> new Standing(false, "This conversation broke off. Write something to try again.");
            default -> new Standing(false, "");
        };
    }

    /** The newest part. */
    Stretch newest(ThreadView thread) {
        return stretch(thread, Math.max(0, thread.messages() - (long) SHOWN_MAX), thread.messages());
    }

    /** The part that ends before this position. */
    Stretch before(ThreadView thread, long position) {
        long end = Math.max(0, Math.min(position - 1, thread.messages()));
        return stretch(thread, Math.max(0, end - SHOWN_MAX), end);
    }

    private Stretch stretch(ThreadView thread, long after, long end) {
        List<Entry> entries =
                after >= end ? List.of() : runtime.transcript(owner, thread.id(), after, (int) (end - after));
        Teller teller = new Teller(agent(thread.agent()));
        Map<String, ChatItem> byId = new LinkedHashMap<>();
        entries.forEach(entry -> teller.tell(entry).forEach(item -> byId.put(item.id(), item)));
        List<ChatItem> items = new ArrayList<>(byId.values());
        long last = entries.isEmpty() ? 0 : entries.get(entries.size() - 1).position();
        Instant from =
                after == 0 || entries.isEmpty() ? Instant.MIN : entries.get(0).at();
        Instant to = end >= thread.messages() || entries.isEmpty()
                ? Instant.MAX
                : entries.get(entries.size() - 1).at();
        for (ChatItem.Request request : requests(thread.id())) {
            boolean here = !request.at().isBefore(from) && request.at().isBefore(to);
            // What is still open is shown whatever has been said since.
            boolean open = to.equals(Instant.MAX) && request.card().open();
            if (here || open) {
                place(items, request);
            }
        }
        return new Stretch(thread.id(), after + 1, last, List.copyOf(items));
    }

    /** After whatever had happened when it was asked for, and after the call that asked. */
    private static void place(List<ChatItem> items, ChatItem.Request request) {
        int at = 0;
        while (at < items.size() && !items.get(at).at().isAfter(request.at())) {
            at++;
        }
        items.add(at, request);
    }

    /** All that was asked for in a conversation, oldest first. */
    List<ChatItem.Request> requests(String thread) {
        return runtime.approvals(owner, thread).stream()
                .map(approval -> new ChatItem.Request(
                        "ap-" + approval.id(), approval.createdAt(), RequestCard.of(approval, names)))
                .toList();
    }
}
