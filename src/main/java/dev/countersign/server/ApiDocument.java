package dev.countersign.server;

import dev.countersign.core.Json;
import dev.countersign.core.YamlText;
import io.javalin.config.RoutesConfig;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;

/**
 * {@code /openapi.json}: what is served, described by hand in {@code openapi.yaml}. That it is true is a test's business: every
 * route has to be in it, and whatever a test is answered has to fit it.
 */
final class ApiDocument {
    static final String PATH = "/openapi.json";

    private final String json;

    ApiDocument() {
        json = Json.write(YamlText.json(resource()));
    }

    void on(RoutesConfig routes) {
        routes.get(
                PATH,
                context -> context.status(200).contentType("application/json").result(json));
    }

    private static String resource() {
        try (InputStream in = Objects.requireNonNull(
                ApiDocument.class.getResourceAsStream("openapi.yaml"), "openapi.yaml is part of the program")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException("openapi.yaml is part of the program", e);
        }
    }
}
