package dev.countersign.emulator;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.emulator.Assignments.Grant;
import dev.countersign.emulator.Requests.Filter;
import dev.countersign.emulator.Requests.Viewer;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * What may be done with requests of one kind at one element by one user in one tenant. The routes differ in how they learn
 * who acts; from there on this is the one place for the rules.
 */
final class RequestDesk {
    private static final int DEFAULT_SIZE = 30;

    private final Call call;
    private final Tx tx;
    private final RequestKind kind;
    private final Element element;
    private final Entity actor;
    private final Entity tenant;

    RequestDesk(Call call, RequestKind kind, Entity actor, Entity tenant) {
        this.call = call;
        this.tx = call.tx();
        this.kind = kind;
        this.actor = actor;
        this.tenant = tenant;
        this.element = new Element(tx.lookup().element(call.path("elem")));
        if (!element.takes(kind)) {
            throw ApiError.of(
                    422,
                    "INVALID_INPUT",
                    element.entity().label() + " is a " + element.type() + ", which takes no " + kind.type());
        }
    }

    Reply file() {
        Fields details = call.body().requiredObject("access_request_details");
        requireMember(tx.lookup().tenant(details.required("tenant")));
        Draft draft = new Drafting(tx, element, tenant).read(kind, details);
        RequestRow row = new RequestRow(
                tx.freshId(),
                kind,
                element.entity().id(),
                tenant.id(),
                draft.resourceId(),
                draft.instanceId(),
                draft.roleId(),
                actor.id(),
                call.body().text("reason"),
                details.node().toString(),
                RequestRow.PENDING,
                "",
                null,
                null,
                tx.now(),
                tx.now());
        if (tx.switches().duplicatePending409() && tx.requests().samePending(row)) {
            throw ApiError.duplicate(kind.label(), "a pending request for the same thing");
        }
        tx.requests().insert(row);
        tx.ledger().record(actor.key(), kind.type() + " filed", row.id());
        if (tx.switches().webhookOnCreation()) {
            tx.ledger().post(row);
        }
        return Reply.ok(tx.views().request(row));
    }

    /** What a request is for, by id. */
    record Draft(String resourceId, String instanceId, String roleId) {}

    private void requireMember(Entity named) {
        if (!named.id().equals(tenant.id())) {
            throw ApiError.of(
                    422, "INVALID_INPUT", "the details name another tenant than the one acted in: " + named.key());
        }
        if (!tx.assignments().tenantsOf(actor.id()).contains(named.id())) {
            throw ApiError.of(
                    tx.switches().notInTenantStatus(),
                    "FORBIDDEN_ACCESS",
                    actor.label() + " is not a member of tenant '" + named.key() + "'");
        }
    }

    Reply list() {
        Paging paging = Paging.of(call, DEFAULT_SIZE);
        String instance = call.query("resource_instance_id").isEmpty()
                ? call.query("resource_instance")
                : call.query("resource_instance_id");
        Optional<String> resource = filterId(call.query("resource"), tx.lookup().findResource(call.query("resource")));
        Optional<String> tenantFilter =
                filterId(call.query("tenant"), tx.lookup().findTenant(call.query("tenant")));
        boolean elsewhere = tenantFilter
                .filter(id -> id.isEmpty() || id.equals(tenant.id()))
                .isEmpty();
        if (resource.isEmpty() || elsewhere) {
            return paging.wrapped(call, List.of(), 0);
        }
        boolean ofElement = kind == RequestKind.ACCESS_REQUEST;
        Filter filter = new Filter(
                kind,
                ofElement ? element.entity().id() : "",
                tenant.id(),
                call.query("status"),
                ofElement ? call.query("role") : "",
                resource.get(),
                instance,
                instance.isEmpty() ? List.of() : tx.lookup().instanceIds(instance));
        List<ObjectNode> rows = tx.requests().list(filter, viewer(), paging).stream()
                .map(tx.views()::listedRequest)
                .toList();
        return paging.wrapped(call, rows, tx.requests().count(filter, viewer()));
    }

    private static Optional<String> filterId(String reference, Optional<Entity> found) {
        return reference.isEmpty() ? Optional.of("") : found.map(Entity::id);
    }

    /** Access requests go by the element's levels, operation approvals by the role that Permit finds by its key. */
    private Viewer viewer() {
        if (kind == RequestKind.ACCESS_REQUEST) {
            return new Viewer(actor.id(), element.roles("LEVEL_1"), element.roles("LEVEL_2"), true);
        }
        List<String> reviewers = Stream.concat(
                        Stream.of(""),
                        tx.entities().every(Entities.Filter.all(Kind.RESOURCE)).stream()
                                .map(Entity::id))
                .map(scope -> tx.lookup().findRole(scope, ElementsApi.REVIEWER))
                .flatMap(Optional::stream)
                .map(Entity::id)
                .toList();
        return new Viewer(actor.id(), reviewers, List.of(), false);
    }

    /** The request named in the path, if it belongs here. */
    private RequestRow row() {
        String id = call.path("id");
        if (!Lookup.isUuid(id)) {
            throw ApiError.invalid("path", kind.type() + "_id", "value is not a valid uuid", "type_error.uuid");
        }
        return tx.requests()
                .find(kind, id)
                .filter(row -> row.tenantId().equals(tenant.id()))
                .filter(row -> kind == RequestKind.OPERATION_APPROVAL
                        || row.elementId().equals(element.entity().id()))
                .orElseThrow(() -> ApiError.notFound(kind.label(), id));
    }

    Reply get() {
        RequestRow row = row();
        if (!row.requesterId().equals(actor.id()) && !tx.requests().mayReview(row, viewer())) {
            throw ApiError.notFound(kind.label(), row.id());
        }
        return Reply.ok(tx.views().request(row));
    }

    /** A reviewer's note, or another role, before the decision. */
    Reply amend() {
        RequestRow row = row();
        requireReviewer(row);
        requirePending(row);
        String comment = call.body().has("reviewer_comment") ? call.body().text("reviewer_comment") : row.comment();
        if (!tx.requests().amend(row, wantedRole(row), comment)) {
            throw alreadyDecided(row);
        }
        requireReviewer(row);
        return Reply.ok(tx.views().request(row()));
    }

    Reply approve() {
        return decide(RequestRow.APPROVED);
    }

    Reply deny() {
        return decide(RequestRow.DENIED);
    }

    private Reply decide(String status) {
        RequestRow row = row();
        requireReviewer(row);
        requirePending(row);
        boolean approving = status.equals(RequestRow.APPROVED);
        String roleId = approving ? wantedRole(row) : row.roleId();
        String sentComment = call.body().text("reviewer_comment");
        String comment = sentComment == null ? row.comment() : sentComment;
        if (!tx.requests().decide(row, status, roleId, actor.id(), comment)) {
            throw alreadyDecided(row);
        }
        RequestRow decided = row();
        if (approving) {
            // Again, now that the row names the role to be given: a lower reviewer must not put an upper role in.
            requireReviewer(decided);
            grant(decided);
        }
        tx.ledger().record(actor.key(), kind.type() + " " + status, row.id());
        tx.ledger().post(decided);
        return Reply.ok(tx.views().request(decided));
    }

    private void requireReviewer(RequestRow row) {
        boolean own = row.requesterId().equals(actor.id());
        boolean ownAllowed = kind == RequestKind.ACCESS_REQUEST
                ? tx.switches().selfApprovalOfAccess()
                : tx.switches().selfApprovalOfOperations();
        if (own && !ownAllowed) {
            throw ApiError.forbidden("a request cannot be reviewed by the user who filed it");
        }
        if (!tx.requests().mayReview(row, viewer())) {
            throw ApiError.forbidden(actor.label() + " may not review this request");
        }
    }

    private void requirePending(RequestRow row) {
        if (!row.pending()) {
            throw alreadyDecided(row);
        }
    }

    private ApiError alreadyDecided(RequestRow row) {
        return ApiError.of(
                tx.switches().secondDecisionStatus(),
                "CONCURRENT_OPERATION_DISALLOWED",
                "the request is no longer pending: " + row().status() + " (" + row.id() + ")");
    }

    private String wantedRole(RequestRow row) {
        String role = kind == RequestKind.ACCESS_REQUEST ? call.body().optional("role") : "";
        return role.isEmpty() ? row.roleId() : new Drafting(tx, element, tenant).offeredRole(role);
    }

    private void grant(RequestRow row) {
        Entity requester = tx.entities()
                .byId(Kind.USER, row.requesterId())
                .orElseThrow(() -> ApiError.notFound(Kind.USER.label(), row.requesterId()));
        String roleId = kind == RequestKind.ACCESS_REQUEST ? row.roleId() : approvedRole(row);
        boolean onInstance = kind == RequestKind.OPERATION_APPROVAL || element.onInstances();
        String instanceId = onInstance ? row.instanceId() : "";
        if (!instanceId.isEmpty()
                && tx.entities().byId(Kind.INSTANCE, instanceId).isEmpty()) {
            throw ApiError.notFound(Kind.INSTANCE.label(), instanceId);
        }
        Grant grant = new Grant(requester.id(), roleId, row.tenantId(), instanceId);
        if (tx.assignments().add(grant).isPresent()) {
            tx.ledger().record(actor.key(), "role assigned", new Grants(tx).describe(grant));
        }
    }

    private String approvedRole(RequestRow row) {
        String scope = row.instanceId().isEmpty() ? "" : row.resourceId();
        return tx.lookup().role(scope, ElementsApi.APPROVED).id();
    }

    /** Only by who filed it, only while pending. */
    Reply cancel() {
        RequestRow row = row();
        if (!row.requesterId().equals(actor.id())) {
            throw ApiError.forbidden("a request can be canceled only by the user who filed it");
        }
        if (!tx.requests().cancel(row)) {
            throw alreadyDecided(row);
        }
        tx.ledger().record(actor.key(), kind.type() + " canceled", row.id());
        return Reply.ok(tx.views().request(row()));
    }
}
