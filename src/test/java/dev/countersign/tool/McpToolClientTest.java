package dev.countersign.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.countersign.core.McpMeta;
import dev.countersign.core.Principal;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The client against real subprocesses that behave well, badly, or not at all. */
final class McpToolClientTest {
    private static final Duration SOON = Duration.ofMillis(1_500);
    /** Of calls with 3,000 characters; a pipe takes 64 KB. */
    private static final int MORE_THAN_A_PIPE_TAKES = 60;

    private static final Principal HENRY = new Principal("henry");
    private static final ToolLimits LIMITS =
            new ToolLimits(Duration.ofSeconds(30), Duration.ofSeconds(1), 2_000, 1024 * 1024);
    private static ToolClient rogue;

    @TempDir
    Path folder;

    @BeforeAll
    static void start() {
        rogue = connect(Programs.rogue("well", SOON, Map.of("ROGUE_API_KEY", "for-the-server-only")));
        rogue.tools();
    }

    @AfterAll
    static void stop() {
        rogue.close();
    }

    private static ToolClient connect(ServerSpec... servers) {
        return ToolClients.connect(List.of(servers), List.of("/bin/false"), LIMITS);
    }

    private static ToolOutcome call(String tool, String arguments) {
        return call(rogue, tool, arguments);
    }

    private static ToolOutcome call(ToolClient client, String tool, String arguments) {
        return client.call(new ToolInvocation(tool, arguments, HENRY, "key-1", null));
    }

    private static String pid(ToolClient client) {
        return call(client, "pid", "{}").text();
    }

    @Test
    void promise7_userKeyAndReference_travelInMeta_andTheProgressTokenStays() {
        ToolOutcome outcome = rogue.call(new ToolInvocation("echo", "{\"text\":\"x\"}", HENRY, "key-7", "ref-7"));
        JsonNode meta = Json.read(outcome.text()).path("meta");
        assertThat(outcome).isInstanceOf(ToolOutcome.Succeeded.class);
        assertThat(meta.path(McpMeta.USER).asText()).isEqualTo("henry");
        assertThat(meta.path(McpMeta.IDEMPOTENCY_KEY).asText()).isEqualTo("key-7");
        assertThat(meta.path(McpMeta.REFERENCE).asText()).isEqualTo("ref-7");
        assertThat(meta.has("progressToken")).isTrue();
        assertThat(Json.read(call("echo", "{\"text\":\"x\"}").text())
                        .path("meta")
                        .has(McpMeta.REFERENCE))
                .isFalse();
    }

    @Test
    void textOfAnyScript_comesBackAsItWent() {
        String text = "Crème brûlée, 寿司, Борщ, 🍕 \\n \u2028";
        String arguments = Json.object().put("text", text).toString();
        assertThat(Json.read(call("echo", arguments).text()).path("text").asText())
                .isEqualTo(text);
    }

    @Test
    void subprocess_getsWhatItNeedsAndWhatItsSpecNames_andNoSecretOfOurs() {
        JsonNode environment = Json.read(call("env", "{}").text());
        assertThat(environment.path("ROGUE_API_KEY").asText()).isEqualTo("for-the-server-only");
        assertThat(environment.path("PATH").asText()).isNotEmpty();
        assertThat(environment.properties())
                .extracting(Map.Entry::getKey)
                .allMatch(name -> name.equals("ROGUE_API_KEY")
                        || name.matches(
                                "PATH|HOME|USER|LOGNAME|SHELL|LANG|LANGUAGE|LC_[A-Z]+|TZ|TMPDIR|TMP|TEMP|JAVA_HOME"));
        assertThat(System.getenv().keySet()).as("there was something to leak").anyMatch(name -> !environment.has(name));
    }

    @Test
    void tools_carryTheServersOwnSchemaAndHints_andUnusableOnesAreLeftOut() {
        List<ToolInfo> tools = rogue.tools();
        ToolInfo huge = tools.stream()
                .filter(tool -> tool.name().equals("huge"))
                .findFirst()
                .orElseThrow();
        assertThat(huge.inputSchema().at("/properties/chars/maximum").asInt()).isEqualTo(100_000_000);
        assertThat(huge.repeatable()).isFalse();
        assertThat(tools)
                .filteredOn(ToolInfo::readOnly)
                .extracting(ToolInfo::name)
                .containsExactly("echo");
        assertThat(tools)
                .filteredOn(ToolInfo::idempotent)
                .extracting(ToolInfo::name)
                .containsExactly("env");
        assertThat(tools)
                .extracting(ToolInfo::name)
                .doesNotContain("bad name", "no_schema")
                .allMatch(name -> name.matches("[a-z_]+"));
    }

    @Test
    void argumentsThatTheSchemaDoesNotHave_neverReachTheServer() {
        Path file = folder.resolve("count");
        String arguments =
                Json.object().put("file", file.toString()).put("user_id", "joe").toString();
        ToolOutcome outcome = call("count", arguments);
        assertThat(outcome).isInstanceOf(ToolOutcome.Failed.class);
        assertThat(outcome.text()).contains("bad_arguments", "user_id");
        assertThat(call("count", "not json")).isInstanceOf(ToolOutcome.Failed.class);
        assertThat(file).doesNotExist();
    }

    @Test
    void unknownTool_failsWithoutBeingSent() {
        assertThat(call("echo2", "{}")).isInstanceOf(ToolOutcome.Failed.class);
        assertThat(call("echо", "{}").text()).contains("unknown_tool", "\\\\u043e");
    }

    @Test
    void errorResultAndProtocolError_areFailures() {
        String words = "{\"error\":\"access_denied\",\"message\":\"no\"}";
        ToolOutcome refused = call("refuse", Json.object().put("text", words).toString());
        ToolOutcome plain = call("refuse", "{\"text\":\"just words\"}");
        ToolOutcome broken = call("rpc_error", "{}");
        assertThat(refused).isEqualTo(new ToolOutcome.Failed(words));
        assertThat(plain).isInstanceOf(ToolOutcome.Failed.class);
        assertThat(Json.read(plain.text()).path("message").asText()).isEqualTo("just words");
        assertThat(broken).isInstanceOf(ToolOutcome.Failed.class);
        assertThat(broken.text()).contains("it broke inside");
    }

    @Test
    void timeout_isUnknown_neverASuccess_andTheServerGoesOn() {
        String before = pid(rogue);
        ToolOutcome outcome = call("hang", "{}");
        assertThat(outcome).isInstanceOf(ToolOutcome.Unknown.class);
        assertThat(outcome.text()).contains("outcome_unknown", "no answer within 1 s");
        assertThat(pid(rogue)).isEqualTo(before);
    }

    @Test
    void unintelligibleResult_isUnknown() {
        assertThat(call("nonsense", "{}")).isInstanceOf(ToolOutcome.Unknown.class);
    }

    @Test
    void hugeOutput_isCut_andSaysSo() {
        ToolOutcome outcome = call("huge", "{\"chars\":300000}");
        assertThat(outcome).isInstanceOf(ToolOutcome.Succeeded.class);
        assertThat(outcome.text())
                .startsWith("üü")
                .endsWith("[cut: 2000 of 300000 characters shown]")
                .hasSizeLessThan(2_100);
    }

    @Test
    void otherContentThanText_isNamed_andDoesNotHideTheSuccess() {
        assertThat(call("image", "{}")).isEqualTo(new ToolOutcome.Succeeded("[image]\nseen"));
    }

    @Test
    void garbageBetweenMessages_isIgnored() {
        assertThat(call("garbage", "{}")).isEqualTo(new ToolOutcome.Succeeded("after the garbage"));
    }

    @Test
    void serversOwnQuestions_areAnsweredAtOnce() {
        String[] answers = call("ask", "{}").text().split("\n");
        assertThat(Json.read(answers[0]).at("/error/code").asInt()).isEqualTo(-32601);
        assertThat(Json.read(answers[0]).path("id").asText()).isEqualTo("q1");
        assertThat(Json.read(answers[1]).path("id").asText()).isEqualTo("q2");
        assertThat(Json.read(answers[1]).path("result").isObject()).isTrue();
    }

    @Test
    void changedToolList_isReadAgain() {
        try (ToolClient client = connect(Programs.rogue("well", SOON))) {
            assertThat(client.tools()).extracting(ToolInfo::name).doesNotContain("late");
            assertThat(call(client, "grow", "{}").text()).isEqualTo("grown");
            assertThat(client.tools()).extracting(ToolInfo::name).contains("late");
        }
    }

    @Test
    void promise4_deathInMidCall_isUnknown_andTheNextCallFindsANewServer() {
        try (ToolClient client = connect(Programs.rogue("well", Duration.ofSeconds(20)))) {
            String first = pid(client);
            ToolOutcome outcome = call(client, "die", "{}");
            assertThat(outcome).isInstanceOf(ToolOutcome.Unknown.class);
            assertThat(outcome.text()).contains("ended with exit code 9");
            assertThat(pid(client)).isNotEqualTo(first).matches("\\d+");
        }
    }

    @Test
    void serverKilledBetweenCalls_isRestarted_andTheCallIsMadeOnce() throws Exception {
        Path file = folder.resolve("count");
        try (ToolClient client = connect(Programs.rogue("well", Duration.ofSeconds(20)))) {
            ProcessHandle process =
                    ProcessHandle.of(Long.parseLong(pid(client))).orElseThrow();
            process.destroyForcibly();
            process.onExit().join();
            ToolOutcome outcome = call(
                    client, "count", Json.object().put("file", file.toString()).toString());
            assertThat(outcome).isEqualTo(new ToolOutcome.Succeeded("counted"));
            assertThat(Files.readString(file)).isEqualTo("x");
        }
    }

    @Test
    void promise4_serverThatStoppedReading_getsAPingFirst_andIsReplaced() {
        try (ToolClient client = connect(Programs.rogue("well", Duration.ofMillis(2_500)))) {
            String first = pid(client);
            assertThat(call(client, "deaf", "{}")).isInstanceOf(ToolOutcome.Unknown.class);
            assertThat(pid(client)).isNotEqualTo(first);
        }
    }

    @Test
    void promise4_aServerThatDoesNotRead_holdsNobodyPastTheDeadline_norTheEnd_andWhatItWasNotGivenIsNotSent()
            throws Exception {
        String text = Json.object().put("text", "x".repeat(3_000)).toString();
        ToolClient client = connect(Programs.rogue("well", Duration.ofMillis(2_500)));
        client.tools();
        ExecutorService people = Executors.newCachedThreadPool();
        try {
            List<Future<ToolOutcome>> calls = new ArrayList<>();
            calls.add(people.submit(() -> call(client, "deaf", "{}")));
            for (int i = 0; i < MORE_THAN_A_PIPE_TAKES; i++) {
                calls.add(people.submit(() -> call(client, "echo", text)));
            }
            List<ToolOutcome> outcomes = new ArrayList<>();
            for (Future<ToolOutcome> call : calls) {
                outcomes.add(call.get(30, TimeUnit.SECONDS));
            }

            assertThat(outcomes)
                    .hasAtLeastOneElementOfType(ToolOutcome.Unknown.class)
                    .hasAtLeastOneElementOfType(ToolOutcome.NotSent.class)
                    .noneMatch(outcome -> outcome instanceof ToolOutcome.Failed);
        } finally {
            people.submit(client::close).get(30, TimeUnit.SECONDS);
            people.shutdown();
        }
    }

    @Test
    void messageWithoutEnd_endsTheConnection_notOurMemory() {
        try (ToolClient client = connect(Programs.rogue("well", Duration.ofSeconds(20)))) {
            ToolOutcome outcome = call(client, "monster", "{\"chars\":3000000}");
            assertThat(outcome).isInstanceOf(ToolOutcome.Unknown.class);
            assertThat(outcome.text()).contains("at most 1048576 bytes");
        }
    }

    @Test
    void crashAtStart_namesTheServerItsExitCodeAndItsLastWords_withoutSecrets() {
        try (ToolClient client = connect(Programs.rogue("crash", SOON, Map.of("ROGUE_API_KEY", "s3cret-value")))) {
            assertThatThrownBy(client::tools)
                    .isInstanceOf(CountersignException.class)
                    .hasMessageContaining("CS-401")
                    .hasMessageContaining("server rogue ended with exit code 3")
                    .hasMessageContaining("no such database")
                    .hasMessageContaining("***")
                    .hasMessageNotContaining("s3cret-value");
            ToolOutcome outcome = call(client, "echo", "{}");
            assertThat(outcome).isInstanceOf(ToolOutcome.NotSent.class);
            assertThat(outcome.text()).contains("no such database");
        }
    }

    @Test
    void serverThatDoesNotIntroduceItself_isGivenUpAndEnded() {
        ToolLimits hasty = new ToolLimits(Duration.ofSeconds(1), Duration.ofSeconds(1), 2_000, 1024);
        try (ToolClient client =
                ToolClients.connect(List.of(Programs.rogue("silent", SOON)), List.of("/bin/false"), hasty)) {
            assertThatThrownBy(client::tools).hasMessageContaining("did not introduce itself within 1 s");
        }
        Awaitility.await().until(() -> ProcessHandle.current().children().noneMatch(McpToolClientTest::isSilent));
    }

    private static boolean isSilent(ProcessHandle child) {
        return child.info().commandLine().orElse("").endsWith(" silent");
    }

    @Test
    void endlessToolList_isRefused() {
        try (ToolClient client = connect(Programs.rogue("endless-list", SOON))) {
            assertThatThrownBy(client::tools).hasMessageContaining("CS-401").hasMessageContaining("50 pages");
        }
    }

    @Test
    void programThatDoesNotExist_isSaidPlainly() {
        ServerSpec missing = new ServerSpec(
                "missing", List.of("/no/such/program"), Optional.empty(), Map.of(), Optional.empty(), SOON);
        try (ToolClient client = connect(missing)) {
            assertThatThrownBy(client::tools).hasMessageContaining("server missing could not be started");
            assertThat(call(client, "echo", "{}")).isInstanceOf(ToolOutcome.NotSent.class);
        }
    }

    @Test
    void wordCountersign_meansThisProgram_andOneNameFromTwoServersIsAnError() {
        List<String> self = Programs.java(RogueServer.class);
        ServerSpec one = new ServerSpec(
                "one", List.of("countersign", "well"), Optional.empty(), Map.of(), Optional.empty(), SOON);
        ServerSpec two = new ServerSpec(
                "two", List.of("countersign", "well"), Optional.empty(), Map.of(), Optional.empty(), SOON);
        try (ToolClient client = ToolClients.connect(List.of(one, two), self, LIMITS)) {
            assertThatThrownBy(client::tools)
                    .hasMessageContaining("CS-402")
                    .hasMessageContaining("one")
                    .hasMessageContaining("two");
        }
    }

    @Test
    void closedClient_endsItsServers_andSendsNothingMore() {
        ToolClient client = connect(Programs.rogue("well", SOON));
        ProcessHandle process = ProcessHandle.of(Long.parseLong(pid(client))).orElseThrow();
        client.close();
        Awaitility.await().until(() -> !process.isAlive());
        assertThat(call(client, "echo", "{}")).isInstanceOf(ToolOutcome.NotSent.class);
    }

    @Test
    void serverEndsWithItsParent_alsoWhenThatIsKilled() throws Exception {
        Process parent = new ProcessBuilder(Programs.java(ParentProgram.class))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            String child = parent.inputReader()
                    .lines()
                    .filter(line -> line.matches("\\d+"))
                    .findFirst()
                    .orElseThrow();
            ProcessHandle server = ProcessHandle.of(Long.parseLong(child)).orElseThrow();
            assertThat(server.isAlive()).isTrue();
            parent.destroyForcibly().waitFor();
            Awaitility.await().until(() -> !server.isAlive());
        } finally {
            parent.destroyForcibly();
        }
    }
}
