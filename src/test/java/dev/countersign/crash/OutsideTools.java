package dev.countersign.crash;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestDraft;
import dev.countersign.permit.RequestKind;
import dev.countersign.tool.ToolClient;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.ToolInvocation;
import dev.countersign.tool.ToolOutcome;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.model.chat.request.json.JsonObjectSchema;
import java.util.List;
import java.util.Map;

/**
 * Tools whose effects outlive the process: an effect is a line in a ledger, {@code tool name key}, and a filing is a request at
 * Permit. {@code repeat_thing} is idempotent, as a good server is: the same key leaves one line.
 */
final class OutsideTools implements ToolClient {
    private static final Map<String, List<String>> PARAMETERS = Map.of(
            "list_things", List.of(),
            "do_thing", List.of("name"),
            "drop_thing", List.of("name"),
            "repeat_thing", List.of("name"),
            "create_access_request", List.of("resource_instance", "role", "reason"),
            "create_operation_approval", List.of("resource_instance", "operation", "reason"));

    private final Permit permit;
    private final Ledger ledger;
    private final Steps steps;

    /** Hears of what happens outside, right before and after it does. */
    interface Steps {
        void at(Boundary boundary);
    }

    OutsideTools(Permit permit, Ledger ledger, Steps steps) {
        this.permit = permit;
        this.ledger = ledger;
        this.steps = steps;
    }

    @Override
    public List<ToolInfo> tools() {
        return PARAMETERS.keySet().stream().sorted().map(OutsideTools::info).toList();
    }

    private static ToolInfo info(String name) {
        JsonObjectSchema.Builder schema = JsonObjectSchema.builder();
        List<String> parameters = PARAMETERS.getOrDefault(name, List.of());
        parameters.forEach(schema::addStringProperty);
        ToolSpecification specification = ToolSpecification.builder()
                .name(name)
                .description(name)
                .parameters(
                        schema.required(parameters).additionalProperties(false).build())
                .build();
        return new ToolInfo("things", specification, name.equals("list_things"), name.equals("repeat_thing"));
    }

    @Override
    public ToolOutcome call(ToolInvocation call) {
        return switch (call.tool()) {
            case "list_things" -> new ToolOutcome.Succeeded("[\"one\",\"two\"]");
            case "create_access_request", "create_operation_approval" -> file(call);
            default -> act(call);
        };
    }

    private ToolOutcome act(ToolInvocation call) {
        steps.at(Boundary.BEFORE_TOOL_CALL);
        String line =
                call.tool() + " " + Json.read(call.arguments()).path("name").asText() + " " + call.idempotencyKey();
        if (!call.tool().equals("repeat_thing") || !ledger.has(line)) {
            ledger.add(line);
        }
        steps.at(Boundary.AFTER_EFFECT);
        return new ToolOutcome.Succeeded("{\"done\":true}");
    }

    private ToolOutcome file(ToolInvocation call) {
        JsonNode arguments = Json.read(call.arguments());
        boolean access = call.tool().equals("create_access_request");
        steps.at(Boundary.BEFORE_FILING_AT_PERMIT);
        PermitRequest request = permit.file(new RequestDraft(
                access ? RequestKind.ACCESS : RequestKind.OPERATION,
                call.user().user(),
                arguments.path("resource_instance").asText(),
                access ? arguments.path("role").asText() : null,
                access ? null : arguments.path("operation").asText(),
                arguments.path("reason").asText(),
                call.reference()));
        steps.at(Boundary.AFTER_FILING_AT_PERMIT);
        return new ToolOutcome.Succeeded(Json.write(Json.object()
                .put("status", "created")
                .set(
                        access ? "access_request" : "operation_approval",
                        Json.object().put("id", request.id()))));
    }

    @Override
    public void close() {}
}
