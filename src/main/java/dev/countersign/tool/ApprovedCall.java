package dev.countersign.tool;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Digest;
import dev.countersign.core.Json;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A call that an approval is bound to, and what it was asked under. Whether it is still the same call is a pure question: no I/O,
 * no clock; equal questions get equal answers. What is not known does not speak against it, as long as the call fits.
 *
 * @param arguments canonical JSON
 * @param resourceInstance what the approval was asked for; null when that is not known
 * @param operation likewise
 * @param terms what it was asked under; null for one from before that was kept
 */
public record ApprovedCall(
        String tool,
        String arguments,
        @Nullable String resourceInstance,
        @Nullable String operation,
        @Nullable Terms terms) {
    private static final Set<String> WORDS = Set.of("description", "title", "examples", "$comment");

    /** Keywords under which stands what a value may be, word for word. */
    private static final Set<String> VALUES = Set.of("enum", "const", "default");

    /** Keywords under which names stand that people chose, and schemas under these. */
    private static final Set<String> NAMED = Set.of("properties", "patternProperties", "$defs", "definitions");

    /**
     * What a call was asked under.
     *
     * @param server that offered the tool
     * @param reading digest of what the tool's schema said of its arguments, see {@link #reading}; a whole one in hexadecimal where an
     *     earlier program asked
     * @param roles of the user, by name
     */
    public record Terms(String server, String reading, List<String> roles) {
        public Terms {
            roles = List.copyOf(roles);
        }
    }

    /** What a call is asked under now; empty when the tool or the roles are not known. */
    public static Optional<Terms> termsOf(
            UserRoles roles, List<ToolInfo> catalogue, String tool, String canonicalArguments) {
        return GateRules.find(catalogue, tool)
                .filter(info -> roles instanceof UserRoles.Known)
                .map(info -> new Terms(
                        info.server(),
                        reading(info.inputSchema(), Json.read(canonicalArguments)),
                        ((UserRoles.Known) roles).names().stream().sorted().toList()));
    }

    /**
     * The digest of what a schema says of these arguments: descriptions and examples are words for models, and a property that
     * the call does not use says nothing of it.
     */
    static String reading(JsonNode schema, JsonNode arguments) {
        return Digest.brief(read(schema, arguments));
    }

    /** Whether the recorded digest is of what the schema says of these arguments. */
    static boolean isReading(String recorded, JsonNode schema, JsonNode arguments) {
        String read = read(schema, arguments);
        return recorded.equals(Digest.brief(read)) || recorded.equals(Digest.of(read));
    }

    private static String read(JsonNode schema, JsonNode arguments) {
        JsonNode bare = withoutWords(schema);
        if (bare instanceof ObjectNode top) {
            top.remove("required");
            if (top.get("properties") instanceof ObjectNode properties) {
                for (Iterator<String> names = properties.fieldNames(); names.hasNext(); ) {
                    if (!arguments.has(names.next())) {
                        names.remove();
                    }
                }
            }
        }
        return Json.canonical(bare);
    }

    private static JsonNode withoutWords(JsonNode schema) {
        if (schema instanceof ArrayNode list) {
            ArrayNode bare = Json.array();
            list.forEach(item -> bare.add(withoutWords(item)));
            return bare;
        }
        if (!(schema instanceof ObjectNode object)) {
            return schema;
        }
        ObjectNode bare = Json.object();
        for (Map.Entry<String, JsonNode> entry : object.properties()) {
            String keyword = entry.getKey();
            if (NAMED.contains(keyword) && entry.getValue() instanceof ObjectNode named) {
                ObjectNode all = Json.object();
                named.properties().forEach(one -> all.set(one.getKey(), withoutWords(one.getValue())));
                bare.set(keyword, all);
            } else if (!WORDS.contains(keyword)) {
                bare.set(keyword, VALUES.contains(keyword) ? entry.getValue() : withoutWords(entry.getValue()));
            }
        }
        return bare;
    }

    /** Whether it is still the call that was approved, under these rules and with these tools. */
    public Standing under(GateRules rules, List<ToolInfo> catalogue) {
        Optional<ToolInfo> info = GateRules.find(catalogue, tool);
        if (info.isEmpty()) {
            return new Standing.Closed("the tool " + tool + ", which the approval is for, is not there any more");
        }
        if (!isOpen(rules)) {
            return new Standing.Closed("the tool " + tool + " is not open any more to the roles it was asked with"
                    + (terms == null ? "" : ": " + String.join(", ", terms.roles())));
        }
        JsonNode given = Json.read(arguments);
        Optional<String> complaint = new ArgumentCheck(info.get().inputSchema()).complaint(given);
        if (complaint.isPresent()) {
            return new Standing.Changed(
                    "the approved arguments no longer fit what " + tool + " takes: " + complaint.get());
        }
        if (terms != null && !terms.server().equals(info.get().server())) {
            return new Standing.Changed("the tool " + tool + " comes from another server now: "
                    + info.get().server() + ", and came from " + terms.server());
        }
        if (terms != null && !isReading(terms.reading(), info.get().inputSchema(), given)) {
            return new Standing.Changed(
                    "the schema of " + tool + " says something else now of the arguments that were approved");
        }
        return requirement(rules, given);
    }

    private boolean isOpen(GateRules rules) {
        return terms == null
                ? rules.isOpenToAnybody(tool)
                : rules.isOffered(new UserRoles.Known(Set.copyOf(terms.roles())), tool);
    }

    /** No requirement any more is one that is met. */
    private Standing requirement(GateRules rules, JsonNode given) {
        if (rules.filesItself(tool)) {
            return new Standing.Changed("the tool " + tool + " files a request of its own now");
        }
        Optional<ApprovalRule> rule = rules.approvalOf(tool);
        if (rule.isEmpty()) {
            return new Standing.Same();
        }
        boolean same = isSame(resourceInstance, rule.get().resourceInstance(), given)
                && isSame(operation, rule.get().operation(), given);
        return same
                ? new Standing.Same()
                : new Standing.Changed("an approval of this call of " + tool
                        + " would be asked for another operation or instance now than the one that was given");
    }

    private static boolean isSame(@Nullable String asked, String template, JsonNode given) {
        return asked == null
                || new Template(template).fill(given).filter(asked::equals).isPresent();
    }
}
