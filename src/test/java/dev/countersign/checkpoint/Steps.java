package dev.countersign.checkpoint;

import dev.countersign.thread.Message;
import dev.countersign.thread.Transcript;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.bsc.langgraph4j.checkpoint.Checkpoint;

/** Steps as the engine would put them. */
final class Steps {
    static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private Steps() {}

    static Checkpoint step(String node, String next, Map<String, Object> state) {
        return Checkpoint.builder().nodeId(node).nextNodeId(next).state(state).build();
    }

    static Map<String, Object> state(Transcript transcript, Object... more) {
        Map<String, Object> state = new HashMap<>();
        state.put("messages", transcript);
        for (int i = 0; i < more.length; i += 2) {
            state.put((String) more[i], more[i + 1]);
        }
        return state;
    }

    static Transcript said(String... texts) {
        List<Message> messages = new ArrayList<>();
        for (String text : texts) {
            messages.add(Message.user(text, NOW));
        }
        return Transcript.empty().plus(messages);
    }

    static Transcript transcriptOf(Map<String, Object> state) {
        return (Transcript) Objects.requireNonNull(state.get("messages"));
    }

    static List<String> texts(Map<String, Object> state) {
        Transcript transcript = transcriptOf(state);
        return transcript.slice(0, transcript.size()).stream()
                .map(Message::text)
                .toList();
    }
}
