package dev.countersign.server;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Mark;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.graph.AgentRuntime.EffectView;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.graph.Archive;
import dev.countersign.thread.ThreadKind;
import java.time.Instant;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The archive of a runtime in memory: the same promises over lists that are searched through. */
final class MemoryArchive implements Archive {
    private static final ErrorCode UNKNOWN = new ErrorCode("CS-211", ErrorCode.Kind.NOT_FOUND);
    private static final int ALL = 1_000_000;

    private final MemoryRuntime runtime;
    private final List<Principal> people;

    MemoryArchive(MemoryRuntime runtime) {
        this.runtime = runtime;
        this.people =
                List.of(new Principal("henry"), new Principal("joe"), new Principal("jane"), new Principal("rose"));
    }

    @Override
    public Page<ThreadView> threads(Principal owner, @Nullable ThreadKind kind, Slice slice) {
        return page(runtime.threads(owner, kind, ALL), slice, view -> new Mark(millis(view.createdAt()), view.id()));
    }

    @Override
    public Page<ApprovalView> requestedBy(Principal requester, boolean openOnly, Slice slice) {
        List<ApprovalView> found = runtime.approvalsOf(requester, ALL).stream()
                .filter(approval -> !openOnly || approval.state().equals("pending"))
                .toList();
        return page(found, slice, MemoryArchive::mark);
    }

    @Override
    public Page<ApprovalView> decidedBy(Principal reviewer, Slice slice) {
        List<ApprovalView> found = everybodys().stream()
                .filter(approval -> reviewer.user().equals(approval.reviewer()))
                .toList();
        return page(found, slice, MemoryArchive::mark);
    }

    @Override
    public Page<ApprovalView> approvals(Slice slice) {
        return page(everybodys(), slice, MemoryArchive::mark);
    }

    private List<ApprovalView> everybodys() {
        return people.stream()
                .flatMap(person -> runtime.approvalsOf(person, ALL).stream())
                .toList();
    }

    @Override
    public Optional<ApprovalView> approval(String id) {
        return everybodys().stream()
                .filter(approval -> id.equals(approval.id()) || id.equals(approval.requestId()))
                .findFirst();
    }

    @Override
    public Map<String, ApprovalView> byRequests(Collection<String> requests) {
        runtime.lookedUpTogether.add(requests.size());
        return everybodys().stream()
                .filter(approval -> approval.requestId() != null && requests.contains(approval.requestId()))
                .collect(Collectors.toMap(approval -> String.valueOf(approval.requestId()), Function.identity()));
    }

    @Override
    public List<Entry> before(ApprovalView approval, int limit) {
        return runtime.transcript(new Principal(approval.requester()), approval.threadId(), 0, limit);
    }

    @Override
    public Page<EffectView> unknownEffects(Principal owner, Slice slice) {
        return page(runtime.unanswered(), slice, effect -> new Mark(millis(effect.createdAt()), effect.id()));
    }

    @Override
    public List<ThreadView> held(Principal owner, int limit) {
        return runtime.threads(owner, null, ALL).stream()
                .filter(runtime::isHeld)
                .limit(limit)
                .toList();
    }

    @Override
    public Page<CheckpointView> checkpoints(Principal owner, String threadId, Slice slice) {
        runtime.thread(owner, threadId);
        CheckpointView only = new CheckpointView("step-1", 1, null, "reply", "__END__", 2, "print", runtime.now());
        return page(List.of(only), slice, view -> new Mark(view.seq(), view.id()));
    }

    @Override
    public CheckpointView checkpoint(Principal owner, String threadId, String id) {
        return checkpoints(owner, threadId, new Slice(Mark.NEWEST, 1)).items().stream()
                .filter(view -> view.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new CountersignException(UNKNOWN, "there is no such checkpoint"));
    }

    @Override
    public Optional<Principal> ownerOf(String threadId) {
        return people.stream()
                .filter(person -> runtime.threads(person, null, ALL).stream()
                        .anyMatch(view -> view.id().equals(threadId)))
                .findFirst();
    }

    @Override
    public Instant now() {
        return runtime.now();
    }

    private static Mark mark(ApprovalView approval) {
        return new Mark(millis(approval.createdAt()), approval.id());
    }

    private static long millis(Instant at) {
        return at.toEpochMilli();
    }

    private static <T> Page<T> page(List<T> all, Slice slice, Function<T, Mark> mark) {
        Comparator<Mark> order = Comparator.comparingLong(Mark::at).thenComparing(Mark::id);
        List<T> rest = all.stream()
                .sorted(Comparator.comparing(mark, order).reversed())
                .filter(item -> slice.after().equals(Mark.NEWEST) || order.compare(mark.apply(item), slice.after()) < 0)
                .toList();
        List<T> shown = rest.subList(0, Math.min(slice.limit(), rest.size()));
        return new Page<>(shown, rest.size() > shown.size() ? mark.apply(shown.get(shown.size() - 1)) : null);
    }
}
