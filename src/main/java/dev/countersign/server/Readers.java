package dev.countersign.server;

import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import io.javalin.http.Context;
import java.util.Optional;

/**
 * In whose name the thread of a request is read: the asker's own, or, for an auditor, its owner's. For anybody else it does not
 * exist, since it is looked for among the asker's own.
 */
public final class Readers {
    private final AgentRuntime runtime;
    private final Auditors auditors;

    public Readers(AgentRuntime runtime, Auditors auditors) {
        this.runtime = runtime;
        this.auditors = auditors;
    }

    /** For the thread that the path names as {@code id}. */
    Principal of(Context context) {
        return of(Gatekeeper.principal(context), context.pathParam("id"));
    }

    /** For any thread. */
    public Principal of(Principal asking, String thread) {
        Optional<Principal> owner = runtime.archive().ownerOf(thread);
        return owner.filter(other -> !other.equals(asking) && auditors.has(asking))
                .orElse(asking);
    }
}
