package dev.countersign.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Digest;
import dev.countersign.core.Json;
import dev.countersign.permit.RequestKind;
import dev.langchain4j.agent.tool.ToolSpecification;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** Whether a call is still the one that was approved. */
final class ApprovedCallTest {
    private static final JsonNode SCHEMA = Json.read(
            "{'type':'object','properties':{'id':{'type':'string'},'title':{'type':'string',".replace('\'', '"')
                    + "\"description\":\"what it is called\"},\"size\":{\"type\":\"integer\"}},\"required\":[\"id\"]}");
    private static final JsonNode ARGUMENTS = Json.read("{\"id\":\"v1\",\"title\":\"x\"}");

    private static String reading(String schema) {
        return ApprovedCall.reading(Json.read(schema.replace('\'', '"')), ARGUMENTS);
    }

    @Test
    void promise14_wordsForModelsAndArgumentsThatWereNotGiven_areNoPartOfWhatWasApproved() {
        String approved = ApprovedCall.reading(SCHEMA, ARGUMENTS);
        assertThat(reading(
                        "{'properties':{'title':{'title':'T','type':'string','examples':['a']},'id':{'type':'string'},"
                                + "'more':{'type':'boolean'}},'description':'other','type':'object'}"))
                .isEqualTo(approved);
        // An argument that is called as a keyword is one all the same.
        assertThat(reading("{'type':'object','properties':{'id':{'type':'string'},'title':{'type':'integer'}}}"))
                .isNotEqualTo(approved);
        assertThat(reading("{'type':'object','properties':{'id':{'enum':['v1','v2']},'title':{'type':'string'}}}"))
                .isNotEqualTo(approved);
        assertThat(reading("{'type':'object','properties':{'id':{'type':'string'},'title':{'type':'string'}},"
                        + "'allOf':[{'description':'x','minProperties':1}]}"))
                .isNotEqualTo(approved);
    }

    @Test
    void promise14_whatAnEarlierProgramRecorded_isStillCompared() {
        String whole = Digest.of(
                "{\"properties\":{\"id\":{\"type\":\"string\"},\"title\":{\"type\":\"string\"}},\"type\":\"object\"}");
        assertThat(ApprovedCall.isReading(whole, SCHEMA, ARGUMENTS)).isTrue();
        assertThat(ApprovedCall.isReading(whole.replace(whole.charAt(0), '-'), SCHEMA, ARGUMENTS))
                .isFalse();
        assertThat(ApprovedCall.isReading(whole, SCHEMA, Json.read("{\"id\":\"v1\"}")))
                .isFalse();
        assertThat(ApprovedCall.isReading("", SCHEMA, ARGUMENTS)).isFalse();
    }

    private static ToolInfo tool(String server, JsonNode schema) {
        ToolSpecification specification =
                ToolSpecification.builder().name("delete_volume").build();
        return new ToolInfo(server, specification, false, false, schema);
    }

    private static GateRules rules(Map<String, Set<String>> allowed, String operation) {
        return new GateRules(new ToolPolicy(
                allowed,
                List.of(new RequestRule("ask", RequestKind.OPERATION, Duration.ofDays(1))),
                List.of(new ApprovalRule("delete_volume", "ask", "{id}", operation, "r", Duration.ofDays(1)))));
    }

    @Test
    void promise14_anApprovalStandsForItsCall_andForNoOther() {
        GateRules rules = rules(Map.of("admin", Set.of("delete_volume")), "delete {id}");
        List<ToolInfo> tools = List.of(tool("ops", SCHEMA));
        ApprovedCall.Terms terms = ApprovedCall.termsOf(
                        new UserRoles.Known(Set.of("admin", "user")), tools, "delete_volume", Json.canonical(ARGUMENTS))
                .orElseThrow();
        assertThat(terms.roles()).containsExactly("admin", "user");
        ApprovedCall call = new ApprovedCall("delete_volume", Json.canonical(ARGUMENTS), "v1", "delete v1", terms);
        assertThat(call.under(rules, tools)).isEqualTo(new Standing.Same());
        assertThat(call.under(rules, List.of())).isInstanceOf(Standing.Closed.class);
        assertThat(call.under(rules(Map.of("root", Set.of("*")), "delete {id}"), tools))
                .isInstanceOf(Standing.Closed.class);
        assertThat(call.under(rules, List.of(tool("elsewhere", SCHEMA)))).isInstanceOf(Standing.Changed.class);
        assertThat(call.under(rules(Map.of("*", Set.of("*")), "wipe {id}"), tools))
                .isInstanceOf(Standing.Changed.class);
        assertThat(call.under(rules(Map.of("*", Set.of("*")), "delete {none}"), tools))
                .isInstanceOf(Standing.Changed.class);
        JsonNode narrower = Json.read("{\"type\":\"object\",\"properties\":{\"id\":{\"type\":\"string\"}}}");
        assertThat(call.under(rules, List.of(tool("ops", narrower))))
                .isEqualTo(new Standing.Changed(
                        "the approved arguments no longer fit what delete_volume takes: arguments may not"
                                + " hold 'title'; allowed: [id]"));
    }

    @Test
    void promise14_ofACallFromBeforeTermsWereKept_onlyWhatIsKnownIsAskedFor() {
        GateRules rules = rules(Map.of("admin", Set.of("delete_volume")), "delete {id}");
        ApprovedCall call = new ApprovedCall("delete_volume", Json.canonical(ARGUMENTS), "v1", "delete v1", null);
        assertThat(call.under(rules, List.of(tool("any", SCHEMA)))).isEqualTo(new Standing.Same());
        assertThat(call.under(rules(Map.of("admin", Set.of("other")), "delete {id}"), List.of(tool("any", SCHEMA))))
                .isInstanceOf(Standing.Closed.class);
        assertThat(call.under(rules(Map.of("*", Set.of("*")), "other {id}"), List.of(tool("any", SCHEMA))))
                .isInstanceOf(Standing.Changed.class);
    }
}
