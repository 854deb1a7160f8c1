package dev.countersign.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.emulator.Route.Access;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;

/** Users and their membership of tenants. */
final class UsersApi {
    private static final String USERS = "/v2/facts/{p}/{e}/users";
    private static final String IN_TENANT = "/v2/facts/{p}/{e}/tenants/{tenant}/users";
    private static final Pattern KEY = Pattern.compile("[A-Za-z0-9|@+\\-._]{1,200}");
    private static final int DEFAULT_SIZE = 30;

    private UsersApi() {}

    static List<Route> routes() {
        return List.of(
                Route.of("GET", USERS, Access.API_KEY, UsersApi::list),
                Route.of("POST", USERS, Access.API_KEY, UsersApi::create),
                Route.of("GET", USERS + "/{user}", Access.API_KEY, UsersApi::get),
                Route.of("PUT", USERS + "/{user}", Access.API_KEY, UsersApi::sync),
                Route.of("PATCH", USERS + "/{user}", Access.API_KEY, UsersApi::update),
                Route.of("DELETE", USERS + "/{user}", Access.API_KEY, UsersApi::delete),
                Route.of("POST", USERS + "/{user}/roles", Access.API_KEY, UsersApi::assignRole),
                Route.of("DELETE", USERS + "/{user}/roles", Access.API_KEY, UsersApi::unassignRole),
                Route.of("GET", IN_TENANT, Access.API_KEY, UsersApi::listInTenant),
                Route.of("POST", IN_TENANT, Access.API_KEY, UsersApi::addToTenant),
                Route.of("DELETE", IN_TENANT + "/{user}", Access.API_KEY, UsersApi::removeFromTenant));
    }

    private static Reply list(Call call) {
        return page(call, new Entities.Filter(Kind.USER, "", "", call.query("search"), call.query("role"), ""));
    }

    private static Reply listInTenant(Call call) {
        Entity tenant = call.tx().lookup().tenant(call.path("tenant"));
        return page(
                call, new Entities.Filter(Kind.USER, "", "", call.query("search"), call.query("role"), tenant.id()));
    }

    private static Reply page(Call call, Entities.Filter filter) {
        Paging paging = Paging.of(call, DEFAULT_SIZE);
        Entities entities = call.tx().entities();
        List<ObjectNode> rows = entities.list(filter, paging).stream()
                .map(call.tx().views()::user)
                .toList();
        return paging.wrapped(call, rows, entities.count(filter));
    }

    private static Reply create(Call call) {
        return Reply.ok(call.tx().views().user(createUser(call.tx(), call.tx().freshId(), call.body())));
    }

    /** Adds a user with the roles the body names. */
    static Entity createUser(Tx tx, String id, Fields body) {
        String key = requireKey(body.required("key"));
        if (tx.lookup().findUser(key).isPresent()) {
            throw ApiError.duplicate(Kind.USER.label(), key);
        }
        Entity user = tx.entities().insert(id, Kind.USER, "", key, "", profile(body));
        giveRoles(tx, user, body);
        return user;
    }

    private static String requireKey(String key) {
        if (!KEY.matcher(key).matches()) {
            throw ApiError.invalid(
                    "body", "key", "string does not match regex \"^[A-Za-z0-9|@+\\-._]+$\"", "value_error.str.regex");
        }
        return key;
    }

    private static ObjectNode profile(Fields body) {
        ObjectNode profile = Json.object();
        profile.put("email", body.text("email"));
        profile.put("first_name", body.text("first_name"));
        profile.put("last_name", body.text("last_name"));
        profile.set("attributes", body.object("attributes"));
        return profile;
    }

    private static void giveRoles(Tx tx, Entity user, Fields body) {
        Grants grants = new Grants(tx);
        for (Fields wanted : body.objects("role_assignments")) {
            tx.assignments().add(grants.resolve(user, wanted));
        }
    }

    private static Reply get(Call call) {
        return Reply.ok(call.tx().views().user(user(call)));
    }

    private static Entity user(Call call) {
        return call.tx().lookup().user(call.path("user"));
    }

    /** 201 when the user is new, 200 when it was replaced. The path names the user; the body's key only has to be one. */
    private static Reply sync(Call call) {
        Tx tx = call.tx();
        Fields body = call.body();
        String bodyKey = body.optional("key");
        if (!bodyKey.isEmpty()) {
            requireKey(bodyKey);
        }
        Optional<Entity> known = tx.lookup().findUser(call.path("user"));
        if (known.isPresent()) {
            Entity replaced = tx.entities().update(known.get(), profile(body));
            giveRoles(tx, replaced, body);
            return Reply.ok(tx.views().user(replaced));
        }
        ObjectNode withKey = body.node().deepCopy().put("key", call.path("user"));
        return Reply.json(201, tx.views().user(createUser(tx, tx.freshId(), new Fields(withKey))));
    }

    private static Reply update(Call call) {
        Entity user = user(call);
        ObjectNode changed = user.body().deepCopy();
        Fields body = call.body();
        for (String field : List.of("email", "first_name", "last_name")) {
            if (body.has(field)) {
                changed.put(field, body.text(field));
            }
        }
        if (body.node().hasNonNull("attributes")) {
            changed.set("attributes", body.object("attributes"));
        }
        return Reply.ok(call.tx().views().user(call.tx().entities().update(user, changed)));
    }

    private static Reply delete(Call call) {
        Entity user = user(call);
        call.tx().assignments().forget(user.id());
        call.tx().entities().delete(user);
        call.tx().ledger().record("api-key", "user deleted", user.key());
        return Reply.none();
    }

    private static Reply assignRole(Call call) {
        Grants grants = new Grants(call.tx());
        return Reply.ok(call.tx().views().assignment(grants.assign(grants.resolve(user(call), call.body()))));
    }

    private static Reply unassignRole(Call call) {
        Grants grants = new Grants(call.tx());
        grants.unassign(grants.resolve(user(call), call.body()));
        return Reply.none();
    }

    /** Adds a known user to the tenant, or a new one. */
    private static Reply addToTenant(Call call) {
        Tx tx = call.tx();
        Entity tenant = tx.lookup().tenant(call.path("tenant"));
        Entity user = tx.lookup()
                .findUser(call.body().required("key"))
                .orElseGet(() -> createUser(tx, tx.freshId(), call.body()));
        tx.assignments().join(user.id(), tenant.id());
        return Reply.ok(tx.views().user(user));
    }

    private static Reply removeFromTenant(Call call) {
        Tx tx = call.tx();
        Entity tenant = tx.lookup().tenant(call.path("tenant"));
        if (!tx.assignments().leave(user(call).id(), tenant.id())) {
            throw ApiError.notFound("User", call.path("user") + " in tenant " + tenant.key());
        }
        return Reply.none();
    }
}
