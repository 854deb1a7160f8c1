package dev.countersign.tool;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectReader;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Digest;
import dev.countersign.core.Json;
import dev.countersign.permit.RequestKind;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * Decides about tool calls; everything that is not plainly allowed is refused. A tool is known by its exact name only: a name
 * that merely looks like one, in other letters, case or spacing, is unknown.
 *
 * <p>Pure and immutable: no I/O, no clock; equal questions get equal answers. Safe for use by many threads.
 */
public final class GateRules {
    /** Longest arguments text, in characters. */
    public static final int ARGUMENT_CHARS_MAX = 32_000;

    private static final int INSTANCE_CHARS_MAX = 256;
    private static final ObjectReader STRICT = Json.mapper()
            .reader()
            .with(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .with(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
            .with(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY);

    private final ToolPolicy policy;
    private final Map<String, RequestRule> requests;
    private final Map<String, ApprovalRule> approvals;

    public GateRules(ToolPolicy policy) {
        this.policy = policy;
        this.requests = policy.requests().stream()
                .collect(Collectors.toUnmodifiableMap(RequestRule::tool, Function.identity()));
        this.approvals = policy.approvals().stream()
                .collect(Collectors.toUnmodifiableMap(ApprovalRule::tool, Function.identity()));
    }

    /** The tools of the catalogue that a user with these roles is offered; none when the roles are not known. */
    public List<ToolInfo> offered(UserRoles roles, List<ToolInfo> catalogue) {
        return catalogue.stream().filter(tool -> isOffered(roles, tool.name())).toList();
    }

    /**
     * Judges one call.
     *
     * @param roles of the acting user, as Permit says now
     * @param catalogue every tool of the agent's servers
     * @param tool the name exactly as the model wrote it
     * @param arguments the text exactly as the model wrote it; blank means no arguments
     */
    public Verdict judge(UserRoles roles, List<ToolInfo> catalogue, String tool, String arguments) {
        if (roles instanceof UserRoles.Unavailable unavailable) {
            return new Verdict.Refuse(
                    "permissions_unavailable",
                    "It could not be checked what this user may do, so nothing was done: " + unavailable.why());
        }
        Optional<ToolInfo> known = find(catalogue, tool);
        if (known.isEmpty()) {
            return new Verdict.Refuse(
                    "unknown_tool", "There is no tool with the exact name " + Words.quoted(tool) + ".");
        }
        if (!isOffered(roles, tool)) {
            return new Verdict.Refuse(
                    "not_allowed", "The tool " + Words.quoted(tool) + " is not open to this user's roles.");
        }
        return judgeArguments(catalogue, known.get(), arguments);
    }

    /** What binds an approval to a call: the same tool with the same arguments, whatever their order and spacing. */
    public static String digest(String tool, String canonicalArguments) {
        return Digest.of(tool, canonicalArguments);
    }

    static Optional<ToolInfo> find(List<ToolInfo> catalogue, String tool) {
        return catalogue.stream().filter(one -> one.name().equals(tool)).findFirst();
    }

    /** Whether the holders of some role may use the tool. */
    boolean isOpenToAnybody(String tool) {
        return policy.allowed().keySet().stream().anyMatch(role -> opens(role, tool));
    }

    /** Whether a call of the tool is itself a request. */
    boolean filesItself(String tool) {
        return requests.containsKey(tool);
    }

    /** What a call of the tool needs before it runs; empty when that is nothing. */
    Optional<ApprovalRule> approvalOf(String tool) {
        return Optional.ofNullable(approvals.get(tool));
    }

    boolean isOffered(UserRoles roles, String tool) {
        return roles instanceof UserRoles.Known known
                && (opens(ToolPolicy.ALL, tool) || known.names().stream().anyMatch(role -> opens(role, tool)));
    }

    private boolean opens(String role, String tool) {
        Set<String> tools = policy.allowed().getOrDefault(role, Set.of());
        return tools.contains(tool) || tools.contains(ToolPolicy.ALL);
    }

    private Verdict judgeArguments(List<ToolInfo> catalogue, ToolInfo tool, String text) {
        if (text.length() > ARGUMENT_CHARS_MAX) {
            return badArguments(tool, "expected at most " + ARGUMENT_CHARS_MAX + " characters, got " + text.length());
        }
        JsonNode read;
        try {
            read = text.isBlank() ? Json.object() : STRICT.readTree(text);
        } catch (JsonProcessingException e) {
            return badArguments(tool, "expected one JSON object without repeated names, got something else");
        }
        if (!(read instanceof ObjectNode object)) {
            return badArguments(tool, "expected one JSON object, got another value");
        }
        ArgumentCheck check = new ArgumentCheck(tool.inputSchema());
        ObjectNode wanted = check.withoutUnwantedNulls(object);
        Optional<String> complaint = check.complaint(wanted);
        return complaint.isPresent() ? badArguments(tool, complaint.get()) : decide(catalogue, tool, wanted);
    }

    private static Verdict badArguments(ToolInfo tool, String complaint) {
        return new Verdict.Refuse("bad_arguments", "The call of " + tool.name() + " was not made: " + complaint + ".");
    }

    private Verdict decide(List<ToolInfo> catalogue, ToolInfo tool, ObjectNode arguments) {
        RequestRule request = requests.get(tool.name());
        if (request != null) {
            return new Verdict.File(request.kind(), tool, Json.canonical(arguments), request.waiting());
        }
        ApprovalRule approval = approvals.get(tool.name());
        return approval == null
                ? new Verdict.Run(tool, Json.canonical(arguments))
                : ask(catalogue, tool, approval, arguments);
    }

    private Verdict ask(List<ToolInfo> catalogue, ToolInfo tool, ApprovalRule rule, ObjectNode arguments) {
        RequestRule filing = requests.get(rule.filingTool());
        Optional<ToolInfo> filingTool = find(catalogue, rule.filingTool());
        if (filing == null || filing.kind() != RequestKind.OPERATION || filingTool.isEmpty()) {
            return new Verdict.Refuse(
                    "cannot_ask",
                    "This call needs an approval, and " + rule.filingTool()
                            + ", which would file it, is not available.");
        }
        Optional<String> instance = new Template(rule.resourceInstance()).fill(arguments);
        Optional<String> operation = new Template(rule.operation()).fill(arguments);
        Optional<String> reason = new Template(rule.reason()).fill(arguments);
        if (instance.isEmpty()
                || instance.get().length() > INSTANCE_CHARS_MAX
                || operation.isEmpty()
                || reason.isEmpty()) {
            return badArguments(tool, "its approval names arguments that are missing, empty, or too long");
        }
        ObjectNode filed = Json.object()
                .put("resource_instance", instance.get())
                .put("operation", operation.get())
                .put("reason", reason.get());
        String canonical = Json.canonical(arguments);
        var bound = new Verdict.BoundCall(tool, canonical, digest(tool.name(), canonical));
        return new Verdict.Ask(filing.kind(), filingTool.get(), Json.canonical(filed), bound, rule.waiting());
    }
}
