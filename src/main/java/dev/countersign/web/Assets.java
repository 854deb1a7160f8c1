package dev.countersign.web;

import dev.countersign.core.Digest;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.NotFoundResponse;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPOutputStream;

/**
 * The files a page consists of beside its HTML: read once, compressed once, served under a path that changes with their content,
 * so that a browser may keep them for ever. Immutable.
 */
final class Assets {
    private static final String WEBJARS = "/META-INF/resources/webjars/";
    private static final String OWN = "/dev/countersign/web/";
    private static final int DIGEST_CHARS = 12;

    /** A file, as it is and compressed. */
    private static final class File {
        final byte[] plain;
        final byte[] gzipped;
        final String type;

        File(byte[] plain, byte[] gzipped, String type) {
            this.plain = plain;
            this.gzipped = gzipped;
            this.type = type;
        }
    }

    private final Map<String, File> files = new LinkedHashMap<>();
    private final String base;

    Assets() {
        add("htmx.js", WEBJARS + "htmx.org/2.0.10/dist/htmx.min.js", "text/javascript");
        add("sse.js", WEBJARS + "htmx-ext-sse/2.2.2/sse.js", "text/javascript");
        add("countersign.js", OWN + "countersign.js", "text/javascript");
        add("countersign.css", OWN + "countersign.css", "text/css");
        add("icon.svg", OWN + "icon.svg", "image/svg+xml");
        StringBuilder digests = new StringBuilder();
        files.values().forEach(file -> digests.append(Digest.of(new String(file.plain, StandardCharsets.UTF_8))));
        base = "/assets/" + Digest.of(digests.toString()).substring(0, DIGEST_CHARS) + "/";
    }

    private void add(String name, String resource, String type) {
        try (InputStream in = Assets.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IllegalStateException("the build left out " + resource);
            }
            byte[] plain = in.readAllBytes();
            ByteArrayOutputStream small = new ByteArrayOutputStream();
            try (GZIPOutputStream gzip = new GZIPOutputStream(small)) {
                gzip.write(plain);
            }
            files.put(name, new File(plain, small.toByteArray(), type + "; charset=utf-8"));
        } catch (IOException e) {
            throw new UncheckedIOException("could not read " + resource, e);
        }
    }

    /** Where a page finds a file. */
    String path(String name) {
        if (!files.containsKey(name)) {
            throw new IllegalArgumentException("there is no file " + name);
        }
        return base + name;
    }

    void on(RoutesConfig routes) {
        routes.get("/assets/{version}/{name}", this::serve);
        // Browsers ask for this on their own, wherever a page says that its icon is.
        routes.get("/favicon.ico", context -> context.redirect(path("icon.svg")));
    }

    /** A version that is not this one's is a page of before an update: it gets what there is, and may not keep it. */
    private void serve(Context context) {
        File file = files.get(context.pathParam("name"));
        if (file == null) {
            throw new NotFoundResponse();
        }
        boolean current = context.path().startsWith(base);
        context.header("Cache-Control", current ? "public, max-age=31536000, immutable" : "no-cache");
        context.header("Cross-Origin-Resource-Policy", "same-origin");
        context.header("Vary", "Accept-Encoding");
        context.contentType(file.type);
        String accepted = context.header("Accept-Encoding");
        boolean small = accepted != null && accepted.toLowerCase(Locale.ROOT).contains("gzip");
        if (small) {
            context.header("Content-Encoding", "gzip");
        }
        context.disableCompression();
        context.result(small ? file.gzipped : file.plain);
    }
}
