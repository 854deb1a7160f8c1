package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.OutputStreamAppender;
import ch.qos.logback.core.encoder.Encoder;
import dev.countersign.app.JsonLines;
import dev.countersign.db.PostgresServer;
import dev.countersign.db.Stores;
import dev.countersign.graph.AgentRuntime.Erased;
import dev.countersign.graph.AgentRuntime.ForkFate;
import dev.countersign.permit.RequestKind;
import dev.countersign.replay.Fixture;
import dev.countersign.replay.History;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.ToolOutcome;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

/**
 * A marker in everything that people and tools say in a conversation is, once that is erased, in no file of the store, in no line of
 * the log, and in no export.
 */
@Tag("store")
final class ErasedWordsTest {
    private static final String MARKER = "quinquereme";

    @TempDir
    Path folder;

    private final Map<String, ByteArrayOutputStream> logs = new LinkedHashMap<>();
    private final List<OutputStreamAppender<ILoggingEvent>> appenders = new ArrayList<>();
    private final Map<Logger, Level> levels = new LinkedHashMap<>();
    private final Logger root = (Logger) LoggerFactory.getLogger("ROOT");

    /** Both forms of the log, at every level that there is. */
    @BeforeEach
    void listen() {
        LoggerContext context = root.getLoggerContext();
        PatternLayoutEncoder plain = new PatternLayoutEncoder();
        plain.setPattern("%level %logger %mdc %kvp %msg %ex%n");
        listen(context, "plain", plain);
        listen(context, "json", new JsonLines());
        for (String name : List.of("dev.countersign", "countersign", "h2database", "com.zaxxer")) {
            Logger logger = (Logger) LoggerFactory.getLogger(name);
            levels.put(logger, logger.getLevel());
            logger.setLevel(Level.TRACE);
        }
    }

    private void listen(LoggerContext context, String name, Encoder<ILoggingEvent> encoder) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        OutputStreamAppender<ILoggingEvent> appender = new OutputStreamAppender<>();
        encoder.setContext(context);
        encoder.start();
        appender.setContext(context);
        appender.setEncoder(encoder);
        appender.setOutputStream(out);
        appender.start();
        root.addAppender(appender);
        appenders.add(appender);
        logs.put(name, out);
    }

    @AfterEach
    void leave() {
        appenders.forEach(root::detachAppender);
        levels.forEach(Logger::setLevel);
    }

    @Test
    void promise13_afterAnEraseTheMarkerIsInNoFileOfTheStore_inNoLineOfTheLog_andInNoExport() throws IOException {
        Path store = Stores.onPostgres() ? PostgresServer.shared().data() : folder;
        byte[] key;
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String chat = converse(world);
            key = sealedKey(world);
            onPostgres(world, "CHECKPOINT");
            assertThat(holding(store, MARKER)).as("before the erasure").isEmpty();
            assertThat(holding(store, chat))
                    .as("the search finds what is there in the clear")
                    .isNotEmpty();
            erased(world, chat);
            onPostgres(world, "CHECKPOINT");
            tell("right after the erasure", store, key);
            onPostgres(world, "VACUUM message_log", "CHECKPOINT");
            tell("after a VACUUM", store, key);
            onPostgres(world, "VACUUM FULL message_log", "CHECKPOINT");
        }
        tell("after the stop", store, key);
        assertThat(holding(store, MARKER)).as("the store's files").isEmpty();
        assertThat(holding(Stores.onPostgres() ? store.resolve("base") : store, text(key)))
                .as("the sealed key, after the file was compacted, or the table written anew")
                .isEmpty();
        logs.forEach((form, lines) -> assertThat(lines.toString(StandardCharsets.UTF_8))
                .as(form)
                .isNotEmpty()
                .doesNotContain(MARKER));
    }

    private static void onPostgres(World world, String... statements) {
        if (Stores.onPostgres()) {
            world.database.jdbi().useHandle(handle -> List.of(statements).forEach(handle::execute));
        }
    }

    private static void tell(String when, Path store, byte[] key) throws IOException {
        System.out.println("the sealed key of an erased conversation " + when + " is in "
                + holding(store, text(key)).stream().map(store::relativize).toList());
    }

    /** Says it wherever one can: as title, message, argument, outcome, reason and comment. */
    private static String converse(World world) {
        world.tools.add("do_thing", false, List.of("name"), call -> new ToolOutcome.Succeeded("done " + MARKER));
        String chat = world.runtime
                .open(HENRY, "things", ThreadKind.CHAT, "title " + MARKER)
                .id();
        var unused = world.runtime.listen(HENRY, chat, world.news::add);
        world.say(HENRY, chat, "my diary says " + MARKER);
        world.say(HENRY, chat, "call do_thing {\"name\":\"" + MARKER + "\"}");
        world.say(
                HENRY,
                chat,
                "call create_access_request {\"resource_instance\":\"3\",\"role\":\"child-can-view\",\"reason\":\""
                        + MARKER + "\"}");
        world.waitFor(HENRY, chat, ThreadStatus.PARKED);
        String request = Objects.requireNonNull(world.approval(HENRY, chat, 0).requestId());
        world.permit.approve(RequestKind.ACCESS, request, "joe", "enjoy " + MARKER);
        world.runtime.wake();
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        world.quiet();
        assertThat(world.transcript(HENRY, chat).toString()).contains("enjoy " + MARKER, "done " + MARKER);
        assertThat(world.approval(HENRY, chat, 0).reason()).contains(MARKER);
        return chat;
    }

    private static void erased(World world, String chat) {
        String other = world.chat(HENRY);
        world.say(HENRY, other, "something else");
        world.quiet();
        Erased receipt = world.runtime.erase(HENRY, chat, ForkFate.REFUSE);

        History history = History.over(world.ports);
        assertThatThrownBy(() -> history.recording(HENRY, chat)).hasMessageContaining("CS-212");
        assertThat(Fixture.write(history.recording(HENRY, other), false)).doesNotContain(MARKER);
        assertThat(world.runtime.threads(HENRY, null, 100).toString()).doesNotContain(MARKER);
        assertThat(world.ports.log().page(0, 1_000).rows().toString())
                .contains(chat, "ERASED")
                .doesNotContain(MARKER);
        assertThat(receipt.remains())
                .anyMatch(line -> line.startsWith("Permit: its requests, with reasons"))
                .anyMatch(line -> line.startsWith("the tools' servers"))
                .anyMatch(line -> line.startsWith("the store's files: the sealed key"));
        assertThat(receipt.requests()).hasSize(1);
    }

    private static byte[] sealedKey(World world) {
        return world.database
                .jdbi()
                .withHandle(handle -> handle.createQuery("SELECT wrapped_key FROM message_log")
                        .mapTo(byte[].class)
                        .one());
    }

    private static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    /** Files below the folder that hold these bytes; those that go away meanwhile are passed over. */
    private static List<Path> holding(Path folder, String bytes) throws IOException {
        List<Path> found = new ArrayList<>();
        try (var files = Files.walk(folder)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                if (contentOf(file).contains(bytes)) {
                    found.add(file);
                }
            }
        }
        return found;
    }

    private static String contentOf(Path file) throws IOException {
        try {
            return text(Files.readAllBytes(file));
        } catch (NoSuchFileException e) {
            return "";
        }
    }
}
