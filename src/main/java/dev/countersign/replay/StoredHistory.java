package dev.countersign.replay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.checkpoint.CheckpointStore;
import dev.countersign.checkpoint.CheckpointStore.Stored;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Mark;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.graph.Archive;
import dev.countersign.graph.Ports;
import dev.countersign.graph.Views;
import dev.countersign.thread.Lineage;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStore;
import dev.countersign.thread.Transcript;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The history over the store: one step more than is asked for is read, to compare the oldest with. */
final class StoredHistory implements History {
    private static final ErrorCode NO_STEP = new ErrorCode("CS-640", ErrorCode.Kind.NOT_FOUND);

    /** How far before the oldest step calls are looked for: longer than any one message's calls and their answers. */
    private static final int MESSAGES_BEFORE = 64;

    /** More than anybody looks through. */
    private static final int FAMILY_MAX = 500;

    private final Ports ports;

    StoredHistory(Ports ports) {
        this.ports = ports;
    }

    @Override
    public Archive.Page<Step> steps(Principal owner, String threadId, Archive.Slice slice) {
        ThreadRow thread = owned(owner, threadId);
        List<Stored> read = ports.checkpoints().page(threadId, slice.after().at(), slice.limit() + 1);
        boolean more = read.size() > slice.limit();
        List<Stored> shown = more ? read.subList(0, slice.limit()) : read;
        List<Step> steps = steps(thread, shown, more ? read.get(slice.limit()) : null);
        return new Archive.Page<>(
                steps, more ? new Mark(last(shown).seq(), last(shown).id()) : null);
    }

    private List<Step> steps(ThreadRow thread, List<Stored> newestFirst, @Nullable Stored before) {
        List<Step> steps = new ArrayList<>();
        if (newestFirst.isEmpty()) {
            return steps;
        }
        int from = Math.max(0, sizeBefore(last(newestFirst), before) - MESSAGES_BEFORE);
        StepReader reader = new StepReader(ports, thread, window(newestFirst.get(0), from));
        for (int i = 0; i < newestFirst.size(); i++) {
            boolean oldest = i + 1 == newestFirst.size();
            steps.add(reader.read(newestFirst.get(i), oldest ? before : newestFirst.get(i + 1)));
        }
        return steps;
    }

    private static StepReader.Window window(Stored newest, int from) {
        Transcript transcript = transcript(newest);
        return new StepReader.Window(from, transcript.slice(Math.min(from, transcript.size()), transcript.size()));
    }

    /** How long the transcript was before a step; nothing is added by one that cannot be compared. */
    static int sizeBefore(Stored step, @Nullable Stored before) {
        if (before != null) {
            return transcript(before).size();
        }
        return isComparable(step) ? 0 : transcript(step).size();
    }

    /** Whether a step without one before it began with nothing: not that of a fork, nor one whose forerunners are gone. */
    static boolean isComparable(Stored first) {
        return first.seq() == 1 && first.parentId() == null;
    }

    static Transcript transcript(Stored stored) {
        return (Transcript) stored.state().getOrDefault(CheckpointStore.MESSAGES, Transcript.empty());
    }

    private static Stored last(List<Stored> steps) {
        return steps.get(steps.size() - 1);
    }

    @Override
    public Moment at(Principal owner, String threadId, long seq, int messages) {
        ThreadRow thread = owned(owner, threadId);
        List<Stored> two =
                seq < 1 || seq > thread.head() ? List.of() : ports.checkpoints().page(threadId, seq + 1, 2);
        if (two.isEmpty() || two.get(0).seq() != seq) {
            throw new CountersignException(
                    NO_STEP,
                    "expected a step of this thread from 1 to " + thread.head()
                            + ", got another; its history lists them");
        }
        Stored stored = two.get(0);
        Step step = steps(thread, two.subList(0, 1), two.size() > 1 ? two.get(1) : null)
                .get(0);
        ObjectNode state = StateDiff.readable(stored.state());
        return new Moment(step, thread.head(), state, entries(transcript(stored), messages));
    }

    @Override
    public List<Lineage.Member> family(Principal owner, String threadId) {
        ThreadRow thread = owned(owner, threadId);
        return new Lineage(ports.database()).family(thread.owner(), thread.id(), FAMILY_MAX);
    }

    private static List<Entry> entries(Transcript transcript, int count) {
        int from = Math.max(0, transcript.size() - count);
        List<Entry> entries = new ArrayList<>();
        long position = from;
        for (Message message : transcript.once(from, transcript.size())) {
            entries.add(Views.entry(++position, message));
        }
        return entries;
    }

    @Override
    public Recording recording(Principal owner, String threadId) {
        return new Recorder(ports).record(owned(owner, threadId));
    }

    private ThreadRow owned(Principal owner, String threadId) {
        return ports.threads()
                .find(threadId)
                .filter(thread -> thread.owner().equals(owner.user()))
                .orElseThrow(() -> ThreadStore.notFound(threadId));
    }
}
