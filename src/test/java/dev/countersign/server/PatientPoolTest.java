package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

@Tag("store")
final class PatientPoolTest {
    @Test
    void stop_interruptsNobody_sinceThatWouldCloseTheStore() throws Exception {
        PatientPool pool = new PatientPool();
        pool.setStopTimeout(100);
        pool.start();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Boolean> interrupted = new CompletableFuture<>();
        pool.execute(() -> {
            entered.countDown();
            try {
                interrupted.complete(!release.await(20, TimeUnit.SECONDS));
            } catch (InterruptedException e) {
                interrupted.complete(true);
            }
        });
        assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();

        pool.stop();

        assertThat(interrupted).isNotDone();
        release.countDown();
        assertThat(interrupted.get(20, TimeUnit.SECONDS)).isFalse();
    }

    @Test
    void stop_waitsForWhatIsBeingServed() throws Exception {
        PatientPool pool = new PatientPool();
        pool.start();
        CountDownLatch entered = new CountDownLatch(1);
        CountDownLatch release = new CountDownLatch(1);
        CompletableFuture<Void> served = new CompletableFuture<>();
        pool.execute(() -> {
            entered.countDown();
            try {
                release.await();
                served.complete(null);
            } catch (InterruptedException e) {
                served.completeExceptionally(e);
            }
        });
        assertThat(entered.await(20, TimeUnit.SECONDS)).isTrue();
        Thread stopping = new Thread(() -> {
            try {
                pool.stop();
            } catch (Exception e) {
                served.completeExceptionally(e);
            }
        });
        stopping.start();
        release.countDown();
        stopping.join();

        assertThat(served).isCompleted();
    }

    @Test
    void server_servesOnThesePatientThreads(@TempDir Path folder) throws Exception {
        try (ServerFixture server = new ServerFixture(folder)) {
            server.get("henry", "/api/agents");

            assertThat(server.runtime.lastAskedBy()).startsWith("http-");
        }
    }
}
