package dev.countersign.endtoend;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.app.AgentOutfits;
import dev.countersign.config.Config;
import dev.countersign.config.Places;
import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.graph.AgentDefinition;
import dev.countersign.graph.AgentFile;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.graph.AgentRuntime.Entry;
import dev.countersign.graph.AgentRuntime.Live;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.graph.Agents;
import dev.countersign.graph.Outfit;
import dev.countersign.graph.Pace;
import dev.countersign.graph.Ports;
import dev.countersign.log.ChainCheck;
import dev.countersign.log.DecisionLog;
import dev.countersign.log.LogRow;
import dev.countersign.log.LogVerdict;
import dev.countersign.mcpserver.food.FoodStore;
import dev.countersign.mcpserver.food.Order;
import dev.countersign.model.Models;
import dev.countersign.model.Phrasebook;
import dev.countersign.permit.Permit;
import dev.countersign.permit.Permits;
import dev.countersign.permit.RequestKind;
import dev.countersign.replay.History;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.ToolClient;
import dev.countersign.tool.ToolClients;
import dev.langchain4j.model.chat.ChatModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BiFunction;
import java.util.function.UnaryOperator;
import org.awaitility.core.ConditionFactory;
import org.jspecify.annotations.Nullable;

/**
 * An agent runtime wired as a server wires it, over one emulator and one folder, which it may leave and come back to. Agents
 * come from the folder's own {@code graphs}, or else the shipped ones.
 */
final class Rig implements AutoCloseable {
    static final String KEY = "permit_key_for_these_tests";
    static final Principal HENRY = new Principal("henry");
    static final Principal JOE = new Principal("joe");
    static final String FOOD = "food-ordering";
    static final Duration PATIENCE = Duration.ofSeconds(40);
    private static final int LOG_PAGE = 7;
    private static final Duration LOOK = Duration.ofMillis(10);
    private static final Duration LEASE = Duration.ofSeconds(30);
    private static final Duration POLL = Duration.ofMillis(50);

    final EmulatorServer emulator;
    final Config config;
    final Permit permit;
    private final BiFunction<Config, AgentDefinition, ChatModel> model;
    private final UnaryOperator<ToolClient> tools;
    private final Clock clock;
    private final List<Live> news = new CopyOnWriteArrayList<>();
    private Database database;
    private Agents runtime;
    private @Nullable History history;

    /** Starts over the emulator with these settings on top of where it is. */
    Rig(
            Path folder,
            EmulatorServer emulator,
            Map<String, String> more,
            BiFunction<Config, AgentDefinition, ChatModel> model) {
        this(folder, emulator, more, new Outside(model, tools -> tools, Clock.systemUTC()));
    }

    /** What a runtime meets: its model, what stands before its tools, and the time. */
    record Outside(
            BiFunction<Config, AgentDefinition, ChatModel> model, UnaryOperator<ToolClient> tools, Clock clock) {}

    Rig(Path folder, EmulatorServer emulator, Map<String, String> more, Outside outside) {
        this.emulator = emulator;
        this.config =
                Config.of(new Places(folder(folder), Path.of("").toAbsolutePath()), settings(folder, emulator, more));
        this.permit = Permits.connect(config.permit());
        this.model = outside.model();
        this.tools = outside.tools();
        this.clock = outside.clock();
        this.database = Database.open(config.store());
        this.runtime = start();
    }

    /** With the offline model, which knows the phrases of each agent's own examples. */
    static ChatModel offline(Config config, AgentDefinition agent) {
        return Models.create(
                config.model(), agent.examples().map(Phrasebook::read).orElseGet(Phrasebook::empty));
    }

    /** Looks often: most of what these tests wait for takes a few milliseconds. */
    private static ConditionFactory patiently() {
        return await().atMost(PATIENCE).pollDelay(Duration.ZERO).pollInterval(LOOK);
    }

    private static Path folder(Path folder) {
        try {
            Files.createDirectories(folder.resolve("checkpoints"));
            return folder;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static Map<String, String> settings(Path folder, EmulatorServer emulator, Map<String, String> more) {
        Map<String, String> settings = new HashMap<>(Map.of(
                "PERMIT_API_KEY", KEY,
                "PERMIT_API_URL", emulator.url(),
                "PERMIT_PDP_URL", emulator.url(),
                "COUNTERSIGN_STATE_DIR", folder.resolve("state").toString()));
        settings.putAll(Stores.settings(folder));
        settings.putAll(more);
        return settings;
    }

    private Agents start() {
        Ports ports =
                Ports.over(database, permit, clock, () -> UUID.randomUUID().toString(), LEASE, Duration.ZERO);
        List<Outfit> outfits = AgentFile.readAll(
                        config.graphs(), config.settings().values())
                .stream()
                .map(agent -> new Outfit(
                        agent,
                        model.apply(config, agent),
                        tools.apply(ToolClients.connect(agent.servers(), AgentOutfits.selfCommand()))))
                .toList();
        history = History.over(ports);
        return Agents.start(ports, outfits, new Pace(POLL, LEASE, 4), pause -> {});
    }

    /** What the decision log holds of a thread, once the whole of it has been found intact. */
    List<LogRow> logged(String thread) {
        DecisionLog log = new DecisionLog(database, Clock.systemUTC());
        LogVerdict verdict = ChainCheck.of(after -> log.page(after, LOG_PAGE), log.head());
        if (!verdict.intact()) {
            throw new AssertionError(verdict);
        }
        return log.page(0, Integer.MAX_VALUE).rows().stream()
                .filter(row -> row.threadId().equals(thread))
                .toList();
    }

    History history() {
        return Objects.requireNonNull(history);
    }

    AgentRuntime runtime() {
        return runtime;
    }

    /** Ends the runtime with its MCP servers and its store, and starts all of them anew on the same files. */
    void restart() {
        stop();
        database = Database.open(config.store());
        runtime = start();
    }

    private void stop() {
        runtime.close();
        database.close();
    }

    String chat(Principal user, String agent) {
        String thread = runtime.open(user, agent, ThreadKind.CHAT, "a chat").id();
        follow(user, thread);
        return thread;
    }

    /** Listens to a thread; again after each restart. */
    void follow(Principal user, String thread) {
        var unused = runtime.listen(user, thread, news::add);
    }

    /** Says something, waits until the turn has come to rest, and returns the last words of the thread. */
    String say(Principal user, String thread, String text) {
        long ended = ended(thread);
        runtime.send(user, thread, text);
        // The end of an earlier turn may be told only now: what was said is through when the thread rests again, too.
        patiently().until(() -> ended(thread) > ended && status(user, thread) != ThreadStatus.RUNNING);
        return lastText(user, thread);
    }

    private long ended(String thread) {
        return news.stream()
                .filter(live -> live.threadId().equals(thread) && live.kind() == Live.Kind.TURN_ENDED)
                .count();
    }

    ThreadView waitFor(Principal user, String thread, ThreadStatus status) {
        patiently().until(() -> runtime.thread(user, thread).status() == status);
        return runtime.thread(user, thread);
    }

    ThreadStatus status(Principal user, String thread) {
        return runtime.thread(user, thread).status();
    }

    List<Entry> transcript(Principal user, String thread) {
        return runtime.transcript(user, thread, 0, 10_000);
    }

    /** Waits until no turn of the thread is under way, which is a moment after it rests. */
    void quiet(String thread) {
        patiently().until(() -> !leased(thread));
    }

    private boolean leased(String thread) {
        return database.jdbi()
                .<Boolean, RuntimeException>withHandle(
                        handle -> handle.createQuery("SELECT lease_owner FROM thread WHERE id = :id")
                                        .bind("id", thread)
                                        .mapTo(String.class)
                                        .one()
                                        .length()
                                > 0);
    }

    /** The key of a thread's texts, as it is stored: sealed with the master key. */
    byte[] sealedKey(String thread) {
        return database.jdbi()
                .<byte[], RuntimeException>withHandle(handle -> handle.createQuery(
                                "SELECT wrapped_key FROM message_log WHERE id = (SELECT log_id FROM thread WHERE id = :id)")
                        .bind("id", thread)
                        .mapTo(byte[].class)
                        .one());
    }

    String lastText(Principal user, String thread) {
        List<Entry> all = transcript(user, thread);
        return all.get(all.size() - 1).text();
    }

    /** The tool results of a thread, oldest first. */
    List<Entry> results(Principal user, String thread) {
        return transcript(user, thread).stream()
                .filter(entry -> entry.role().equals("tool"))
                .toList();
    }

    /** How often the assistant of this thread called a tool. */
    long calls(Principal user, String thread, String tool) {
        return transcript(user, thread).stream()
                .flatMap(entry -> entry.calls().stream())
                .filter(call -> call.tool().equals(tool))
                .count();
    }

    Optional<ApprovalView> pending(Principal user, String thread) {
        return runtime.approvals(user, thread).stream()
                .filter(approval -> approval.state().equals("pending"))
                .findFirst();
    }

    private ApprovalView awaitPending(Principal user, String thread) {
        patiently()
                .until(() -> status(user, thread) == ThreadStatus.PARKED
                        && pending(user, thread).isPresent());
        return pending(user, thread).orElseThrow();
    }

    /** Waits until the thread has asked this often in all, and is parked again. */
    void waitForApprovals(Principal user, String thread, int count) {
        patiently()
                .until(() ->
                        runtime.approvals(user, thread).size() >= count && status(user, thread) == ThreadStatus.PARKED);
    }

    /** Approves, as the reviewer, what the thread waits for; returns the request's id. */
    String approve(Principal user, String thread, String reviewer, String comment) {
        ApprovalView approval = awaitPending(user, thread);
        String request = Objects.requireNonNull(approval.requestId());
        permit.approve(kind(approval), request, reviewer, comment);
        runtime.wake();
        return request;
    }

    /** Denies, as the reviewer, what the thread waits for; returns the request's id. */
    String deny(Principal user, String thread, String reviewer, String comment) {
        ApprovalView approval = awaitPending(user, thread);
        String request = Objects.requireNonNull(approval.requestId());
        permit.deny(kind(approval), request, reviewer, comment);
        runtime.wake();
        return request;
    }

    static RequestKind kind(ApprovalView approval) {
        return approval.kind().equals("access") ? RequestKind.ACCESS : RequestKind.OPERATION;
    }

    /** A tool's result as JSON; an empty object when it is none. */
    static JsonNode json(String text) {
        return text.startsWith("{") ? Json.read(text) : Json.object();
    }

    /** What stands in the food store, read past the process that owns it. */
    List<Order> orders() {
        return FoodStore.orders(config.mcp().foodFile());
    }

    @Override
    public void close() {
        stop();
    }
}
