package dev.countersign.tool;

import dev.countersign.secondagent.MiniJson;
import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/** An MCP server program that misbehaves on request; the first argument says how it starts, each tool how it goes on. */
final class RogueServer {
    private static final String[] TOOLS = {
        "echo",
        "env",
        "hang",
        "die",
        "huge",
        "monster",
        "garbage",
        "grow",
        "refuse",
        "rpc_error",
        "ask",
        "deaf",
        "pid",
        "count",
        "image",
        "nonsense"
    };

    private final BufferedReader in =
            new BufferedReader(new InputStreamReader(new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8));
    private final PrintStream out =
            new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
    private final PrintStream err =
            new PrintStream(new FileOutputStream(FileDescriptor.err), true, StandardCharsets.UTF_8);
    private final String manner;
    private boolean grown;

    private RogueServer(String manner) {
        this.manner = manner;
    }

    public static void main(String[] args) throws Exception {
        new RogueServer(args[0]).serve();
    }

    private void serve() throws Exception {
        if (manner.equals("crash")) {
            err.println("loading with key " + System.getenv("ROGUE_API_KEY"));
            err.println("no such database");
            Runtime.getRuntime().halt(3);
        }
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            Map<String, @Nullable Object> message = MiniJson.object(MiniJson.parse(line));
            Object id = message.get("id");
            if (id != null && !manner.equals("silent")) {
                handle(id, String.valueOf(message.get("method")), MiniJson.object(message.get("params")));
            }
        }
    }

    private void handle(Object id, String method, Map<String, @Nullable Object> params) throws Exception {
        switch (method) {
            case "initialize" ->
                answer(
                        id,
                        Map.of(
                                "protocolVersion",
                                "2025-06-18",
                                "capabilities",
                                Map.of("tools", Map.of("listChanged", true)),
                                "serverInfo",
                                Map.of("name", "rogue", "version", "1")));
            case "tools/list" -> answer(id, list());
            case "tools/call" -> call(id, params);
            default -> answer(id, Map.of());
        }
    }

    private Map<String, Object> list() {
        List<Map<String, Object>> tools = new java.util.ArrayList<>();
        for (String name : TOOLS) {
            tools.add(tool(name));
        }
        if (grown) {
            tools.add(tool("late"));
        }
        tools.add(tool("bad name"));
        tools.add(tool("echо")); // the last letter is Cyrillic
        tools.add(Map.of("name", "no_schema"));
        return manner.equals("endless-list") ? Map.of("tools", tools, "nextCursor", "more") : Map.of("tools", tools);
    }

    private static Map<String, Object> tool(String name) {
        Map<String, Object> properties = Map.of(
                "text", Map.of("type", "string"),
                "file", Map.of("type", "string"),
                "chars", Map.of("type", "integer", "maximum", 100_000_000));
        return Map.of(
                "name",
                name,
                "description",
                name,
                "inputSchema",
                Map.of("type", "object", "properties", properties),
                "annotations",
                Map.of("readOnlyHint", name.equals("echo"), "idempotentHint", name.equals("env")));
    }

    private void call(Object id, Map<String, @Nullable Object> params) throws Exception {
        Map<String, @Nullable Object> arguments = MiniJson.object(params.get("arguments"));
        String text = String.valueOf(arguments.get("text"));
        int chars = arguments.get("chars") instanceof Number number ? number.intValue() : 0;
        switch (String.valueOf(params.get("name"))) {
            case "echo" -> echo(id, text, params);
            case "env" -> structured(id, new TreeMap<>(System.getenv()));
            case "hang" -> {}
            case "die" -> Runtime.getRuntime().halt(9);
            case "huge" -> text(id, "ü".repeat(chars));
            case "monster" -> out.print("x".repeat(chars));
            case "garbage" -> garbage(id);
            case "grow" -> {
                grown = true;
                out.println("{\"jsonrpc\":\"2.0\",\"method\":\"notifications/tools/list_changed\"}");
                text(id, "grown");
            }
            case "refuse" ->
                answer(id, Map.of("isError", true, "content", List.of(Map.of("type", "text", "text", text))));
            case "rpc_error" ->
                out.println("{\"jsonrpc\":\"2.0\",\"id\":" + id
                        + ",\"error\":{\"code\":-32603,\"message\":\"it broke inside\"}}");
            case "ask" -> ask(id);
            case "deaf" -> new CountDownLatch(1).await();
            case "pid" -> text(id, String.valueOf(ProcessHandle.current().pid()));
            case "count" -> count(id, Path.of(String.valueOf(arguments.get("file"))));
            case "image" ->
                answer(
                        id,
                        Map.of(
                                "content",
                                List.of(
                                        Map.of("type", "image", "data", "AA=="),
                                        Map.of("type", "text", "text", "seen"))));
            default -> answer(id, Map.of("neither", "fish"));
        }
    }

    private void echo(Object id, String text, Map<String, @Nullable Object> params) {
        Map<String, @Nullable Object> seen = new LinkedHashMap<>();
        seen.put("text", text);
        seen.put("meta", params.get("_meta"));
        structured(id, seen);
    }

    private void garbage(Object id) {
        for (String line : new String[] {
            "Listening on stdio...",
            "",
            "[]",
            "null",
            "7",
            "[[[",
            "{\"id\":{},\"result\":{}}",
            "{\"id\":987654,\"result\":{}}",
            "{\"method\":null}",
            "{\"method\":\"notifications/nobody/knows\"}",
            "{\"method\":\"notifications/progress\"}",
            "{\"method\":\"notifications/message\",\"params\":[]}",
            "\u0000\u001b[31m"
        }) {
            out.println(line);
        }
        text(id, "after the garbage");
    }

    private void ask(Object id) throws IOException {
        out.println("{\"jsonrpc\":\"2.0\",\"id\":\"q1\",\"method\":\"elicitation/create\",\"params\":{}}");
        String first = in.readLine();
        out.println("{\"jsonrpc\":\"2.0\",\"id\":\"q2\",\"method\":\"ping\"}");
        text(id, first + "\n" + in.readLine());
    }

    private void count(Object id, Path file) throws IOException {
        Files.writeString(file, "x", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        text(id, "counted");
    }

    private void structured(Object id, Map<String, ? extends @Nullable Object> content) {
        answer(id, Map.of("structuredContent", content, "content", List.of()));
    }

    private void text(Object id, String text) {
        answer(id, Map.of("content", List.of(Map.of("type", "text", "text", text))));
    }

    private void answer(Object id, Object result) {
        Map<String, Object> message = new LinkedHashMap<>();
        message.put("jsonrpc", "2.0");
        message.put("id", id);
        message.put("result", result);
        out.println(MiniJson.write(message));
    }
}
