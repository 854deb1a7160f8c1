package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.core.Json;
import dev.countersign.mcpserver.FakePermit;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestDraft;
import dev.countersign.permit.RequestKind;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.ToolOutcome;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A decision may come at any time, and be told or not: it takes effect once. */
@Tag("store")
final class DecisionArrivalTest {
    private static final String DROP = "call drop_thing {\"name\":\"x\"}";

    @TempDir
    Path folder;

    private static void droppedOnce(World world, String chat) {
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        await().atMost(World.PATIENCE).until(() -> world.tools.count("drop_thing") > 0);
        world.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(world.tools.count("drop_thing")).isEqualTo(1);
        assertThat(world.approval(HENRY, chat, 0).state()).isEqualTo("spent");
    }

    @Test
    void promise10_withEveryWebhookDropped_askingAloneFindsTheDecision() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            String chat = world.chat(HENRY);
            world.say(HENRY, chat, DROP);
            String request =
                    Objects.requireNonNull(world.approval(HENRY, chat, 0).requestId());
            world.permit.approve(RequestKind.OPERATION, request, "joe", "enjoy");
            droppedOnce(world, chat);
        }
    }

    @Test
    void promise6_aDecisionThatIsThereBeforeItsFilingWasAnswered_isAppliedOnce() {
        try (World world = new World(folder, ScriptedModel.obedient())) {
            world.tools.add(
                    "create_operation_approval", false, List.of("resource_instance", "operation", "reason"), call -> {
                        var arguments = Json.read(call.arguments());
                        PermitRequest filed = world.permit.file(new RequestDraft(
                                RequestKind.OPERATION,
                                call.user().user(),
                                arguments.path("resource_instance").asText(),
                                null,
                                arguments.path("operation").asText(),
                                arguments.path("reason").asText(),
                                call.reference()));
                        world.permit.approve(RequestKind.OPERATION, filed.id(), "joe", "at once");
                        world.runtime.wakeFor(FakePermit.uuid("user henry"));
                        return new ToolOutcome.Succeeded(Json.write(Json.object()
                                .set("operation_approval", Json.object().put("id", filed.id()))));
                    });
            String chat = world.chat(HENRY);
            world.say(HENRY, chat, DROP);
            droppedOnce(world, chat);
        }
    }

    @Test
    void promise6_aDecisionThatComesWhileTheTurnStillRuns_isAppliedOnce() {
        AtomicReference<World> there = new AtomicReference<>();
        AtomicReference<String> thread = new AtomicReference<>("");
        ScriptedModel model = new ScriptedModel(last -> {
            if (last instanceof UserMessage) {
                return ScriptedModel.calls(DROP.substring(5));
            }
            if (last instanceof ToolExecutionResultMessage result
                    && result.text().contains("waits for a reviewer")) {
                decideInMidTurn(Objects.requireNonNull(there.get()), Objects.requireNonNull(thread.get()));
            }
            return AiMessage.from("so be it");
        });
        try (World world = new World(folder, model)) {
            there.set(world);
            String chat = world.chat(HENRY);
            thread.set(chat);
            world.say(HENRY, chat, DROP);
            droppedOnce(world, chat);
        }
    }

    /** Returns when the decision's event is there, while the turn that filed the request still runs. */
    private static void decideInMidTurn(World world, String thread) {
        AgentRuntime.ApprovalView approval = world.approval(HENRY, thread, 0);
        if (approval.state().equals("pending")) {
            world.permit.approve(RequestKind.OPERATION, Objects.requireNonNull(approval.requestId()), "joe", "early");
            world.runtime.wakeFor("henry");
            await().atMost(World.PATIENCE)
                    .until(() -> world.ports.threads().get(thread).eventsAccepted() == 2);
        }
    }
}
