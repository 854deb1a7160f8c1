package dev.countersign.graph;

import dev.countersign.approval.Approval;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Mark;
import dev.countersign.core.Principal;
import dev.countersign.db.Schedule;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.Lease;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.thread.ThreadStore;
import dev.countersign.thread.Transcript;
import dev.countersign.tool.EffectJournal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import org.bsc.langgraph4j.CompiledGraph;
import org.jspecify.annotations.Nullable;

/** The runtime of agents over one store: the implementation of {@link AgentRuntime}. */
public final class Agents implements AgentRuntime {
    private static final ErrorCode NO_AGENT = new ErrorCode("CS-602", ErrorCode.Kind.NOT_FOUND);
    private static final ErrorCode NOT_A_CHAT = new ErrorCode("CS-603", ErrorCode.Kind.CONFLICT);
    private static final int CHECKED_EARLY = 200;
    private static final Duration WAKE_TOGETHER = Duration.ofMillis(100);
    private static final Duration ANSWER_LATER = Duration.ofSeconds(1);

    private final Ports ports;
    private final Map<String, Equipped> agents = new LinkedHashMap<>();
    private final News news;
    private final Effects effects;
    private final ThreadViews views;
    private final Workers workers;
    private final Schedule schedule;
    private final AtomicBoolean wakeAsked = new AtomicBoolean();
    private final AtomicBoolean answerAsked = new AtomicBoolean();
    private final AtomicBoolean answerLater = new AtomicBoolean();

    private record Equipped(Equipment equipment, CompiledGraph<ThreadState> graph) {}

    private Agents(Ports ports, List<Outfit> outfits, Pace pace, Consumer<Duration> pause) {
        this.ports = ports;
        this.news = new News(ports.approvals());
        this.effects = new Effects(ports);
        this.views = new ThreadViews(ports);
        for (Outfit outfit : outfits) {
            Equipment equipment = Equipment.of(outfit, ports, pause);
            agents.put(outfit.agent().name(), new Equipped(equipment, AgentGraph.compile(equipment)));
        }
        this.workers = new Workers(ports, new TurnWork(), pace);
        this.schedule = Schedule.over(ports.database(), ports.ids().newId());
    }

    /**
     * Starts a runtime. Threads that were left running, and events that were left behind, are taken up at once.
     *
     * @param pause waits for the given time, between retries of calls that may be repeated
     * @param chores of others, which one node of the cluster does at a time
     */
    public static Agents start(
            Ports ports, List<Outfit> outfits, Pace pace, Consumer<Duration> pause, Chore... chores) {
        ports.leases().freeLeftBehind();
        Agents runtime = new Agents(ports, outfits, pace, pause);
        runtime.schedule.every("watch", pace.poll(), () -> ports.watcher().check(runtime.workers::wake));
        runtime.schedule.every("upkeep", pace.poll(), () -> ports.upkeep().run(runtime.workers::wake));
        List.of(chores).forEach(chore -> runtime.schedule.every(chore.name(), chore.pause(), chore.task()));
        runtime.schedule.start();
        return runtime;
    }

    private final class TurnWork implements Workers.Work {
        @Override
        public boolean run(ThreadRow thread, Lease lease, dev.countersign.thread.@Nullable Event accepted) {
            Equipped equipped = agents.get(thread.agent());
            if (equipped == null) {
                Fit fit = Fit.noAgent(thread.agent());
                if (new Holding(ports).hold(lease, fit)) {
                    news.held(ports.threads().get(thread.id()), Holding.words(fit));
                }
                return false;
            }
            return new TurnRunner(equipped.graph(), equipped.equipment().agent(), ports, new Wakeful(equipped))
                    .run(thread, lease, accepted);
        }

        @Override
        public void gaveUp(ThreadRow thread, String why) {
            news.failed(thread, why);
        }
    }

    /** Passes the news on, and has a request read back at once that somebody may just have decided in a chat of theirs. */
    private final class Wakeful implements TurnRunner.Witness {
        private final Equipped equipped;

        Wakeful(Equipped equipped) {
            this.equipped = equipped;
        }

        @Override
        public void begins(ThreadRow thread, dev.countersign.thread.Event event, Optional<Approval> decided) {
            news.begins(thread, event, decided);
        }

        @Override
        public Optional<Consumer<String>> preview(ThreadRow thread) {
            return news.preview(thread);
        }

        @Override
        public void added(ThreadRow thread, int before, List<Message> messages) {
            news.added(thread, before, messages);
            for (Message message : messages) {
                if (message.role() == Message.Role.TOOL && !message.error() && changesSomething(message.tool())) {
                    Results.decidedRequest(message.text()).ifPresent(Agents.this::wake);
                }
            }
        }

        private boolean changesSomething(@Nullable String tool) {
            return equipped.equipment().catalogue().stream()
                    .anyMatch(info -> info.name().equals(tool) && !info.readOnly());
        }

        @Override
        public void rests(ThreadRow thread) {
            news.rests(thread);
        }

        @Override
        public void held(ThreadRow thread, String why) {
            news.held(thread, why);
        }
    }

    @Override
    public List<AgentView> agents() {
        return agents.values().stream()
                .map(one -> Views.of(one.equipment().agent()))
                .toList();
    }

    @Override
    public ThreadView open(Principal owner, String agent, ThreadKind kind, String goal) {
        check(agent, goal);
        String id = ports.ids().newId();
        ThreadRow thread =
                ports.threads().create(new ThreadStore.NewThread(id, id, owner.user(), agent, kind, Said.title(goal)));
        if (kind == ThreadKind.JOB) {
            ports.threads().accept(thread, EventKind.MESSAGE, goal, workers::wake);
            return views.of(ports.threads().get(thread.id()));
        }
        return views.of(thread);
    }

    @Override
    public Submitted submit(Principal owner, String agent, String goal, String key) {
        check(agent, goal);
        Jobs.Taken taken = new Jobs(ports).submit(new Jobs.Wish(owner, agent, goal, Said.title(goal)), key);
        workers.wake(taken.id());
        return new Submitted(thread(owner, taken.id()), taken.fresh());
    }

    @Override
    public ThreadView fork(Principal owner, String threadId, ForkWish wish) {
        ThreadRow parent = owned(owner, threadId);
        check(parent.agent());
        String fork = new Forking(ports).fork(parent, wish);
        workers.wake(fork);
        return thread(owner, fork);
    }

    @Override
    public Erased erase(Principal owner, String threadId, ForkFate forks) {
        return new Erasure(ports).erase(owner, owned(owner, threadId).id(), forks);
    }

    private void check(String agent, String goal) {
        check(agent);
        Said.check(goal);
    }

    private void check(String agent) {
        if (!agents.containsKey(agent)) {
            throw new CountersignException(
                    NO_AGENT, "there is no agent '" + agent + "'; there are " + String.join(", ", agents.keySet()));
        }
    }

    @Override
    public List<ThreadView> threads(Principal owner, @Nullable ThreadKind kind, int limit) {
        return ports.threads().ownedBy(owner.user(), kind, limit).stream()
                .map(views::of)
                .toList();
    }

    @Override
    public ThreadView thread(Principal owner, String threadId) {
        return views.of(owned(owner, threadId));
    }

    private ThreadRow owned(Principal owner, String threadId) {
        return ports.threads()
                .find(threadId)
                .filter(thread -> thread.owner().equals(owner.user()))
                .orElseThrow(() -> ThreadStore.notFound(threadId));
    }

    @Override
    public List<Entry> transcript(Principal owner, String threadId, long after, int limit) {
        Transcript transcript = ports.checkpoints().transcript(owned(owner, threadId));
        int from = (int) Math.min(Math.max(0, after), transcript.size());
        List<Entry> entries = new ArrayList<>();
        long position = from;
        for (Message message : transcript.once(from, Math.min(transcript.size(), from + limit))) {
            entries.add(Views.entry(++position, message));
        }
        return entries;
    }

    @Override
    public void send(Principal owner, String threadId, String text) {
        ThreadRow thread = owned(owner, threadId);
        if (thread.kind() == ThreadKind.JOB) {
            throw new CountersignException(NOT_A_CHAT, "a job takes no messages; cancel it, or submit another one");
        }
        Said.check(text);
        ports.threads().accept(thread, EventKind.MESSAGE, text, workers::wake);
    }

    @Override
    public void cancel(Principal owner, String threadId) {
        ThreadRow thread = owned(owner, threadId);
        boolean atWork = thread.status() == ThreadStatus.RUNNING
                || thread.status() == ThreadStatus.PARKED
                || thread.status() == ThreadStatus.NEEDS_ATTENTION
                || thread.eventsAccepted() > thread.eventsDone();
        if (atWork) {
            // What it withdraws at Permit waits until it is durable.
            ports.threads().accept(threadId, EventKind.CANCEL, "");
            workers.wake(threadId);
        }
    }

    @Override
    public ApprovalView withdraw(Principal requester, String approvalOrRequestId) {
        Approval approval = new ApprovalDesk(ports).withdraw(requester, approvalOrRequestId);
        workers.wake(approval.threadId());
        return Views.of(approval);
    }

    @Override
    public ApprovalView extend(Principal reviewer, String requestId, Duration by) {
        return Views.of(new ApprovalDesk(ports).extend(requestId, by, reviewer));
    }

    @Override
    public List<ApprovalView> approvals(Principal owner, String threadId) {
        return ports.approvals().ofThread(owned(owner, threadId).id()).stream()
                .map(Views::of)
                .toList();
    }

    @Override
    public List<ApprovalView> approvalsOf(Principal owner, int limit) {
        return ports.approvals().ofRequester(owner.user(), limit).stream()
                .map(Views::of)
                .toList();
    }

    @Override
    public List<EffectView> effects(Principal owner, int limit) {
        return effects.unknownOf(owner, Mark.NEWEST, limit);
    }

    @Override
    public EffectView effect(Principal owner, String id) {
        return effects.get(owner, id);
    }

    @Override
    public EffectView resolve(Principal owner, String id, EffectJournal.Resolution resolution) {
        workers.wake(effects.resolve(owner, id, resolution));
        return effects.get(owner, id);
    }

    @Override
    public Archive archive() {
        return new StoredArchive(ports, effects, views::of);
    }

    @Override
    public DeployGate gate() {
        return new StoredGate(
                ports,
                () -> new Release(
                        Release.Program.THIS,
                        name -> Optional.ofNullable(agents.get(name))
                                .map(Equipped::equipment)
                                .map(one -> new Release.Agent(
                                        one.rules(), one.tools().tools()))));
    }

    @Override
    public @Nullable ApprovalView approvalByRequest(String requestId) {
        return ports.approvals().byRequest(requestId).map(Views::of).orElse(null);
    }

    /** Calls that come close together are served by one look, which begins after the last of them. */
    @Override
    public void wake() {
        if (wakeAsked.compareAndSet(false, true)) {
            workers.lookSoon(WAKE_TOGETHER, () -> {
                wakeAsked.set(false);
                ports.approvals().checkNow(CHECKED_EARLY);
                ports.watcher().check(workers::wake);
            });
        }
    }

    @Override
    public void wake(String requestId) {
        ports.watcher().wakeRequest(requestId);
        answer();
    }

    @Override
    public void wakeFor(String requester) {
        ports.watcher().wakeRequester(requester);
        answer();
    }

    /** Whoever is woken while a look waits to begin is served by that one. */
    private void answer() {
        answerOnce(answerAsked, Duration.ZERO, () -> ports.watcher().answer(workers::wake));
    }

    private void answerOnce(AtomicBoolean asked, Duration pause, BooleanSupplier look) {
        if (asked.compareAndSet(false, true)) {
            workers.lookSoon(pause, () -> {
                asked.set(false);
                if (look.getAsBoolean()) {
                    answerOnce(answerLater, ANSWER_LATER, () -> ports.watcher().answerAll(workers::wake));
                }
            });
        }
    }

    @Override
    public Subscription listen(Principal owner, String threadId, Consumer<Live> listener) {
        return news.listen(owned(owner, threadId).id(), listener);
    }

    /** Runs the thread here, if anything is due there and no other node runs it. */
    void take(String threadId) {
        workers.wake(threadId);
    }

    /** Whether no turn runs here at this moment. */
    boolean isQuiet() {
        return workers.isQuiet();
    }

    /** The graph of every agent as a Mermaid flow chart. */
    public static String diagram(String title) {
        return AgentGraph.diagram(title);
    }

    @Override
    public void close() {
        schedule.close();
        workers.stop();
        agents.values().forEach(one -> one.equipment().tools().close());
    }
}
