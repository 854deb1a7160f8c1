package dev.countersign.replay;

import dev.countersign.approval.Approval;
import dev.countersign.approval.ApprovalStore;
import dev.countersign.approval.Lifecycle;
import dev.countersign.checkpoint.CheckpointStore;
import dev.countersign.db.Database;
import dev.countersign.graph.AgentDefinition;
import dev.countersign.graph.Outfit;
import dev.countersign.graph.Ports;
import dev.countersign.graph.Rerun;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.Lease;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadStore;
import dev.countersign.thread.Transcript;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/**
 * One what-if over one conversation: the user's words and the reviewers' decisions come in the order of the record, whatever the
 * conversation has become; a decision of something that is asked for only later comes as soon as it is. Used once, by one thread.
 */
final class Trial {
    private static final Duration LEASE = Duration.ofDays(36_500);

    private final Recording recording;
    private final Supposed supposed;
    private final ReplayClock clock = new ReplayClock();
    private final Memory memory;
    private final TrialWorld world;
    private final Ports ports;
    private final Rerun rerun;
    private final Decisions decisions;
    private final TrialModel recordedAnswers;
    private final TrialTools tools;
    private final Deviations deviations;

    /** Decisions that came before what they decide was asked for. */
    private final List<Recording.Happening> early = new ArrayList<>();

    private int turns;
    private long ids;

    Trial(Database database, Recording recording, Supposed supposed) {
        this.recording = recording;
        this.supposed = supposed;
        this.memory = new Memory(recording);
        this.world = new TrialWorld(recording, memory, clock, supposed.roles());
        this.ports = Ports.ofReplay(database, new TrialPermit(world), clock, this::nextId, LEASE);
        this.rerun = new Rerun(ports, world, this::stepped, (node, update) -> update);
        this.decisions = new Decisions(recording, ports);
        this.recordedAnswers = new TrialModel(recording, world);
        this.tools = new TrialTools(world, memory, rerun::step);
        this.deviations = new Deviations(recording);
    }

    private String nextId() {
        return new UUID(0, ++ids).toString();
    }

    Forecast play() {
        String ended = "";
        try {
            perform();
        } catch (RuntimeException e) {
            deviations.breaksOff();
            ended = why(e);
        }
        return deviations.forecast(turns, world.approvalsNew(), gone(), ended);
    }

    /** What was asked for in the record, as far as it was run, and not here. */
    private List<Deed> gone() {
        return memory.notAsked().stream()
                .filter(asked -> deviations.isRecordedCall(asked.call()))
                .flatMap(asked -> memory.call(asked.call()).stream())
                .toList();
    }

    /** The engine wraps what a node throws. */
    private static String why(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root instanceof TrialModel.NoAnswer ? String.valueOf(root.getMessage()) : root.toString();
    }

    private void perform() {
        Recording.Subject subject = recording.thread();
        var unused = ports.threads()
                .create(new ThreadStore.NewThread(
                        subject.id(), nextId(), subject.owner(), subject.agent(), subject.kind(), "what-if"));
        Lease lease = ports.leases().take(subject.id()).orElseThrow();
        if (recording.isFork()) {
            Recording.Stride first = recording.steps().get(0);
            clock.set(first.at());
            Stage.give(ports, subject.id(), first);
            world.hears(first.messages());
            run(lease, 0, new TurnOf(recording, 0).steps().stream().skip(1).toList());
        }
        for (Recording.Happening next : recording.events()) {
            clock.set(next.at());
            happen(lease, next);
            catchUp(lease);
        }
    }

    private void happen(Lease lease, Recording.Happening next) {
        TurnOf turn = new TurnOf(recording, next.seq());
        turn.decidedBefore().forEach(decisions::decide);
        if (isDecision(next) && ports.approvals().find(next.body()).isEmpty()) {
            early.add(next);
            deviations.skipped(next, turn.steps());
            return;
        }
        Optional<String> body = body(next);
        if (body.isEmpty()) {
            deviations.skipped(next, turn.steps());
            return;
        }
        if (isDecision(next)) {
            decisions.decide(next.body());
        }
        turn.withdrawn().forEach(decisions::withdrawn);
        if (next.kind() == EventKind.CANCEL) {
            withdraw(next.body());
        }
        var unused = ports.threads().accept(recording.thread().id(), next.kind(), body.get());
        run(lease, next.seq(), turn.steps());
    }

    private static boolean isDecision(Recording.Happening event) {
        return event.kind() == EventKind.DECISION || event.kind() == EventKind.EXPIRY;
    }

    /** What the event says here; empty for an answer to a call that was not made here. */
    private Optional<String> body(Recording.Happening next) {
        Recording.Answered answer = next.answer();
        if (answer == null) {
            return Optional.of(next.body());
        }
        List<String> calls = memory.call(answer.call()).map(world::callsLike).orElse(List.of());
        return calls.stream()
                .reduce((one, later) -> later)
                .map(call ->
                        rerun.resolution(ports.threads().get(recording.thread().id()), call, answer.resolution()));
    }

    /** What waits is taken back, as Permit would have it: one, or all of it. */
    private void withdraw(String approvalId) {
        for (Approval approval : ports.approvals().ofThread(recording.thread().id())) {
            if (approvalId.isEmpty() || approval.id().equals(approvalId)) {
                var facts = new ApprovalStore.Facts(null, null, null, clock.instant());
                decisions.move(approval.id(), Lifecycle.Move.WITHDRAW, facts);
            }
        }
    }

    private void catchUp(Lease lease) {
        for (Iterator<Recording.Happening> waiting = early.iterator(); waiting.hasNext(); ) {
            Recording.Happening decision = waiting.next();
            if (decisions.isPending(decision.body())) {
                waiting.remove();
                decisions.decide(decision.body());
                var unused = ports.threads().accept(recording.thread().id(), decision.kind(), decision.body());
                run(lease, decision.seq(), new TurnOf(recording, decision.seq()).steps());
            }
        }
    }

    private void run(Lease lease, long seq, List<Recording.Stride> recorded) {
        world.begins(recorded);
        deviations.begins(seq, recorded);
        rerun.run(lease, outfit());
        turns += deviations.ends() ? 1 : 0;
    }

    private Outfit outfit() {
        AgentDefinition agent = supposed.agent() == null
                ? world.circumstances().agent(recording.thread().agent())
                : supposed.agent();
        return new Outfit(agent, supposed.model() == null ? recordedAnswers : supposed.model(), tools);
    }

    private void stepped(Rerun.Stepped step) {
        Transcript transcript = (Transcript) step.state().getOrDefault(CheckpointStore.MESSAGES, Transcript.empty());
        int known = world.transcript().size();
        List<Message> added = transcript.slice(Math.min(known, transcript.size()), transcript.size());
        world.hears(added);
        deviations.stepped(step, added);
    }
}
