package dev.countersign.emulator;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.permit.sdk.Permit;
import io.permit.sdk.PermitConfig;
import io.permit.sdk.api.PermitApiError;
import io.permit.sdk.enforcement.CheckQuery;
import io.permit.sdk.enforcement.GetUserPermissionsQuery;
import io.permit.sdk.enforcement.ObjectPermissions;
import io.permit.sdk.enforcement.Resource;
import io.permit.sdk.enforcement.User;
import io.permit.sdk.enforcement.UserPermissions;
import io.permit.sdk.openapi.models.ResourceInstanceCreate;
import io.permit.sdk.openapi.models.RoleAssignmentCreate;
import io.permit.sdk.openapi.models.RoleAssignmentRemove;
import io.permit.sdk.openapi.models.TenantCreate;
import io.permit.sdk.openapi.models.UserCreate;
import io.permit.sdk.openapi.models.UserRead;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/** Permit's own Java SDK, unchanged, against the emulator. */
final class SdkTest extends EmulatorTestBase {
    private final Permit permit = new Permit(new PermitConfig.Builder(Client.KEY)
            .withApiUrl(server.url())
            .withPdpAddress(server.url())
            .build());

    private static Resource restaurant(String key) {
        return Resource.fromString("restaurants:" + key);
    }

    @Test
    void checksAnswerAsSeeded_forLoginsAndForTheGuidesNumbers() throws Exception {
        for (String henry : List.of("henry", "3")) {
            User user = User.fromString(henry);
            assertThat(permit.check(user, "read", restaurant("1"))).isTrue();
            assertThat(permit.check(user, "read", restaurant("3"))).isFalse();
            assertThat(permit.check(user, "operate", restaurant("1"))).isFalse();
            assertThat(permit.check(user, "read", Resource.fromString("restaurants")))
                    .isFalse();
            boolean[] both = permit.bulkCheck(List.of(
                    new CheckQuery(User.fromString("joe"), "delete", restaurant("1")),
                    new CheckQuery(user, "delete", restaurant("1"))));
            assertThat(both).containsExactly(true, false);
            assertThat(permit.checkInAllTenants(user, "read", restaurant("1"))).hasSize(1);
            assertThat(permit.getUserTenants(user).get(0).key).isEqualTo("default");
        }
        assertThat(permit.check(User.fromString("ghost"), "read", restaurant("1")))
                .isFalse();
    }

    @Test
    void userPermissionsNameInstancesAndRoles() throws Exception {
        UserPermissions permissions = permit.getUserPermissions(new GetUserPermissionsQuery(
                User.fromString("henry"), List.of("default"), List.of("restaurants"), null));
        assertThat(permissions.keySet()).containsExactlyInAnyOrder("restaurants:1", "restaurants:2");
        ObjectPermissions onPizza = requireNonNull(permissions.get("restaurants:1"));
        assertThat(onPizza.roles).containsExactly("child-can-view");
        assertThat(onPizza.permissions).containsExactly("restaurants:read");
    }

    @Test
    void usersComeGoAndAreFoundByKeyOrId() throws Exception {
        UserCreate zoe = new UserCreate("zoe").withFirstName("Zoe");
        assertThat(permit.api.users.sync(zoe).wasCreated()).isTrue();
        assertThat(permit.api.users.sync(zoe).wasCreated()).isFalse();
        UserRead read = permit.api.users.get("zoe");
        assertThat(permit.api.users.getById(UUID.fromString(read.id)).key).isEqualTo("zoe");
        assertThat(permit.api.users.get("3").firstName).isEqualTo("henry");
        assertThat(permit.api.users.list(1, 2).data).hasSize(2);
        assertThatThrownBy(() -> permit.api.users.create(zoe))
                .isInstanceOfSatisfying(
                        PermitApiError.class,
                        e -> assertThat(e.getResponseCode()).isEqualTo(409));
        permit.api.users.delete("zoe");
        assertThatThrownBy(() -> permit.api.users.get("zoe"))
                .isInstanceOfSatisfying(
                        PermitApiError.class,
                        e -> assertThat(e.getResponseCode()).isEqualTo(404));
    }

    @Test
    void instancesAreMadeAndRemoved() throws Exception {
        HashMap<String, Object> attributes = new HashMap<>();
        attributes.put("name", "Noodle Bar");
        permit.api.resourceInstances.create(new ResourceInstanceCreate("5", "restaurants")
                .withTenant("default")
                .withAttributes(attributes));
        assertThat(permit.api.resourceInstances.get("restaurants:5").attributes).containsEntry("name", "Noodle Bar");
        assertThat(Arrays.stream(permit.api.resourceInstances.list(1, 100)).map(it -> it.key))
                .containsExactly("1", "2", "3", "4", "5");
        assertThatThrownBy(() -> permit.api.resourceInstances.create(
                        new ResourceInstanceCreate("5", "restaurants").withTenant("default")))
                .isInstanceOf(PermitApiError.class);
        permit.api.resourceInstances.delete("restaurants:5");
        assertThat(permit.api.resourceInstances.list(1, 100)).hasSize(4);
    }

    @Test
    void rolesAreAssignedOnceAndRemovedOnce() throws Exception {
        RoleAssignmentCreate create = new RoleAssignmentCreate("_Approved_", "henry")
                .withTenant("default")
                .withResourceInstance("restaurants:1");
        assertThat(permit.api.roleAssignments.assign(create).resourceInstance).isEqualTo("restaurants:1");
        assertThat(permit.check(User.fromString("henry"), "operate", restaurant("1")))
                .isTrue();
        RoleAssignmentRemove remove = new RoleAssignmentRemove("_Approved_", "henry")
                .withTenant("default")
                .withResourceInstance("restaurants:1");
        permit.api.roleAssignments.unassign(remove);
        assertThatThrownBy(() -> permit.api.roleAssignments.unassign(remove))
                .isInstanceOfSatisfying(
                        PermitApiError.class,
                        e -> assertThat(e.getResponseCode()).isEqualTo(404));
        assertThat(permit.api.roleAssignments.bulkAssign(List.of(create, create)).assignmentsCreated)
                .isEqualTo(1);
        assertThat(permit.api.roleAssignments.bulkUnassign(List.of(remove)).assignmentsRemoved)
                .isEqualTo(1);
        assertThat(permit.api.users.getAssignedRoles("henry")).hasSize(2);
        assertThat(permit.api.roleAssignments.list(null, null, "parent", "restaurants:1"))
                .hasSize(2);
    }

    @Test
    void schemaAndTenantsReadAsTheSdkModelsThem() throws Exception {
        assertThat(permit.api.resources.get("restaurants").roles).containsKeys("parent", "_Approved_");
        assertThat(permit.api.resourceRoles.get("restaurants", "parent").permissions)
                .containsExactly("create", "read", "update", "delete");
        assertThat(permit.api.roles.list()).isEmpty();
        permit.api.tenants.create(new TenantCreate("school", "School"));
        assertThat(Arrays.stream(permit.api.tenants.list()).map(it -> it.key)).containsExactly("default", "school");
        assertThat(permit.api.tenants.listTenantUsers("default").data).hasSize(4);
        permit.api.tenants.delete("school");
    }

    @Test
    void elementsLoginSpeaksThroughTheBody() throws Exception {
        assertThat(permit.elements.loginAs("henry", "default").error).isNull();
        assertThat(permit.elements.loginAs("ghost", "default").error).isEqualTo("User not found");
        assertThat(permit.elements.loginAs("ghost", "default").errorCode).isEqualTo(404);
        assertThat(permit.elements.loginAs("henry", "nowhere").error).isEqualTo("Tenant not found");
    }

    @Test
    void wrongKeyIsRefusedEverywhere() {
        Permit stranger = new Permit(new PermitConfig.Builder("wrong")
                .withApiUrl(server.url())
                .withPdpAddress(server.url())
                .build());
        assertThatThrownBy(() -> stranger.check(User.fromString("joe"), "read", restaurant("1")))
                .isInstanceOfSatisfying(
                        PermitApiError.class,
                        e -> assertThat(e.getResponseCode()).isEqualTo(403));
        assertThatThrownBy(() -> stranger.api.users.get("joe")).isInstanceOf(Exception.class);
    }
}
