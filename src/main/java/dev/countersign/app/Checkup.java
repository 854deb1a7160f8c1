package dev.countersign.app;

import dev.countersign.account.SigningKey;
import dev.countersign.config.Config;
import dev.countersign.config.ModelConfig;
import dev.countersign.config.PermitConfig;
import dev.countersign.core.CountersignException;
import dev.countersign.db.Database;
import dev.countersign.graph.AgentDefinition;
import dev.countersign.model.Models;
import dev.countersign.model.Phrasebook;
import dev.countersign.permit.Finding;
import dev.countersign.permit.Finding.Level;
import dev.countersign.permit.PermitDoctor;
import dev.countersign.tool.ServerSpec;
import dev.countersign.tool.ToolClient;
import dev.countersign.tool.ToolClients;
import dev.langchain4j.model.chat.ChatModel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.NotDirectoryException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Looks at everything a server would need. Each thing becomes a finding; nothing is thrown and no secret is shown. */
public final class Checkup {
    private static final String STORE_IN_USE = "CS-201";
    private static final String STATE = "state folder";

    private final Config config;
    private final List<Finding> findings = new ArrayList<>();

    private Checkup(Config config) {
        this.config = config;
    }

    public static List<Finding> of(Config config) {
        Checkup checkup = new Checkup(config);
        checkup.stateFolder();
        checkup.store();
        checkup.findings.addAll(PermitDoctor.examine(config.permit()));
        checkup.findings.add(Webhooks.finding(config.permit()));
        checkup.findings.add(NotifyFindings.settings(config.notifications()));
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

    /** Keys and tokens live there: whoever else can enter it can act as everybody. */
    private void stateFolder() {
        Path folder = config.store().stateDir();
        if (Files.notExists(folder)) {
            findings.add(new Finding(Level.OK, STATE, folder + " is not there yet; the first start makes it", ""));
            return;
        }
        findings.add(attempt(STATE, "Give it to the user who runs the server: chown, and chmod 700.", () -> {
            if (!Files.isDirectory(folder) || !Files.isReadable(folder) || !Files.isWritable(folder)) {
                throw new UncheckedIOException(
                        new NotDirectoryException(folder + " is no folder that can be read and written"));
            }
            if (Files.exists(folder.resolve(SigningKey.FILE))) {
                SigningKey.in(folder);
            }
            return folder + " can be read and written";
        }));
    }

    private Finding unusedStore() {
        Optional<Path> file = h2File();
        if (file.filter(Files::notExists).isPresent()) {
            return new Finding(Level.OK, "store", "there is none yet; the first start makes " + file.get(), "");
        }
        try (Database opened = Database.open(config.store())) {
            opened.barrier();
            NotifyFindings.givenUp(opened).ifPresent(findings::add);
            String who = opened.isExclusive() ? "no server runs on it" : "other nodes may run on it";
            return new Finding(
                    Level.OK,
                    "store",
                    config.store().place() + " opens; " + who + "; durability: " + opened.durability(),
                    "");
        } catch (CountersignException e) {
            String advice = e.code().id().equals(STORE_IN_USE)
                    ? "Stop the process that owns it, or give this one another COUNTERSIGN_DB_URL."
                    : "Check COUNTERSIGN_DB_URL, its user and password, and who may write there.";
            return new Finding(Level.FAIL, "store", e.detail(), advice);
        }
    }

    private Optional<Path> h2File() {
        String url = config.store().url();
        String start = "jdbc:h2:file:";
        return url.startsWith(start)
                ? Optional.of(Path.of(url.substring(start.length()).replaceFirst(";.*", "") + ".mv.db"))
                : Optional.empty();
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

    /** Starts each agent's servers, aside: with a state folder and, without a key, a Permit that are thrown away again. */
    private void agents() {
        List<AgentDefinition> agents = new ArrayList<>();
        try (Closers closers = new Closers()) {
            Path aside = Files.createTempDirectory("countersign-doctor");
            closers.add(() -> Folders.delete(aside));
            Map<String, String> settings = PermitPlace.settings(permit(closers), aside);
            findings.add(attempt("agents", "Mend the file that is named.", () -> {
                agents.addAll(AgentOutfits.definitions(config, settings));
                return agents.size() + " in " + config.graphs() + ": "
                        + String.join(
                                ", ", agents.stream().map(AgentDefinition::name).toList());
            }));
            agents.forEach(this::servers);
        } catch (IOException e) {
            findings.add(new Finding(Level.FAIL, "agents", "no temporary folder: " + e, "Check java.io.tmpdir."));
        }
    }

    private PermitConfig permit(Closers closers) {
        return config.permit().hasKey()
                ? config.permit()
                : PermitPlace.passing(config, SystemSources.clock(), closers).config();
    }

    private void servers(AgentDefinition agent) {
        String names =
                String.join(", ", agent.servers().stream().map(ServerSpec::name).toList());
        findings.add(attempt(
                "servers of " + agent.name(),
                "Run the command of that server's entry in " + config.graphs() + " by hand to see what it says.",
                () -> {
                    try (ToolClient tools = ToolClients.connect(agent.servers(), AgentOutfits.selfCommand())) {
                        return names + ": " + tools.tools().size() + " tools";
                    }
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
            return new Finding(Level.FAIL, what, words(e), advice);
        }
    }

    private static String words(RuntimeException failure) {
        return failure instanceof UncheckedIOException io
                ? String.valueOf(
                        io.getCause() == null ? io.getMessage() : io.getCause().getMessage())
                : String.valueOf(failure.getMessage());
    }
}
