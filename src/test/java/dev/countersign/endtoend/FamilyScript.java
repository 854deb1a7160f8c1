package dev.countersign.endtoend;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.model.OpenAiStub;
import java.util.Locale;

/**
 * A large language model as far as the family's story needs one, seen from its HTTP side: it reads the messages of a chat
 * completion, and looks up, calls, asks for a reason, files, waits and carries on.
 */
final class FamilyScript implements OpenAiStub.Script {
    private String tool = "";
    private ObjectNode wanted = Json.object();
    private JsonNode remedy = Json.object();
    private int calls;

    @Override
    public synchronized OpenAiStub.Answer answer(JsonNode request) {
        JsonNode messages = request.path("messages");
        JsonNode last = messages.path(messages.size() - 1);
        return last.path("role").asText().equals("user")
                ? heard(last.path("content").asText().toLowerCase(Locale.ROOT))
                : returned(calledTool(messages, last), last.path("content").asText());
    }

    private OpenAiStub.Answer heard(String words) {
        if (words.contains("menu")) {
            tool = "list_dishes";
            wanted = Json.object();
            return call("list_resource_instances", Json.object().putNull("page").putNull("per_page"));
        }
        if (words.startsWith("order ")) {
            tool = "order_dish";
            wanted = Json.object().put("dish_name", "Truffle Pasta");
            return call("list_resource_instances", Json.object().putNull("page").putNull("per_page"));
        }
        ObjectNode filing = remedy.path("arguments").deepCopy();
        return call(remedy.path("tool").asText(), filing.put("reason", words));
    }

    private OpenAiStub.Answer returned(String from, String text) {
        JsonNode result = Json.read(text);
        if (from.equals("list_resource_instances")) {
            return call(tool, wanted.put("restaurant_id", keyOf(result, "Fancy French")));
        }
        if (result.has("remedy")) {
            remedy = result.path("remedy");
            return OpenAiStub.says("For what reason?");
        }
        if (from.equals("await_decision")) {
            return result.path("status").asText().equals("approved")
                    ? call(tool, wanted)
                    : OpenAiStub.says("No: " + result.path("comment").asText());
        }
        return OpenAiStub.says("It says " + text);
    }

    private static String keyOf(JsonNode list, String name) {
        for (JsonNode one : list.path("data")) {
            if (one.path("name").asText().equals(name)) {
                return one.path("key").asText();
            }
        }
        throw new IllegalStateException("no " + name + " in " + list);
    }

    private static String calledTool(JsonNode messages, JsonNode result) {
        for (JsonNode message : messages) {
            for (JsonNode call : message.path("tool_calls")) {
                if (call.path("id").equals(result.path("tool_call_id"))) {
                    return call.path("function").path("name").asText();
                }
            }
        }
        throw new IllegalStateException("a result without its call: " + result);
    }

    private OpenAiStub.Answer call(String name, ObjectNode arguments) {
        return OpenAiStub.calls("call_" + ++calls, name, Json.write(arguments));
    }
}
