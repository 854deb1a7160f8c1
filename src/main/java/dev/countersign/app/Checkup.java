package dev.countersign.app;

import dev.countersign.config.Config;
import dev.countersign.config.ModelConfig;
import dev.countersign.core.CountersignException;
import dev.countersign.db.Database;
import dev.countersign.graph.AgentDefinition;
import dev.countersign.model.Models;
import dev.countersign.model.Phrasebook;
import dev.countersign.permit.Finding;
import dev.countersign.permit.Finding.Level;
import dev.countersign.permit.PermitDoctor;
import dev.langchain4j.model.chat.ChatModel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Looks at everything a server would need. Each thing becomes a finding; nothing is thrown and no secret is shown. */
public final class Checkup {
    private static final String STORE_IN_USE = "CS-201";

    private final Config config;
    private final List<Finding> findings = new ArrayList<>();

    private Checkup(Config config) {
        this.config = config;
    }

    public static List<Finding> of(Config config) {
        Checkup checkup = new Checkup(config);
        checkup.store();
        checkup.findings.addAll(PermitDoctor.examine(config.permit()));
        checkup.model();
        checkup.agents();
        return List.copyOf(checkup.findings);
    }

    private void store() {
        findings.add(new ServerNote(config.store().stateDir())
                .answering()
                .map(url -> new Finding(Level.OK, "server", "one runs on this store at " + url, ""))
                .orElseGet(this::unusedStore));
    }

    private Finding unusedStore() {
        try (Database opened = Database.open(config.store())) {
            opened.barrier();
            return new Finding(Level.OK, "store", config.store().url() + " opens; no server runs on it", "");
        } catch (CountersignException e) {
            String advice = e.code().id().equals(STORE_IN_USE)
                    ? "Stop the process that owns it, or give this one another COUNTERSIGN_DB_URL."
                    : "Check COUNTERSIGN_DB_URL, its user and password, and who may write there.";
            return new Finding(Level.FAIL, "store", e.detail(), advice);
        }
    }

    private void model() {
        ModelConfig model = config.model();
        if (model.provider() == ModelConfig.Provider.OFFLINE) {
            findings.add(new Finding(
                    Level.WARN,
                    "model",
                    AgentOutfits.words(model),
                    "Set OPENAI_API_KEY, or OPENAI_BASE_URL for another OpenAI-compatible endpoint."));
            return;
        }
        findings.add(attempt("model", "Check OPENAI_API_KEY, OPENAI_BASE_URL and OPENAI_MODEL.", () -> {
            ChatModel chat = Models.create(model, Phrasebook.empty());
            chat.chat("Answer with the word ready.");
            return model.model() + " at " + model.baseUrl() + " answers";
        }));
    }

    private void agents() {
        findings.add(attempt("agents", "Mend the file that is named.", () -> {
            List<AgentDefinition> agents = AgentOutfits.definitions(config, Map.of());
            return agents.size() + " in " + config.graphs() + ": "
                    + String.join(
                            ", ", agents.stream().map(AgentDefinition::name).toList());
        }));
    }

    /** Something that says what it saw, or throws. */
    @FunctionalInterface
    private interface Look {
        String see();
    }

    private static Finding attempt(String what, String advice, Look look) {
        try {
            return new Finding(Level.OK, what, look.see(), "");
        } catch (RuntimeException e) {
            return new Finding(Level.FAIL, what, String.valueOf(e.getMessage()), advice);
        }
    }
}
