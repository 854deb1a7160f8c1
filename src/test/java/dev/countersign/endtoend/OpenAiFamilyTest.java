package dev.countersign.endtoend;

import static dev.countersign.endtoend.Rig.FOOD;
import static dev.countersign.endtoend.Rig.HENRY;
import static dev.countersign.endtoend.Rig.JOE;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.mcpserver.food.Order;
import dev.countersign.model.Models;
import dev.countersign.model.OpenAiStub;
import dev.countersign.model.Phrasebook;
import dev.countersign.thread.ThreadStatus;
import java.nio.file.Path;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The family's story with a model behind {@code OPENAI_BASE_URL}, over real HTTP, and what that model is told and offered. */
@Tag("store")
final class OpenAiFamilyTest {
    @TempDir
    Path folder;

    @Test
    void theFamilysConversationRunsOverAnOpenAiCompatibleEndpoint_whichCannotNameTheUser() {
        try (OpenAiStub stub = OpenAiStub.start(new FamilyScript());
                EmulatorServer emulator = EmulatorServer.start(EmulatorConfig.inMemory(Rig.KEY, Clock.systemUTC()));
                Rig rig = new Rig(
                        folder,
                        emulator,
                        Map.of("OPENAI_BASE_URL", stub.baseUrl().toString()),
                        (config, agent) -> Models.create(config.model(), Phrasebook.empty()))) {
            String chat = rig.chat(HENRY, FOOD);
            readsTheMenuAfterAnApproval(rig, chat);
            ordersAfterADenialAndAnApproval(rig, chat);

            String joes = rig.chat(JOE, FOOD);
            assertThat(rig.say(JOE, joes, "the menu of Fancy French, please")).contains("Truffle Pasta");
            assertThat(stub.requests()).hasSizeGreaterThan(15).allSatisfy(OpenAiFamilyTest::isStrict);
            assertThat(toolNames(stub.requests().get(0))).hasSize(8);
            assertThat(toolNames(stub.requests().get(stub.requests().size() - 1)))
                    .hasSize(14);
            assertThat(stub.requests())
                    .allSatisfy(request ->
                            assertThat(request.at("/messages/0/role").asText()).isEqualTo("system"));
        }
    }

    private static void readsTheMenuAfterAnApproval(Rig rig, String chat) {
        assertThat(rig.say(HENRY, chat, "show me the menu of Fancy French")).isEqualTo("For what reason?");
        assertThat(Rig.json(rig.results(HENRY, chat).get(1).text())
                        .path("error")
                        .asText())
                .isEqualTo("access_denied");
        rig.say(HENRY, chat, "it is my birthday");
        assertThat(rig.status(HENRY, chat)).isEqualTo(ThreadStatus.PARKED);
        assertThat(rig.pending(HENRY, chat)).get().satisfies(approval -> {
            assertThat(approval.reason()).isEqualTo("it is my birthday");
            assertThat(approval.requester()).isEqualTo("henry");
        });
        rig.restart();
        rig.follow(HENRY, chat);
        rig.approve(HENRY, chat, "joe", "enjoy");
        rig.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(rig.lastText(HENRY, chat)).contains("Truffle Pasta");
    }

    private static void ordersAfterADenialAndAnApproval(Rig rig, String chat) {
        assertThat(rig.say(HENRY, chat, "order Truffle Pasta")).isEqualTo("For what reason?");
        rig.say(HENRY, chat, "i like pasta");
        rig.deny(HENRY, chat, "joe", "we have cooked already");
        rig.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(rig.lastText(HENRY, chat)).isEqualTo("No: we have cooked already");
        assertThat(rig.orders()).isEmpty();

        rig.say(HENRY, chat, "order Truffle Pasta");
        rig.say(HENRY, chat, "for tomorrow");
        rig.approve(HENRY, chat, "joe", "well then");
        rig.waitFor(HENRY, chat, ThreadStatus.IDLE);
        assertThat(rig.lastText(HENRY, chat)).contains("ordered");
        assertThat(rig.orders()).extracting(Order::dish).containsExactly("Truffle Pasta");
        assertThat(rig.say(HENRY, chat, "order Truffle Pasta")).isEqualTo("For what reason?");
        assertThat(rig.orders()).hasSize(1);
    }

    private static Set<String> toolNames(JsonNode request) {
        Set<String> names = new TreeSet<>();
        request.path("tools")
                .forEach(tool -> names.add(tool.at("/function/name").asText()));
        return names;
    }

    private static void isStrict(JsonNode request) {
        assertThat(request.path("tools")).isNotEmpty();
        for (JsonNode tool : request.path("tools")) {
            JsonNode function = tool.path("function");
            JsonNode schema = function.path("parameters");
            assertThat(function.path("strict").isBoolean()
                            && function.path("strict").asBoolean())
                    .as("strict in " + function)
                    .isTrue();
            List<String> properties = new ArrayList<>();
            closed(schema, properties);
            assertThat(properties)
                    .as(function.path("name").asText())
                    .noneMatch(
                            name -> name.matches(
                                    "(?i).*(user|requester|requesting|principal|account|actor|acting|login|behalf|identity|email|person|owner).*"));
        }
    }

    /** Every object of a strict schema is closed and requires all it has; collects the names of all properties. */
    private static void closed(JsonNode schema, List<String> properties) {
        if (schema.has("properties") || schema.path("type").asText().equals("object")) {
            assertThat(schema.path("additionalProperties").isBoolean())
                    .as("closed: " + schema)
                    .isTrue();
            assertThat(schema.path("additionalProperties").asBoolean()).isFalse();
            List<String> own = new ArrayList<>();
            schema.path("properties").fieldNames().forEachRemaining(own::add);
            List<String> required = new ArrayList<>();
            schema.path("required").forEach(name -> required.add(name.asText()));
            assertThat(required).containsExactlyInAnyOrderElementsOf(own);
            properties.addAll(own);
        }
        schema.forEach(part -> closed(part, properties));
    }
}
