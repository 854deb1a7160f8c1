package dev.countersign.permit;

import java.net.URI;

/**
 * Where requests live, and as whom they are touched. Access requests are filed, read and decided on the facts route with the
 * API key and the acting user in the path, and cancelled on the Elements route; operation approvals live on the Elements
 * route alone. There the acting user's own token speaks.
 */
final class RequestRoutes {
    private final Place place;
    private final ElementsLogin login;

    RequestRoutes(Place place, ElementsLogin login) {
        this.place = place;
        this.login = login;
    }

    /** A verb on the collection of one kind as one user; append the id, if any, with {@code at}. */
    RestCall.Path as(String user, RequestKind kind, Verb verb, String what, Deadline deadline) {
        String checked = Keys.user(user);
        if (kind == RequestKind.OPERATION) {
            return verb.call(what, place.elements())
                    .at("config", place.operationElement(), "operation_approval")
                    .as(login.token(checked, deadline));
        }
        return verb.call(what, place.facts())
                .at("access_requests", place.accessElement(), "user", checked, "tenant", place.tenant());
    }

    /** Cancelling is the requester's own act, so it needs the requester's token for both kinds. */
    RestCall.Path cancelling(String requester, RequestKind kind, String what, Deadline deadline) {
        if (kind == RequestKind.OPERATION) {
            return as(requester, kind, RestCall::put, what, deadline);
        }
        return RestCall.put(what, place.elements())
                .at("config", place.accessElement(), "access_requests")
                .as(login.token(Keys.user(requester), deadline));
    }

    /** One of the starts of a call, such as {@code RestCall::get}. */
    interface Verb {
        RestCall.Path call(String what, URI base);
    }
}
