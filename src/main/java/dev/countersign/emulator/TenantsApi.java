package dev.countersign.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.emulator.Entities.Filter;
import dev.countersign.emulator.Route.Access;
import java.util.List;
import java.util.Set;

/** The key's scope, and tenants. */
final class TenantsApi {
    private static final String TENANTS = "/v2/facts/{p}/{e}/tenants";
    private static final int DEFAULT_SIZE = 30;
    private static final Set<String> FIELDS = Set.of("name", "description", "attributes");

    private TenantsApi() {}

    static List<Route> routes() {
        return List.of(
                Route.of("GET", "/v2/api-key/scope", Access.API_KEY, TenantsApi::scope),
                Route.of("GET", TENANTS, Access.API_KEY, TenantsApi::list),
                Route.of("POST", TENANTS, Access.API_KEY, TenantsApi::create),
                Route.of("GET", TENANTS + "/{tenant}", Access.API_KEY, TenantsApi::get),
                Route.of("PATCH", TENANTS + "/{tenant}", Access.API_KEY, TenantsApi::update),
                Route.of("DELETE", TENANTS + "/{tenant}", Access.API_KEY, TenantsApi::delete));
    }

    private static Reply scope(Call call) {
        return Reply.ok(call.tx().scope().stamp(Json.object()));
    }

    private static Reply list(Call call) {
        Paging paging = Paging.of(call, DEFAULT_SIZE);
        Filter filter = new Filter(Kind.TENANT, "", "", call.query("search"), "", "");
        Entities entities = call.tx().entities();
        List<ObjectNode> rows = entities.list(filter, paging).stream()
                .map(call.tx().views()::tenant)
                .toList();
        return paging.bare(call, rows, entities.count(filter));
    }

    private static Reply create(Call call) {
        Fields body = call.body();
        String key = body.required("key");
        ObjectNode fields = tenantBody(body.required("name"));
        fields.put("description", body.text("description"));
        fields.set("attributes", body.object("attributes"));
        Tx tx = call.tx();
        return Reply.ok(tx.views().tenant(tx.entities().insert(tx.freshId(), Kind.TENANT, "", key, "", fields)));
    }

    static ObjectNode tenantBody(String name) {
        ObjectNode body = Json.object().put("name", name).putNull("description");
        body.putObject("attributes");
        return body;
    }

    private static Entity tenant(Call call) {
        return call.tx().lookup().tenant(call.path("tenant"));
    }

    private static Reply get(Call call) {
        return Reply.ok(call.tx().views().tenant(tenant(call)));
    }

    private static Reply update(Call call) {
        Entity tenant = tenant(call);
        ObjectNode changed = tenant.body().deepCopy();
        call.body().node().properties().stream()
                .filter(field -> FIELDS.contains(field.getKey()))
                .forEach(field -> changed.set(field.getKey(), field.getValue()));
        return Reply.ok(call.tx().views().tenant(call.tx().entities().update(tenant, changed)));
    }

    private static Reply delete(Call call) {
        Entity tenant = tenant(call);
        Entities entities = call.tx().entities();
        entities.every(new Filter(Kind.INSTANCE, "*", tenant.id(), "", "", ""))
                .forEach(instance -> InstancesApi.remove(call.tx(), instance));
        call.tx().assignments().forget(tenant.id());
        entities.delete(tenant);
        return Reply.none();
    }
}
