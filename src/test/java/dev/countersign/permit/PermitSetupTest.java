package dev.countersign.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.countersign.core.Json;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Setup says the right things to Permit, only what is missing, and nothing at all in a dry run. */
final class PermitSetupTest {
    private static final String SMALL = """
            format: 1
            resource:
              key: cars
              name: Cars
              actions: [read, drive]
              attributes: {seats: number, electric: bool}
              roles:
                driver: {name: Driver, permissions: [read, drive]}
            elements:
              - {key: car-requests, type: user_management, levels: {LEVEL_4: [driver]}}
              - {key: car-approval, type: operation_approval}
            instances:
              - {key: "007", attributes: {seats: 2.0, electric: false}}
            users:
              - key: ann
                first_name: Ann
                attributes: {team: "1"}
                roles: {driver: ["007"]}
            """;
    private static final String RESOURCE = "/resources/cars";
    private final ScriptedPermit server = new ScriptedPermit();

    @TempDir
    Path folder;

    @AfterEach
    void stop() {
        server.close();
    }

    private Path file(String text) {
        try {
            return Files.writeString(folder.resolve("cars.permit.yaml"), text);
        } catch (IOException e) {
            throw new java.io.UncheckedIOException(e);
        }
    }

    private List<SetupChange> apply(boolean dryRun) {
        return new PermitSetup(server.config()).apply(file(SMALL), dryRun);
    }

    private void acceptsWrites() {
        server.on("POST " + ScriptedPermit.SCHEMA + "/resources", 200, "{}");
        server.on("POST " + ScriptedPermit.ELEMENTS, 200, "{}");
        server.on("POST " + ScriptedPermit.FACTS + "/tenants", 200, "{}");
        server.on("POST " + ScriptedPermit.FACTS + "/resource_instances", 200, "{}");
        server.on("PUT " + ScriptedPermit.FACTS + "/users/ann", 201, "{}");
        server.on("POST " + ScriptedPermit.FACTS + "/tenants/default/users", 200, "{}");
        server.on("POST " + ScriptedPermit.FACTS + "/role_assignments/bulk", 200, "{\"assignments_created\":1}");
    }

    private long writes() {
        return server.received().stream()
                .filter(one -> !one.method().equals("GET"))
                .count();
    }

    @Test
    void anEmptyEnvironmentGetsEverything() {
        acceptsWrites();
        List<SetupChange> changes = apply(false);
        assertThat(changes).extracting(SetupChange::kind).containsOnly(SetupChange.Kind.CREATED);
        assertThat(changes)
                .extracting(SetupChange::what)
                .containsExactly(
                        "resource cars",
                        "element car-requests",
                        "element car-approval",
                        "tenant default",
                        "instance cars:007",
                        "user ann",
                        "user ann in tenant default",
                        "1 roles of ann");
        assertThat(Json.read(server.received("POST " + ScriptedPermit.FACTS + "/role_assignments/bulk")
                        .get(0)
                        .body()))
                .isEqualTo(Json.read("""
                        [{"user":"ann","role":"driver","tenant":"default","resource_instance":"cars:007"}]"""));
        assertThat(server.received("POST " + ScriptedPermit.FACTS + "/resource_instances")
                        .get(0)
                        .body())
                .contains("\"seats\":2.0", "\"electric\":false", "\"key\":\"007\"");
    }

    @Test
    void aDryRunTellsTheSameAndWritesNothing() {
        assertThat(apply(true)).hasSize(8).extracting(SetupChange::kind).containsOnly(SetupChange.Kind.CREATED);
        assertThat(writes()).isZero();
    }

    private void complete() {
        server.on("GET " + ScriptedPermit.SCHEMA + RESOURCE, 200, """
                {"key":"cars","id":"c1","actions":{"read":{"id":"a"},"drive":{"id":"b"}},
                 "attributes":{"seats":{"type":"number"},"electric":{"type":"bool"}},
                 "roles":{"driver":{"id":"r1","key":"driver","permissions":["cars:read","drive","cars:sell"]}}}""");
        server.on("GET " + ScriptedPermit.ELEMENTS + "/car-requests", 200, """
                {"elements_type":"user_management","settings":{"configureType":"REBAC","resourceTypeSelected":"c1","color":"red"},
                 "roles_to_levels":{"LEVEL_4":[{"id":"r1","key":"driver"}]}}""");
        server.on(
                "GET " + ScriptedPermit.ELEMENTS + "/car-approval",
                200,
                "{\"elements_type\":\"operation_approval\",\"settings\":{\"resource\":\"cars\"},\"roles_to_levels\":{}}");
        server.on("GET " + ScriptedPermit.FACTS + "/tenants/default", 200, "{\"key\":\"default\"}");
        server.on(
                "GET " + ScriptedPermit.FACTS + "/resource_instances/cars%3A007",
                200,
                "{\"key\":\"007\",\"attributes\":{\"seats\":2,\"electric\":false,\"mine\":1}}");
        server.on("GET " + ScriptedPermit.FACTS + "/users/ann", 200, """
                {"key":"ann","first_name":"Ann","attributes":{"team":"1","other":2},
                 "associated_tenants":[{"tenant":"default","roles":[],"status":"active"}]}""");
        server.on(
                "GET " + ScriptedPermit.FACTS + "/role_assignments",
                200,
                "[{\"user\":\"ann\",\"role\":\"driver\",\"resource_instance\":\"cars:007\"}]");
    }

    @Test
    void aCompleteEnvironmentIsLeftAlone_andAnExcessOfRightsIsNamed() {
        complete();
        List<SetupChange> changes = apply(false);
        assertThat(changes).extracting(SetupChange::kind).containsOnly(SetupChange.Kind.UNCHANGED);
        assertThat(changes).extracting(SetupChange::detail).anyMatch(detail -> detail.contains("[sell]"));
        assertThat(writes()).isZero();
    }

    @Test
    void whatDiffersIsUpdated_andWhatOthersAddedIsKept() {
        String instance = ScriptedPermit.FACTS + "/resource_instances/cars%3A007";
        server.on("GET " + instance, 200, "{\"key\":\"007\",\"attributes\":{\"seats\":4,\"mine\":1}}");
        server.on("PATCH " + instance, 200, "{}");
        server.on("GET " + ScriptedPermit.SCHEMA + RESOURCE, 200, """
                {"key":"cars","id":"c1","actions":{"read":{"id":"a","name":"Read"},"park":{"name":"Park"}},"attributes":{},
                 "roles":{"driver":{"id":"r1","key":"driver","permissions":["read"]}}}""");
        server.on("PATCH " + ScriptedPermit.SCHEMA + RESOURCE, 200, "{}");
        server.on("POST " + ScriptedPermit.SCHEMA + RESOURCE + "/roles/driver/permissions", 200, "{}");
        complete();
        server.on("GET " + ScriptedPermit.FACTS + "/users/ann", 404, "{}");
        assertThat(apply(false))
                .filteredOn(change -> change.kind() == SetupChange.Kind.UPDATED)
                .extracting(SetupChange::what)
                .containsExactly("resource cars", "role driver on cars", "instance cars:007");
        assertThat(server.received("PATCH " + instance).get(0).body())
                .isEqualTo("{\"attributes\":{\"seats\":2.0,\"mine\":1,\"electric\":false}}");
        assertThat(Json.read(server.received("PATCH " + ScriptedPermit.SCHEMA + RESOURCE)
                                .get(0)
                                .body())
                        .path("actions"))
                .isEqualTo(Json.read("{\"read\":{\"name\":\"Read\"},\"park\":{\"name\":\"Park\"},\"drive\":{}}"));
        assertThat(server.received("POST " + ScriptedPermit.SCHEMA + RESOURCE + "/roles/driver/permissions")
                        .get(0)
                        .body())
                .isEqualTo("{\"permissions\":[\"drive\"]}");
    }

    @Test
    void anElementOfAnotherTypeUnderTheSameKeyIsNotTouched() {
        server.on("GET " + ScriptedPermit.ELEMENTS + "/car-requests", 200, "{\"elements_type\":\"audit_log\"}");
        complete();
        assertThatThrownBy(() -> apply(false)).hasMessageContaining("CS-304").hasMessageContaining("audit_log");
        assertThat(writes()).isZero();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "format: 1                       | format: 2                       | :1: expected format",
                "format: 1                       | formt: 1                        | got 'formt'",
                "key: cars                     | key: ca/rs                  | :3: expected a key",
                "permissions: [read, drive]      | permissions: [read, fly]        | :8: expected an action",
                "electric: bool                  | electric: boolean               | :6: expected the attribute's type",
                "type: operation_approval        | type: operations                | :11: expected the element's type",
                "LEVEL_4: [driver]               | LEVEL_4: [pilot]                | :10: expected a role",
                "LEVEL_4: [driver]               | LEVEL_9: [driver]               | :10: expected one of",
                "seats: 2.0                      | seats: two                      | :13: expected a number",
                "electric: false                 | electric: nope                  | :13: expected true or false",
                "seats: 2.0                      | wheels: 4                       | :13: expected an attribute",
                "driver: [\"007\"]               | driver: [\"008\"]               | :18: expected an instance",
                "roles: {driver: [\"007\"]}      | roles: {pilot: [\"007\"]}       | :18: expected one of",
                "first_name: Ann                 | last_name: Ann                  | got 'last_name'",
                "actions: [read, drive]          | actions: read                   | :5: expected a list",
                "car-approval                    | car-requests                    | 'car-requests' twice",
                "users:                          | users: [                        | expected YAML"
            })
    void badYamlIsRefusedWithFileAndLine_beforeAnythingIsSent(String good, String bad, String complaint) {
        assertThat(SMALL).contains(good.strip());
        String text = SMALL.replace(good.strip(), bad.strip());
        assertThatThrownBy(() -> new PermitSetup(server.config()).apply(file(text), false))
                .hasMessageContaining("CS-310")
                .hasMessageContaining("cars.permit.yaml")
                .hasMessageContaining(complaint.strip());
        assertThat(server.received()).isEmpty();
    }

    @Test
    void theFamilysFileIsSound() {
        SetupPlan plan = SetupFile.read(Path.of("graphs", "food-ordering.permit.yaml"));
        assertThat(plan.instances()).extracting(SetupPlan.Instance::key).containsExactly("1", "2", "3", "4");
        assertThat(plan.users()).extracting(SetupPlan.User::key).containsExactly("joe", "jane", "henry", "rose");
        assertThat(plan.instances()
                        .get(2)
                        .attributes()
                        .path("child_price_limit")
                        .asDouble())
                .isEqualTo(10.0);
        assertThat(plan.instances()
                        .get(2)
                        .attributes()
                        .path("allowed_for_children")
                        .isBoolean())
                .isTrue();
    }
}
