package dev.countersign.graph;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.approval.Approval;
import dev.countersign.approval.ApprovalStore;
import dev.countersign.core.Json;
import dev.countersign.graph.AgentRuntime.Live;
import dev.countersign.thread.Event;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells listeners what happens in threads, after it is stored. A listener that throws is left out of that one piece of news. */
final class News implements TurnRunner.Witness {
    private static final Logger LOG = LoggerFactory.getLogger(News.class);

    private final Map<String, List<Consumer<Live>>> listeners = new ConcurrentHashMap<>();
    private final ApprovalStore approvals;

    News(ApprovalStore approvals) {
        this.approvals = approvals;
    }

    AgentRuntime.Subscription listen(String threadId, Consumer<Live> listener) {
        listeners.computeIfAbsent(threadId, id -> new CopyOnWriteArrayList<>()).add(listener);
        return () -> listeners.computeIfPresent(threadId, (id, all) -> {
            all.remove(listener);
            return all.isEmpty() ? null : all;
        });
    }

    @Override
    public void begins(ThreadRow thread, Event event, Optional<Approval> decided) {
        if (!listeners.containsKey(thread.id())) {
            return;
        }
        if (event.kind() == EventKind.DECISION || event.kind() == EventKind.EXPIRY) {
            decided.ifPresent(approval -> {
                tell(
                        thread,
                        Live.Kind.DECISION,
                        Views.line(approval),
                        Json.mapper().valueToTree(Views.of(approval)));
                tell(thread, Live.Kind.RESUMED, "goes on", Json.object());
            });
        } else if (event.kind() == EventKind.RESOLUTION) {
            tell(thread, Live.Kind.RESUMED, "goes on with what a person found out", Json.object());
        } else {
            tell(thread, Live.Kind.STATUS, "withdrawing what is waited for", Json.object());
        }
    }

    @Override
    public Optional<Consumer<String>> preview(ThreadRow thread) {
        return listeners.containsKey(thread.id())
                ? Optional.of(words -> tell(thread, Live.Kind.DELTA, words, Json.object()))
                : Optional.empty();
    }

    @Override
    public void added(ThreadRow thread, int before, List<Message> messages) {
        int position = before;
        for (Message message : messages) {
            position++;
            switch (message.role()) {
                case USER -> {}
                case ASSISTANT -> assistant(thread, position, message);
                case TOOL ->
                    tell(
                            thread,
                            Live.Kind.TOOL,
                            message.tool() + (message.error() ? " did not succeed" : " is done"),
                            Json.object()
                                    .put("position", position)
                                    .put("tool", message.tool())
                                    .put("error", message.error())
                                    .put("result", message.text()));
            }
        }
    }

    private void assistant(ThreadRow thread, int position, Message message) {
        if (message.calls().isEmpty() || !message.text().isBlank()) {
            tell(thread, Live.Kind.TEXT, message.text(), Json.object().put("position", position));
        }
        for (Message.ToolCall call : message.calls()) {
            if (!Results.isSynthetic(call.tool())) {
                tell(
                        thread,
                        Live.Kind.STATUS,
                        "calling " + call.tool(),
                        Json.object()
                                .put("position", position)
                                .put("tool", call.tool())
                                .put("arguments", call.arguments()));
            }
        }
    }

    @Override
    public void rests(ThreadRow thread) {
        if (thread.status() == ThreadStatus.PARKED && listeners.containsKey(thread.id())) {
            for (Approval approval : approvals.openOf(thread.id())) {
                tell(
                        thread,
                        Live.Kind.PARKED,
                        Views.line(approval),
                        Json.mapper().valueToTree(Views.of(approval)));
            }
        }
        ended(thread);
    }

    @Override
    public void held(ThreadRow thread, String why) {
        failed(thread, "This waits for " + why + ".");
    }

    void failed(ThreadRow thread, String why) {
        tell(thread, Live.Kind.ERROR, why, Json.object());
        ended(thread);
    }

    private void ended(ThreadRow thread) {
        tell(
                thread,
                Live.Kind.TURN_ENDED,
                thread.status().name(),
                Json.object().put("status", thread.status().name()).put("messages", thread.messages()));
    }

    private void tell(ThreadRow thread, Live.Kind kind, String text, JsonNode data) {
        Live live = new Live(thread.id(), kind, text, data);
        for (Consumer<Live> listener : listeners.getOrDefault(thread.id(), List.of())) {
            try {
                listener.accept(live);
            } catch (RuntimeException e) {
                LOG.atWarn().addKeyValue("thread", thread.id()).log("a listener failed", e);
            }
        }
    }
}
