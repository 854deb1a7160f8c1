package dev.countersign.emulator;

import dev.countersign.emulator.Route.Access;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Access requests on the facts route (the API key acts for the user in the path) and on the Elements route (the token says
 * who acts), and operation approvals, which have the Elements route only.
 */
final class RequestsApi {
    private static final String FACTS = "/v2/facts/{p}/{e}/access_requests/{elem}/user/{actor}/tenant/{tenant}";
    private static final String ELEMENTS = "/v2/elements/{p}/{e}/config/{elem}/";

    private RequestsApi() {}

    static List<Route> routes() {
        List<Route> routes = new ArrayList<>();
        routes.addAll(verbs(FACTS, Access.API_KEY, RequestsApi::forPathUser));
        routes.addAll(verbs(
                ELEMENTS + "access_requests", Access.ELEMENTS, call -> forTokenUser(call, RequestKind.ACCESS_REQUEST)));
        routes.addAll(verbs(
                ELEMENTS + "operation_approval",
                Access.ELEMENTS,
                call -> forTokenUser(call, RequestKind.OPERATION_APPROVAL)));
        return routes;
    }

    private static List<Route> verbs(String base, Access access, Function<Call, RequestDesk> desk) {
        String one = base + "/{id}";
        return List.of(
                Route.of("POST", base, access, call -> desk.apply(call).file()),
                Route.of("GET", base, access, call -> desk.apply(call).list()),
                Route.of("GET", one, access, call -> desk.apply(call).get()),
                Route.of(
                        "PATCH",
                        one + "/reviewer",
                        access,
                        call -> desk.apply(call).amend()),
                Route.of(
                        "PUT",
                        one + "/approve",
                        access,
                        call -> desk.apply(call).approve()),
                Route.of("PUT", one + "/deny", access, call -> desk.apply(call).deny()),
                Route.of(
                        "PUT", one + "/cancel", access, call -> desk.apply(call).cancel()));
    }

    private static RequestDesk forPathUser(Call call) {
        Lookup lookup = call.tx().lookup();
        return new RequestDesk(
                call, RequestKind.ACCESS_REQUEST, lookup.user(call.path("actor")), lookup.tenant(call.path("tenant")));
    }

    /** A token outlives its user or tenant only as a refusal. */
    private static RequestDesk forTokenUser(Call call, RequestKind kind) {
        Entities entities = call.tx().entities();
        Entity actor = entities.byId(Kind.USER, call.bearer().userId())
                .orElseThrow(() -> ApiError.unauthorized("the token's user is gone"));
        Entity tenant = entities.byId(Kind.TENANT, call.bearer().tenantId())
                .orElseThrow(() -> ApiError.unauthorized("the token's tenant is gone"));
        return new RequestDesk(call, kind, actor, tenant);
    }
}
