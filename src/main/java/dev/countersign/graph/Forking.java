package dev.countersign.graph;

import dev.countersign.checkpoint.CheckpointStore;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.Transcript;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Where a conversation may be cut to go on from there. A fork never begins with a call that has no answer, since no model takes
 * that, and nothing that was planned, asked for or approved in the parent counts in it: whatever is to happen is asked for anew.
 */
final class Forking {
    private static final ErrorCode NO_STEP = new ErrorCode("CS-616", ErrorCode.Kind.NOT_FOUND);
    private static final ErrorCode NOTHING_TO_CHANGE = new ErrorCode("CS-617", ErrorCode.Kind.CONFLICT);

    /** More than the results of one message's calls, as a rule; what is longer is read in several such pieces. */
    private static final int PIECE = 128;

    private final Ports ports;

    Forking(Ports ports) {
        this.ports = ports;
    }

    /** Makes the fork, and gives back its id. */
    String fork(ThreadRow parent, AgentRuntime.ForkWish wish) {
        if (wish.message() != null) {
            Said.check(wish.message());
        }
        if (wish.last() != null) {
            Said.check(wish.last());
        }
        CheckpointStore.Fork fork = plan(parent, wish);
        String id = ports.ids().newId();
        CheckpointStore.ForkIds ids = new CheckpointStore.ForkIds(id, id);
        ports.checkpoints().fork(fork, ids, tx -> {
            if (wish.message() != null) {
                ports.threads().append(tx, ids.threadId(), EventKind.MESSAGE, wish.message());
            }
        });
        return ids.threadId();
    }

    private CheckpointStore.Fork plan(ThreadRow parent, AgentRuntime.ForkWish wish) {
        CheckpointStore.Stored at = step(parent, wish.step() == null ? parent.head() : wish.step());
        Transcript transcript = new ThreadState(at.state()).messages();
        int cut = closed(transcript);
        if (wish.message() != null && !atRest(at)) {
            cut = turnBegan(transcript);
        }
        List<Message> own = List.of();
        Message last = cut == 0 ? null : transcript.slice(cut - 1, cut).get(0);
        if (wish.last() != null) {
            if (last == null) {
                throw new CountersignException(
                        NOTHING_TO_CHANGE,
                        "expected a step after which the conversation has a last message to change, got one without; "
                                + "'countersign thread history' lists the steps");
            }
            own = List.of(saying(last, wish.last()));
        }
        boolean goesOn = wish.message() == null && last != null && last.role() != Message.Role.ASSISTANT;
        String next = goesOn ? AgentGraph.MODEL : CheckpointStore.END;
        int shared = cut - own.size();
        Map<String, Object> inherited = Summary.inherited(new ThreadState(at.state()), shared);
        return new CheckpointStore.Fork(parent.id(), at, shared, own, next, inherited);
    }

    private CheckpointStore.Stored step(ThreadRow parent, long seq) {
        List<CheckpointStore.Stored> found =
                seq < 1 || seq > parent.head() ? List.of() : ports.checkpoints().page(parent.id(), seq + 1, 1);
        if (found.isEmpty() || found.get(0).seq() != seq) {
            throw new CountersignException(
                    NO_STEP,
                    parent.head() == 0
                            ? "this conversation has no step yet that it could be forked at; say something in it first"
                            : "expected a step of this conversation from 1 to " + parent.head() + ", got another");
        }
        return found.get(0);
    }

    private static boolean atRest(CheckpointStore.Stored at) {
        return at.nextNode().equals(CheckpointStore.END) || at.nextNode().equals(AgentGraph.AWAIT);
    }

    /** The message, saying something else: the calls it made go with the words. */
    private static Message saying(Message message, String text) {
        return new Message(
                message.role(), text, List.of(), message.callId(), message.tool(), message.error(), message.at());
    }

    /** How many messages there are before the newest calls, if not all of those are answered; else all. */
    private static int closed(Transcript transcript) {
        Set<String> answered = new HashSet<>();
        for (int end = transcript.size(); end > 0; end -= PIECE) {
            int from = Math.max(0, end - PIECE);
            List<Message> piece = transcript.slice(from, end);
            for (int i = piece.size() - 1; i >= 0; i--) {
                Message message = piece.get(i);
                if (message.role() == Message.Role.TOOL) {
                    answered.add(message.callId());
                } else {
                    boolean open = message.calls().stream().anyMatch(call -> !answered.contains(call.id()));
                    return open ? from + i : transcript.size();
                }
            }
        }
        return transcript.size();
    }

    /** How many messages there were before the newest that a user wrote. */
    private static int turnBegan(Transcript transcript) {
        for (int end = transcript.size(); end > 0; end -= PIECE) {
            int from = Math.max(0, end - PIECE);
            List<Message> piece = transcript.slice(from, end);
            for (int i = piece.size() - 1; i >= 0; i--) {
                if (piece.get(i).role() == Message.Role.USER) {
                    return from + i;
                }
            }
        }
        return 0;
    }
}
