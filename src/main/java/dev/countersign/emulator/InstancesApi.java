package dev.countersign.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.emulator.Entities.Filter;
import dev.countersign.emulator.Route.Access;
import java.util.List;
import java.util.Optional;

/** Resource instances. */
final class InstancesApi {
    private static final String INSTANCES = "/v2/facts/{p}/{e}/resource_instances";
    private static final int DEFAULT_SIZE = 30;

    private InstancesApi() {}

    static List<Route> routes() {
        return List.of(
                Route.of("GET", INSTANCES, Access.API_KEY, InstancesApi::list),
                Route.of("POST", INSTANCES, Access.API_KEY, InstancesApi::create),
                Route.of("GET", INSTANCES + "/{instance}", Access.API_KEY, InstancesApi::get),
                Route.of("PATCH", INSTANCES + "/{instance}", Access.API_KEY, InstancesApi::update),
                Route.of("DELETE", INSTANCES + "/{instance}", Access.API_KEY, InstancesApi::delete));
    }

    private static Reply list(Call call) {
        Paging paging = Paging.of(call, DEFAULT_SIZE);
        Lookup lookup = call.tx().lookup();
        Optional<Entity> tenant = lookup.findTenant(call.query("tenant"));
        Optional<Entity> resource = lookup.findResource(call.query("resource"));
        boolean namesNothing = (!call.query("tenant").isEmpty() && tenant.isEmpty())
                || (!call.query("resource").isEmpty() && resource.isEmpty());
        if (namesNothing) {
            return paging.bare(call, List.of(), 0);
        }
        Filter filter = new Filter(
                Kind.INSTANCE,
                resource.map(Entity::id).orElse("*"),
                tenant.map(Entity::id).orElse(""),
                call.query("search"),
                "",
                "");
        Entities entities = call.tx().entities();
        List<ObjectNode> rows = entities.list(filter, paging).stream()
                .map(call.tx().views()::instance)
                .toList();
        return paging.bare(call, rows, entities.count(filter));
    }

    private static Reply create(Call call) {
        return Reply.ok(
                call.tx().views().instance(createInstance(call.tx(), call.tx().freshId(), call.body())));
    }

    static Entity createInstance(Tx tx, String id, Fields body) {
        Entity resource = tx.lookup().resource(body.required("resource"));
        String tenantReference = body.optional("tenant");
        Entity tenant = tx.lookup().tenant(tenantReference.isEmpty() ? Seeder.TENANT : tenantReference);
        ObjectNode fields = Json.object();
        fields.set("attributes", body.object("attributes"));
        return tx.entities().insert(id, Kind.INSTANCE, resource.id(), body.required("key"), tenant.id(), fields);
    }

    private static Entity instance(Call call) {
        return call.tx().lookup().instance(call.path("instance"));
    }

    private static Reply get(Call call) {
        return Reply.ok(call.tx().views().instance(instance(call)));
    }

    private static Reply update(Call call) {
        Entity instance = instance(call);
        ObjectNode changed = instance.body().deepCopy();
        if (call.body().has("attributes")) {
            changed.set("attributes", call.body().object("attributes"));
        }
        return Reply.ok(call.tx().views().instance(call.tx().entities().update(instance, changed)));
    }

    private static Reply delete(Call call) {
        remove(call.tx(), instance(call));
        return Reply.none();
    }

    static void remove(Tx tx, Entity instance) {
        tx.assignments().forget(instance.id());
        tx.entities().delete(instance);
    }
}
