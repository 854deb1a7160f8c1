package dev.countersign.secondagent;

import java.io.BufferedReader;
import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The program: {@code VolumeServer STATE_FILE}. One JSON-RPC message a line on standard input, answers on standard output. */
public final class VolumeServer {
    private static final String ID_SCHEMA =
            "\"volume_id\":{\"type\":\"string\",\"minLength\":1,\"description\":\"Id of the volume, such as vol-1\"}";
    private static final String TOOLS = """
            {"tools":[
              {"name":"list_volumes","description":"Lists the storage volumes with their ids, names and sizes.",
               "inputSchema":{"type":"object","properties":{}},
               "annotations":{"readOnlyHint":true}},
              {"name":"describe_volume","description":"Shows one storage volume.",
               "inputSchema":{"type":"object","properties":{%1$s},"required":["volume_id"]},
               "annotations":{"readOnlyHint":true}},
              {"name":"resize_volume","description":"Changes a storage volume's size.",
               "inputSchema":{"type":"object","properties":{%1$s,
                 "size_gb":{"type":"integer","minimum":1,"maximum":16384,"description":"New size in gigabytes"}},
                 "required":["volume_id","size_gb"]},
               "annotations":{"readOnlyHint":false,"idempotentHint":true,"destructiveHint":false}},
              {"name":"delete_volume","description":"Deletes a storage volume and everything on it, for good.",
               "inputSchema":{"type":"object","properties":{%1$s},"required":["volume_id"]},
               "annotations":{"readOnlyHint":false,"idempotentHint":false,"destructiveHint":true}}]}
            """.formatted(ID_SCHEMA);

    private final VolumeStore store;

    private VolumeServer(VolumeStore store) {
        this.store = store;
    }

    /** Serves until its input ends. */
    public static void main(String[] args) throws IOException {
        VolumeServer server = new VolumeServer(new VolumeStore(Path.of(args[0])));
        var in = new BufferedReader(
                new InputStreamReader(new FileInputStream(FileDescriptor.in), StandardCharsets.UTF_8));
        var out = new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8);
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            String answer = server.answer(MiniJson.object(MiniJson.parse(line)));
            if (answer != null) {
                out.println(answer);
            }
        }
    }

    private @Nullable String answer(Map<String, @Nullable Object> message) {
        Object id = message.get("id");
        if (id == null) {
            return null;
        }
        Map<String, @Nullable Object> params = MiniJson.object(message.get("params"));
        Object result = switch (String.valueOf(message.get("method"))) {
            case "initialize" -> introduction(params);
            case "ping" -> Map.of();
            case "tools/list" -> MiniJson.parse(TOOLS);
            case "tools/call" -> call(String.valueOf(params.get("name")), MiniJson.object(params.get("arguments")));
            default -> null;
        };
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("jsonrpc", "2.0");
        answer.put("id", id);
        if (result == null) {
            answer.put("error", Map.of("code", -32601, "message", "no such method"));
        } else {
            answer.put("result", result);
        }
        return MiniJson.write(answer);
    }

    private static Map<String, Object> introduction(Map<String, @Nullable Object> params) {
        return Map.of(
                "protocolVersion",
                String.valueOf(params.get("protocolVersion")),
                "capabilities",
                Map.of("tools", Map.of()),
                "serverInfo",
                Map.of("name", "volumes", "version", "1"));
    }

    private @Nullable Object call(String tool, Map<String, @Nullable Object> arguments) {
        String id = String.valueOf(arguments.get("volume_id"));
        return switch (tool) {
            case "list_volumes" ->
                text(MiniJson.write(
                        store.volumes().values().stream().map(VolumeServer::map).toList()));
            case "describe_volume" -> {
                VolumeStore.Volume volume = store.volumes().get(id);
                yield volume == null ? missing(id) : text(MiniJson.write(map(volume)));
            }
            case "resize_volume" -> {
                long size = arguments.get("size_gb") instanceof Number number ? number.longValue() : 0;
                yield store.resize(id, size) ? text("Volume " + id + " now has " + size + " GB.") : missing(id);
            }
            case "delete_volume" -> {
                VolumeStore.Volume gone = store.delete(id);
                yield gone == null ? missing(id) : text("Volume " + id + " (" + gone.name() + ") is deleted.");
            }
            default -> null;
        };
    }

    private static Map<String, Object> map(VolumeStore.Volume volume) {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("volume_id", volume.id());
        map.put("name", volume.name());
        map.put("size_gb", volume.sizeGb());
        return map;
    }

    private static Map<String, Object> text(String text) {
        return Map.of("content", List.of(Map.of("type", "text", "text", text)));
    }

    private static Map<String, Object> missing(String id) {
        return Map.of(
                "isError", true, "content", List.of(Map.of("type", "text", "text", "There is no volume " + id + ".")));
    }
}
