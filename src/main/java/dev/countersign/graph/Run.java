package dev.countersign.graph;

import dev.countersign.checkpoint.Turn;
import dev.countersign.core.Principal;
import dev.countersign.permit.PermitException;
import dev.countersign.permit.RoleAssignment;
import dev.countersign.thread.ThreadRow;
import dev.countersign.tool.UserRoles;
import java.time.Clock;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.bsc.langgraph4j.RunnableConfig;
import org.jspecify.annotations.Nullable;

/** One run of the graph for one event: whose it is, what Permit says of them now, and how long it has been working. */
final class Run {
    private static final String METADATA_KEY = "run";

    private final Turn turn;
    private final Principal owner;
    private final Function<String, List<RoleAssignment>> permitRoles;
    private final Clock clock;
    private final Supplier<Optional<Consumer<String>>> preview;
    private Instant tick;
    private @Nullable UserRoles roles;

    Run(
            Turn turn,
            Function<String, List<RoleAssignment>> permitRoles,
            Clock clock,
            Supplier<Optional<Consumer<String>>> preview) {
        this.turn = turn;
        this.owner = new Principal(turn.thread().owner());
        this.permitRoles = permitRoles;
        this.clock = clock;
        this.preview = preview;
        this.tick = clock.instant();
    }

    static Run of(RunnableConfig config) {
        return (Run) config.metadata(METADATA_KEY)
                .orElseThrow(() -> new IllegalStateException("a run of the graph carries itself in the config"));
    }

    RunnableConfig config() {
        return RunnableConfig.builder(turn.config())
                .putMetadata(METADATA_KEY, this)
                .build();
    }

    Turn turn() {
        return turn;
    }

    /** The verified user the thread belongs to; every tool call acts as them, whatever a model writes. */
    Principal owner() {
        return owner;
    }

    ThreadRow thread() {
        return turn.thread();
    }

    /** The owner's roles, read from Permit once in a run. */
    UserRoles roles() {
        if (roles == null) {
            roles = readRoles();
        }
        return roles;
    }

    private UserRoles readRoles() {
        try {
            Set<String> names = new HashSet<>();
            for (RoleAssignment assignment : permitRoles.apply(owner.user())) {
                names.add(assignment.role());
            }
            return new UserRoles.Known(names);
        } catch (PermitException e) {
            return new UserRoles.Unavailable(
                    "Permit did not answer (" + e.code().id() + ")");
        }
    }

    /** Who wants to hear the model's words before its answer is whole; empty when nobody listens now. */
    Optional<Consumer<String>> preview() {
        return preview.get();
    }

    /** Working time since the last call of this method, or since the run began. */
    long lapMillis() {
        Instant now = clock.instant();
        long lap = now.toEpochMilli() - tick.toEpochMilli();
        tick = now;
        return Math.max(0, lap);
    }

    @Override
    public String toString() {
        return "Run[" + turn + "]";
    }
}
