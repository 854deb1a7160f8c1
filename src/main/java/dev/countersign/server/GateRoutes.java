package dev.countersign.server;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.account.Logins;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Json;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.Circumstances;
import dev.countersign.graph.DeployGate;
import dev.countersign.graph.Release;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import java.util.HashSet;
import java.util.Set;

/**
 * Whether parked threads can go on, page by page, for whoever owns the state folder. What is to run is told, never started from
 * here: a plan holds rules and schemas, and nothing that could be executed.
 */
final class GateRoutes {
    private static final ErrorCode BAD_PLAN = new ErrorCode("CS-651", ErrorCode.Kind.INVALID);
    private static final int ID_CHARS_MAX = 64;
    private static final int FORMAT_MAX = 1_000_000;

    private final AgentRuntime runtime;
    private final Logins logins;

    GateRoutes(AgentRuntime runtime, Logins logins) {
        this.runtime = runtime;
        this.logins = logins;
    }

    void on(RoutesConfig routes) {
        routes.post("/operator/gate", this::page);
    }

    private void page(Context context) {
        logins.requireOperator(Gatekeeper.bearer(context));
        JsonNode body = Body.orEmpty(context, "after", "plan");
        DeployGate.Plan plan = body.hasNonNull("plan") ? plan(body.get("plan")) : null;
        String after = Wire.optionalText(body, "after", ID_CHARS_MAX);
        Wire.answer(context, 200, runtime.gate().page(plan, after, DeployGate.PAGE_MAX));
    }

    private static DeployGate.Plan plan(JsonNode given) {
        Set<String> nodes = new HashSet<>();
        given.path("nodes").forEach(node -> nodes.add(node.asText()));
        JsonNode format = given.path("format");
        if (nodes.isEmpty() || !format.canConvertToInt() || format.asInt() < 1 || format.asInt() > FORMAT_MAX) {
            throw badPlan("a plan with the nodes of a graph and a format of checkpoints");
        }
        Release.Program program = new Release.Program(nodes, format.asInt());
        String agent = Wire.optionalText(given, "agent", ID_CHARS_MAX);
        return agent.isEmpty()
                ? new DeployGate.Plan(program, null, null)
                : new DeployGate.Plan(program, agent, circumstances(given.path("circumstances")));
    }

    private static Circumstances circumstances(JsonNode given) {
        try {
            Circumstances circumstances = Circumstances.parse(Json.write(given));
            // Two rules for one tool, and the like, are found when it is put to use.
            var unused = Release.agent(circumstances);
            return circumstances;
        } catch (CountersignException | IllegalArgumentException e) {
            throw badPlan("an agent's rules and tools, as 'countersign gate --agent' tells them");
        }
    }

    private static CountersignException badPlan(String expected) {
        return new CountersignException(BAD_PLAN, "expected " + expected + ", got something else");
    }
}
