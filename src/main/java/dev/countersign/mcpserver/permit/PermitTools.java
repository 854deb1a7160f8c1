package dev.countersign.mcpserver.permit;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.mcpserver.Identity;
import dev.countersign.mcpserver.ToolDefinition;
import dev.countersign.permit.Permit;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Permit's Access Request tools for any MCP server of the Java SDK: ask for access, ask for one use of an operation, decide,
 * withdraw, look. All twelve are there unless they are left out by name; own tools go beside them and are called with the
 * same identity and checks. Permit decides at each call what the acting user may do, so leaving a tool out only tidies a list.
 *
 * <pre>{@code
 * PermitTools.over(permit, Identity.boundByHost())
 *         .beside(List.of(myTool))
 *         .without(List.of("approve_access_request"))
 *         .registerOn(server);
 * }</pre>
 *
 * Immutable; safe for use by many threads.
 */
public final class PermitTools {
    private static final ErrorCode BAD_TOOLS = new ErrorCode("CS-451", ErrorCode.Kind.INVALID);

    private final Identity identity;
    private final Map<String, ToolDefinition> tools;

    private PermitTools(Identity identity, Map<String, ToolDefinition> tools) {
        this.identity = identity;
        this.tools = tools;
    }

    /** All of Permit's tools. */
    public static PermitTools over(Permit permit, Identity identity) {
        List<ToolDefinition> all = new ArrayList<>();
        all.addAll(InstanceTools.all(permit));
        all.addAll(new RequestTools(permit, Wording.ACCESS).all());
        all.addAll(new RequestTools(permit, Wording.OPERATION).all());
        return new PermitTools(identity, Map.of()).beside(all);
    }

    /**
     * These and own tools.
     *
     * @throws CountersignException {@code CS-451} when a name is there already
     */
    public PermitTools beside(List<ToolDefinition> own) {
        Map<String, ToolDefinition> more = new LinkedHashMap<>(tools);
        for (ToolDefinition tool : own) {
            if (more.putIfAbsent(tool.name(), tool) != null) {
                throw new CountersignException(
                        BAD_TOOLS, "expected a new tool name, got " + tool.name() + ", which is there already");
            }
        }
        return new PermitTools(identity, more);
    }

    /**
     * All but the named tools.
     *
     * @throws CountersignException {@code CS-451} when a name is unknown: a misspelt exclusion must not leave a tool in
     */
    public PermitTools without(Collection<String> names) {
        TreeSet<String> unknown = new TreeSet<>(names);
        unknown.removeAll(tools.keySet());
        if (!unknown.isEmpty()) {
            throw new CountersignException(
                    BAD_TOOLS, "expected names of tools to exclude, got " + unknown + "; there are " + tools.keySet());
        }
        Map<String, ToolDefinition> fewer = new LinkedHashMap<>(tools);
        names.forEach(fewer::remove);
        return new PermitTools(identity, fewer);
    }

    /** The names, in the order they are listed. */
    public List<String> names() {
        return List.copyOf(tools.keySet());
    }

    /** The tools themselves. */
    List<ToolDefinition> definitions() {
        return List.copyOf(tools.values());
    }

    /** The tools as the SDK's server builder takes them. */
    public List<SyncToolSpecification> specifications() {
        return tools.values().stream().map(tool -> tool.specification(identity)).toList();
    }

    /** Adds the tools to a server that is already running. */
    public void registerOn(McpSyncServer server) {
        specifications().forEach(server::addTool);
    }
}
