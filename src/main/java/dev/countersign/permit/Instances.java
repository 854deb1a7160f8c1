package dev.countersign.permit;

import io.permit.sdk.openapi.models.ResourceInstanceRead;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Resource instances of the configured type, and the way between their ids and keys. Which id is which key never changes, so
 * that pair is kept, for up to {@link #KEPT_MAX} of them; attributes are never kept. Thread-safe.
 */
final class Instances {
    private static final int KEPT_MAX = 10_000;
    private static final int SINGLY_MAX = 3;
    private static final int PAGE = 100;

    private final Rest rest;
    private final Sdk sdk;
    private final Place place;

    private final Map<String, String> keyOfId = new LinkedHashMap<>(64, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, String> eldest) {
            return size() > KEPT_MAX;
        }
    };

    Instances(Rest rest, Sdk sdk, Place place) {
        this.rest = rest;
        this.sdk = sdk;
        this.place = place;
    }

    Page<ResourceInstance> list(int page, int perPage, Deadline deadline) {
        new RequestFilter(null, null, null, page, perPage);
        RestCall call = RestCall.get("list the resource instances", place.facts())
                .at("resource_instances")
                .with("tenant", place.tenant())
                .with("resource", place.resource())
                .with("include_total_count", true)
                .with("page", page)
                .with("per_page", perPage)
                .end();
        Page<ResourceInstance> all = Wire.page(rest.json(call, deadline), page, perPage, call.what(), Wire::instance);
        all.data().forEach(this::keep);
        return new Page<>(all.data().stream().filter(this::isOurs).toList(), all.totalCount(), all.pageCount());
    }

    /** By key or id; a text in the form of a UUID is tried as both, since a key may have that form too. */
    Optional<ResourceInstance> find(String keyOrId, Deadline deadline) {
        String checked = Keys.instance(place.resource(), keyOrId);
        Optional<ResourceInstance> byId = Keys.isUuid(checked) ? get(checked, deadline) : Optional.empty();
        return byId.isPresent() ? byId : get(place.resource() + ":" + checked, deadline);
    }

    private Optional<ResourceInstance> get(String reference, Deadline deadline) {
        try {
            ResourceInstanceRead read = sdk.instance(reference, deadline);
            ResourceInstance instance = Wire.instance(read);
            keep(instance);
            return isOurs(instance) ? Optional.of(instance) : Optional.empty();
        } catch (PermitException no) {
            if (no.status() == 404) {
                return Optional.empty();
            }
            throw no;
        }
    }

    /** The key for a key, an id or {@code type:key}; the text itself when Permit knows no such instance. */
    String keyOf(String reference, Deadline deadline) {
        String text = Keys.instance(place.resource(), reference);
        if (!Keys.isUuid(text)) {
            return text;
        }
        String kept = kept(text);
        return kept != null
                ? kept
                : find(text, deadline).map(ResourceInstance::key).orElse(text);
    }

    /** The key for what Permit sent in a request, which may be of any form; an id of no instance stays an id. */
    String keyOfSent(String sent, Deadline deadline) {
        String prefix = place.resource() + ":";
        String text = sent.startsWith(prefix) ? sent.substring(prefix.length()) : sent;
        return Keys.isUuid(text) ? keyOf(text, deadline) : text;
    }

    /** Makes sure that many ids do not cost one look-up each. */
    void prepare(Collection<String> references, Deadline deadline) {
        Set<String> unknown = new LinkedHashSet<>(references);
        unknown.removeIf(text -> !Keys.isUuid(text) || kept(text) != null);
        if (unknown.size() > SINGLY_MAX) {
            list(1, PAGE, deadline);
        }
    }

    private boolean isOurs(ResourceInstance instance) {
        String resource = instance.resource();
        return resource.isEmpty() || Keys.isUuid(resource) || resource.equals(place.resource());
    }

    private synchronized void keep(ResourceInstance instance) {
        keyOfId.put(instance.id(), instance.key());
    }

    private synchronized @Nullable String kept(String id) {
        return keyOfId.get(id);
    }
}
