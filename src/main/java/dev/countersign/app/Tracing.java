package dev.countersign.app;

import dev.countersign.config.ObservationConfig;
import dev.countersign.core.Traces;
import io.opentelemetry.api.common.Attributes;
import io.opentelemetry.api.common.AttributesBuilder;
import io.opentelemetry.api.trace.Span;
import io.opentelemetry.api.trace.SpanBuilder;
import io.opentelemetry.api.trace.SpanContext;
import io.opentelemetry.api.trace.SpanKind;
import io.opentelemetry.api.trace.StatusCode;
import io.opentelemetry.api.trace.TraceFlags;
import io.opentelemetry.api.trace.TraceState;
import io.opentelemetry.api.trace.Tracer;
import io.opentelemetry.context.Scope;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporter;
import io.opentelemetry.exporter.otlp.http.trace.OtlpHttpSpanExporterBuilder;
import io.opentelemetry.sdk.resources.Resource;
import io.opentelemetry.sdk.trace.SdkTracerProvider;
import io.opentelemetry.sdk.trace.export.BatchSpanProcessor;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Sends spans to a collector by OTLP over HTTP, in batches, in the background. At most 2,048 wait, what is more is dropped; a
 * collector that is away holds up nothing and nobody but a stop, for five seconds at most. {@link #close} sends what is left.
 */
public final class Tracing implements Traces.Collector, AutoCloseable {
    private static final String NAME = "dev.countersign";
    private static final Pattern PARENT = Pattern.compile("00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})");
    private static final Duration SOON = Duration.ofSeconds(1);
    private static final Duration PATIENCE = Duration.ofSeconds(5);
    private static final int WAITING_MAX = 2_048;

    private final SdkTracerProvider provider;
    private final Tracer tracer;

    private Tracing(SdkTracerProvider provider) {
        this.provider = provider;
        this.tracer = provider.get(NAME);
    }

    /** Begins to take spans, when there is a collector to send them to. */
    public static Optional<Tracing> begin(ObservationConfig.Traces config) {
        if (config.disabled()) {
            return Optional.empty();
        }
        return config.endpoint().map(endpoint -> {
            JavaLogging.redirect();
            Tracing tracing = new Tracing(provider(config, endpoint));
            Traces.to(tracing);
            return tracing;
        });
    }

    private static SdkTracerProvider provider(ObservationConfig.Traces config, URI endpoint) {
        OtlpHttpSpanExporterBuilder exporter = OtlpHttpSpanExporter.builder()
                .setEndpoint(endpoint + "/v1/traces")
                .setConnectTimeout(PATIENCE)
                .setTimeout(PATIENCE);
        config.headers().forEach((name, value) -> exporter.addHeader(name, value.value()));
        Attributes about = Attributes.builder()
                .put("service.name", config.serviceName())
                .put("telemetry.sdk.language", "java")
                .build();
        return SdkTracerProvider.builder()
                .setResource(Resource.create(about))
                .addSpanProcessor(BatchSpanProcessor.builder(exporter.build())
                        .setScheduleDelay(SOON)
                        .setMaxQueueSize(WAITING_MAX)
                        .setExporterTimeout(PATIENCE)
                        .build())
                .build();
    }

    /** The scope is closed by the span's end, in the same Java thread. */
    @Override
    @SuppressWarnings("MustBeClosedChecker")
    public Traces.Span begin(Traces.Kind kind, String name, Map<String, Object> facts, String pausedAt) {
        SpanBuilder builder = tracer.spanBuilder(name).setAllAttributes(attributes(facts));
        builder.setSpanKind(kind == Traces.Kind.MODEL ? SpanKind.CLIENT : SpanKind.INTERNAL);
        if (kind == Traces.Kind.TURN) {
            builder.setNoParent();
        }
        SpanContext paused = parsed(pausedAt);
        if (paused.isValid()) {
            builder.addLink(
                    paused,
                    Attributes.builder().put("countersign.link", "goes on from").build());
        }
        Span span = builder.startSpan();
        return new Open(span, span.makeCurrent());
    }

    private static Attributes attributes(Map<String, Object> facts) {
        AttributesBuilder attributes = Attributes.builder();
        facts.forEach((name, value) -> put(attributes, name, value));
        return attributes.build();
    }

    private static void put(AttributesBuilder attributes, String name, Object value) {
        if (value instanceof Number number) {
            attributes.put(name, number.longValue());
        } else if (value instanceof List<?> list) {
            attributes.put(name, list.stream().map(String::valueOf).toArray(String[]::new));
        } else {
            attributes.put(name, String.valueOf(value));
        }
    }

    private static SpanContext parsed(String parent) {
        Matcher parts = PARENT.matcher(parent);
        return parts.matches()
                ? SpanContext.createFromRemoteParent(
                        parts.group(1), parts.group(2), TraceFlags.fromHex(parts.group(3), 0), TraceState.getDefault())
                : SpanContext.getInvalid();
    }

    @Override
    public String here() {
        SpanContext now = Span.current().getSpanContext();
        return now.isValid()
                ? "00-" + now.getTraceId() + "-" + now.getSpanId() + "-"
                        + now.getTraceFlags().asHex()
                : "";
    }

    /** A span, and its being the innermost one of its Java thread. */
    private record Open(Span span, Scope scope) implements Traces.Span {
        @Override
        public void fact(String name, Object value) {
            span.setAllAttributes(attributes(Map.of(name, value)));
        }

        @Override
        public void failed(String type) {
            span.setAttribute("error.type", type);
            span.setStatus(StatusCode.ERROR);
        }

        @Override
        public void end() {
            scope.close();
            span.end();
        }
    }

    @Override
    public void close() {
        Traces.to(null);
        var unused = provider.shutdown().join(PATIENCE.toMillis(), TimeUnit.MILLISECONDS);
    }
}
