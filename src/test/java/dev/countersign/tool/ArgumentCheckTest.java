package dev.countersign.tool;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ArgumentCheckTest {
    private static Optional<String> complaint(String schema, String arguments) {
        return new ArgumentCheck(Json.read(schema)).complaint(Json.read(arguments));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "{'type':'string','enum':['a','b']} | 'a' | 'c'",
                "{'const':3} | 3 | 4",
                "{'type':['string','null']} | null | 4",
                "{'type':'array','items':{'type':'integer'},'maxItems':2} | [1,2] | [1,'x']",
                "{'type':'array','items':{'type':'integer'},'maxItems':2} | [] | [1,2,3]",
                "{'type':'number','exclusiveMinimum':0,'exclusiveMaximum':1} | 0.5 | 0",
                "{'type':'number','exclusiveMinimum':0,'exclusiveMaximum':1} | 0.5 | 1",
                "{'type':'integer'} | 2.0 | 2.5",
                "{'type':'string','maxLength':1} | '\uD83D\uDE00' | 'ab'",
                "{'anyOf':[{'type':'string'},{'type':'integer'}]} | 1 | true",
                "{'oneOf':[{'type':'object','properties':{'a':{'type':'string'}}}]} | {'a':'x'} | {'b':'x'}",
                "{'allOf':[{'minimum':1},{'maximum':3}]} | 2 | 4",
                "{'type':'object','properties':{'a':{'type':'string'}}} | {'a':'x'} | {'a':'x','user_id':'joe'}",
                "{'type':'object','properties':{'a':{}},'additionalProperties':{'type':'integer'}} | {'b':1} | {'b':'x'}",
                "{'$ref':'#/$defs/size'} | 5 | 'x'",
                "{'$ref':'#/$defs/loop'} | | 5",
                "{'$ref':'#/$defs/nowhere'} | | 5",
                "{'$ref':'https://example.org/schema'} | | 5",
                "false | | 5"
            })
    void eachKeyword_letsOneThroughAndStopsTheOther(String property, String good, String bad) {
        String schema = ("{'type':'object','properties':{'p':" + property
                        + "},'$defs':{'size':{'type':'integer'},'loop':{'$ref':'#/$defs/loop'}}}")
                .replace('\'', '"');
        if (good != null) {
            assertThat(complaint(schema, ("{'p':" + good + "}").replace('\'', '"')))
                    .isEmpty();
        }
        assertThat(complaint(schema, ("{'p':" + bad + "}").replace('\'', '"'))).isPresent();
    }

    @Test
    void schemaWithoutProperties_takesNoArguments() {
        assertThat(complaint("{\"type\":\"object\"}", "{}")).isEmpty();
        assertThat(complaint("{\"type\":\"object\"}", "{\"user_id\":\"joe\"}")).isPresent();
        assertThat(complaint("{}", "{\"user_id\":\"joe\"}")).isPresent();
    }

    @Test
    void schemaThatSaysSoInSoManyWords_takesOthers() {
        String open = "{\"type\":\"object\",\"additionalProperties\":true}";
        assertThat(complaint(open, "{\"anything\":1}")).isEmpty();
    }

    @Test
    void objectBelowTheTopThatDeclaresNothing_isAnyObject() {
        String schema = "{\"type\":\"object\",\"properties\":{\"labels\":{\"type\":\"object\"}}}";
        assertThat(complaint(schema, "{\"labels\":{\"team\":\"a\"}}")).isEmpty();
    }

    @Test
    void eitherOfTwoRequired_isUnderstood() {
        String schema = """
                {"type":"object","properties":{"id":{"type":"string"},"name":{"type":"string"}},
                 "anyOf":[{"required":["id"]},{"required":["name"]}]}""";
        assertThat(complaint(schema, "{\"name\":\"x\"}")).isEmpty();
        assertThat(complaint(schema, "{}")).isPresent();
        assertThat(complaint(schema, "{\"name\":\"x\",\"user_id\":\"joe\"}")).isPresent();
    }

    @Test
    void nulls_areDroppedOnlyWhereTheyMeanLeftOut() {
        String schema = """
                {"type":"object","required":["must"],"properties":{
                  "must":{"type":"string"},"may":{"type":"string"},"nullable":{"type":["string","null"]}}}""";
        ObjectNode given = (ObjectNode) Json.read("{\"must\":null,\"may\":null,\"nullable\":null,\"user_id\":null}");
        assertThat(new ArgumentCheck(Json.read(schema)).withoutUnwantedNulls(given))
                .isEqualTo(Json.read("{\"must\":null,\"nullable\":null,\"user_id\":null}"));
    }
}
