package dev.countersign.model;

import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Phrases for a tool that came with few or no examples, made from its name, description and required parameters. */
final class GuessedPhrases {
    private static final int DESCRIPTION_MAX_WORDS = 20;

    private GuessedPhrases() {}

    static List<String> of(ToolSpecification tool) {
        List<String> words = Arrays.stream(tool.name().split("[_\\-.]|(?<=[a-z])(?=[A-Z])"))
                .map(word -> word.toLowerCase(java.util.Locale.ROOT).replaceAll("[^\\p{L}\\p{N}]", ""))
                .filter(word -> !word.isEmpty())
                .toList();
        String verb = words.get(0);
        String noun = String.join(" ", words.subList(1, words.size()));
        String slots = slots(tool.parameters());
        List<String> phrases = new ArrayList<>();
        phrases.add(verb + " " + noun);
        phrases.add(verb + " the " + noun + " " + slots);
        phrases.add("[can you|i want to|please] " + verb + " [the|all|my] " + noun);
        if (!slots.isEmpty()) {
            phrases.add("[please|i want to] " + verb + " " + slots);
            phrases.add("[please] " + verb + " " + noun + " " + slots + " [because {reason}]");
        }
        if (new ToolSchema(tool).isLister()) {
            phrases.add("[please] (show|list|give|tell) me [all] [the|my] " + noun);
            phrases.add("(which|what) " + noun + " (are there|do we have|exist|are available)");
        }
        String description = description(tool.description());
        if (!description.isEmpty()) {
            phrases.add(description);
        }
        return phrases.stream()
                .map(phrase -> phrase.replaceAll("\\s+", " ").strip())
                .toList();
    }

    private static String slots(@Nullable JsonObjectSchema schema) {
        if (schema == null || schema.required() == null) {
            return "";
        }
        return schema.required().stream()
                .map(SlotName::ofParameter)
                .filter(slot -> !slot.equals(SlotName.REASON))
                .map(slot -> "{" + slot + "}")
                .collect(Collectors.joining(" "));
    }

    private static String description(@Nullable String text) {
        if (text == null) {
            return "";
        }
        List<String> words = Tokens.plain(text.split("[.\\n;:(]")[0]);
        return String.join(" ", words.subList(0, Math.min(words.size(), DESCRIPTION_MAX_WORDS)))
                .replaceAll("[?{}]", " ")
                .strip();
    }
}
