package dev.countersign.emulator;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpServer;
import dev.countersign.core.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Decisions leave through the outbox, with the secret, until they are taken or given up. */
final class WebhooksTest {
    private record Received(String path, String authorization, JsonNode body) {}

    private final List<Received> received = new CopyOnWriteArrayList<>();
    private final AtomicInteger refusals = new AtomicInteger();
    private final HttpServer listener = listen();
    private final EmulatorServer server = EmulatorServer.start(EmulatorConfig.inMemory(Client.KEY, new SettableClock())
            .withWebhook(new EmulatorConfig.Webhook(address("/default"), "s3cret", 3, Duration.ofMillis(20))));
    private final Client client = new Client(server);

    private static HttpServer listen() {
        try {
            return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private URI address(String path) {
        return URI.create("http://127.0.0.1:" + listener.getAddress().getPort() + path);
    }

    @BeforeEach
    void answer() {
        listener.createContext("/", exchange -> {
            String body = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
            received.add(new Received(
                    exchange.getRequestURI().getPath(),
                    String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")),
                    Json.read(body)));
            exchange.sendResponseHeaders(refusals.getAndDecrement() > 0 ? 503 : 200, -1);
            exchange.close();
        });
        listener.start();
    }

    @AfterEach
    void stop() {
        server.close();
        listener.stop(0);
    }

    private String decide(String verb) throws Exception {
        String id = client.fileAccess("henry", "3");
        assertThat(client.send("PUT", client.factsRequests("joe") + "/" + id + "/" + verb, Client.KEY, "{}")
                        .status())
                .isEqualTo(200);
        return id;
    }

    private JsonNode outbox() throws Exception {
        return client.get("/emulator/webhooks").body();
    }

    private void awaitState(String state) {
        await().atMost(Duration.ofSeconds(10))
                .until(() -> outbox().path(0).path("state").asText().equals(state));
    }

    @Test
    void decisionIsToldOnce_withTheSecret() throws Exception {
        decide("approve");
        awaitState("delivered");
        assertThat(received).hasSize(1);
        Received hook = received.get(0);
        assertThat(hook.path()).isEqualTo("/default");
        assertThat(hook.authorization()).isEqualTo("Bearer s3cret");
        assertThat(hook.body().path("status").asText()).isEqualTo("approved");
        assertThat(hook.body().path("access_request_details").path("action").asText())
                .isEqualTo("child-can-view");
        assertThat(hook.body().path("requesting_user_id").asText()).matches("[0-9a-f-]{36}");
        assertThat(hook.body().has("id")).isFalse();
    }

    @Test
    void refusedDeliveryIsRepeated() throws Exception {
        refusals.set(2);
        decide("deny");
        awaitState("delivered");
        assertThat(received).hasSize(3);
        assertThat(outbox().path(0).path("attempts").asInt()).isEqualTo(3);
    }

    @Test
    void deliveryIsGivenUpAfterItsAttempts() throws Exception {
        refusals.set(100);
        decide("deny");
        awaitState("given up");
        assertThat(received).hasSize(3);
        assertThat(outbox().path(0).path("outcome").asText()).isEqualTo("answered 503");
    }

    @Test
    void elementsOwnWebhookWins_andCreationIsToldOnlyWhenSwitched() throws Exception {
        client.send(
                "PATCH",
                client.elements + "/restaurant-requests",
                Client.KEY,
                "{\"webhook\":{\"type\":\"elements\",\"url\":\"" + address("/own") + "\",\"bearer_token\":\"own\"}}");
        server.faults()
                .change(old -> Json.read(
                        Json.write(old).replace("\"webhookOnCreation\":false", "\"webhookOnCreation\":true"),
                        Switches.class));
        client.fileAccess("henry", "3");
        awaitState("delivered");
        assertThat(received).hasSize(1);
        assertThat(received.get(0).path()).isEqualTo("/own");
        assertThat(received.get(0).authorization()).isEqualTo("Bearer own");
        assertThat(received.get(0).body().path("status").asText()).isEqualTo("pending");
    }

    @Test
    void operationApprovalNamesItsDetailsDifferently() throws Exception {
        String child = client.token("henry");
        String id = client.fileOperation(child, "3");
        client.send("PUT", client.operations() + "/" + id + "/approve", client.token("joe"), "{}");
        awaitState("delivered");
        JsonNode body = received.get(0).body();
        assertThat(body.path("operation_approval_details")
                        .path("resource_instance")
                        .asText())
                .matches("[0-9a-f-]{36}");
        assertThat(body.has("access_request_details")).isFalse();
    }
}
