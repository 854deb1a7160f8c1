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
import java.util.function.UnaryOperator;

/**
 * A server's REST interface in one login's name. A refusal arrives as the exception it was at the server, code and all; no
 * answer at all is {@code CS-122}. A login that has run out is renewed once where that is possible.
 */
final class Api {
    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final int UNAUTHORIZED = 401;

    private final HttpClient http;
    private final URI base;
    private final UnaryOperator<String> renewal;
    private volatile String token;

    /** With a token that is not renewed. */
    Api(HttpClient http, URI base, String token) {
        this(http, base, token, stale -> stale);
    }

    /**
     * With a token that may be renewed.
     *
     * @param renewal makes a new token of a stale one, or gives it back when there is none
     */
    Api(HttpClient http, URI base, String token, UnaryOperator<String> renewal) {
        this.http = http;
        this.base = base;
        this.token = token;
        this.renewal = renewal;
    }

    static HttpClient client() {
        return HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .connectTimeout(Duration.ofSeconds(5))
                .build();
    }

    /**
     * What a login gave.
     *
     * @param refresh empty when the server gives none
     */
    record Tokens(String access, String refresh) {
        private static Tokens of(JsonNode answer) {
            return new Tokens(
                    answer.path("access_token").asText(),
                    answer.path("refresh_token").asText());
        }

        /** Never shows a token. */
        @Override
        public String toString() {
            return "Tokens";
        }
    }

    /** Changes a password into tokens. */
    static Tokens login(HttpClient http, URI base, String user, String password) {
        return Tokens.of(new Api(http, base, "")
                .form("/token", "grant_type=password&username=" + encode(user) + "&password=" + encode(password)));
    }

    /** Changes a refresh token into new ones. */
    static Tokens refresh(HttpClient http, URI base, String refresh) {
        return Tokens.of(
                new Api(http, base, "").form("/token", "grant_type=refresh_token&refresh_token=" + encode(refresh)));
    }

    /** Ends a login at the server. */
    static void logout(HttpClient http, URI base, String refresh) {
        new Api(http, base, "").form("/logout", "refresh_token=" + encode(refresh));
    }

    private JsonNode form(String path, String fields) {
        return send(HttpRequest.newBuilder(base.resolve(path))
                .header("Content-Type", "application/x-www-form-urlencoded")
                .POST(BodyPublishers.ofString(fields)));
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

    JsonNode delete(String path) {
        return send(HttpRequest.newBuilder(base.resolve(path)).DELETE());
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

    /** Makes a new token; false when there is no way to. */
    boolean renew() {
        String stale = token;
        token = renewal.apply(stale);
        return !token.equals(stale);
    }

    private JsonNode send(HttpRequest.Builder request) {
        HttpResponse<String> response = sent(request);
        // Refused before anything was done, so that it may be sent again.
        if (response.statusCode() == UNAUTHORIZED && !token.isEmpty() && renew()) {
            response = sent(request);
        }
        if (response.statusCode() / 100 != 2) {
            throw refusal(response);
        }
        return response.body().isEmpty() ? Json.object() : ours(response);
    }

    private HttpResponse<String> sent(HttpRequest.Builder request) {
        if (!token.isEmpty()) {
            request.setHeader("Authorization", "Bearer " + token);
        }
        try {
            return http.send(request.timeout(TIMEOUT).build(), BodyHandlers.ofString());
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
