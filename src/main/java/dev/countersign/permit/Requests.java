package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Files, reads and decides access requests and operation approvals. Each write is sent once. */
final class Requests {
    private final Rest rest;
    private final Place place;
    private final RequestRoutes routes;
    private final RequestReader reader;
    private final RequestLists lists;
    private final Instances instances;

    Requests(Rest rest, Place place, RequestRoutes routes, RequestReader reader, Instances instances) {
        this.rest = rest;
        this.place = place;
        this.routes = routes;
        this.reader = reader;
        this.instances = instances;
        this.lists = new RequestLists(rest, place, routes, reader, instances);
    }

    RequestLists lists() {
        return lists;
    }

    PermitRequest file(RequestDraft draft, Deadline deadline) {
        ObjectNode body = Json.object();
        body.set("access_request_details", details(draft, deadline));
        body.put("reason", new ReasonText(draft.reason(), draft.operation(), draft.reference()).stored());
        RestCall call = routes.as(
                        draft.user(), draft.kind(), RestCall::post, "file the " + name(draft.kind()), deadline)
                .body(body)
                .end();
        Answer answer = rest.send(call, deadline);
        if (answer.status() == 409 && answer.errorCode().equals("DUPLICATE_ENTITY")) {
            return sameWishPending(draft, deadline).orElseThrow(() -> rest.failed(call, answer));
        }
        return written(draft.kind(), call, answer, deadline);
    }

    private ObjectNode details(RequestDraft draft, Deadline deadline) {
        ObjectNode details = Json.object().put("tenant", place.tenant());
        boolean access = draft.kind() == RequestKind.ACCESS;
        if (access != (draft.role() != null) || (access && draft.operation() != null)) {
            throw Failures.invalid(
                    "expected a role for an access request and none for an operation approval, which alone"
                            + " may name an operation");
        }
        if (draft.resourceInstance() != null) {
            details.put("resource", place.resource());
            details.put("resource_instance", instances.keyOf(draft.resourceInstance(), deadline));
        } else if (!access) {
            details.put("resource", place.resource());
        }
        if (draft.role() != null) {
            details.put("role", Keys.role(draft.role()));
        }
        return details;
    }

    /** Permit may refuse a second pending request; then the first one is the answer, if it is for exactly the same. */
    private Optional<PermitRequest> sameWishPending(RequestDraft draft, Deadline deadline) {
        RequestFilter filter = new RequestFilter(RequestStatus.PENDING, draft.role(), draft.resourceInstance(), 1, 100);
        return lists.list(draft.kind(), draft.user(), filter, deadline).data().stream()
                .filter(request -> java.util.Objects.equals(request.operation(), draft.operation()))
                .filter(request -> isSame(request.requester(), draft.user(), deadline))
                .findFirst();
    }

    private boolean isSame(String requesterId, String user, Deadline deadline) {
        return requesterId.equals(userId(user, deadline));
    }

    private String userId(String user, Deadline deadline) {
        RestCall call = RestCall.get("look up user " + user, place.facts())
                .at("users", Keys.user(user))
                .end();
        return Wire.required(rest.json(call, deadline), "id", call.what());
    }

    PermitRequest get(RequestKind kind, String id, String asUser, Deadline deadline) {
        String checked = Keys.requestId(id);
        RestCall call = routes.as(asUser, kind, RestCall::get, "read the " + name(kind) + " " + id, deadline)
                .at(checked)
                .end();
        return sameId(kind, checked, call, rest.json(call, deadline), deadline);
    }

    PermitRequest approve(RequestKind kind, String id, String reviewer, @Nullable String comment, Deadline deadline) {
        PermitRequest now = get(kind, id, reviewer, deadline);
        if (isSame(now.requester(), reviewer, deadline)) {
            throw Failures.refused(
                    "could not approve the " + name(kind) + " " + id + ": " + reviewer
                            + " filed it. Another reviewer must decide.",
                    0);
        }
        requirePending(now);
        return decide(kind, id, reviewer, new Decision("approve", RequestStatus.APPROVED, comment), deadline);
    }

    PermitRequest deny(RequestKind kind, String id, String reviewer, @Nullable String comment, Deadline deadline) {
        requirePending(get(kind, id, reviewer, deadline));
        return decide(kind, id, reviewer, new Decision("deny", RequestStatus.DENIED, comment), deadline);
    }

    /** What a reviewer says. */
    private record Decision(
            String verb, RequestStatus status, @Nullable String comment) {
        ObjectNode body() {
            ObjectNode body = Json.object();
            return comment == null || comment.isBlank() ? body : body.put("reviewer_comment", comment);
        }
    }

    private PermitRequest decide(RequestKind kind, String id, String reviewer, Decision decision, Deadline deadline) {
        if (decision.comment != null
                && decision.comment.codePointCount(0, decision.comment.length()) > ReasonText.STORED_MAX) {
            throw Failures.invalid("expected a comment of at most " + ReasonText.STORED_MAX + " characters");
        }
        String what = decision.verb + " the " + name(kind) + " " + id;
        RestCall call = routes.as(reviewer, kind, RestCall::put, what, deadline)
                .at(id, decision.verb)
                .body(decision.body())
                .end();
        return moved(kind, id, call, decision.status, () -> get(kind, id, reviewer, deadline), deadline);
    }

    PermitRequest cancel(RequestKind kind, String id, String requester, Deadline deadline) {
        String checked = Keys.requestId(id);
        RestCall call = routes.cancelling(requester, kind, "cancel the " + name(kind) + " " + id, deadline)
                .at(checked, "cancel")
                .end();
        return moved(kind, id, call, RequestStatus.CANCELED, () -> get(kind, id, requester, deadline), deadline);
    }

    /** Sends a decision. On a plain no the request is read again, so that the error tells what really is. */
    private PermitRequest moved(
            RequestKind kind,
            String id,
            RestCall call,
            RequestStatus wanted,
            Supplier<PermitRequest> reread,
            Deadline deadline) {
        Answer answer = rest.send(call, deadline);
        if (answer.status() >= 400 && answer.status() < 500 && answer.status() != 401 && answer.status() != 429) {
            PermitException no = rest.failed(call, answer);
            try {
                requirePending(reread.get());
            } catch (PermitException decided) {
                throw decided.code().equals(Failures.CONFLICT) ? decided : no;
            }
            throw no;
        }
        PermitRequest request = written(kind, call, answer, deadline);
        if (!request.id().equalsIgnoreCase(id) || request.status() != wanted) {
            throw Failures.unreadable(call.what(), answer.status(), true, "the same request, " + wanted);
        }
        return request;
    }

    private static void requirePending(PermitRequest request) {
        if (request.status() != RequestStatus.PENDING) {
            throw Failures.conflict(
                    "the " + name(request.kind()) + " " + request.id() + " is already "
                            + RequestReader.wireName(request.status()) + "; it cannot be decided again",
                    409);
        }
    }

    /** Reads the answer to a write: whatever is wrong with it, the write may have been done. */
    private PermitRequest written(RequestKind kind, RestCall call, Answer answer, Deadline deadline) {
        if (!answer.ok()) {
            throw rest.failed(call, answer);
        }
        try {
            return reader.read(kind, answer.jsonOrMissing(), deadline);
        } catch (PermitException unreadable) {
            throw new PermitException(
                    unreadable.code(),
                    "could not learn what became of the wish to " + call.what() + ": " + unreadable.detail(),
                    answer.status(),
                    true,
                    unreadable);
        }
    }

    private PermitRequest sameId(RequestKind kind, String id, RestCall call, JsonNode json, Deadline deadline) {
        PermitRequest request = reader.read(kind, json, deadline);
        if (!request.id().equalsIgnoreCase(id)) {
            throw Failures.unreadable(call.what(), 200, false, "the request " + id);
        }
        return request;
    }

    static String name(RequestKind kind) {
        return kind == RequestKind.ACCESS ? "access request" : "operation approval";
    }
}
