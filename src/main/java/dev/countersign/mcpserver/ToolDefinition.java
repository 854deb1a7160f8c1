package dev.countersign.mcpserver;

import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * One tool, whole: what it is called, what it takes and gives, what it does.
 *
 * @param output JSON schema of the structured result
 */
public record ToolDefinition(
        Face face, List<Field> fields, Map<String, Object> output, Effect effect, ToolHandler handler) {
    /** What a reader sees of a tool. */
    public record Face(String name, String title, String description) {}

    public ToolDefinition {
        fields = List.copyOf(fields);
    }

    /** The name it is called by. */
    public String name() {
        return face.name();
    }

    /** The tool as the SDK's server takes it; every call goes through identity and arguments first. */
    public SyncToolSpecification specification(Identity identity) {
        ToolRunner runner = new ToolRunner(this, identity);
        return SyncToolSpecification.builder()
                .tool(tool(identity))
                .callHandler((exchange, request) -> runner.run(request))
                .build();
    }

    /** The tool as clients see it. */
    Tool tool(Identity identity) {
        return Tool.builder(face.name(), inputSchema(identity))
                .title(face.title())
                .description(face.description())
                .outputSchema(output)
                .annotations(effect.annotations(face.title()))
                .build();
    }

    /** The fields a caller sees: the guide's {@code user_id} comes first when it is asked for. */
    List<Field> fields(Identity identity) {
        List<Field> all = new ArrayList<>();
        if (identity.guideUserId()) {
            all.add(Identity.USER_ID);
        }
        all.addAll(fields);
        return all;
    }

    private Map<String, Object> inputSchema(Identity identity) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (Field field : fields(identity)) {
            properties.put(field.name(), field.schema());
            if (field.required()) {
                required.add(field.name());
            }
        }
        return Schemas.object(properties, required);
    }
}
