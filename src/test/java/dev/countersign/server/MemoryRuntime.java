package dev.countersign.server;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.Archive;
import dev.countersign.graph.DeployGate;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.EffectJournal;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * A runtime in memory with one simple agent: it answers "you said: …" after a tool call; a message with the word "menu"
 * parks, one with "fail" fails, one with "stream" is answered in a thousand pieces, one with "flood" with 120 MB. {@link #decide} does what a decision at Permit would set off.
 */
public final class MemoryRuntime implements AgentRuntime {
    private static final ErrorCode UNKNOWN_THREAD = new ErrorCode("CS-210", ErrorCode.Kind.NOT_FOUND);

    private static final ToolRisk RISK = new ToolRisk("create_access_request", "high", "shows <b>all</b> there is");

    /** The agents there are. */
    public final List<AgentView> agents = new CopyOnWriteArrayList<>(
            List.of(new AgentView("echo", "Repeats what it hears", List.of(RISK)), new AgentView("other", "Another")));

    /** Who extended what by how much, as words. */
    public final List<String> extensions = new CopyOnWriteArrayList<>();

    /** Of each question for the approvals of several requests, for how many. */
    public final List<Integer> lookedUpTogether = new CopyOnWriteArrayList<>();

    /** For which requests' approvals somebody asked one by one. */
    public final List<String> lookedUpAlone = new CopyOnWriteArrayList<>();

    private final Clock clock;
    private final Map<String, Stored> threads = new LinkedHashMap<>();
    private final ExecutorService turns = Executors.newSingleThreadExecutor();
    private final AtomicInteger ids = new AtomicInteger();
    private volatile String lastAskedBy = "";
    private final AtomicInteger wakes = new AtomicInteger();
    private final List<String> wokenFor = new CopyOnWriteArrayList<>();

    public MemoryRuntime(Clock clock) {
        this.clock = clock;
    }

    private static final class Stored {
        ThreadView view;
        final List<Entry> entries = new ArrayList<>();
        final List<ApprovalView> approvals = new ArrayList<>();
        final List<Consumer<Live>> listeners = new CopyOnWriteArrayList<>();

        Stored(ThreadView view) {
            this.view = view;
        }
    }

    /** How many listen to this user's threads. */
    public synchronized int listeners(String owner) {
        return threads.values().stream()
                .filter(stored -> stored.view.owner().equals(owner))
                .mapToInt(stored -> stored.listeners.size())
                .sum();
    }

    /** How often somebody said that a decision may have been made. */
    public int wakes() {
        return wakes.get();
    }

    /** The name of the thread that last asked for the agents. */
    public String lastAskedBy() {
        return lastAskedBy;
    }

    /** What the gate says of parked threads, a page of two at a time, and what it was asked last. */
    public final List<DeployGate.Line> parked = new CopyOnWriteArrayList<>();

    public volatile DeployGate.@Nullable Plan plan;

    @Override
    public DeployGate gate() {
        return (asked, after, limit) -> {
            plan = asked;
            List<DeployGate.Line> rest = parked.stream()
                    .filter(line -> line.thread().compareTo(after) > 0)
                    .toList();
            return rest.size() <= 2
                    ? new DeployGate.Page(rest, null)
                    : new DeployGate.Page(rest.subList(0, 2), rest.get(1).thread());
        };
    }

    @Override
    public List<AgentView> agents() {
        lastAskedBy = Thread.currentThread().getName();
        return List.copyOf(agents);
    }

    @Override
    public synchronized ThreadView open(Principal owner, String agent, ThreadKind kind, String goal) {
        String id = "thread-" + ids.incrementAndGet();
        ThreadStatus status = kind == ThreadKind.JOB ? ThreadStatus.RUNNING : ThreadStatus.IDLE;
        ThreadView view = new ThreadView(
                id, owner.user(), agent, kind, status, goal, 0, 0, null, null, clock.instant(), clock.instant());
        threads.put(id, new Stored(view));
        if (kind == ThreadKind.JOB) {
            send(owner, id, goal);
        }
        return view;
    }

    /** Puts a thread here as it stands, with what was said in it and asked for. */
    public synchronized void put(ThreadView view, List<Entry> entries, List<ApprovalView> approvals) {
        Stored stored = new Stored(view);
        stored.entries.addAll(entries);
        stored.approvals.addAll(approvals);
        threads.put(view.id(), stored);
    }

    private final Map<String, String> jobs = new LinkedHashMap<>();

    @Override
    public synchronized Submitted submit(Principal owner, String agent, String goal, String key) {
        String known = jobs.get(owner.user() + " " + key);
        if (known == null) {
            ThreadView opened = open(owner, agent, ThreadKind.JOB, goal);
            jobs.put(owner.user() + " " + key, opened.id());
            return new Submitted(opened, true);
        }
        if (!thread(owner, known).title().equals(goal)) {
            throw new CountersignException(
                    new ErrorCode("CS-614", ErrorCode.Kind.UNPROCESSABLE), "this key stands for another job");
        }
        return new Submitted(thread(owner, known), false);
    }

    /** How forks were wished for. */
    public final List<ForkWish> forks = new CopyOnWriteArrayList<>();

    @Override
    public synchronized ThreadView fork(Principal owner, String threadId, ForkWish wish) {
        Stored parent = stored(owner, threadId);
        forks.add(wish);
        ThreadView fork = open(owner, parent.view.agent(), ThreadKind.CHAT, parent.view.title());
        stored(owner, fork.id()).entries.addAll(parent.entries);
        if (wish.message() != null) {
            send(owner, fork.id(), wish.message());
        }
        return thread(owner, fork.id());
    }

    /** What was erased, and what was said of forks. */
    public final List<String> erased = new CopyOnWriteArrayList<>();

    @Override
    public synchronized Erased erase(Principal owner, String threadId, ForkFate forks) {
        stored(owner, threadId);
        threads.remove(threadId);
        erased.add(threadId + " " + forks);
        return new Erased(
                List.of(threadId),
                new Erased.Counts(1, 2, 3, 4, 5, 6),
                List.of("fork"),
                List.of("request"),
                List.of("somebody: something"),
                clock.instant());
    }

    @Override
    public Archive archive() {
        return new MemoryArchive(this);
    }

    Instant now() {
        return clock.instant();
    }

    @Override
    public synchronized List<ThreadView> threads(Principal owner, @Nullable ThreadKind kind, int limit) {
        return threads.values().stream()
                .map(stored -> stored.view)
                .filter(view -> view.owner().equals(owner.user()) && (kind == null || view.kind() == kind))
                .sorted(Comparator.comparing(ThreadView::id).reversed())
                .limit(limit)
                .toList();
    }

    @Override
    public ThreadView thread(Principal owner, String threadId) {
        return stored(owner, threadId).view;
    }

    private synchronized Stored stored(Principal owner, String threadId) {
        Stored stored = threads.get(threadId);
        if (stored == null || !stored.view.owner().equals(owner.user())) {
            throw new CountersignException(UNKNOWN_THREAD, "there is no such thread");
        }
        return stored;
    }

    @Override
    public synchronized List<Entry> transcript(Principal owner, String threadId, long after, int limit) {
        return stored(owner, threadId).entries.stream()
                .filter(entry -> entry.position() > after)
                .limit(limit)
                .toList();
    }

    @Override
    public void send(Principal owner, String threadId, String text) {
        Stored stored = stored(owner, threadId);
        add(stored, "user", text, null, List.of());
        turns.execute(() -> turn(stored, text));
    }

    private void turn(Stored stored, String text) {
        tell(stored, Live.Kind.STATUS, "working on it", Json.object());
        if (text.contains("fail")) {
            tell(stored, Live.Kind.ERROR, "the model could not be reached", Json.object());
            end(stored, ThreadStatus.IDLE, null);
        } else if (text.contains("stream")) {
            for (int i = 0; i < 1000; i++) {
                tell(stored, Live.Kind.DELTA, "word ", Json.object());
            }
            answer(stored, "word ".repeat(1000));
            end(stored, ThreadStatus.IDLE, null);
        } else if (text.contains("flood")) {
            for (int i = 0; i < 2000; i++) {
                tell(stored, Live.Kind.TEXT, "x".repeat(60_000), Json.object());
            }
            end(stored, ThreadStatus.IDLE, null);
        } else if (text.contains("menu")) {
            park(stored);
        } else {
            add(stored, "assistant", "", null, List.of(new Call("c1", "listen", "{\"to\":\"you\"}")));
            add(stored, "tool", "{\"heard\":true}", "listen", List.of());
            ObjectNode data = Json.object().put("tool", "listen").put("outcome", "succeeded");
            tell(stored, Live.Kind.TOOL, "listen", data);
            answer(stored, "you said: " + text);
            boolean job = stored.view.kind() == ThreadKind.JOB;
            end(stored, job ? ThreadStatus.DONE : ThreadStatus.IDLE, null);
        }
    }

    private void park(Stored stored) {
        String request = "request-" + ids.incrementAndGet();
        ApprovalView approval = approval(stored.view, request);
        synchronized (this) {
            stored.approvals.add(approval);
        }
        answer(stored, "filed, waiting for a reviewer");
        tell(stored, Live.Kind.PARKED, "waits for a reviewer", Wire.tree(approval));
        end(stored, ThreadStatus.PARKED, "an access request");
    }

    private ApprovalView approval(ThreadView view, String request) {
        return new ApprovalView(
                "approval-" + request,
                view.id(),
                request,
                "access",
                "pending",
                view.owner(),
                view.agent(),
                "create_access_request",
                Json.object().put("resource_instance", "3"),
                "hungry",
                "3",
                null,
                null,
                null,
                clock.instant(),
                clock.instant().plusSeconds(3600),
                null);
    }

    /** Lets a decision arrive in a parked thread: it resumes by itself. */
    public void decide(String threadId, String outcome) {
        Stored stored;
        synchronized (this) {
            stored = requireNonNull(threads.get(threadId));
        }
        turns.execute(() -> {
            tell(stored, Live.Kind.DECISION, outcome, Wire.tree(stored.approvals.get(0)));
            tell(stored, Live.Kind.RESUMED, "goes on", Json.object());
            answer(stored, "the request was " + outcome);
            end(stored, ThreadStatus.IDLE, null);
        });
    }

    private void answer(Stored stored, String text) {
        add(stored, "assistant", text, null, List.of());
        tell(stored, Live.Kind.TEXT, text, Json.object());
    }

    private synchronized void add(Stored stored, String role, String text, @Nullable String tool, List<Call> calls) {
        stored.entries.add(new Entry(stored.entries.size() + 1L, role, text, tool, calls, clock.instant()));
        change(stored, ThreadStatus.RUNNING, null);
    }

    private void end(Stored stored, ThreadStatus status, @Nullable String waitingFor) {
        synchronized (this) {
            change(stored, status, waitingFor);
        }
        tell(
                stored,
                Live.Kind.TURN_ENDED,
                "",
                Json.object().put("status", status.name()).put("messages", stored.entries.size()));
    }

    private void change(Stored stored, ThreadStatus status, @Nullable String waitingFor) {
        ThreadView view = stored.view;
        String result = status == ThreadStatus.DONE ? "done: " + view.title() : null;
        stored.view = new ThreadView(
                view.id(),
                view.owner(),
                view.agent(),
                view.kind(),
                status,
                view.title(),
                stored.entries.size(),
                0,
                result,
                waitingFor,
                view.createdAt(),
                clock.instant());
    }

    /** Holds a thread: what is due there does not fit. */
    public synchronized void hold(Principal owner, String threadId, String why) {
        change(stored(owner, threadId), ThreadStatus.NEEDS_ATTENTION, why);
        held.add(threadId);
    }

    boolean isHeld(ThreadView view) {
        return view.status() == ThreadStatus.NEEDS_ATTENTION && held.contains(view.id());
    }

    private static void tell(Stored stored, Live.Kind kind, String text, JsonNode data) {
        stored.listeners.forEach(listener -> listener.accept(new Live(stored.view.id(), kind, text, data)));
    }

    @Override
    public synchronized void cancel(Principal owner, String threadId) {
        change(stored(owner, threadId), ThreadStatus.CANCELED, null);
    }

    @Override
    public synchronized List<ApprovalView> approvals(Principal owner, String threadId) {
        return List.copyOf(stored(owner, threadId).approvals);
    }

    @Override
    public synchronized List<ApprovalView> approvalsOf(Principal owner, int limit) {
        return threads.values().stream()
                .filter(stored -> stored.view.owner().equals(owner.user()))
                .flatMap(stored -> stored.approvals.stream())
                .limit(limit)
                .toList();
    }

    /** Effects that wait for an answer; whoever answers one gets it back as succeeded. */
    public final List<EffectView> effects = new CopyOnWriteArrayList<>();

    /** What was answered, oldest first. */
    public final List<String> answers = new CopyOnWriteArrayList<>();

    private final Set<String> answered = ConcurrentHashMap.newKeySet();
    private final Set<String> held = ConcurrentHashMap.newKeySet();

    /** The effects that nobody has answered. */
    List<EffectView> unanswered() {
        return effects.stream()
                .filter(effect -> !answered.contains(effect.id()))
                .toList();
    }

    @Override
    public List<EffectView> effects(Principal owner, int limit) {
        return effects.stream().limit(limit).toList();
    }

    @Override
    public EffectView effect(Principal owner, String id) {
        return effects.stream()
                .filter(effect -> effect.id().equals(id))
                .findFirst()
                .orElseThrow(() -> new CountersignException(UNKNOWN_THREAD, "there is no such effect"));
    }

    @Override
    public EffectView resolve(Principal owner, String id, EffectJournal.Resolution resolution) {
        answers.add(owner.user() + " " + resolution + " " + id);
        answered.add(id);
        return effect(owner, id);
    }

    @Override
    public synchronized @Nullable ApprovalView approvalByRequest(String requestId) {
        lookedUpAlone.add(requestId);
        return threads.values().stream()
                .flatMap(stored -> stored.approvals.stream())
                .filter(approval -> requestId.equals(approval.requestId()))
                .findFirst()
                .orElse(null);
    }

    @Override
    public synchronized ApprovalView withdraw(Principal requester, String approvalOrRequestId) {
        return approvalsOf(requester, 100).stream()
                .filter(approval -> approvalOrRequestId.equals(approval.requestId()))
                .findFirst()
                .orElseThrow(() -> new CountersignException(UNKNOWN_THREAD, "there is no such request"));
    }

    @Override
    public ApprovalView extend(Principal reviewer, String requestId, Duration by) {
        extensions.add(reviewer.user() + " " + requestId + " " + by);
        ThreadView view = new ThreadView(
                "t",
                "henry",
                "echo",
                ThreadKind.CHAT,
                ThreadStatus.PARKED,
                "",
                0,
                0,
                null,
                null,
                clock.instant(),
                clock.instant());
        return approval(view, requestId);
    }

    @Override
    public void wake() {
        wakes.incrementAndGet();
    }

    /** For whom somebody said, since this was last asked, that a decision may have been made. */
    public List<String> wokenFor() {
        List<String> woken = List.copyOf(wokenFor);
        wokenFor.clear();
        return woken;
    }

    @Override
    public void wakeFor(String requester) {
        wokenFor.add(requester);
    }

    @Override
    public Subscription listen(Principal owner, String threadId, Consumer<Live> listener) {
        Stored stored = stored(owner, threadId);
        stored.listeners.add(listener);
        return () -> stored.listeners.remove(listener);
    }

    @Override
    public void close() {
        turns.shutdownNow();
    }
}
