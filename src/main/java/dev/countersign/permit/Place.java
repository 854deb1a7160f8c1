package dev.countersign.permit;

import dev.countersign.config.PermitConfig;
import java.net.URI;

/**
 * Where everything of one connection lies: the bases of the routes, and the names that the settings fix.
 *
 * @param api REST base without trailing slash
 * @param pdp PDP base without trailing slash
 */
record Place(
        URI api,
        URI pdp,
        PermitScope scope,
        String tenant,
        String resource,
        String accessElement,
        String operationElement) {
    static Place of(PermitConfig config, PermitScope scope) {
        return new Place(
                bare(config.apiUrl()),
                bare(config.pdpUrl()),
                scope,
                Keys.setting("TENANT", config.tenant()),
                Keys.setting("RESOURCE_KEY", config.resource()),
                Keys.setting("ACCESS_ELEMENTS_CONFIG_ID", config.accessElement()),
                Keys.setting("OPERATION_ELEMENTS_CONFIG_ID", config.operationElement()));
    }

    /** A trailing slash would make {@code //allowed}, which is another path. */
    static URI bare(URI base) {
        return URI.create(base.toString().replaceAll("/+$", ""));
    }

    URI facts() {
        return under("facts");
    }

    URI schema() {
        return under("schema");
    }

    URI elements() {
        return under("elements");
    }

    private URI under(String room) {
        return URI.create(
                api + "/v2/" + room + "/" + Keys.encoded(scope.project()) + "/" + Keys.encoded(scope.environment()));
    }
}
