package dev.countersign.lab;

import dev.countersign.permit.PermitRequest;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Requests that were filed here, in memory. */
final class KeptRequests implements RequestBook {
    private final Map<String, PermitRequest> requests = new HashMap<>();
    private final Map<String, List<String>> ofUser = new HashMap<>();
    private final Map<String, String> keyOfId = new ConcurrentHashMap<>();

    @Override
    public @Nullable PermitRequest find(String id) {
        return requests.get(id);
    }

    @Override
    public List<String> of(String requester) {
        return ofUser.getOrDefault(requester, List.of());
    }

    @Override
    public void put(PermitRequest request) {
        if (requests.put(request.id(), request) == null) {
            ofUser.computeIfAbsent(request.requester(), user -> new ArrayList<>())
                    .add(request.id());
        }
    }

    @Override
    public void know(String key) {
        keyOfId.put(QuietPermit.idOf(key), key);
    }

    @Override
    public String keyOf(String keyOrId) {
        return keyOfId.getOrDefault(keyOrId, keyOrId);
    }
}
