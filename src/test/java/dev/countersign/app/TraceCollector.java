package dev.countersign.app;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.Executors;

/**
 * A collector of traces on a free loopback port: OTLP over HTTP in protobuf, as the protocol's own definition numbers its fields,
 * read here by hand, so that it is no part of the library that sent it.
 */
public final class TraceCollector implements AutoCloseable {
    private static final int VARINT = 0;
    private static final int FIXED_64 = 1;
    private static final int BYTES = 2;
    private static final int FIXED_32 = 5;

    private final HttpServer server;
    private final List<Traced> spans = new CopyOnWriteArrayList<>();
    private final List<String> bodies = new CopyOnWriteArrayList<>();
    private final List<String> authorizations = new CopyOnWriteArrayList<>();

    /**
     * A span.
     *
     * @param parent empty for none
     * @param links trace and span ids with a slash between them
     * @param error whether its status says so
     */
    public record Traced(
            String trace,
            String id,
            String parent,
            String name,
            long kind,
            Map<String, String> facts,
            List<String> links,
            boolean error) {
        public Traced {
            facts = Map.copyOf(facts);
            links = List.copyOf(links);
        }

        /** As links name it. */
        public String place() {
            return trace + "/" + id;
        }
    }

    private TraceCollector(HttpServer server) {
        this.server = server;
    }

    public static TraceCollector start() throws IOException {
        HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        TraceCollector collector = new TraceCollector(server);
        server.setExecutor(Executors.newCachedThreadPool(work -> {
            Thread thread = new Thread(work, "trace-collector");
            thread.setDaemon(true);
            return thread;
        }));
        server.createContext("/v1/traces", exchange -> {
            byte[] body = exchange.getRequestBody().readAllBytes();
            collector.bodies.add(new String(body, StandardCharsets.ISO_8859_1));
            collector.authorizations.add(
                    String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            collector.take(ByteBuffer.wrap(body));
            exchange.sendResponseHeaders(200, -1);
            exchange.close();
        });
        server.start();
        return collector;
    }

    public String url() {
        return "http://127.0.0.1:" + server.getAddress().getPort();
    }

    public List<Traced> spans() {
        return spans;
    }

    public List<Traced> named(String name) {
        return spans.stream().filter(span -> span.name().equals(name)).toList();
    }

    /** All bytes that came, each as a character. */
    public String bytes() {
        return String.join("\n", bodies);
    }

    public List<String> authorizations() {
        return authorizations;
    }

    private record Field(int number, long value, ByteBuffer bytes) {
        String text() {
            return StandardCharsets.UTF_8.decode(bytes.duplicate()).toString();
        }

        String hex() {
            byte[] all = new byte[bytes.remaining()];
            bytes.duplicate().get(all);
            return HexFormat.of().formatHex(all);
        }
    }

    private static List<Field> fields(ByteBuffer message) {
        ByteBuffer in = message.duplicate().order(ByteOrder.LITTLE_ENDIAN);
        List<Field> fields = new ArrayList<>();
        while (in.hasRemaining()) {
            int tag = (int) varint(in);
            ByteBuffer none = ByteBuffer.allocate(0);
            fields.add(
                    switch (tag & 7) {
                        case VARINT -> new Field(tag >>> 3, varint(in), none);
                        case FIXED_64 -> new Field(tag >>> 3, in.getLong(), none);
                        case FIXED_32 -> new Field(tag >>> 3, in.getInt(), none);
                        case BYTES -> {
                            int length = (int) varint(in);
                            ByteBuffer bytes = in.slice(in.position(), length);
                            in.position(in.position() + length);
                            yield new Field(tag >>> 3, 0, bytes);
                        }
                        default -> throw new IllegalArgumentException("no such wire type: " + tag);
                    });
        }
        return fields;
    }

    private static long varint(ByteBuffer in) {
        long value = 0;
        for (int shift = 0; ; shift += 7) {
            byte next = in.get();
            value |= (long) (next & 0x7F) << shift;
            if (next >= 0) {
                return value;
            }
        }
    }

    private static List<Field> all(List<Field> fields, int number) {
        return fields.stream().filter(field -> field.number() == number).toList();
    }

    private static String hex(List<Field> fields, int number) {
        List<Field> found = all(fields, number);
        return found.isEmpty() ? "" : found.get(0).hex();
    }

    /** ExportTraceServiceRequest.resource_spans = 1, ResourceSpans.scope_spans = 2, ScopeSpans.spans = 2. */
    private void take(ByteBuffer request) {
        for (Field resource : all(fields(request), 1)) {
            for (Field scope : all(fields(resource.bytes()), 2)) {
                all(fields(scope.bytes()), 2).forEach(span -> spans.add(span(fields(span.bytes()))));
            }
        }
    }

    /** Span: trace_id = 1, span_id = 2, parent_span_id = 4, name = 5, kind = 6, attributes = 9, links = 13, status = 15. */
    private static Traced span(List<Field> span) {
        Map<String, String> facts = new TreeMap<>();
        for (Field attribute : all(span, 9)) {
            List<Field> pair = fields(attribute.bytes());
            facts.put(all(pair, 1).get(0).text(), value(all(pair, 2).get(0).bytes()));
        }
        List<String> links = new ArrayList<>();
        for (Field link : all(span, 13)) {
            List<Field> parts = fields(link.bytes());
            links.add(hex(parts, 1) + "/" + hex(parts, 2));
        }
        boolean error = all(span, 15).stream()
                .anyMatch(status -> all(fields(status.bytes()), 3).stream().anyMatch(code -> code.value() == 2));
        return new Traced(
                hex(span, 1),
                hex(span, 2),
                hex(span, 4),
                all(span, 5).get(0).text(),
                all(span, 6).get(0).value(),
                facts,
                links,
                error);
    }

    /** AnyValue: string_value = 1, int_value = 3, array_value = 5 with values = 1. */
    private static String value(ByteBuffer any) {
        Field value = fields(any).get(0);
        return switch (value.number()) {
            case 1 -> value.text();
            case 3 -> Long.toString(value.value());
            case 5 ->
                all(fields(value.bytes()), 1).stream()
                        .map(one -> value(one.bytes()))
                        .toList()
                        .toString();
            default -> throw new IllegalArgumentException("a value of kind " + value.number());
        };
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
