package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The description of the API against the API. That answers fit it is looked at wherever a test asks for one. */
@Tag("store")
final class ApiDocumentTest {
    private static ServerFixture server;

    @BeforeAll
    static void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @Test
    void everyRouteUnderApiIsDescribed_andWhatIsDescribedIsServed() {
        Set<String> served = server.routes();
        Set<String> ofApi = new TreeSet<>(served);
        ofApi.removeIf(route -> !route.contains(" /api/"));

        assertThat(Described.operations()).containsAll(ofApi);
        assertThat(served).containsAll(Described.operations());
    }

    @Test
    void theDocumentIsServedToAnybody_asItIsWritten() {
        HttpResponse<String> response = server.send(server.request("/openapi.json"));

        assertThat(response.statusCode()).isEqualTo(200);
        JsonNode served = Json.read(response.body());
        assertThat(served.path("openapi").asText()).startsWith("3.1");
        assertThat(served.path("paths")).isEqualTo(Described.document().path("paths"));
    }

    @Test
    void everyReferenceLeadsSomewhere_andEveryComponentIsReferredTo() {
        Set<String> used = new HashSet<>();
        for (JsonNode reference : Described.document().findValues("$ref")) {
            String pointer = reference.asText().substring(1);
            assertThat(Described.document().at(pointer).isMissingNode())
                    .as(pointer)
                    .isFalse();
            used.add(pointer);
        }
        for (String kind : List.of("parameters", "requestBodies", "responses", "schemas")) {
            Described.document()
                    .at("/components/" + kind)
                    .fieldNames()
                    .forEachRemaining(name -> assertThat(used).contains("/components/" + kind + "/" + name));
        }
    }

    @Test
    void everyOperationHasANameOfItsOwn_saysItsParametersAndHowItRefuses() {
        List<String> names = new ArrayList<>();
        for (Map.Entry<String, JsonNode> path :
                Described.document().path("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                if (operation.getKey().equals("parameters")) {
                    continue;
                }
                String where = operation.getKey() + " " + path.getKey();
                JsonNode said = operation.getValue();
                names.add(said.path("operationId").asText());
                assertThat(said.path("summary").asText()).as(where).isNotBlank();
                assertThat(said.at("/responses/default/$ref").asText())
                        .as(where)
                        .endsWith("/Problem");
                assertThat(path.getValue().has("parameters"))
                        .as(where)
                        .isEqualTo(path.getKey().contains("{"));
            }
        }
        assertThat(names).doesNotContain("").doesNotHaveDuplicates();
    }
}
