package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** What a server answers over a plain socket, where any bytes can be sent. */
record RawAnswer(int status, String text) {
    private static final int PATIENCE_MILLIS = 20_000;
    private static final int CHUNK = 2_000;

    /** Sends an entry of the corpus as it stands. */
    static RawAnswer to(Map<String, String> words, JsonNode entry) throws IOException {
        int port = Integer.parseInt(words.getOrDefault("port", ""));
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            socket.setSoTimeout(PATIENCE_MILLIS);
            OutputStream out = socket.getOutputStream();
            try {
                out.write(bytes(words, entry));
                for (int i = 0; i < entry.path("chunks").asInt(); i++) {
                    String size = Integer.toHexString(CHUNK);
                    out.write((size + "\r\n" + "x".repeat(CHUNK) + "\r\n").getBytes(StandardCharsets.US_ASCII));
                }
                out.flush();
                socket.shutdownOutput();
            } catch (SocketException e) {
                // Refused before all of it was sent: the answer is on its way, or has been lost, which the caller sees.
                assert e != null;
            }
            return read(socket);
        }
    }

    private static RawAnswer read(Socket socket) throws IOException {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        try {
            socket.getInputStream().transferTo(all);
        } catch (SocketException e) {
            // A server that closes while bytes are on their way resets the connection; what came before counts.
            assert e != null;
        }
        String text = all.toString(StandardCharsets.UTF_8);
        return new RawAnswer(text.startsWith("HTTP/1.1 ") ? Integer.parseInt(text.substring(9, 12)) : 0, text);
    }

    private static byte[] bytes(Map<String, String> words, JsonNode entry) throws IOException {
        if (entry.has("raw")) {
            String raw = filled(words, entry.path("raw").asText());
            return raw.replace("\n", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
        }
        byte[] body = body(entry);
        Map<String, String> headers = new LinkedHashMap<>();
        headers.put("Host", "127.0.0.1:" + words.get("port"));
        headers.put("Connection", "close");
        String login = entry.path("login").asText("henry");
        if (!login.equals("none")) {
            headers.put("Authorization", "Bearer " + words.get(login));
        }
        boolean sends = entry.has("body") || entry.has("hex") || entry.has("pad");
        if (entry.has("chunks")) {
            headers.put("Transfer-Encoding", "chunked");
        } else if (sends) {
            headers.put("Content-Length", Integer.toString(body.length));
        }
        if (sends || entry.has("chunks")) {
            headers.put("Content-Type", "application/json");
        }
        entry.path("headers")
                .properties()
                .forEach(header -> headers.put(
                        header.getKey(), filled(words, header.getValue().asText())));
        if (entry.has("pad_header")) {
            headers.put("X-Long", "x".repeat(entry.path("pad_header").asInt()));
        }
        String target = filled(words, entry.path("at").asText())
                + "a".repeat(entry.path("pad_target").asInt());
        StringBuilder head = new StringBuilder(target + " HTTP/1.1\r\n");
        headers.forEach(
                (name, value) -> head.append(name).append(": ").append(value).append("\r\n"));
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        all.write(head.append("\r\n").toString().getBytes(StandardCharsets.ISO_8859_1));
        all.write(body);
        return all.toByteArray();
    }

    private static byte[] body(JsonNode entry) {
        if (entry.has("hex")) {
            return HexFormat.of().parseHex(entry.path("hex").asText());
        }
        JsonNode pad = entry.path("pad");
        String text = pad.isObject()
                ? pad.path("before").asText()
                        + pad.path("text").asText().repeat(pad.path("times").asInt())
                        + pad.path("after").asText()
                : entry.path("body").asText();
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static String filled(Map<String, String> words, String text) {
        String filled = text;
        for (Map.Entry<String, String> word : words.entrySet()) {
            filled = filled.replace("{" + word.getKey() + "}", word.getValue());
        }
        return filled;
    }

    String body() {
        int end = text.indexOf("\r\n\r\n");
        return end < 0 ? "" : text.substring(end + 4);
    }

    JsonNode json() {
        return body().startsWith("{") ? Json.read(body()) : Json.object();
    }

    /** A header's value; empty when it is not there. */
    String header(String name) {
        return text.substring(0, Math.max(0, text.indexOf("\r\n\r\n")))
                .lines()
                .filter(line -> line.toLowerCase(Locale.ROOT).startsWith(name + ": "))
                .map(line -> line.substring(name.length() + 2))
                .findFirst()
                .orElse("");
    }
}
