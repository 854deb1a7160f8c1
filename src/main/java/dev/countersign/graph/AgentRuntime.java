package dev.countersign.graph;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Principal;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.EffectJournal;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What the outside may do with agents: open threads, send messages, look, listen, cancel. Every call names the verified
 * principal who asks, and sees or touches that principal's own threads only (a thread of somebody else is "not found").
 *
 * <p>{@link #send} and {@link #cancel} return when the event is durable; the turn runs afterwards on the runtime's own threads,
 * with nobody connected if need be. Safe for use by many threads.
 */
public interface AgentRuntime extends AutoCloseable {
    /** The agents there are, by name. */
    List<AgentView> agents();

    /** Opens a thread. For a job, {@code goal} is its first message and the job starts at once; for a chat it is a title. */
    ThreadView open(Principal owner, String agent, ThreadKind kind, String goal);

    /**
     * Opens a job under a key of its owner's choosing: the same key with the same agent and goal is the same job, also after a
     * crash, for ever.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-614} when the key stands for another job
     */
    Submitted submit(Principal owner, String agent, String goal, String key);

    /**
     * Makes a chat that begins as one of the principal's threads stood after one of its steps, and goes its own way: the
     * messages up to there are shared, not copied; events, plans, approvals and leases are not inherited, so whatever is to
     * happen is asked for anew. The thread itself is untouched. When this returns, the fork survives a kill.
     *
     * <p>Taken at a step at which the thread rested, it waits for a message, the wish's if there is one. Taken within a turn it
     * asks the model again what to do next; a message of the wish takes the place of the one that the turn began with. Calls
     * that had no answer yet are left out.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-212} when there is no such thread of theirs, {@code CS-616}
     *     when it has no such step, {@code CS-617} when there is no message to change, {@code CS-604} for a bad text
     */
    ThreadView fork(Principal owner, String threadId, ForkWish wish);

    /**
     * Removes one of the principal's threads for good, with its messages, steps, approvals, effects and notifications, and destroys
     * the key of its texts. When this returns, that survives a power cut; before, there is all of it or nothing. The decision log
     * keeps its rows, which hold no texts, and gets one more.
     *
     * @return what is gone, and what others keep
     * @throws dev.countersign.core.CountersignException {@code CS-212} when there is no such thread of theirs, {@code CS-618}
     *     when it, or a fork that is to be erased with it, does not rest or waits for something, {@code CS-619} when it has forks
     *     and nothing was said of them
     */
    Erased erase(Principal owner, String threadId, ForkFate forks);

    /** What there is, in pages. */
    Archive archive();

    /** Whether what waits can go on, in what runs here or is to run. */
    DeployGate gate();

    /** The principal's threads of one kind (or of both when null), newest first. */
    List<ThreadView> threads(Principal owner, @Nullable ThreadKind kind, int limit);

    /** One thread. */
    ThreadView thread(Principal owner, String threadId);

    /** Transcript entries with a position above {@code after} (0 for all), oldest first. */
    List<Entry> transcript(Principal owner, String threadId, long after, int limit);

    /** Accepts a user's message; when this returns, the message survives a kill. */
    void send(Principal owner, String threadId, String text);

    /** Cancels a job, or what a chat waits for; idempotent. */
    void cancel(Principal owner, String threadId);

    /**
     * Withdraws one request of this principal, by its id here or at Permit; its conversation carries on. Returns when that is
     * durable, with the approval as it stood; what is decided already stays so. Idempotent. A request of somebody else is "not
     * found".
     */
    ApprovalView withdraw(Principal requester, String approvalOrRequestId);

    /**
     * Moves the deadline of the request with this id at Permit, in the name of a reviewer; the caller has asked Permit whether
     * they may review it.
     *
     * @param by above zero; the deadline is at most 90 days from now
     * @throws dev.countersign.core.CountersignException {@code CS-232} when it is too late, {@code CS-233} for another {@code by}
     */
    ApprovalView extend(Principal reviewer, String requestId, Duration by);

    /** The thread's approvals, oldest first. */
    List<ApprovalView> approvals(Principal owner, String threadId);

    /** All approvals this principal asked for, newest first. */
    List<ApprovalView> approvalsOf(Principal owner, int limit);

    /** Effects of the principal's threads whose outcome nobody knows, newest first: they wait for an answer. */
    List<EffectView> effects(Principal owner, int limit);

    /** One effect of the principal's threads. */
    EffectView effect(Principal owner, String id);

    /**
     * Takes what the principal says of an effect whose outcome is unknown; when this returns it survives a kill. At most one
     * answer is taken for each sending.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-610} when there is no such effect of theirs, {@code CS-611}
     *     when it is not unknown, {@code CS-612} when it was answered already, {@code CS-613} when it cannot be sent again
     */
    EffectView resolve(Principal owner, String id, EffectJournal.Resolution resolution);

    /** What we know of a request at Permit by its id, for a reviewer whom Permit lets see it; null when it is not ours. */
    @Nullable
    ApprovalView approvalByRequest(String requestId);

    /** Tells the runtime that a decision may have been made; it looks at Permit soon, at the youngest requests. */
    void wake();

    /** Tells the runtime that this request at Permit may have been decided; it looks soon, and at no other for it. */
    default void wake(String requestId) {
        wake();
    }

    /**
     * Tells the runtime that something of this requester (their key, or Permit's id of them) may have been decided. Returns at
     * once; many calls together cost one look, and what is looked up stays within the runtime's calls to Permit.
     */
    default void wakeFor(String requester) {
        wake();
    }

    /** Hears what happens in a thread from now on; events come in order, on the runtime's threads, and must not block. */
    Subscription listen(Principal owner, String threadId, Consumer<Live> listener);

    @Override
    void close();

    /** What is to become of the forks of a thread that is erased, which begin with its messages. */
    enum ForkFate {
        /** Erase nothing when there are any. */
        REFUSE,
        /** They stay readable, and with them the messages that they share. */
        KEEP,
        /** They are erased as well. */
        ERASE
    }

    /**
     * The receipt of an erasure.
     *
     * @param threads that are gone
     * @param forksKept that still hold messages of them
     * @param requests the ids of their requests at Permit, which stay there
     * @param remains who keeps what, in words
     */
    record Erased(
            List<String> threads,
            Counts counts,
            List<String> forksKept,
            List<String> requests,
            List<String> remains,
            Instant at) {
        public Erased {
            threads = List.copyOf(threads);
            forksKept = List.copyOf(forksKept);
            requests = List.copyOf(requests);
            remains = List.copyOf(remains);
        }

        /** How many rows of each kind are gone. */
        public record Counts(int messages, int steps, int events, int approvals, int effects, int notifications) {}
    }

    /**
     * How to fork.
     *
     * @param step the step's number; null for the newest
     * @param message what the user says in the fork; null for nothing
     * @param last what the last message before that says in the fork; null for what it said
     */
    record ForkWish(
            @Nullable Long step,
            @Nullable String message,
            @Nullable String last) {}

    /**
     * A job that was submitted.
     *
     * @param fresh false for one that was there already
     */
    record Submitted(ThreadView job, boolean fresh) {}

    /**
     * An agent as people see it.
     *
     * @param risks of those of its tools for which its file states one
     */
    record AgentView(String name, String title, List<ToolRisk> risks) {
        public AgentView {
            risks = List.copyOf(risks);
        }

        /** One whose file states no risks. */
        public AgentView(String name, String title) {
            this(name, title, List.of());
        }
    }

    /**
     * How much a yes to a tool's call may cost, as its agent's file states it.
     *
     * @param risk low, medium or high
     * @param note why, in a line; null when no more is said
     */
    record ToolRisk(String tool, String risk, @Nullable String note) {}

    /**
     * A thread as people see it.
     *
     * @param title the goal of a job, the title of a chat
     * @param result the job's last answer once it is DONE, FAILED or CANCELED; else null
     * @param waitingFor one line on what it waits for while PARKED or NEEDS_ATTENTION; else null
     */
    record ThreadView(
            String id,
            String owner,
            String agent,
            ThreadKind kind,
            ThreadStatus status,
            String title,
            int messages,
            int toolCalls,
            @Nullable String result,
            @Nullable String waitingFor,
            Instant createdAt,
            Instant updatedAt) {}

    /**
     * One line of a transcript.
     *
     * @param position from 1, without gaps in a thread
     * @param role user, assistant, tool or system
     * @param text the words; for a tool its result
     * @param tool the tool's name for role tool, else null
     * @param calls for the assistant: the tools it called, each with name and arguments; else empty
     */
    record Entry(
            long position,
            String role,
            String text,
            @Nullable String tool,
            List<Call> calls,
            Instant at) {}

    /** A tool call in a transcript. */
    record Call(String id, String tool, String arguments) {}

    /**
     * An approval as people see it.
     *
     * @param requestId Permit's id; null while it is being filed
     * @param state filing, pending, approved, denied, canceled, expired, spent or failed
     */
    record ApprovalView(
            String id,
            String threadId,
            @Nullable String requestId,
            String kind,
            String state,
            String requester,
            String agent,
            String tool,
            JsonNode arguments,
            String reason,
            @Nullable String resourceInstance,
            @Nullable String operation,
            @Nullable String reviewer,
            @Nullable String comment,
            Instant createdAt,
            Instant deadline,
            @Nullable Instant decidedAt) {}

    /**
     * A tool call that changes something, as people see it.
     *
     * @param title of its thread
     * @param state intent, dispatched, succeeded, failed, not_sent or unknown
     * @param attempts how often it was sent
     * @param outcome what the tool, or whoever looked, said; null when nobody did
     * @param dispatchedAt when it was sent last
     */
    record EffectView(
            String id,
            String threadId,
            String agent,
            String title,
            String state,
            String tool,
            JsonNode arguments,
            int attempts,
            @Nullable String outcome,
            Instant createdAt,
            @Nullable Instant dispatchedAt,
            @Nullable Instant endedAt) {}

    /** Something that happened in a thread just now. */
    record Live(String threadId, Kind kind, String text, JsonNode data) {
        /** The kinds of news. */
        public enum Kind {
            /** A whole answer of the assistant; data has its position in the transcript. */
            TEXT,
            /**
             * A piece of an answer that the model is still giving, as a preview: whatever news of another kind comes next says what
             * became of it. Never stored.
             */
            DELTA,
            /** What is being done, in plain words. */
            STATUS,
            /** A tool call's outcome; data has tool, arguments, outcome. */
            TOOL,
            /** The thread waits; data is the approval. */
            PARKED,
            /** A decision was applied; data is the approval. */
            DECISION,
            /** A parked thread goes on. */
            RESUMED,
            /** The turn failed; text says why in plain words. */
            ERROR,
            /** The turn came to rest: the last news of every turn, exactly one; data has the thread's status. */
            TURN_ENDED
        }
    }

    /** Ends listening. */
    interface Subscription extends AutoCloseable {
        @Override
        void close();
    }
}
