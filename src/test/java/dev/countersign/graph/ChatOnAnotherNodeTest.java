package dev.countersign.graph;

import static dev.countersign.graph.World.HENRY;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.account.Accounts;
import dev.countersign.account.LoginTokens;
import dev.countersign.account.Logins;
import dev.countersign.account.Sessions;
import dev.countersign.account.SettableClock;
import dev.countersign.account.SigningKey;
import dev.countersign.approval.NotificationChoices;
import dev.countersign.config.Secret;
import dev.countersign.config.ServerConfig;
import dev.countersign.config.StoreConfig;
import dev.countersign.db.PostgresServer;
import dev.countersign.db.Stores;
import dev.countersign.log.DecisionLog;
import dev.countersign.mcpserver.FakePermit;
import dev.countersign.permit.RequestKind;
import dev.countersign.server.Hindsight;
import dev.countersign.server.HttpServer;
import dev.countersign.server.Operations;
import dev.countersign.server.PlainChat;
import dev.countersign.server.ServerParts;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A person chats with one node, and another runs the turn. */
@Timeout(300)
final class ChatOnAnotherNodeTest {
    private static final String ASK =
            "call create_access_request {\"resource_instance\":\"3\",\"role\":\"child-can-view\",\"reason\":\"x\"}";

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.parse("2026-11-22T10:00:00Z"));
    private final FakePermit permit = new FakePermit();

    private HttpServer serve(Node node) {
        Accounts accounts = Accounts.in(node.database, clock);
        accounts.add(HENRY, "henry_password");
        Logins logins = new Logins(
                accounts,
                new Sessions(node.database, clock),
                new LoginTokens(SigningKey.in(folder), clock, Duration.ofMinutes(30)),
                null,
                clock);
        Duration pace = Duration.ofSeconds(1);
        return HttpServer.start(
                new ServerConfig("127.0.0.1", 0, Duration.ofMinutes(30), pace, pace, Optional.empty(), ""),
                new ServerParts(
                        node.runtime,
                        Hindsight.over(node.ports),
                        permit,
                        logins,
                        new DecisionLog(node.database, clock),
                        new NotificationChoices(node.database),
                        new ServerParts.About("a Permit in memory", "a script"),
                        new Secret(""),
                        Operations.NONE,
                        (login, version, message) -> Optional.empty()));
    }

    private static String text(List<JsonNode> turn) {
        return turn.stream()
                .filter(line -> line.path("type").asText().equals("text"))
                .map(line -> line.path("content").asText())
                .reduce("", (before, one) -> before + "|" + one);
    }

    @Test
    void whatAnotherNodeDidIsToldWhole_andEachTurnEndsOnce() {
        StoreConfig config = Stores.postgres(folder, PostgresServer.shared());
        try (Node here = new Node(config, permit, clock, ScriptedModel.obedient());
                Node there = new Node(config, permit, clock, ScriptedModel.obedient());
                HttpServer server = serve(here);
                PlainChat chat =
                        PlainChat.login(URI.create("http://127.0.0.1:" + server.port()), "henry", "henry_password")) {
            List<JsonNode> first = chat.say("hello").turn();
            String thread = first.get(0).path("thread").asText();
            assertThat(text(first)).isEqualTo("|you said hello");

            there.runtime.send(HENRY, thread, "from there");
            assertThat(text(chat.turn())).isEqualTo("|you said from there");

            assertThat(text(chat.say("and here").turn())).isEqualTo("|you said and here");

            there.runtime.send(HENRY, thread, ASK);
            List<JsonNode> parked = chat.turn();
            assertThat(PlainChat.types(parked)).contains("text").containsOnlyOnce("parked", "history_update");

            String request = Objects.requireNonNull(
                    there.runtime.approvals(HENRY, thread).get(0).requestId());
            permit.approve(RequestKind.ACCESS, request, "joe", "enjoy");
            there.runtime.wake();
            assertThat(PlainChat.types(chat.turn())).contains("text").containsOnlyOnce("history_update");

            assertThat(text(chat.say("bye").turn())).isEqualTo("|you said bye");
        }
    }
}
