package dev.countersign.graph;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
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
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Tools in memory: a read, an effect, a gated effect, and the two that file at Permit. Every call is kept. */
final class ScriptedTools implements ToolClient {
    final List<ToolInvocation> calls = new ArrayList<>();

    /** Answers the next filing with this instead of its result, after it has reached Permit. */
    @Nullable
    ToolOutcome insteadOfNextFilingResult;

    /** Hears of each call before it is done. */
    volatile Consumer<ToolInvocation> before = call -> {};

    /** Whether the tools' server cannot be reached. */
    volatile boolean gone;

    private final Permit permit;
    private final Map<String, ToolInfo> infos = new LinkedHashMap<>();
    private final Map<String, Function<ToolInvocation, ToolOutcome>> handlers = new LinkedHashMap<>();

    ScriptedTools(Permit permit) {
        this.permit = permit;
        add("list_things", true, List.of(), call -> new ToolOutcome.Succeeded("[\"one\",\"two\"]"));
        add("do_thing", false, List.of("name"), call -> new ToolOutcome.Succeeded("{\"done\":true}"));
        add("drop_thing", false, List.of("name"), call -> new ToolOutcome.Succeeded("{\"dropped\":true}"));
        add("secret_thing", false, List.of("name"), call -> new ToolOutcome.Succeeded("{}"));
        add("create_access_request", false, List.of("resource_instance", "role", "reason"), this::file);
        add("create_operation_approval", false, List.of("resource_instance", "operation", "reason"), this::file);
    }

    void add(String name, boolean readOnly, List<String> parameters, Function<ToolInvocation, ToolOutcome> handler) {
        JsonObjectSchema.Builder schema = JsonObjectSchema.builder();
        parameters.forEach(schema::addStringProperty);
        ToolSpecification specification = ToolSpecification.builder()
                .name(name)
                .description(name)
                .parameters(
                        schema.required(parameters).additionalProperties(false).build())
                .build();
        infos.put(name, new ToolInfo("things", specification, readOnly, false));
        handlers.put(name, handler);
    }

    /** Offers a tool in another way; what it does stays. */
    void put(ToolInfo info) {
        infos.put(info.name(), info);
    }

    ToolInfo info(String name) {
        return Objects.requireNonNull(infos.get(name));
    }

    void remove(String name) {
        infos.remove(name);
        handlers.remove(name);
    }

    private ToolOutcome file(ToolInvocation call) {
        JsonNode arguments = Json.read(call.arguments());
        boolean access = call.tool().equals("create_access_request");
        PermitRequest request = permit.file(new RequestDraft(
                access ? RequestKind.ACCESS : RequestKind.OPERATION,
                call.user().user(),
                arguments.path("resource_instance").asText(),
                access ? arguments.path("role").asText() : null,
                access ? null : arguments.path("operation").asText(),
                arguments.path("reason").asText(),
                call.reference()));
        if (insteadOfNextFilingResult != null) {
            ToolOutcome instead = insteadOfNextFilingResult;
            insteadOfNextFilingResult = null;
            return instead;
        }
        return new ToolOutcome.Succeeded(Json.write(Json.object()
                .put("status", "created")
                .set(
                        access ? "access_request" : "operation_approval",
                        Json.object().put("id", request.id()).put("reference", request.reference()))));
    }

    synchronized long count(String tool) {
        return calls.stream().filter(call -> call.tool().equals(tool)).count();
    }

    @Override
    public List<ToolInfo> tools() {
        if (gone) {
            throw new CountersignException(
                    new ErrorCode("CS-401", ErrorCode.Kind.UNREACHABLE), "the tools' server cannot be reached");
        }
        return List.copyOf(infos.values());
    }

    @Override
    public ToolOutcome call(ToolInvocation invocation) {
        synchronized (this) {
            calls.add(invocation);
        }
        before.accept(invocation);
        Function<ToolInvocation, ToolOutcome> handler = handlers.get(invocation.tool());
        return handler == null ? new ToolOutcome.Failed("no such tool") : handler.apply(invocation);
    }

    @Override
    public void close() {}
}
