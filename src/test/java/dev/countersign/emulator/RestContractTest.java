package dev.countersign.emulator;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.emulator.Client.Answer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The rules that hold at every route: credentials, errors, pages, ids and keys. */
final class RestContractTest extends EmulatorTestBase {
    private static final String HENRY_VIEWS_3 =
            "{\"user\":\"henry\",\"role\":\"child-can-view\",\"tenant\":\"default\",\"resource_instance\":\"restaurants:3\"}";

    @Test
    void eachServerRefusesInItsOwnWords() throws Exception {
        assertThat(client.send("GET", "/v2/api-key/scope", "", "").code()).isEqualTo("UNAUTHORIZED");
        assertThat(client.send("GET", "/v2/api-key/scope", "wrong", "").status())
                .isEqualTo(401);
        Answer missing = client.send("POST", "/allowed", "", "{}");
        assertThat(missing.status()).isEqualTo(401);
        assertThat(missing.text()).isEqualTo("Missing Authorization header");
        assertThat(client.send("POST", "/allowed", "wrong", "{}").status()).isEqualTo(403);
        Answer horizon = client.send("POST", "/user-tenants", "wrong", "{}");
        assertThat(horizon.status()).isEqualTo(401);
        assertThat(horizon.body().path("detail").asText()).isEqualTo("Invalid PDP token");
        assertThat(client.send("GET", "/healthy", "", "").status()).isEqualTo(200);
        assertThat(client.send("GET", "/health", "", "").status()).isEqualTo(200);
    }

    @Test
    void keysAndTokensAreNotInterchangeable() throws Exception {
        String token = client.token("henry");
        assertThat(client.send("GET", client.operations(), Client.KEY, "").status())
                .isEqualTo(401);
        assertThat(client.send("GET", client.elementsRequests(), Client.KEY, "").status())
                .isEqualTo(401);
        assertThat(client.send("GET", client.facts + "/users", token, "").status())
                .isEqualTo(401);
        assertThat(client.send("POST", "/allowed", token, "{}").status()).isEqualTo(403);
        String forged = token.substring(0, token.length() - 2) + (token.endsWith("AA") ? "BB" : "AA");
        assertThat(client.send("GET", client.operations(), forged, "").status()).isEqualTo(401);
    }

    @Test
    void anotherEnvironmentIsRefused_unknownRoutesAreNotFound() throws Exception {
        assertThat(client.get("/v2/facts/elsewhere/prod/users").status()).isEqualTo(403);
        assertThat(client.get("/v2/facts/default/emulator/users").status()).isEqualTo(200);
        Answer nothing = client.get("/v2/nothing");
        assertThat(nothing.status()).isEqualTo(404);
        assertThat(nothing.body().path("detail").asText()).isEqualTo("Not Found");
        assertThat(client.post("/allowed_url", "{}").status()).isEqualTo(501);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a%2Fb", "a%3Fb", "a%23b", "%2e%2e", "a%20b", "nobody"})
    void pathPartsAreDecodedOneByOne(String user) throws Exception {
        Answer answer = client.get(client.facts + "/users/" + user);
        assertThat(answer.status()).isEqualTo(404);
        assertThat(answer.code()).isEqualTo("NOT_FOUND");
        assertThat(answer.body().path("title").asText()).isNotEmpty();
        assertThat(client.get(client.facts + "/users/hen%72y")
                        .body()
                        .path("key")
                        .asText())
                .isEqualTo("henry");
    }

    @Test
    void invalidInputIsAnsweredInTheValidationForm() throws Exception {
        String users = client.facts + "/users";
        for (String body :
                new String[] {"{\"key\":\"a/b\"}", "{\"key\":\"a b\"}", "{}", "[]", "{bad", "{\"key\":{}}"}) {
            Answer answer = client.post(users, body);
            assertThat(answer.status()).as(body).isEqualTo(422);
            assertThat(answer.body().path("detail").get(0).path("loc")).as(body).isNotEmpty();
        }
        assertThat(client.get(users + "?page=0").status()).isEqualTo(422);
        assertThat(client.get(users + "?page=x").status()).isEqualTo(422);
        Answer large = client.get(users + "?per_page=101");
        assertThat(large.status()).isEqualTo(422);
        assertThat(large.code()).isEqualTo("PAGINATION_SIZE_OVERREACHED");
        assertThat(client.post(users, "{\"key\":77,\"unknown\":1}")
                        .body()
                        .path("key")
                        .asText())
                .isEqualTo("77");
    }

    @Test
    void listsAreBareOrWrappedAsTheContractSays() throws Exception {
        for (String path : new String[] {"/resource_instances", "/role_assignments", "/tenants"}) {
            assertThat(client.get(client.facts + path).body().isArray())
                    .as(path)
                    .isTrue();
            JsonNode wrapped = client.get(client.facts + path + "?include_total_count=true&per_page=1")
                    .body();
            assertThat(wrapped.path("data")).as(path).hasSize(1);
            assertThat(wrapped.path("total_count").asInt())
                    .isEqualTo(wrapped.path("page_count").asInt());
        }
        assertThat(client.get(client.schema + "/resources").body().isArray()).isTrue();
        assertThat(client.get(client.schema + "/roles").body().isArray()).isTrue();
        assertThat(client.get(client.facts + "/users")
                        .body()
                        .path("total_count")
                        .asInt())
                .isEqualTo(4);
        assertThat(client.get(client.elements).body().path("total_count").asInt())
                .isEqualTo(3);
        assertThat(client.get(client.facts + "/tenants/default/users?per_page=3&page=2")
                        .body()
                        .path("data"))
                .hasSize(1);
    }

    @Test
    void usersReadWithTheirRolesAndTenants() throws Exception {
        JsonNode henry = client.get(client.facts + "/users/3").body();
        assertThat(henry.path("key").asText()).isEqualTo("henry");
        assertThat(henry.path("email").isNull()).isTrue();
        JsonNode tenant = henry.path("associated_tenants").get(0);
        assertThat(tenant.path("status").asText()).isEqualTo("active");
        assertThat(texts(tenant.path("resource_instance_roles"), "resource_instance"))
                .containsExactly("1", "2");
        assertThat(client.get(client.facts + "/users?role=parent")
                        .body()
                        .path("total_count")
                        .asInt())
                .isEqualTo(2);
        assertThat(client.get(client.facts + "/users?search=HEN")
                        .body()
                        .path("total_count")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void usersAreSyncedPatchedAndAddedToATenant() throws Exception {
        String zoe = client.facts + "/users/zoe";
        assertThat(client.send("PUT", zoe, Client.KEY, "{\"key\":\"zoe\",\"email\":\"z@example.org\"}")
                        .status())
                .isEqualTo(201);
        Answer replaced = client.send("PUT", zoe, Client.KEY, "{\"key\":\"zoe\",\"first_name\":\"Zoe\"}");
        assertThat(replaced.status()).isEqualTo(200);
        assertThat(replaced.body().path("email").isNull()).isTrue();
        assertThat(client.send("PATCH", zoe, Client.KEY, "{\"attributes\":{\"a\":1}}")
                        .body()
                        .path("first_name")
                        .asText())
                .isEqualTo("Zoe");
        Answer outside = client.post("/v2/auth/elements_login_as", "{\"user_id\":\"zoe\",\"tenant_id\":\"default\"}");
        assertThat(outside.status()).isEqualTo(200);
        assertThat(outside.body().path("error").asText()).isEqualTo("User not found");
        assertThat(outside.body().has("element_bearer_token")).isFalse();
        assertThat(client.post(client.facts + "/tenants/default/users", "{\"key\":\"zoe\"}")
                        .status())
                .isEqualTo(200);
        assertThat(client.token("zoe")).startsWith("elt_");
        assertThat(client.send("DELETE", client.facts + "/tenants/default/users/zoe", Client.KEY, "")
                        .status())
                .isEqualTo(204);
        assertThat(client.send("DELETE", client.facts + "/tenants/default/users/zoe", Client.KEY, "")
                        .status())
                .isEqualTo(404);
    }

    @Test
    void rolesOnInstancesComeAndGoOnBothRoutes() throws Exception {
        String byUser = client.facts + "/users/henry/roles";
        Answer assigned = client.post(byUser, HENRY_VIEWS_3);
        assertThat(assigned.status()).isEqualTo(200);
        assertThat(assigned.body().path("resource_instance").asText()).isEqualTo("restaurants:3");
        assertThat(client.post(byUser, HENRY_VIEWS_3).body().path("id"))
                .as("held already: the same assignment")
                .isEqualTo(assigned.body().path("id"));
        assertThat(client.send("DELETE", byUser, Client.KEY, HENRY_VIEWS_3).status())
                .isEqualTo(204);
        assertThat(client.send("DELETE", byUser, Client.KEY, HENRY_VIEWS_3).status())
                .isEqualTo(404);
        String all = client.facts + "/role_assignments";
        assertThat(client.send("DELETE", all, Client.KEY, "{\"user\":\"henry\",\"role\":\"x\"}")
                        .status())
                .isEqualTo(422);
        assertThat(client.get(all + "?user=3&resource=restaurants&resource_instance=restaurants%3A1")
                        .body())
                .hasSize(1);
        assertThat(client.get(all + "?user=ghost").body()).isEmpty();
        String ghost = "[{\"user\":\"ghost\",\"role\":\"child-can-view\",\"resource_instance\":\"restaurants:1\"}]";
        assertThat(client.post(all + "/bulk", ghost).status()).isEqualTo(404);
        assertThat(client.post(all + "/bulk?missing_user_policy=ignore", ghost)
                        .body()
                        .path("assignments_created")
                        .asInt())
                .isZero();
        assertThat(client.post(all + "/bulk?missing_user_policy=create", ghost)
                        .body()
                        .path("assignments_created")
                        .asInt())
                .isEqualTo(1);
    }

    @Test
    void bulkThatFailsLeavesNothingBehind() throws Exception {
        String mixed = "[" + HENRY_VIEWS_3 + ",{\"user\":\"ghost\",\"role\":\"parent\",\"tenant\":\"default\"}]";
        assertThat(client.post(client.facts + "/role_assignments/bulk", mixed).status())
                .isEqualTo(404);
        assertThat(client.check("henry", "read", "3")).isFalse();
    }

    @Test
    void schemaIsWrittenAndRead() throws Exception {
        String docs = client.schema + "/resources";
        assertThat(client.post(
                                docs,
                                "{\"key\":\"doc\",\"name\":\"Doc\",\"actions\":{\"read\":{},\"edit\":{}},"
                                        + "\"roles\":{\"reader\":{\"name\":\"Reader\",\"permissions\":[\"read\"]}}}")
                        .body()
                        .path("roles")
                        .path("reader")
                        .path("permissions")
                        .get(0)
                        .asText())
                .isEqualTo("read");
        assertThat(client.post(docs, "{\"key\":\"doc\",\"name\":\"Doc\",\"actions\":{}}")
                        .status())
                .isEqualTo(409);
        String reader = docs + "/doc/roles/reader";
        assertThat(client.post(reader + "/permissions", "{\"permissions\":[\"doc:edit\"]}")
                        .body()
                        .path("permissions"))
                .hasSize(2);
        assertThat(client.send("DELETE", reader + "/permissions", Client.KEY, "{\"permissions\":[\"doc:edit\"]}")
                        .body()
                        .path("permissions"))
                .hasSize(1);
        assertThat(client.post(reader + "/permissions", "{\"permissions\":[\"fly\"]}")
                        .code())
                .isEqualTo("MISSING_PERMISSIONS");
        assertThat(client.send("PATCH", docs + "/doc", Client.KEY, "{\"description\":\"papers\"}")
                        .body()
                        .path("actions")
                        .has("edit"))
                .isTrue();
        assertThat(client.send("PUT", docs + "/doc", Client.KEY, "{\"name\":\"Doc\",\"actions\":{\"read\":{}}}")
                        .body()
                        .path("actions")
                        .has("edit"))
                .isFalse();
        assertThat(client.send("DELETE", docs + "/doc", Client.KEY, "").status())
                .isEqualTo(204);
        assertThat(client.get(reader).status()).isEqualTo(404);
    }

    @Test
    void operationApprovalElementBringsItsRolesAndActions() throws Exception {
        client.post(client.schema + "/resources", "{\"key\":\"doc\",\"name\":\"Doc\",\"actions\":{\"read\":{}}}");
        client.post(
                client.elements,
                "{\"key\":\"doc-approval\",\"name\":\"Doc approval\",\"elements_type\":\"operation_approval\","
                        + "\"settings\":{\"resourceTypeSelected\":\"doc\"}}");
        JsonNode doc = client.get(client.schema + "/resources/doc").body();
        assertThat(doc.path("roles").has("_Approved_")).isTrue();
        assertThat(doc.path("roles").path("_Reviewer_").path("permissions")).hasSize(3);
        assertThat(doc.path("actions").has("operate")).isTrue();
    }

    @Test
    void elementsReadLevelsAsRoles_andTellATokenItsLevel() throws Exception {
        String one = client.elements + "/restaurant-requests";
        assertThat(texts(client.get(one).body().path("roles_to_levels").path("LEVEL_1"), "key"))
                .containsExactly("parent");
        client.send(
                "PATCH", one, Client.KEY, "{\"webhook\":{\"url\":\"http://127.0.0.1:9/x\",\"bearer_token\":\"s\"}}");
        JsonNode runtime =
                client.send("GET", one + "/runtime", client.token("henry"), "").body();
        assertThat(runtime.path("current_permission_level").asText()).isEqualTo("LEVEL_4");
        assertThat(runtime.path("config").has("webhook")).isFalse();
        String removable = client.elements.replace("/config", "") + "/dish-requests";
        assertThat(client.send("DELETE", removable, Client.KEY, "").status()).isEqualTo(204);
        assertThat(client.get(client.elements + "/dish-requests").status()).isEqualTo(404);
    }

    @Test
    void pdpNamesWhoMay() throws Exception {
        JsonNode users = client.post(
                        "/authorized_users",
                        "{\"action\":\"approve\",\"resource\":{\"type\":\"restaurants\",\"key\":\"3\",\"tenant\":\"default\"}}")
                .body();
        assertThat(users.path("resource").asText()).isEqualTo("restaurants:3");
        assertThat(users.path("users").properties()).hasSize(2);
        assertThat(users.path("users").path("joe").get(0).path("role").asText()).isEqualTo("_Reviewer_");
    }

    @Test
    void pdpKnowsKeysNotIds() throws Exception {
        String id = client.get(client.facts + "/users/joe").body().path("id").asText();
        assertThat(client.check("joe", "read", "3")).isTrue();
        assertThat(client.check(id, "read", "3")).isFalse();
        assertThat(client.check("joe", "fly", "3")).isFalse();
        assertThat(client.check("joe", "read", "99")).isFalse();
    }

    @Test
    void requestLogHoldsNoSecret() throws Exception {
        client.token("henry");
        client.send(
                "PATCH",
                client.elements + "/dish-requests",
                Client.KEY,
                "{\"webhook\":{\"url\":\"http://127.0.0.1:9/x\",\"bearer_token\":\"s3cret-of-the-hook\"}}");
        client.send("GET", client.operations(), client.token("joe"), "");
        client.send("GET", client.operations(), "wrong", "");
        assertThat(server.requestLog().all().toString())
                .doesNotContain(Client.KEY)
                .doesNotContain("s3cret-of-the-hook")
                .doesNotContain("elt_");
        assertThat(server.requestLog().matching("GET", "operation_approval"))
                .extracting(LoggedRequest::credential)
                .containsExactly("elements", "wrong");
        assertThat(client.get("/emulator/requests").body()).isNotEmpty();
        assertThat(client.send("GET", "/emulator/requests", "wrong", "").status())
                .isEqualTo(401);
    }
}
