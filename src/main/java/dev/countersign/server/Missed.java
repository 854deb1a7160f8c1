package dev.countersign.server;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.AgentRuntime.Live;
import dev.countersign.thread.ThreadStatus;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * What a client has missed in a thread, told as the news it was, and where the thread stands. Live news that has been told so
 * already is known by its position. Immutable.
 *
 * @param upTo the last position that is told
 * @param rested whether the thread rests there, so that the end of its turn has been told as well
 * @param lines in order
 */
record Missed(long upTo, boolean rested, List<Live> lines) {
    /** More than this is not told here; the transcript has it. */
    static final int ENTRIES_MAX = 100;

    /** An entry may be several lines; together they have to fit a client's queue. */
    private static final int LINES_MAX = ClientQueue.WAITING_MAX - 50;

    private static final Set<String> OPEN = Set.of("filing", "pending");

    /** Everything in the transcript after the position, the newest {@value #ENTRIES_MAX} of it, and what the thread waits for. */
    static Missed since(AgentRuntime runtime, Principal owner, String threadId, long after) {
        return since(runtime, owner, threadId, after, after);
    }

    /**
     * The same for a client that was told of a turn's end at another place.
     *
     * @param ended how long the transcript was at the last end of a turn that the client was told of
     */
    static Missed since(AgentRuntime runtime, Principal owner, String threadId, long after, long ended) {
        AgentRuntime.ThreadView thread = runtime.thread(owner, threadId);
        long from = Math.max(after, thread.messages() - (long) ENTRIES_MAX);
        List<AgentRuntime.Entry> entries = from >= thread.messages()
                ? List.of()
                : runtime.transcript(owner, threadId, from, (int) (thread.messages() - from));
        List<Live> lines = new ArrayList<>();
        entries.forEach(entry -> tell(threadId, entry, lines));
        boolean rests = thread.status() != ThreadStatus.RUNNING;
        if (rests && thread.messages() > ended) {
            runtime.approvals(owner, threadId).stream()
                    .filter(approval -> OPEN.contains(approval.state()))
                    .forEach(approval ->
                            lines.add(new Live(threadId, Live.Kind.PARKED, waitsFor(approval), Wire.tree(approval))));
            lines.add(new Live(threadId, Live.Kind.TURN_ENDED, "", standing(thread)));
        }
        int first = Math.max(0, lines.size() - LINES_MAX);
        return new Missed(Math.max(after, thread.messages()), rests, List.copyOf(lines.subList(first, lines.size())));
    }

    private static String waitsFor(AgentRuntime.ApprovalView approval) {
        return approval.tool() + " waits for a reviewer";
    }

    /** How the thread stands, for whoever begins to listen. */
    static ObjectNode standing(AgentRuntime.ThreadView thread) {
        return Json.object().put("status", thread.status().name()).put("messages", thread.messages());
    }

    private static void tell(String threadId, AgentRuntime.Entry entry, List<Live> lines) {
        switch (entry.role()) {
            case "assistant" -> assistant(threadId, entry, lines);
            case "tool" -> {
                String tool = String.valueOf(entry.tool());
                ObjectNode data = at(entry).put("tool", tool).put("result", entry.text());
                lines.add(new Live(threadId, Live.Kind.TOOL, tool + " has answered", data));
            }
            default -> {
                // What the user said, the user knows.
            }
        }
    }

    private static void assistant(String threadId, AgentRuntime.Entry entry, List<Live> lines) {
        if (entry.calls().isEmpty() || !entry.text().isBlank()) {
            lines.add(new Live(threadId, Live.Kind.TEXT, entry.text(), at(entry)));
        }
        for (AgentRuntime.Call call : entry.calls()) {
            ObjectNode data = at(entry).put("tool", call.tool()).put("arguments", call.arguments());
            lines.add(new Live(threadId, Live.Kind.STATUS, "calling " + call.tool(), data));
        }
    }

    private static ObjectNode at(AgentRuntime.Entry entry) {
        return Json.object().put("position", entry.position());
    }

    /** Whether live news is part of what has been told here. */
    boolean tells(Live news) {
        long position = news.data().path("position").asLong(Long.MAX_VALUE);
        boolean ended = news.kind() == Live.Kind.TURN_ENDED
                && rested
                && news.data().path("messages").asLong(Long.MAX_VALUE) <= upTo;
        return position <= upTo || ended;
    }
}
