package dev.countersign.app;

import dev.countersign.approval.Backlog;
import dev.countersign.db.Database;
import dev.countersign.thread.Census;
import dev.countersign.thread.ThreadStatus;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.Metrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * The figures of one server: what {@link dev.countersign.core.Meters} counts, the process's own, and what is counted in the store
 * at most every ten seconds, however often somebody asks. While the store does not answer, its figures are missing and the
 * others are not. Safe for use by many threads.
 */
final class Telemetry implements AutoCloseable {
    private static final Duration FRESH = Duration.ofSeconds(10);

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics collections = new JvmGcMetrics();
    private final Database database;
    private final Clock clock;
    private @Nullable Counted counted;

    private record Counted(Instant at, Census.Count threads, Backlog.Count approvals, long bytes) {}

    Telemetry(Database database, Clock clock, int permitCallsPerMinute) {
        this.database = database;
        this.clock = clock;
        for (ThreadStatus status : ThreadStatus.values()) {
            Gauge.builder(
                            "countersign.threads",
                            this,
                            one -> one.ofStore(c -> c.threads().threads().getOrDefault(status, 0L)))
                    .description("Threads in the store")
                    .tag("status", status.name().toLowerCase(Locale.ROOT))
                    .register(registry);
        }
        gauge(
                "countersign.events.waiting",
                "Accepted events that are not consumed",
                c -> c.threads().eventsWaiting());
        gauge(
                "countersign.approvals.pending",
                "Approvals that wait for a reviewer",
                c -> c.approvals().pending());
        gauge(
                "countersign.approvals.oldest.seconds",
                "Age of the approval that waits longest",
                c -> c.approvals()
                        .oldest()
                        .map(oldest -> Duration.between(oldest, clock.instant()).toMillis() / 1000.0)
                        .orElse(0.0));
        gauge("countersign.store.bytes", "Size of the store", Counted::bytes);
        Gauge.builder("countersign.permit.calls.allowed", () -> permitCallsPerMinute)
                .description("Requests for decisions that this node may send to Permit in a minute")
                .register(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        collections.bindTo(registry);
        Metrics.addRegistry(registry);
    }

    private void gauge(String name, String words, ToDoubleFunction<Counted> figure) {
        Gauge.builder(name, this, one -> one.ofStore(figure)).description(words).register(registry);
    }

    /** Everything, in the text form that Prometheus reads. */
    String text() {
        return registry.scrape();
    }

    private double ofStore(ToDoubleFunction<Counted> figure) {
        return figure.applyAsDouble(count());
    }

    private synchronized Counted count() {
        Instant now = clock.instant();
        Counted known = counted;
        if (known == null || known.at().plus(FRESH).isBefore(now)) {
            known = new Counted(now, new Census(database).take(), new Backlog(database).take(), database.bytes());
            counted = known;
        }
        return known;
    }

    @Override
    public void close() {
        Metrics.removeRegistry(registry);
        collections.close();
        registry.close();
    }
}
