package dev.countersign.cli;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Json;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/**
 * A server's REST interface in one login's name. A refusal arrives as the exception it was at the server, code and all; no
 * answer at all is {@code CS-122}.
 */
final class Api {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final HttpClient http;
    private final URI base;
    private final String token;

    Api(HttpClient http, URI base, String token) {
        this.http = http;
        this.base = base;
        this.token = token;
    }

    static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    /** Changes a password into a token. */
    static String login(HttpClient http, URI base, String user, String password) {
        String form = "grant_type=password&username=" + encode(user) + "&password=" + encode(password);
        Api nobody = new Api(http, base, "");
        return nobody.send(HttpRequest.newBuilder(base.resolve("/token"))
                        .header("Content-Type", "application/x-www-form-urlencoded")
                        .POST(BodyPublishers.ofString(form)))
                .path("access_token")
                .asText();
    }

    static String encode(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    JsonNode get(String path) {
        return send(HttpRequest.newBuilder(base.resolve(path)).GET());
    }

    JsonNode post(String path, Object body) {
        return send(HttpRequest.newBuilder(base.resolve(path))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(Json.write(body))));
    }

    HttpClient http() {
        return http;
    }

    URI base() {
        return base;
    }

    String token() {
        return token;
    }

    private JsonNode send(HttpRequest.Builder request) {
        if (!token.isEmpty()) {
            request.header("Authorization", "Bearer " + token);
        }
        try {
            HttpResponse<String> response = http.send(request.timeout(TIMEOUT).build(), BodyHandlers.ofString());
            if (response.statusCode() / 100 != 2) {
                throw refusal(response);
            }
            return ours(response);
        } catch (ConnectException e) {
            throw CliErrors.unreachable("no server answers at " + base + "; start one with countersign serve", e);
        } catch (IOException e) {
            throw CliErrors.unreachable("the server at " + base + " did not answer: " + e.getMessage(), e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw CliErrors.unreachable("interrupted while waiting for " + base, e);
        }
    }

    private JsonNode ours(HttpResponse<String> response) {
        try {
            return Json.read(response.body());
        } catch (CountersignException e) {
            throw CliErrors.unreachable("whatever answers at " + base + " is no Countersign server", e);
        }
    }

    private static CountersignException refusal(HttpResponse<String> response) {
        String type = response.headers().firstValue("Content-Type").orElse("");
        JsonNode problem = type.startsWith("application/problem+json") ? Json.read(response.body()) : Json.object();
        String code = problem.path("code").asText();
        ErrorCode known =
                new ErrorCode(code.matches("CS-\\d{3}") ? code : CliErrors.FAILED.id(), kind(response.statusCode()));
        return new CountersignException(
                known, problem.path("detail").asText("the server answered with status " + response.statusCode()));
    }

    private static ErrorCode.Kind kind(int status) {
        for (ErrorCode.Kind kind : ErrorCode.Kind.values()) {
            if (kind.httpStatus() == status) {
                return kind;
            }
        }
        return ErrorCode.Kind.INTERNAL;
    }
}
