package dev.countersign.app;

import dev.countersign.config.Config;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.IdSource;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentDefinition;
import dev.countersign.graph.Outfit;
import dev.countersign.lab.EvalLine;
import dev.countersign.lab.Evaluation;
import dev.countersign.permit.Permit;
import dev.countersign.permit.RoleAssignment;
import dev.countersign.tool.GateRules;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.ToolInvocation;
import dev.countersign.tool.ToolOutcome;
import dev.countersign.tool.UserRoles;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Routing measured where it happens: an agent's real prompt, roles from Permit and tools of running servers, which start once
 * for a whole file. Only reading calls are made. Used by one thread.
 */
public final class EvalHost implements Evaluation.Host {
    private static final ErrorCode NO_AGENT = new ErrorCode("CS-124", ErrorCode.Kind.INVALID);
    private static final ErrorCode NOT_READ_ONLY = new ErrorCode("CS-903", ErrorCode.Kind.INTERNAL);
    private static final String PREPARATORY = "list_resource_instances";

    private final Outfit outfit;
    private final GateRules rules;
    private final Permit permit;
    private final IdSource ids;
    private final Map<String, List<ToolSpecification>> offered = new HashMap<>();

    private EvalHost(Outfit outfit, Permit permit, IdSource ids) {
        this.outfit = outfit;
        this.rules = new GateRules(outfit.agent().policy());
        this.permit = permit;
        this.ids = ids;
    }

    /**
     * Scores the lines of a file.
     *
     * @param agent name of the agent, or empty for the first there is
     */
    public static Evaluation.Report run(Config config, String agent, Path file) {
        List<EvalLine> lines = EvalLine.read(file);
        try (Closers closers = new Closers()) {
            PermitPlace place = PermitPlace.open(config, SystemSources.clock(), closers);
            AgentDefinition chosen = choose(AgentOutfits.definitions(config, place.settings(config.store())), agent);
            Outfit outfit = AgentOutfits.equip(chosen, config.model());
            closers.add(outfit.tools());
            EvalHost host = new EvalHost(outfit, place.permit(), SystemSources.ids());
            return new Evaluation(outfit.model(), host, PREPARATORY).run(lines);
        }
    }

    private static AgentDefinition choose(List<AgentDefinition> agents, String name) {
        return agents.stream()
                .filter(agent -> name.isEmpty() || agent.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new CountersignException(
                        NO_AGENT,
                        "expected an agent out of "
                                + agents.stream().map(AgentDefinition::name).toList() + ", got '" + name + "'"));
    }

    @Override
    public List<ToolSpecification> tools(String user) {
        return offered.computeIfAbsent(user, this::offeredTo);
    }

    private List<ToolSpecification> offeredTo(String user) {
        Set<String> roles =
                permit.roles(user).stream().map(RoleAssignment::role).collect(Collectors.toSet());
        return rules.offered(new UserRoles.Known(roles), outfit.tools().tools()).stream()
                .map(ToolInfo::specification)
                .toList();
    }

    @Override
    public List<ChatMessage> opening(String user) {
        return List.of(SystemMessage.from(outfit.agent().prompt().replace("{user}", user)));
    }

    @Override
    public String call(String user, String tool, String arguments) {
        boolean reads =
                outfit.tools().tools().stream().anyMatch(info -> info.name().equals(tool) && info.readOnly());
        if (!reads) {
            throw new CountersignException(
                    NOT_READ_ONLY, "measuring calls reading tools only, and " + tool + " is none");
        }
        ToolOutcome outcome =
                outfit.tools().call(new ToolInvocation(tool, arguments, new Principal(user), ids.newId(), null));
        return outcome.text();
    }
}
