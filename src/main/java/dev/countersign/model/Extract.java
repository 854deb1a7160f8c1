package dev.countersign.model;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.langchain4j.data.message.UserMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import java.util.ArrayList;
import java.util.List;

/** The offline model's summary: it understands no text, so it keeps the beginnings of what the user said, the newest of them. */
final class Extract {
    private static final int CHARS_EACH = 100;
    private static final int CHARS_MAX = 1_200;
    private static final String OPENING = "The user said: ";

    private Extract() {}

    static String of(ChatRequest question) {
        List<String> said = new ArrayList<>();
        ((UserMessage) question.messages().get(1)).singleText().lines().forEach(line -> {
            JsonNode one = read(line);
            String before = one.path("summary_so_far").asText();
            if (before.startsWith(OPENING)) {
                said.add(before.substring(OPENING.length()));
            }
            if (one.path("role").asText().equals("user")) {
                String text = one.path("text").asText().replaceAll("\\s+", " ").strip();
                said.add(text.length() <= CHARS_EACH ? text : text.substring(0, CHARS_EACH) + "…");
            }
        });
        String all = String.join(" / ", said);
        return OPENING + (all.length() <= CHARS_MAX ? all : "… " + all.substring(all.length() - CHARS_MAX));
    }

    private static JsonNode read(String line) {
        try {
            return Json.read(line);
        } catch (CountersignException e) {
            return Json.object();
        }
    }
}
