package dev.countersign.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** A request that is quicker than the database behind it. */
final class HttpEdgeTest {
    /** Tells when somebody has come to wait. */
    private static final class Awaited extends CompletableFuture<Dispatcher> {
        private final CountDownLatch somebody = new CountDownLatch(1);

        @Override
        public Dispatcher join() {
            somebody.countDown();
            return super.join();
        }
    }

    @Test
    void aRequestThatComesBeforeTheDatabase_waits_andIsAnsweredWhenThatCannotBeOpened() throws Exception {
        Awaited dispatcher = new Awaited();
        HttpClient client = HttpClient.newHttpClient();
        try (HttpEdge edge = HttpEdge.start("127.0.0.1", 0, dispatcher)) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + edge.port() + "/v2/api-key"))
                    .timeout(Duration.ofSeconds(20))
                    .build();
            CompletableFuture<HttpResponse<String>> answer = client.sendAsync(request, BodyHandlers.ofString());
            assertThat(dispatcher.somebody.await(20, TimeUnit.SECONDS)).isTrue();
            assertThat(answer).isNotDone();
            dispatcher.completeExceptionally(new IllegalStateException("no database"));
            assertThat(answer.get(20, TimeUnit.SECONDS).statusCode()).isEqualTo(500);
        }
    }
}
