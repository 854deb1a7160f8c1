package dev.countersign.model;

import java.util.List;
import java.util.Map;

/**
 * Something that can be named in a text.
 *
 * @param slot which slot it fills
 * @param value what a tool is given: a key for what comes from a live list, else the name
 * @param name how people call it
 * @param aliases all names it goes by, the name included
 * @param implies other slots it fills
 * @param live whether it comes from a live list
 */
record Entity(String slot, String value, String name, List<String> aliases, Map<String, String> implies, boolean live) {
    Entity {
        aliases = List.copyOf(aliases);
        implies = Map.copyOf(implies);
    }
}
