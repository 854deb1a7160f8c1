package dev.countersign.replay;

import dev.countersign.core.Json;
import dev.countersign.tool.ToolClient;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.ToolInvocation;
import dev.countersign.tool.ToolOutcome;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Tools without a server: a call that the record has ends as it did there, as often as it was made there (what only reads: as often
 * as one likes), any other is refused, so that the model can go on. A request that the record does not have is answered as filed;
 * nobody decides it. Used by one thread.
 */
final class TrialTools implements ToolClient {
    /** What a call is told that the record has no answer for. */
    static final String NOT_IN_RECORD = "not_in_the_record";

    private final TrialWorld world;
    private final Memory memory;
    private final LongSupplier step;

    /** A call that is sent again within its step gets the same answer. */
    private final Map<String, ToolOutcome> answered = new HashMap<>();

    TrialTools(TrialWorld world, Memory memory, LongSupplier step) {
        this.world = world;
        this.memory = memory;
        this.step = step;
    }

    @Override
    public List<ToolInfo> tools() {
        return world.tools();
    }

    @Override
    public ToolOutcome call(ToolInvocation invocation) {
        return answered.computeIfAbsent(
                step.getAsLong() + " " + invocation.idempotencyKey(),
                key -> invocation.reference() != null ? filing(invocation) : ended(invocation));
    }

    private ToolOutcome filing(ToolInvocation invocation) {
        Optional<Seen.Filed> filed = world.recorded(invocation.idempotencyKey()).flatMap(memory::filing);
        String error = filed.map(Seen.Filed::error).orElse(null);
        if (error != null) {
            return new ToolOutcome.Failed(error);
        }
        String id = filed.map(Seen.Filed::requestId).orElse(invocation.idempotencyKey());
        return new ToolOutcome.Succeeded(Json.write(Json.object().put("id", id)));
    }

    private ToolOutcome ended(ToolInvocation invocation) {
        return memory.end(Deed.of(invocation.tool(), invocation.arguments()))
                .map(RecordedTools::outcome)
                .orElseGet(() -> new ToolOutcome.Failed(Json.write(Json.object()
                        .put("error", NOT_IN_RECORD)
                        .put(
                                "message",
                                "This call is not in the record of this conversation with these arguments, or not as"
                                        + " often, so it was not made and nothing was done."))));
    }

    @Override
    public void close() {}
}
