package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.config.Secret;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is told to whoever runs the server, and to whom it is not. */
@Tag("store")
final class OperationRoutesTest {
    @TempDir
    Path folder;

    @Test
    void aServerWhoseStoreIsAway_livesAndIsNotReady() throws IOException {
        try (ServerFixture server = new ServerFixture(folder)) {
            assertThat(server.send(server.request("/readyz")).statusCode()).isEqualTo(200);

            server.storeAnswers.set(false);

            HttpResponse<String> answer = server.send(server.request("/readyz"));
            assertThat(answer.statusCode()).isEqualTo(503);
            assertThat(answer.body()).contains("CS-770");
            assertThat(server.send(server.request("/healthz")).statusCode()).isEqualTo(200);
        }
    }

    @Test
    void figuresAreToldOnLoopback() throws IOException {
        try (ServerFixture server = new ServerFixture(folder)) {
            HttpResponse<String> answer = server.send(server.request("/metrics"));
            assertThat(answer.statusCode()).isEqualTo(200);
            assertThat(answer.headers().firstValue("Content-Type").orElseThrow())
                    .startsWith("text/plain")
                    .contains("version=0.0.4");
            assertThat(answer.body()).isEqualTo("figures 1\n");
        }
    }

    @Test
    void withATokenSet_figuresAreToldToWhoShowsIt() throws IOException {
        try (ServerFixture server = new ServerFixture(folder, new Secret(""), new Secret("open"))) {
            assertThat(server.send(server.request("/metrics")).statusCode()).isEqualTo(401);
            assertThat(server.send(server.request("/metrics").header("Authorization", "Bearer shut"))
                            .statusCode())
                    .isEqualTo(403);
            // A person's login is no key to them.
            assertThat(server.get("henry", "/metrics").statusCode()).isEqualTo(403);
            assertThat(server.send(server.request("/metrics").header("Authorization", "Bearer open"))
                            .body())
                    .isEqualTo("figures 1\n");
        }
    }
}
