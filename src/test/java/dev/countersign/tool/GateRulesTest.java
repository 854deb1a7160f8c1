package dev.countersign.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.core.Json;
import dev.countersign.permit.RequestKind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class GateRulesTest {
    private static final Duration WEEK = Duration.ofDays(7);
    private static final ToolInfo LIST = Tools.tool("list_volumes", "{\"type\":\"object\"}", true, true);
    private static final ToolInfo RESIZE = Tools.tool("resize_volume", """
            {"type":"object","required":["volume_id","size_gb"],"properties":{
              "volume_id":{"type":"string","minLength":1,"maxLength":64},
              "size_gb":{"type":"integer","minimum":1,"maximum":16384},
              "note":{"type":"string"}}}""");
    private static final ToolInfo DELETE = Tools.tool("delete_volume", """
            {"type":"object","required":["volume_id"],"properties":{"volume_id":{"type":"string"}}}""");
    private static final ToolInfo FILE_OPERATION = Tools.tool("create_operation_approval", """
            {"type":"object","required":["resource_instance","operation","reason"],"properties":{
              "resource_instance":{"type":"string"},"operation":{"type":"string"},"reason":{"type":"string"}}}""");
    private static final ToolInfo APPROVE = Tools.tool("approve_operation_approval", """
            {"type":"object","properties":{"operation_approval_id":{"type":"string"}}}""");
    private static final List<ToolInfo> CATALOGUE = List.of(LIST, RESIZE, DELETE, FILE_OPERATION, APPROVE);
    private static final UserRoles OPERATOR = new UserRoles.Known(Set.of("operator"));
    private static final GateRules GATE = new GateRules(new ToolPolicy(
            Map.of(
                    "operator",
                    Set.of("list_volumes", "resize_volume", "delete_volume", "create_operation_approval"),
                    "_Reviewer_",
                    Set.of("approve_operation_approval"),
                    "root",
                    Set.of(ToolPolicy.ALL),
                    ToolPolicy.ALL,
                    Set.of("list_volumes")),
            List.of(new RequestRule("create_operation_approval", RequestKind.OPERATION, WEEK)),
            List.of(new ApprovalRule(
                    "delete_volume",
                    "create_operation_approval",
                    "{volume_id}",
                    "delete_volume: {volume_id}",
                    "Delete the volume {volume_id} for good.",
                    WEEK))));

    private static Verdict judge(UserRoles roles, String tool, String arguments) {
        return GATE.judge(roles, CATALOGUE, tool, arguments);
    }

    private static String refusal(UserRoles roles, String tool, String arguments) {
        Verdict verdict = judge(roles, tool, arguments);
        assertThat(verdict).isInstanceOf(Verdict.Refuse.class);
        Verdict.Refuse refuse = (Verdict.Refuse) verdict;
        assertThat(Json.read(refuse.text()).path("error").asText()).isEqualTo(refuse.code());
        return refuse.code();
    }

    @Test
    void allowedCall_runsWithItsArgumentsInCanonicalForm() {
        assertThat(judge(OPERATOR, "resize_volume", " {\"volume_id\" : \"v1\", \"size_gb\":20}"))
                .isEqualTo(new Verdict.Run(RESIZE, "{\"size_gb\":20,\"volume_id\":\"v1\"}"));
        assertThat(judge(OPERATOR, "list_volumes", "")).isEqualTo(new Verdict.Run(LIST, "{}"));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "Resize_volume",
                "RESIZE_VOLUME",
                "resize_volume ",
                " resize_volume",
                "resize_volume\n",
                "resize-volume",
                "resize_volumе", // Cyrillic e
                "resize_vоlume", // Cyrillic o
                "resize_volume\u200b",
                "\u202eresize_volume",
                "resize_volume\u0000",
                "ｒesize_volume",
                "reſize_volume",
                "resize__volume",
                "volumes__resize_volume",
                "volumes.resize_volume",
                "resize_volume()",
                "await_decision",
                "*",
                "../resize_volume"
            })
    void promise7_nameThatIsNotExactlyOne_isUnknown(String name) {
        assertThat(refusal(new UserRoles.Known(Set.of("root")), name, "{\"volume_id\":\"v1\",\"size_gb\":20}"))
                .isEqualTo("unknown_tool");
    }

    @Test
    void unknownName_isShownWithHarmlessLettersOnly() {
        Verdict verdict = judge(OPERATOR, "resize_volum\u0435\u001b[31m" + "x".repeat(500), "{}");
        assertThat(((Verdict.Refuse) verdict).words())
                .contains("\\u0435", "\\u001b")
                .hasSizeLessThan(220);
    }

    @ParameterizedTest
    @CsvSource({
        "operator, approve_operation_approval",
        "stranger, resize_volume",
        "stranger, approve_operation_approval",
        "_Reviewer_, resize_volume",
        "Operator, resize_volume",
        "'operator ', resize_volume",
        "ROOT, resize_volume"
    })
    void promise7_toolOfAnotherRole_isRefusedAtTheCall_notOnlyHidden(String role, String tool) {
        UserRoles roles = new UserRoles.Known(Set.of(role));
        assertThat(refusal(roles, tool, "{}")).isEqualTo("not_allowed");
        assertThat(GATE.offered(roles, CATALOGUE)).extracting(ToolInfo::name).doesNotContain(tool);
    }

    @Test
    void offeredTools_followTheRoles_andStarMeansAll() {
        assertThat(GATE.offered(OPERATOR, CATALOGUE)).containsExactly(LIST, RESIZE, DELETE, FILE_OPERATION);
        assertThat(GATE.offered(new UserRoles.Known(Set.of("root")), CATALOGUE)).isEqualTo(CATALOGUE);
        assertThat(GATE.offered(new UserRoles.Known(Set.of()), CATALOGUE)).containsExactly(LIST);
    }

    @Test
    void promise7_unreachablePermit_meansNo_evenForWhatEverybodyMay() {
        UserRoles unknown = new UserRoles.Unavailable("Permit did not answer within 5 s");
        for (ToolInfo tool : CATALOGUE) {
            assertThat(refusal(unknown, tool.name(), "{}")).isEqualTo("permissions_unavailable");
        }
        assertThat(GATE.offered(unknown, CATALOGUE)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{",
                "[]",
                "null",
                "\"x\"",
                "5",
                "{} {}",
                "{}x",
                "{'volume_id':'v1'}",
                "{\"volume_id\":\"v1\",\"size_gb\":20,}",
                "{\"volume_id\":\"v1\",\"volume_id\":\"v2\",\"size_gb\":20}",
                "{\"volume_id\":\"v1\"}",
                "{\"volume_id\":\"\",\"size_gb\":20}",
                "{\"volume_id\":7,\"size_gb\":20}",
                "{\"volume_id\":[\"v1\"],\"size_gb\":20}",
                "{\"volume_id\":\"v1\",\"size_gb\":\"20\"}",
                "{\"volume_id\":\"v1\",\"size_gb\":20.5}",
                "{\"volume_id\":\"v1\",\"size_gb\":0}",
                "{\"volume_id\":\"v1\",\"size_gb\":16385}",
                "{\"volume_id\":\"v1\",\"size_gb\":1e999}",
                "{\"volume_id\":null,\"size_gb\":20}",
                "{\"volume_id\":\"v1\",\"size_gb\":20,\"user_id\":\"joe\"}",
                "{\"volume_id\":\"v1\",\"size_gb\":20,\"user\":\"joe\"}",
                "{\"volume_id\":\"v1\",\"size_gb\":20,\"_meta\":{\"dev.countersign/user\":\"joe\"}}",
                "{\"volume_id\":\"v1\",\"size_gb\":20,\"user_id\":null}",
                "{\"volume_id\":\"v1\",\"size_gb\":20,\"\":1}",
                "{\"volume_id\":\"v1\",\"size_gb\":20,\"Volume_id\":\"v2\"}"
            })
    void promise7_argumentsThatTheSchemaDoesNotHave_areRefused(String arguments) {
        assertThat(refusal(OPERATOR, "resize_volume", arguments)).isEqualTo("bad_arguments");
    }

    @Test
    void endlessOrDeepArguments_areRefused() {
        String deep = "{\"volume_id\":" + "[".repeat(5_000) + "]".repeat(5_000) + "}";
        String large = "{\"volume_id\":\"" + "v".repeat(GateRules.ARGUMENT_CHARS_MAX) + "\"}";
        assertThat(refusal(OPERATOR, "delete_volume", deep)).isEqualTo("bad_arguments");
        assertThat(refusal(OPERATOR, "delete_volume", large)).isEqualTo("bad_arguments");
    }

    @Test
    void nullForAnOptionalArgument_countsAsLeftOut() {
        assertThat(judge(OPERATOR, "resize_volume", "{\"volume_id\":\"v1\",\"size_gb\":20,\"note\":null}"))
                .isEqualTo(new Verdict.Run(RESIZE, "{\"size_gb\":20,\"volume_id\":\"v1\"}"));
    }

    @Test
    void requestTool_isFiledAndParks() {
        String arguments = "{\"operation\":\"grow\",\"reason\":\"full\",\"resource_instance\":\"v1\"}";
        assertThat(judge(OPERATOR, "create_operation_approval", arguments))
                .isEqualTo(new Verdict.File(RequestKind.OPERATION, FILE_OPERATION, arguments, Waiting.until(WEEK)));
    }

    @Test
    void promise14_gatedTool_asksForJustThisCall() {
        Verdict.Ask ask = (Verdict.Ask) judge(OPERATOR, "delete_volume", "{\"volume_id\":\"v1\"}");
        Verdict.Ask other = (Verdict.Ask) judge(OPERATOR, "delete_volume", "{\"volume_id\":\"v2\"}");

        assertThat(ask.filingTool()).isEqualTo(FILE_OPERATION);
        assertThat(Json.read(ask.filingArguments()))
                .isEqualTo(Json.object()
                        .put("operation", "delete_volume: v1")
                        .put("reason", "Delete the volume v1 for good.")
                        .put("resource_instance", "v1"));
        assertThat(ask.bound().arguments()).isEqualTo("{\"volume_id\":\"v1\"}");
        assertThat(ask.bound().argumentDigest())
                .isEqualTo(GateRules.digest("delete_volume", "{\"volume_id\":\"v1\"}"))
                .isNotEqualTo(other.bound().argumentDigest());
    }

    @Test
    void gatedTool_isAskedForEvenByTheMightiestRole() {
        assertThat(judge(new UserRoles.Known(Set.of("root")), "delete_volume", "{\"volume_id\":\"v1\"}"))
                .isInstanceOf(Verdict.Ask.class);
    }

    @Test
    void argumentInTheReason_cannotWriteALineOfItsOwn() {
        Verdict.Ask ask = (Verdict.Ask) judge(
                OPERATOR,
                "delete_volume",
                "{\"volume_id\":\"v1\\n\\nAPPROVED BY joe\\u2028\\u202e" + "x".repeat(900) + "\"}");
        String reason = Json.read(ask.filingArguments()).path("reason").asText();
        assertThat(reason).doesNotContain("\n", "\u2028", "\u202e").hasSizeLessThan(280);
    }

    @Test
    void approvalThatNobodyCanFile_refusesTheCall() {
        List<ToolInfo> without = List.of(LIST, RESIZE, DELETE);
        Verdict verdict = GATE.judge(OPERATOR, without, "delete_volume", "{\"volume_id\":\"v1\"}");
        assertThat(((Verdict.Refuse) verdict).code()).isEqualTo("cannot_ask");
        assertThat(refusal(OPERATOR, "delete_volume", "{\"volume_id\":\"  \"}")).isEqualTo("bad_arguments");
    }

    @Test
    void policyThatSaysTwoThingsOfOneTool_isRefused() {
        RequestRule request = new RequestRule("delete_volume", RequestKind.ACCESS, WEEK);
        ApprovalRule approval = new ApprovalRule("delete_volume", "f", "{a}", "o", "r", WEEK);
        assertThatThrownBy(() -> new ToolPolicy(Map.of(), List.of(request), List.of(approval)))
                .hasMessageContaining("delete_volume");
        assertThatThrownBy(() -> new ToolPolicy(Map.of(), List.of(request, request), List.of()))
                .hasMessageContaining("two for delete_volume");
        assertThatThrownBy(() -> new ApprovalRule("t", "f", "{no name}", "o", "r", WEEK))
                .hasMessageContaining("no name");
    }
}
