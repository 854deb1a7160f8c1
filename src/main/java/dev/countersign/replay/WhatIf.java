package dev.countersign.replay;

import dev.countersign.db.ScratchStore;
import dev.countersign.graph.AgentDefinition;
import dev.countersign.tool.ToolPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Runs recorded conversations again with something otherwise: another agent's file, model or roles (promise 12). The user's words and
 * the reviewers' decisions come from the record; a tool's call that the record has ends as it did there, and any other is refused
 * with words, so that the model can go on. There is no client of a tool or of Permit, so nothing can happen and no approval is spent;
 * a model, where one is named, is all that is asked. For one user at a time; several may run beside each other.
 */
public final class WhatIf implements AutoCloseable {
    private final ScratchStore store = ScratchStore.open();

    /** Runs it as far as it goes, and tells where it differs; never throws for what the conversation does. */
    public Forecast run(Recording recording, Supposed supposed) {
        store.clear();
        return new Trial(store.database(), recording, supposed).play().noting(notes(recording, supposed));
    }

    private static List<String> notes(Recording recording, Supposed supposed) {
        List<String> notes = new ArrayList<>();
        AgentDefinition agent = supposed.agent();
        if (agent == null) {
            return notes;
        }
        boolean sameWords = recording.settings().values().stream()
                .allMatch(setting -> setting.prompt().equals(agent.prompt()));
        if (supposed.model() == null && !sameWords) {
            notes.add(
                    "the prompt is another one, and the recorded answers, which are given as long as no model is named,"
                            + " know nothing of it");
        }
        Set<String> known = new TreeSet<>();
        recording.settings().values().forEach(setting -> setting.tools().forEach(tool -> known.add(tool.name())));
        Set<String> named = new TreeSet<>(Set.of(ToolPolicy.ALL));
        agent.policy().allowed().values().forEach(named::addAll);
        named.remove(ToolPolicy.ALL);
        named.removeAll(known);
        if (!named.isEmpty()) {
            notes.add("not among the recorded tools, so not on offer here: " + String.join(", ", named));
        }
        return notes;
    }

    @Override
    public void close() {
        store.close();
    }
}
