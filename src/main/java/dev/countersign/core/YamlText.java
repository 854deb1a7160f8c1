package dev.countersign.core;

import com.fasterxml.jackson.databind.JsonNode;
import org.snakeyaml.engine.v2.api.Load;
import org.snakeyaml.engine.v2.api.LoadSettings;

/** YAML of our own making as JSON: for documents that are written by hand in the one and read by machines in the other. */
public final class YamlText {
    private YamlText() {}

    /**
     * The one document in the text.
     *
     * @throws org.snakeyaml.engine.v2.exceptions.YamlEngineException when it is not YAML, or says a key twice
     */
    public static JsonNode json(String text) {
        Load load = new Load(LoadSettings.builder().setAllowDuplicateKeys(false).build());
        return Json.mapper().valueToTree(load.loadFromString(text));
    }
}
