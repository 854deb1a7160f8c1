package dev.countersign.replay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.graph.AgentDefinition;
import dev.countersign.graph.Circumstances;
import dev.countersign.thread.EventKind;
import dev.countersign.tool.ApprovalRule;
import dev.countersign.tool.ToolPolicy;
import dev.countersign.tool.Waiting;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** Recorded conversations with something otherwise. They come from files: there is no server, tool or Permit to be asked. */
final class WhatIfTest {
    private static final Path KEPT = Path.of("src/test/resources/replay/1");
    private static WhatIf whatIf;

    @BeforeAll
    static void open() {
        whatIf = new WhatIf();
    }

    @AfterAll
    static void close() {
        whatIf.close();
    }

    private static Recording recording(String name) throws IOException {
        return Fixture.read(KEPT.resolve(name + ".json")).recording();
    }

    private static Circumstances last(Recording recording) {
        return recording.settings().values().iterator().next();
    }

    /** The recorded agent with another policy. */
    private static Supposed policy(
            Recording recording, Map<String, ? extends Collection<String>> roles, List<ApprovalRule> approvals) {
        Map<String, Set<String>> allowed = new TreeMap<>();
        roles.forEach((role, tools) -> allowed.put(role, Set.copyOf(tools)));
        AgentDefinition agent = last(recording).agent("supposed");
        ToolPolicy policy = new ToolPolicy(allowed, agent.policy().requests(), approvals);
        return new Supposed(
                new AgentDefinition(
                        "supposed",
                        "supposed",
                        agent.prompt(),
                        agent.examples(),
                        List.of(),
                        policy,
                        agent.limits(),
                        "supposed"),
                null,
                null);
    }

    @TestFactory
    Stream<DynamicTest> promise12_withNothingOtherwise_everyRecordingComesToTheSame() {
        return FixtureFolder.of(KEPT).cases().stream()
                .map(one -> DynamicTest.dynamicTest(one.name(), () -> {
                    Recording recording = Fixture.read(one.file()).recording();
                    Forecast forecast = whatIf.run(recording, Supposed.nothing());
                    assertThat(forecast.deviations()).isEmpty();
                    assertThat(forecast.ended()).isEmpty();
                    assertThat(forecast.callsNew()).isEmpty();
                    assertThat(forecast.callsMissing()).isEmpty();
                    assertThat(forecast.approvalsNew()).isEmpty();
                    assertThat(forecast.approvalsGone()).isEmpty();
                    assertThat(forecast.turns()).isEqualTo(recording.turns());
                }));
    }

    private static final ApprovalRule GATED_ORDER = new ApprovalRule(
            "order_dish",
            "create_operation_approval",
            "{restaurant_id}",
            "order_dish: {dish_name}",
            "Order {dish_name}",
            new Waiting(Duration.ofDays(1), null, null));

    /** A model that goes through these answers, and says "done" afterwards; a text with a brace is a call. */
    private static ChatModel saying(String... answers) {
        Deque<String> left = new ArrayDeque<>(List.of(answers));
        return new ChatModel() {
            @Override
            public ChatResponse doChat(ChatRequest request) {
                String next = left.isEmpty() ? "done" : left.poll();
                int brace = next.indexOf('{');
                AiMessage answer = brace < 0
                        ? AiMessage.from(next)
                        : AiMessage.from(ToolExecutionRequest.builder()
                                .id("same")
                                .name(next.substring(0, brace).strip())
                                .arguments(next.substring(brace))
                                .build());
                return ChatResponse.builder().aiMessage(answer).build();
            }
        };
    }

    private static Supposed with(ChatModel model) {
        return new Supposed(null, model, null);
    }

    @Test
    void promise12_anApprovalThatIsNoLongerNeeded_isNamed_andTheCallEndsAsItDid() throws IOException {
        Recording recording = recording("volumes-deletion-approved");
        Forecast forecast =
                whatIf.run(recording, policy(recording, last(recording).allowed(), List.of()));
        assertThat(forecast.approvalsGone()).extracting(Deed::tool).containsExactly("delete_volume");
        assertThat(forecast.approvalsNew()).isEmpty();
        assertThat(forecast.callsNew()).isEmpty();
        Forecast.Deviation first = forecast.deviations().get(0);
        assertThat(first.node()).isEqualTo("gate");
        assertThat(first.step()).isEqualTo(6);
        assertThat(first.checkpoint()).isEqualTo(recording.steps().get(5).id());
        assertThat(first.kind()).isEqualTo("route");
        assertThat(first.expected()).isEqualTo("then request");
        assertThat(first.got()).isEqualTo("then tools");
        assertThat(forecast.deviations().get(1).got()).contains("tools; delete_volume: ");
        assertThat(forecast.ended()).contains("no answer of the model");
    }

    @Test
    void promise12_withAModelItGoesOn_andADecisionOfWhatIsNotAskedForFindsNothing() throws IOException {
        Recording recording = recording("volumes-deletion-approved");
        Supposed ungated = policy(recording, last(recording).allowed(), List.of());
        ChatModel model = saying("list_volumes {}", "delete_volume {\"volume_id\": \"cls-1\"}", "gone");
        Forecast forecast = whatIf.run(recording, new Supposed(ungated.agent(), model, null));
        assertThat(forecast.ended()).isEmpty();
        assertThat(forecast.callsNew()).isEmpty();
        assertThat(forecast.callsMissing()).isEmpty();
        Forecast.Deviation turn =
                forecast.deviations().get(forecast.deviations().size() - 1);
        assertThat(turn.kind()).isEqualTo("turn");
        assertThat(turn.event()).isEqualTo(2);
        assertThat(turn.expected()).startsWith("await, settle");
        assertThat(forecast.turns()).isEqualTo(1);
    }

    @Test
    void promise12_anApprovalThatIsNewlyNeeded_isNamed_andNothingIsAnsweredForIt() throws IOException {
        Recording recording = recording("family-an-order");
        Forecast forecast =
                whatIf.run(recording, policy(recording, last(recording).allowed(), List.of(GATED_ORDER)));
        assertThat(forecast.approvalsNew()).extracting(Deed::tool).containsExactly("order_dish");
        assertThat(forecast.approvalsGone()).isEmpty();
        assertThat(forecast.deviations().get(1).got()).contains("request; order_dish: ", "pending");
        assertThat(forecast.ended()).isNotEmpty();
    }

    @Test
    void promise12_aCallThatIsClosedNow_isRefused() throws IOException {
        Recording recording = recording("family-an-order");
        Map<String, Set<String>> fewer = Map.of("child-can-view", Set.of("list_resource_instances", "list_dishes"));
        Forecast forecast = whatIf.run(recording, policy(recording, fewer, List.of()));
        assertThat(forecast.deviations().get(0).got()).contains("order_dish failed: ", "not_allowed");
        Forecast asParent = whatIf.run(recording, new Supposed(null, null, Set.of("nobody")));
        assertThat(asParent.deviations().get(0).got()).contains("list_resource_instances failed: ", "not_allowed");
    }

    @Test
    void promise12_aCallThatIsNotInTheRecord_isRefusedInWords_andTheModelGoesOn() throws IOException {
        Recording recording = recording("family-an-order");
        String order = "order_dish {\"dish_name\":\"Zioylfc Uqmack\",  \"restaurant_id\":\"4\"}";
        ChatModel model = saying(
                "list_resource_instances {}",
                "list_resource_instances {}",
                "order_dish {\"restaurant_id\":\"4\",\"dish_name\":\"Lobster\"}",
                order,
                order,
                "good night");
        Forecast forecast = whatIf.run(recording, with(model));
        assertThat(forecast.ended()).isEmpty();
        assertThat(forecast.callsMissing()).isEmpty();
        assertThat(forecast.callsNew())
                .extracting(Deed::toString)
                .containsExactlyInAnyOrder(
                        "list_resource_instances {}",
                        "order_dish {\"dish_name\":\"Lobster\",\"restaurant_id\":\"4\"}",
                        "order_dish {\"dish_name\":\"Zioylfc Uqmack\",\"restaurant_id\":\"4\"}");
        List<String> results = forecast.deviations().stream()
                .map(Forecast.Deviation::got)
                .filter(got -> got.startsWith("tools; ") || got.startsWith("list_resource_instances: {"))
                .toList();
        // What only reads is answered again; an order that was made once is not.
        assertThat(results).hasSize(4);
        assertThat(results.get(0)).startsWith("list_resource_instances: {");
        assertThat(results.get(1)).contains("order_dish failed: ", TrialTools.NOT_IN_RECORD);
        assertThat(results.get(2)).contains("order_dish: {");
        assertThat(results.get(3)).contains("order_dish failed: ", TrialTools.NOT_IN_RECORD);
    }

    @Test
    void promise12_aRequestInOtherWords_getsTheRecordedDecision_alsoWhenItIsAskedForEarlierOrLater()
            throws IOException {
        Recording recording = recording("family-dish-approved");
        String wish = "create_operation_approval {\"operation\":\"order_dish: Truffle Pasta\","
                + "\"resource_instance\":\"3\",\"reason\":\"in other words\"}";
        for (ChatModel model : List.of(
                saying(wish, "asked", "what?", "approved"),
                saying("hello", wish, "asked", "approved"),
                saying("hello", "what?", "listening"))) {
            Forecast forecast = whatIf.run(recording, with(model));
            assertThat(forecast.approvalsNew()).isEmpty();
            assertThat(forecast.ended()).isEmpty();
            boolean asked = forecast.approvalsGone().isEmpty();
            assertThat(forecast.turns()).isEqualTo(asked ? 3 : 2);
            assertThat(forecast.callsMissing()).extracting(Deed::tool).contains("order_dish");
        }
    }

    @Test
    void promise12_aDecisionThatCameBeforeItWasAskedFor_isGivenAsSoonAsItIs() throws IOException {
        Recording recorded = recording("family-dish-approved");
        List<Recording.Happening> events = new ArrayList<>(recorded.events());
        Instant later = events.get(2).at().plusSeconds(60);
        events.add(new Recording.Happening(4, EventKind.MESSAGE, "once more", later, null));
        Recording recording =
                new Recording(recorded.thread(), recorded.settings(), events, recorded.approvals(), recorded.steps());
        String wish = "create_operation_approval {\"operation\":\"order_dish: Truffle Pasta\","
                + "\"resource_instance\":\"3\",\"reason\":\"at last\"}";
        Forecast forecast = whatIf.run(recording, with(saying("hello", "what?", wish, "asked", "approved")));
        assertThat(forecast.approvalsNew()).isEmpty();
        assertThat(forecast.approvalsGone()).isEmpty();
        assertThat(forecast.turns()).isEqualTo(4);
        assertThat(forecast.deviations().get(forecast.deviations().size() - 1).event())
                .isEqualTo(3);
    }
}
