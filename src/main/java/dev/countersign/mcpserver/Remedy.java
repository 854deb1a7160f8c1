package dev.countersign.mcpserver;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What would lift a refusal: a tool to call, the arguments that are known, and what only the user can say.
 *
 * @param arguments as the tool wants them, without what the user still has to say
 * @param askUserFor names of the parameters that must come from the user's own words; never to be invented
 */
public record Remedy(String tool, Map<String, Object> arguments, List<String> askUserFor) {
    public Remedy {
        arguments = Map.copyOf(arguments);
        askUserFor = List.copyOf(askUserFor);
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("tool", tool);
        json.put("arguments", arguments);
        json.put("ask_user_for", askUserFor);
        return json;
    }
}
