package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.Map;

/** A plain HTTP client of the contract: no SDK between the test and the wire. */
final class Client {
    static final String KEY = "permit_key_of_the_test";

    private final String url;
    private final HttpClient http =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    final String facts;
    final String schema;
    final String elements;

    Client(EmulatorServer server) {
        this.url = server.url();
        JsonNode scope = scope();
        String place = scope.path("project_id").asText() + "/"
                + scope.path("environment_id").asText();
        this.facts = "/v2/facts/" + place;
        this.schema = "/v2/schema/" + place;
        this.elements = "/v2/elements/" + place + "/config";
    }

    private JsonNode scope() {
        try {
            return get("/v2/api-key/scope").body();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** What came back; the body is a missing node when it was empty or no JSON. */
    record Answer(int status, JsonNode body, String text, HttpResponse<String> raw) {
        String code() {
            return body.path("error_code").asText();
        }
    }

    Answer get(String path) throws IOException, InterruptedException {
        return send("GET", path, KEY, "");
    }

    Answer post(String path, String body) throws IOException, InterruptedException {
        return send("POST", path, KEY, body);
    }

    Answer send(String method, String path, String bearer, String body) throws IOException, InterruptedException {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(url + path))
                .timeout(Duration.ofSeconds(20))
                .method(method, body.isEmpty() ? BodyPublishers.noBody() : BodyPublishers.ofString(body));
        if (!bearer.isEmpty()) {
            request.header("Authorization", "Bearer " + bearer);
        }
        HttpResponse<String> response = http.send(request.build(), BodyHandlers.ofString());
        String text = response.body();
        boolean json = text.startsWith("{") || text.startsWith("[");
        return new Answer(
                response.statusCode(), json ? Json.read(text) : Json.mapper().missingNode(), text, response);
    }

    /** An Elements token of the user in the default tenant. */
    String token(String user) throws IOException, InterruptedException {
        Answer answer = post("/v2/auth/elements_login_as", "{\"user_id\":\"" + user + "\",\"tenant_id\":\"default\"}");
        String bearer = answer.body().path("element_bearer_token").asText("");
        if (bearer.isEmpty()) {
            throw new AssertionError("no token for " + user + ": " + answer.text());
        }
        return bearer;
    }

    /** What the PDP says. */
    boolean check(String user, String action, String instance) throws IOException, InterruptedException {
        Answer answer = post(
                "/allowed",
                "{\"user\":{\"key\":\"" + user + "\"},\"action\":\"" + action
                        + "\",\"resource\":{\"type\":\"restaurants\",\"key\":\"" + instance
                        + "\",\"tenant\":\"default\"}}");
        if (answer.status() != 200) {
            throw new AssertionError("check answered " + answer.status() + ": " + answer.text());
        }
        return answer.body().path("allow").asBoolean();
    }

    String factsRequests(String actor) {
        return facts + "/access_requests/restaurant-requests/user/" + actor + "/tenant/default";
    }

    String elementsRequests() {
        return elements + "/restaurant-requests/access_requests";
    }

    String operations() {
        return elements + "/dish-requests/operation_approval";
    }

    /** Files an access request for the child's role on the facts route; its id. */
    String fileAccess(String user, String instance) throws IOException, InterruptedException {
        return id(post(factsRequests(user), accessBody(instance, "birthday dinner")));
    }

    String fileOperation(String token, String instance) throws IOException, InterruptedException {
        return id(send("POST", operations(), token, operationBody(instance, "order_dish: Truffle Pasta")));
    }

    static String accessBody(String instance, String reason) {
        return Json.write(Map.of(
                "access_request_details",
                Map.of(
                        "tenant", "default",
                        "resource", "restaurants",
                        "resource_instance", instance,
                        "role", "child-can-view"),
                "reason",
                reason));
    }

    static String operationBody(String instance, String reason) {
        return Json.write(Map.of(
                "access_request_details",
                Map.of("tenant", "default", "resource", "restaurants", "resource_instance", instance),
                "reason",
                reason));
    }

    private static String id(Answer answer) {
        if (answer.status() != 200) {
            throw new AssertionError("filing answered " + answer.status() + ": " + answer.text());
        }
        return answer.body().path("id").asText();
    }
}
