package dev.countersign.replay;

import dev.countersign.checkpoint.CheckpointStore;
import dev.countersign.checkpoint.Imprints;
import dev.countersign.db.Database;
import dev.countersign.graph.Outfit;
import dev.countersign.graph.Ports;
import dev.countersign.graph.Rerun;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.Lease;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.thread.ThreadStore;
import dev.countersign.thread.Transcript;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** One strict replay of one conversation, from its first event to its last. Used once, by one thread. */
final class Stage {
    private static final Duration LEASE = Duration.ofDays(36_500);

    private final Recording recording;
    private final ReplayClock clock = new ReplayClock();
    private final Ports ports;
    private final Script script;
    private final Rerun rerun;
    private final Decisions decisions;
    private final Audience audience;
    private final Map<Integer, Outfit> outfits = new HashMap<>();
    private final List<Message> transcript = new ArrayList<>();
    private long ids;
    private int turns;

    /** One that ends where it comes to something else than the record. */
    Stage(Database database, Recording recording, Rerun.Tap tap) {
        this(database, recording, tap, Comparison::new);
    }

    Stage(Database database, Recording recording, Rerun.Tap tap, Function<Script, Audience> audience) {
        this.recording = recording;
        this.script = new Script(recording, this::step);
        this.ports = Ports.ofReplay(database, new RecordedPermit(script), clock, this::nextId, LEASE);
        this.rerun = new Rerun(ports, script, this::stepped, tap);
        this.decisions = new Decisions(recording, ports);
        this.audience = audience.apply(script);
    }

    private long step() {
        return rerun.step();
    }

    /** Ids that stand in no record, such as this node's name. */
    private String nextId() {
        return new UUID(0, ++ids).toString();
    }

    Verdict play() {
        try {
            perform();
            return verdict(Optional.empty());
        } catch (RuntimeException | Error e) {
            return verdict(Optional.of(divergence(e)));
        }
    }

    private void perform() {
        clock.set(begin());
        Recording.Subject subject = recording.thread();
        ThreadRow row = ports.threads()
                .create(new ThreadStore.NewThread(
                        subject.id(), nextId(), subject.owner(), subject.agent(), subject.kind(), "replay"));
        Lease lease = ports.leases().take(row.id()).orElseThrow();
        if (recording.isFork()) {
            beginAsFork(row);
            rerun.run(lease, outfit());
        }
        for (Recording.Happening event : recording.events()) {
            happen(event);
            rerun.run(lease, outfit());
        }
        if (audience.steps() < recording.steps().size()) {
            Recording.Stride missing = recording.steps().get(audience.steps());
            throw script.diverged(missing.node(), "the step itself", missing.node(), "no further step");
        }
    }

    private Instant begin() {
        return recording.events().isEmpty()
                ? Instant.EPOCH
                : recording.events().get(0).at();
    }

    /** What a fork begins with is given, not run. */
    private void beginAsFork(ThreadRow row) {
        Recording.Stride first = recording.steps().get(0);
        give(ports, row.id(), first);
        audience.given(first);
        transcript.addAll(first.messages());
    }

    /** Writes down the step that a fork begins with. */
    static void give(Ports ports, String threadId, Recording.Stride first) {
        Map<String, Object> state = new HashMap<>(first.state());
        state.put(CheckpointStore.MESSAGES, Transcript.empty().plus(first.messages()));
        CheckpointStore.Stored given = new CheckpointStore.Stored(
                1, first.id(), null, first.node(), first.next(), state, "replay", first.at());
        ports.database()
                .useTransaction(tx -> new Imprints(ports.checkpoints())
                        .write(tx, ports.threads().get(threadId), List.of(given), ThreadStatus.IDLE));
    }

    private Outfit outfit() {
        int next = audience.steps() + 1;
        int at = turnSetting(next);
        return outfits.computeIfAbsent(
                at,
                seq -> new Outfit(
                        script.circumstances(seq).agent(recording.thread().agent()),
                        new RecordedModel(script),
                        new RecordedTools(script)));
    }

    /** The step that names what the agent is like in the turn that begins with this one. */
    private int turnSetting(int first) {
        int last = recording.steps().size();
        for (int seq = first; seq <= last; seq++) {
            Recording.Stride step = recording.steps().get(seq - 1);
            if (step.seen().setting() != null) {
                return same(step.seen().setting());
            }
            if (Rerun.isRest(step.next())) {
                break;
            }
        }
        for (int seq = Math.min(first, last); seq >= 1; seq--) {
            String setting = recording.steps().get(seq - 1).seen().setting();
            if (setting != null) {
                return same(setting);
            }
        }
        return 0;
    }

    /** The first step that names this setting: so that equal ones are one outfit. */
    private int same(@Nullable String setting) {
        for (int seq = 1; seq <= recording.steps().size(); seq++) {
            if (Objects.equals(recording.steps().get(seq - 1).seen().setting(), setting)) {
                return seq;
            }
        }
        return 0;
    }

    private void happen(Recording.Happening event) {
        clock.set(event.at());
        TurnOf turn = new TurnOf(recording, event.seq());
        turn.decidedBefore().forEach(decisions::decide);
        turn.withdrawn().forEach(decisions::withdrawn);
        if (turn.isApplied() && (event.kind() == EventKind.DECISION || event.kind() == EventKind.EXPIRY)) {
            decisions.decide(event.body());
        }
        Recording.Answered answer = event.answer();
        String body = answer == null
                ? event.body()
                : rerun.resolution(ports.threads().get(recording.thread().id()), answer.call(), answer.resolution());
        ports.threads().accept(recording.thread().id(), event.kind(), body);
    }

    private void stepped(Rerun.Stepped step) {
        transcript.addAll(audience.hears(step));
        turns += Rerun.isRest(step.next()) ? 1 : 0;
    }

    private Verdict verdict(Optional<Divergence> divergence) {
        String digest = divergence.isPresent() ? "" : Recording.digest(transcript);
        return new Verdict(recording.thread().id(), turns, transcript.size(), digest, divergence);
    }

    /** The engine wraps what a node throws; whatever else went wrong is a divergence too, since the record has nothing like it. */
    private Divergence divergence(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof Diverged diverged) {
                return diverged.divergence();
            }
        }
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        Recording.Stride now = script.now();
        String node = now == null ? "" : now.node();
        return script.diverged(node, "the step itself", "that it ends", root.toString())
                .divergence();
    }
}
