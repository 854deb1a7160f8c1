package dev.countersign.graph;

import dev.countersign.config.Durations;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Digest;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.YamlNode;
import dev.countersign.permit.RequestKind;
import dev.countersign.tool.ApprovalRule;
import dev.countersign.tool.RequestRule;
import dev.countersign.tool.Risk;
import dev.countersign.tool.ServerSpec;
import dev.countersign.tool.ToolPolicy;
import dev.countersign.tool.Waiting;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Reads {@code graphs/NAME.yaml}. A file that is not understood is refused with file, line and what was expected
 * ({@code CS-601}); a tool that no role names stays closed.
 *
 * <pre>
 * name: food-ordering
 * title: Family food ordering
 * prompt: |
 *   You help {user} …
 * examples: food-ordering.examples.yaml     # optional; for the offline model
 * servers:
 *   food:
 *     command: [countersign, mcp, food]     # or url: http://…, with token_from: NAME_OF_SETTING
 *     environment: [PERMIT_API_KEY]         # settings handed on; nothing else is
 *     timeout: 30s
 * roles:                                    # role at Permit: tools its holders may use; "*" is every tool, or every user
 *   parent: ["*"]
 * requests:                                 # tools that file a request at Permit; the thread then waits
 *   create_access_request: {kind: access, deadline: 7d, remind_after: 1d, escalate_after: 3d}
 * approvals:                                # tools that run only after an operation approval for just this call
 *   delete_volume:
 *     file_with: create_operation_approval
 *     resource_instance: "{volume_id}"
 *     operation: "delete_volume: {volume_id}"
 *     reason: "Delete volume {volume_id}"
 *     deadline: 1d                          # optional, as everywhere: 7d for access, 1d for an operation
 *     risk: high                            # optional, under requests too: low, medium or high, shown to reviewers
 *     risk_note: what was in it is lost     # optional: why, in one line
 * limits: {steps: 24, job_steps: 120, turn_time: 5m, job_time: 30m, window: 80, calls_per_step: 16}
 * retention: {age: 90d, count: 500}         # optional: what rests and is older, or beyond so many of its owner, is erased
 * </pre>
 */
public final class AgentFile {
    static final ErrorCode BAD_FILE = new ErrorCode("CS-601", ErrorCode.Kind.INVALID);
    private static final String GRAPH_VERSION = "1";
    private static final Set<String> TOP = Set.of(
            "name", "title", "prompt", "examples", "servers", "roles", "requests", "approvals", "limits", "retention");

    private static final Set<String> REQUEST =
            Set.of("kind", "deadline", "remind_after", "escalate_after", "risk", "risk_note");

    private static final Set<String> APPROVAL = Set.of(
            "file_with",
            "resource_instance",
            "operation",
            "reason",
            "deadline",
            "remind_after",
            "escalate_after",
            "risk",
            "risk_note");

    private static final int NOTE_CHARS_MAX = 200;

    private final Path file;
    private final Map<String, String> settings;
    private final boolean alone;

    private AgentFile(Path file, Map<String, String> settings, boolean alone) {
        this.file = file;
        this.settings = settings;
        this.alone = alone;
    }

    /**
     * Reads one agent file.
     *
     * @param settings values of the settings that the file's servers may be handed
     */
    public static AgentDefinition read(Path file, Map<String, String> settings) {
        return new AgentFile(file, settings, false).read();
    }

    /** Reads one agent file but for its servers, for runs that have no way to any: none of its settings need to be set. */
    public static AgentDefinition readWithoutServers(Path file) {
        return new AgentFile(file, Map.of(), true).read();
    }

    /** The names of the servers that an agent file gives its agent. */
    public static Set<String> serverNames(Path file) {
        return Set.copyOf(YamlNode.read(file, BAD_FILE)
                .get("servers")
                .entries("a mapping of servers")
                .keySet());
    }

    /** Reads every agent file of a folder: those named {@code *.yaml} with no further dot in the name, in name order. */
    public static List<AgentDefinition> readAll(Path folder, Map<String, String> settings) {
        List<AgentDefinition> all = new ArrayList<>();
        Set<String> names = new HashSet<>();
        try (var files = Files.list(folder)) {
            for (Path file : files.sorted().toList()) {
                if (String.valueOf(file.getFileName()).matches("[^.]+\\.yaml")) {
                    AgentDefinition agent = read(file, settings);
                    if (!names.add(agent.name())) {
                        throw new CountersignException(
                                BAD_FILE,
                                file + ": expected a name of its own, another file has '" + agent.name() + "' too");
                    }
                    all.add(agent);
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException("could not list the agents' folder " + folder, e);
        }
        return all;
    }

    private AgentDefinition read() {
        YamlNode root = YamlNode.read(file, BAD_FILE);
        root.entries("an agent", TOP);
        YamlNode name = root.get("name");
        if (!name.text("a name").matches("[a-z0-9][a-z0-9-]{0,63}")) {
            throw name.expected("a name of lower-case letters, digits and -");
        }
        return new AgentDefinition(
                name.text("a name"),
                root.get("title").text("a title"),
                root.get("prompt").text("the system prompt"),
                root.find("examples").map(this::beside),
                alone ? List.of() : servers(root.get("servers")),
                policy(root),
                root.find("limits").map(AgentFile::limits).orElse(Limits.DEFAULTS),
                root.find("retention").map(AgentFile::retention).orElse(Retention.FOREVER),
                Digest.of(GRAPH_VERSION, content()));
    }

    private String content() {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path beside(YamlNode node) {
        Path path = file.resolveSibling(node.text("a file beside this one"));
        if (!Files.isRegularFile(path)) {
            throw node.expected("a file that exists beside this one");
        }
        return path;
    }

    private List<ServerSpec> servers(YamlNode node) {
        List<ServerSpec> servers = new ArrayList<>();
        node.entries("a mapping of servers").forEach((name, server) -> servers.add(server(name, server)));
        if (servers.isEmpty()) {
            throw node.expected("at least one server");
        }
        return servers;
    }

    private ServerSpec server(String name, YamlNode node) {
        node.entries("a server", Set.of("command", "url", "token_from", "environment", "set", "timeout"));
        Optional<YamlNode> command = node.find("command");
        Optional<YamlNode> url = node.find("url");
        if (command.isPresent() == url.isPresent()) {
            throw node.complaint("expected either a command or a url for server " + name);
        }
        Map<String, String> environment = new HashMap<>();
        node.find("environment").ifPresent(names -> handOn(names, environment));
        node.find("set")
                .ifPresent(set -> set.entries("a mapping of variables")
                        .forEach((variable, value) -> environment.put(variable, value.text("a value"))));
        return new ServerSpec(
                name,
                command.map(list -> texts(list, "a list of program and arguments"))
                        .orElse(List.of()),
                url.map(AgentFile::url),
                environment,
                node.find("token_from").map(this::setting),
                node.find("timeout").map(AgentFile::duration).orElse(Duration.ofSeconds(60)));
    }

    private void handOn(YamlNode names, Map<String, String> environment) {
        for (String setting : texts(names, "a list of settings to hand on")) {
            String value = settings.get(setting);
            if (value != null) {
                environment.put(setting, value);
            }
        }
    }

    private String setting(YamlNode node) {
        String value = settings.get(node.text("the name of a setting"));
        if (value == null) {
            throw node.expected("the name of a setting that is set");
        }
        return value;
    }

    private static URI url(YamlNode node) {
        try {
            URI url = URI.create(node.text("a URL"));
            if (url.getHost() != null && String.valueOf(url.getScheme()).matches("https?")) {
                return url;
            }
        } catch (IllegalArgumentException e) {
            throw node.expected("an http or https URL");
        }
        throw node.expected("an http or https URL");
    }

    private static ToolPolicy policy(YamlNode root) {
        Map<String, Set<String>> allowed = new HashMap<>();
        root.get("roles")
                .entries("a mapping of roles to lists of tools")
                .forEach((role, tools) -> allowed.put(role, new HashSet<>(texts(tools, "a list of tools"))));
        Map<String, Risk> risks = new HashMap<>();
        List<RequestRule> requests = new ArrayList<>();
        root.find("requests")
                .ifPresent(node -> node.entries("a mapping of tools").forEach((tool, rule) -> {
                    rule.entries("a request rule", REQUEST);
                    RequestKind kind = kind(rule.get("kind"));
                    requests.add(new RequestRule(tool, kind, waiting(rule, kind)));
                    risk(rule).ifPresent(risk -> risks.put(tool, risk));
                }));
        List<ApprovalRule> approvals = new ArrayList<>();
        root.find("approvals")
                .ifPresent(node -> node.entries("a mapping of tools").forEach((tool, rule) -> {
                    approvals.add(approval(tool, rule));
                    risk(rule).ifPresent(risk -> risks.put(tool, risk));
                }));
        try {
            return new ToolPolicy(allowed, requests, approvals, risks);
        } catch (IllegalArgumentException e) {
            throw root.complaint(String.valueOf(e.getMessage()));
        }
    }

    private static ApprovalRule approval(String tool, YamlNode rule) {
        rule.entries("an approval rule", APPROVAL);
        try {
            return new ApprovalRule(
                    tool,
                    rule.get("file_with").text("a tool"),
                    rule.get("resource_instance").text("a template"),
                    rule.get("operation").text("a template"),
                    rule.get("reason").text("a template"),
                    waiting(rule, RequestKind.OPERATION));
        } catch (IllegalArgumentException e) {
            throw rule.complaint(String.valueOf(e.getMessage()));
        }
    }

    private static Optional<Risk> risk(YamlNode rule) {
        Optional<YamlNode> note = rule.find("risk_note");
        Optional<YamlNode> stated = rule.find("risk");
        if (stated.isEmpty()) {
            note.ifPresent(alone -> {
                throw alone.complaint("expected a risk beside risk_note, got none");
            });
            return Optional.empty();
        }
        return Optional.of(
                new Risk(level(stated.get()), note.map(AgentFile::oneLine).orElse(null)));
    }

    private static Risk.Level level(YamlNode node) {
        String word = node.text("low, medium or high");
        for (Risk.Level level : Risk.Level.values()) {
            if (level.word().equals(word)) {
                return level;
            }
        }
        throw node.expected("low, medium or high");
    }

    private static String oneLine(YamlNode node) {
        String text = node.text("one line of text").strip();
        if (text.length() > NOTE_CHARS_MAX || text.lines().count() > 1) {
            throw node.expected("one line of at most " + NOTE_CHARS_MAX + " characters");
        }
        return text;
    }

    private static Waiting waiting(YamlNode rule, RequestKind kind) {
        Duration deadline = rule.find("deadline").map(AgentFile::duration).orElseGet(() -> Waiting.deadlineOf(kind));
        return new Waiting(deadline, within(deadline, rule, "remind_after"), within(deadline, rule, "escalate_after"));
    }

    private static @Nullable Duration within(Duration deadline, YamlNode rule, String name) {
        Optional<YamlNode> given = rule.find(name);
        Duration after = given.map(AgentFile::duration).orElse(null);
        if (after != null && after.compareTo(deadline) >= 0) {
            throw given.orElseThrow().expected("a time below the deadline of " + deadline.toSeconds() + "s");
        }
        return after;
    }

    private static RequestKind kind(YamlNode node) {
        return switch (node.text("access or operation")) {
            case "access" -> RequestKind.ACCESS;
            case "operation" -> RequestKind.OPERATION;
            default -> throw node.expected("access or operation");
        };
    }

    private static Limits limits(YamlNode node) {
        node.entries(
                "limits",
                Set.of(
                        "steps",
                        "job_steps",
                        "turn_time",
                        "job_time",
                        "window",
                        "window_tokens",
                        "summary_tokens",
                        "calls_per_step"));
        Limits otherwise = Limits.DEFAULTS;
        return new Limits(
                node.find("steps").map(n -> n.number("steps", 1, 200)).orElse(otherwise.steps()),
                node.find("job_steps")
                        .map(n -> n.number("job_steps", 1, 10_000))
                        .orElse(otherwise.jobSteps()),
                node.find("turn_time").map(AgentFile::duration).orElse(otherwise.turnTime()),
                node.find("job_time").map(AgentFile::duration).orElse(otherwise.jobTime()),
                node.find("window").map(n -> n.number("window", 4, 2_000)).orElse(otherwise.window()),
                node.find("window_tokens")
                        .map(n -> n.number("window_tokens", 500, 10_000_000))
                        .orElse(otherwise.windowTokens()),
                node.find("calls_per_step")
                        .map(n -> n.number("calls_per_step", 1, 100))
                        .orElse(otherwise.callsPerStep()),
                node.find("summary_tokens")
                        .map(n -> n.number("summary_tokens", 100, 2_000))
                        .orElse(otherwise.summaryTokens()));
    }

    private static Retention retention(YamlNode node) {
        if (node.entries("retention", Set.of("age", "count")).isEmpty()) {
            throw node.expected("an age, a count or both");
        }
        return new Retention(
                node.find("age").map(AgentFile::duration).orElse(null),
                node.find("count").map(n -> n.number("count", 1, 1_000_000)).orElse(null));
    }

    private static Duration duration(YamlNode node) {
        return Durations.parse(node.text("a time"))
                .filter(time -> !time.isZero())
                .orElseThrow(() -> node.expected("a time above zero such as 30s, 10m, 12h or 7d"));
    }

    private static List<String> texts(YamlNode node, String what) {
        List<String> texts = new ArrayList<>();
        for (YamlNode item : node.items(what)) {
            texts.add(item.text(what));
        }
        return texts;
    }
}
