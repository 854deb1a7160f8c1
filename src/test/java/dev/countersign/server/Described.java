package dev.countersign.server;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.Error;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import dev.countersign.core.Json;
import dev.countersign.core.YamlText;
import java.io.IOException;
import java.io.InputStream;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The API's description as a judge of answers. It is stricter than what is published: an object must not have a property that
 * does not stand there, since whoever adds one has to describe it.
 */
public final class Described {
    private static final Described API = new Described();

    private final JsonNode document;
    private final SchemaRegistry registry = SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12);
    private final Map<String, Schema> schemas = new ConcurrentHashMap<>();

    private Described() {
        try (InputStream in = requireNonNull(Described.class.getResourceAsStream("openapi.yaml"))) {
            document = YamlText.json(new String(in.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
        close(document.at("/components/schemas"));
    }

    static JsonNode document() {
        return API.document;
    }

    /** Method and path of every operation. */
    static Set<String> operations() {
        Set<String> all = new TreeSet<>();
        API.document.path("paths").properties().forEach(path -> {
            for (Iterator<String> names = path.getValue().fieldNames(); names.hasNext(); ) {
                String name = names.next();
                if (!name.equals("parameters")) {
                    all.add(name.toUpperCase(java.util.Locale.ROOT) + " " + path.getKey());
                }
            }
        });
        return all;
    }

    /** What is wrong with an answer of the API: nothing, or words. What is not the API's is not judged. */
    public static List<String> complaints(String method, HttpResponse<String> response) {
        String path = response.uri().getPath();
        if (!path.startsWith("/api/") || response.statusCode() == 304) {
            return List.of();
        }
        String type = response.headers().firstValue("Content-Type").orElse("");
        if (response.statusCode() >= 400) {
            List<String> wrong = new ArrayList<>(API.judge("/components/schemas/Problem", response.body()));
            if (!type.startsWith("application/problem+json")) {
                wrong.add("a refusal as " + type);
            }
            return wrong;
        }
        return API.good(method, path, response);
    }

    private List<String> good(String method, String path, HttpResponse<String> response) {
        Optional<JsonNode> operation = find(method, path);
        if (operation.isEmpty()) {
            return List.of(method + " " + path + " answered " + response.statusCode() + " and is not described");
        }
        JsonNode schema =
                operation.get().at("/responses/" + response.statusCode() + "/content/application~1json/schema/$ref");
        return schema.isMissingNode()
                ? List.of(method + " " + path + " answered " + response.statusCode() + ", which is not described")
                : judge(schema.asText().substring(1), response.body());
    }

    private Optional<JsonNode> find(String method, String path) {
        for (boolean literal : new boolean[] {true, false}) {
            for (Map.Entry<String, JsonNode> entry : document.path("paths").properties()) {
                boolean fits = literal
                        ? entry.getKey().equals(path)
                        : path.matches(entry.getKey().replaceAll("\\{\\w+}", "[^/]+"));
                JsonNode operation = entry.getValue().path(method.toLowerCase(java.util.Locale.ROOT));
                if (fits && operation.isObject()) {
                    return Optional.of(operation);
                }
            }
        }
        return Optional.empty();
    }

    /** Judges a text by the schema at this place of the document. */
    static List<String> judgeAs(String name, String json) {
        return API.judge("/components/schemas/" + name, json);
    }

    private List<String> judge(String pointer, String json) {
        Schema schema = schemas.computeIfAbsent(pointer, place -> {
            ObjectNode root = Json.object().put("$ref", "#" + place);
            root.set("components", document.path("components"));
            return registry.getSchema(Json.write(root), InputFormat.JSON);
        });
        return schema.validate(json, InputFormat.JSON).stream()
                .map(Error::toString)
                .toList();
    }

    private static void close(JsonNode schema) {
        if (schema instanceof ObjectNode object) {
            if (object.path("type").asText().equals("object") && object.has("properties")) {
                object.put("additionalProperties", false);
            }
        }
        schema.forEach(Described::close);
    }
}
