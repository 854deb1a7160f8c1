package dev.countersign.graph;

import dev.countersign.tool.UserRoles;
import java.time.Instant;

/**
 * What a run of the graph learns of the world besides the answers of its model, tools, stores and Permit. In production it comes
 * from the clock, the store and Permit, and what a replay will need of it is noted with the step; in a replay it comes from the
 * record. Used by one thread.
 */
public interface Senses {
    /** The time of a message that is being written down; asked for once for each. */
    Instant stamp();

    /** Working time since the last call of this method, or since the run began; never below zero. */
    long lapMillis();

    /** Whether the owner wants nothing more to be done; so too when the thread is gone. */
    boolean cancelAsked();

    /** The owner's roles, read from Permit once in a run. */
    UserRoles roles();

    /** An id for the approval that a call asks for. */
    String approvalId(String callId);
}
