package dev.countersign.thread;

import dev.countersign.core.Json;
import java.time.Instant;
import java.util.List;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;

/** A message of 500 characters and a call, as it is written and read in the store. */
@State(Scope.Thread)
public class MessageJsonBench {
    private final Message message = Message.assistant(
            "x".repeat(500),
            List.of(new Message.ToolCall("c1-0", "drop", "{\"name\":\"thing\"}")),
            Instant.parse("2026-01-01T00:00:00Z"));
    private final String text = Json.write(message);

    /** To JSON. */
    @Benchmark
    public String write() {
        return Json.write(message);
    }

    /** From JSON. */
    @Benchmark
    public Message read() {
        return Json.read(text, Message.class);
    }
}
