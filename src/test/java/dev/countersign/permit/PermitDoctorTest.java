package dev.countersign.permit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.permit.Finding.Level;
import java.net.URI;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The doctor says what is wrong and what to do, and never throws for what it finds. */
final class PermitDoctorTest {
    private static final String RESOURCE = "GET " + ScriptedPermit.SCHEMA + "/resources/restaurants";
    private final ScriptedPermit server = new ScriptedPermit();

    @AfterEach
    void stop() {
        server.close();
    }

    private void healthy() {
        server.on("POST /allowed", 200, "{\"allow\":false,\"result\":false}");
        server.on("GET " + ScriptedPermit.FACTS + "/tenants/default", 200, "{\"key\":\"default\"}");
        server.on(RESOURCE, 200, """
                {"key":"restaurants","id":"x","actions":{"operate":{},"review":{},"approve":{},"deny":{}},
                 "roles":{"_Approved_":{},"_Reviewer_":{}}}""");
        server.on(
                "GET " + ScriptedPermit.ELEMENTS + "/restaurant-requests",
                200,
                "{\"elements_type\":\"user_management\"}");
        server.on(
                "GET " + ScriptedPermit.ELEMENTS + "/dish-requests",
                200,
                "{\"elements_type\":\"approval_management\"}");
        server.on("GET " + ScriptedPermit.SCHEMA + "/condition_sets", 200, "[{\"key\":\"vip\"}]");
    }

    private static List<Finding> bad(List<Finding> findings) {
        return findings.stream().filter(finding -> finding.level() != Level.OK).toList();
    }

    @Test
    void aHealthyEnvironmentHasNothingToSay() {
        healthy();
        List<Finding> findings = PermitDoctor.examine(server.config());
        assertThat(bad(findings)).isEmpty();
        assertThat(findings)
                .extracting(Finding::what)
                .contains("API key", "PDP", "tenant default", "element dish-requests");
        assertThat(findings)
                .allSatisfy(finding -> assertThat(finding.toString()).doesNotContain(ScriptedPermit.KEY));
    }

    @Test
    void withoutAKeyTheEmulatorIsNamed_andNothingIsSent() {
        assertThat(bad(PermitDoctor.examine(server.config("PERMIT_API_KEY", ""))))
                .singleElement()
                .satisfies(finding -> assertThat(finding.seen()).contains("emulator"));
        assertThat(server.received()).isEmpty();
    }

    @Test
    void whatIsMissingIsNamedWithWhatToDo() {
        server.on("POST /allowed", 403, "wrong key");
        server.on(
                RESOURCE, 200, "{\"key\":\"restaurants\",\"actions\":{\"operate\":{}},\"roles\":{\"_Approved_\":{}}}");
        server.on("GET " + ScriptedPermit.ELEMENTS + "/dish-requests", 200, "{\"elements_type\":\"audit_log\"}");
        List<Finding> bad = bad(PermitDoctor.examine(server.config()));
        assertThat(bad)
                .extracting(Finding::what)
                .containsExactly(
                        "PDP",
                        "tenant default",
                        "operation approvals",
                        "element restaurant-requests",
                        "element dish-requests");
        assertThat(bad).allSatisfy(finding -> assertThat(finding.advice()).isNotEmpty());
        assertThat(bad.get(2).seen())
                .contains("action review", "role _Reviewer_")
                .doesNotContain("operate");
    }

    @Test
    void aPdpThatAllowsAnybodyIsAFailure() {
        healthy();
        try (ScriptedPermit careless = new ScriptedPermit()) {
            careless.on("POST /allowed", 200, "{\"allow\":true}");
            assertThat(bad(PermitDoctor.examine(server.config("PERMIT_PDP_URL", careless.url()))))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.level()).isEqualTo(Level.FAIL));
        }
    }

    @Test
    void aWrongOrForeignKeyEndsTheExaminationWithWhatToCheck() {
        try (ScriptedPermit other = new ScriptedPermit()) {
            assertThat(PermitDoctor.examine(other.config("ENV_ID", "elsewhere")))
                    .singleElement()
                    .satisfies(finding -> assertThat(finding.seen()).contains("ENV_ID"));
        }
        server.close();
        assertThat(PermitDoctor.examine(server.config()))
                .singleElement()
                .satisfies(finding -> assertThat(finding.advice()).contains("PERMIT_API_URL"));
    }

    @Test
    void instanceRolesAndAttributeRulesAgainstTheCloudPdpGetAWarningThatNamesTheLocalPdp() {
        healthy();
        List<Finding> warnings = PermitDoctor.examine(server.config(), URI.create(server.url())).stream()
                .filter(finding -> finding.what().equals("cloud PDP"))
                .toList();
        assertThat(warnings).hasSize(2);
        assertThat(warnings).allSatisfy(warning -> {
            assertThat(warning.level()).isEqualTo(Level.WARN);
            assertThat(warning.advice()).contains("PERMIT_PDP_URL=http://localhost:7766");
        });
    }

    @Test
    void aKeyThatTravelsInTheOpenIsWarnedOf() {
        assertThat(PermitDoctor.examine(
                        server.config("PERMIT_API_URL", "http://permit.invalid", "PERMIT_TIMEOUT", "500ms")))
                .extracting(Finding::what)
                .startsWith("PERMIT_API_URL");
    }
}
