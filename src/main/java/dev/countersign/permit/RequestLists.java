package dev.countersign.permit;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Lists requests. Permit's filters by role, resource and instance differ between the two kinds and some never match, so only
 * the status (and, where it is required, the resource) is left to Permit, and everything is compared once more here, keys
 * with keys. With a filter by role or instance all pages are gathered first, so that a page of the result is a full one.
 */
final class RequestLists {
    private static final int PAGE_MAX = 100;
    private static final int PAGES_MAX = 50;

    private final Rest rest;
    private final Place place;
    private final RequestRoutes routes;
    private final RequestReader reader;
    private final Instances instances;

    RequestLists(Rest rest, Place place, RequestRoutes routes, RequestReader reader, Instances instances) {
        this.rest = rest;
        this.place = place;
        this.routes = routes;
        this.reader = reader;
        this.instances = instances;
    }

    Page<PermitRequest> list(RequestKind kind, String asUser, RequestFilter filter, Deadline deadline) {
        if (filter.role() == null && filter.resourceInstance() == null) {
            return some(kind, asUser, filter, deadline);
        }
        String instance =
                filter.resourceInstance() == null ? null : instances.keyOf(filter.resourceInstance(), deadline);
        List<PermitRequest> found = all(kind, asUser, filter.status(), deadline).stream()
                .filter(request -> instance == null || instance.equals(request.resourceInstance()))
                .filter(request -> filter.role() == null || roleFits(filter.role(), request.role(), deadline))
                .toList();
        int from = Math.min(found.size(), (filter.page() - 1) * filter.perPage());
        int to = Math.min(found.size(), from + filter.perPage());
        int pages = (found.size() + filter.perPage() - 1) / filter.perPage();
        return new Page<>(found.subList(from, to), found.size(), pages);
    }

    /** A role that could not be resolved may be the wanted one: shown rather than hidden, and never taken for a yes. */
    private boolean roleFits(String wanted, @Nullable String role, Deadline deadline) {
        String key = reader.roleKey(Keys.role(wanted), deadline);
        return role != null && (role.equals(key) || (Keys.isUuid(role) && !Keys.isUuid(key)));
    }

    private List<PermitRequest> all(
            RequestKind kind, String asUser, @Nullable RequestStatus status, Deadline deadline) {
        Map<String, PermitRequest> byId = new LinkedHashMap<>();
        for (int page = 1; page <= PAGES_MAX; page++) {
            Sent sent = send(kind, asUser, new RequestFilter(status, null, null, page, PAGE_MAX), deadline);
            sent.requests().forEach(request -> byId.putIfAbsent(request.id(), request));
            if (sent.page().data().size() < PAGE_MAX) {
                return new ArrayList<>(byId.values());
            }
        }
        throw Failures.tooMany("there are more than " + PAGE_MAX * PAGES_MAX + " " + Requests.name(kind)
                + "s to search; name a status to search fewer");
    }

    private Page<PermitRequest> some(RequestKind kind, String asUser, RequestFilter filter, Deadline deadline) {
        Sent sent = send(kind, asUser, filter, deadline);
        return new Page<>(sent.requests(), sent.page().totalCount(), sent.page().pageCount());
    }

    /** One page as it came, and what of it counts. */
    private record Sent(Page<JsonNode> page, List<PermitRequest> requests) {}

    private Sent send(RequestKind kind, String asUser, RequestFilter filter, Deadline deadline) {
        String what = "list the " + Requests.name(kind) + "s";
        RequestStatus status = filter.status();
        RestCall.Path path = routes.as(asUser, kind, RestCall::get, what, deadline)
                .with("status", status == null ? null : RequestReader.wireName(status))
                .with("page", filter.page())
                .with("per_page", filter.perPage());
        if (kind == RequestKind.OPERATION) {
            path.with("resource", place.resource());
        }
        JsonNode json = rest.json(path.end(), deadline);
        Page<JsonNode> page = Wire.page(json, filter.page(), filter.perPage(), what, Function.identity());
        instances.prepare(
                page.data().stream()
                        .filter(item -> Wire.text(item, "resource_instance_key") == null)
                        .map(RequestReader::instanceSent)
                        .filter(Objects::nonNull)
                        .toList(),
                deadline);
        List<PermitRequest> requests = page.data().stream()
                .filter(item -> reader.isOurs(item, deadline))
                .map(item -> reader.read(kind, item, deadline))
                .filter(request -> status == null || request.status() == status)
                .toList();
        return new Sent(page, requests);
    }
}
