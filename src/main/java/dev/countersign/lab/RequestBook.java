package dev.countersign.lab;

import dev.countersign.permit.PermitRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Where a {@link QuietPermit} has its requests. It calls it by one thread at a time, apart from {@link #keyOf}. */
interface RequestBook {
    /** The request, or null when there is none. */
    @Nullable
    PermitRequest find(String id);

    /** Ids of all requests of one requester, who is named by Permit's id. */
    List<String> of(String requester);

    /** Writes a request down, or what became of it. */
    void put(PermitRequest request);

    /** There is such a user. */
    void know(String key);

    /** The key of a user whom Permit's id names; what is no id of a known one is given back. */
    String keyOf(String keyOrId);
}
