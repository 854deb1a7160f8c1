package dev.countersign.web;

import dev.countersign.core.Digest;
import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.permit.PermitRequest;
import dev.countersign.server.ReviewDesk;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What waits for a reviewer, the same requests together. Requests are the same when requester, wish, exact arguments and reason
 * are: a yes to one of them is a yes to nothing that could not be seen. Safe for use by many threads.
 */
final class Reviews {
    /** As many as are decided at once. */
    static final int SAME_MAX = 50;

    private static final int KEPT_MAX = 20_000;

    private final AgentRuntime runtime;
    private final ReviewDesk desk;
    private final NameBook names;

    /** Of requests that are ours, a digest of the arguments, which never change. */
    private final Map<String, String> digests = new ConcurrentHashMap<>();

    Reviews(AgentRuntime runtime, ReviewDesk desk, NameBook names) {
        this.runtime = runtime;
        this.desk = desk;
        this.names = names;
    }

    ReviewDesk desk() {
        return desk;
    }

    NameBook names() {
        return names;
    }

    /** What waits for this person, oldest first, by the place of its card. */
    Map<String, List<PermitRequest>> waiting(Principal reviewer) {
        Map<String, List<PermitRequest>> same = new LinkedHashMap<>();
        for (PermitRequest request : desk.toReview(reviewer)) {
            String key = key(request);
            int part = 0;
            while (same.getOrDefault(key + part, List.of()).size() >= SAME_MAX) {
                part++;
            }
            same.computeIfAbsent(key + part, first -> new ArrayList<>()).add(request);
        }
        Map<String, List<PermitRequest>> byPlace = new LinkedHashMap<>();
        same.values().forEach(group -> byPlace.put(InboxCard.place(group.get(0).id()), group));
        return byPlace;
    }

    private String key(PermitRequest request) {
        String arguments = digests.computeIfAbsent(request.id(), this::digest);
        if (digests.size() > KEPT_MAX) {
            digests.clear();
        }
        return Digest.of(
                request.requester(),
                request.kind().name(),
                String.valueOf(request.resourceInstance()),
                String.valueOf(request.role()),
                String.valueOf(request.operation()),
                request.reason(),
                arguments);
    }

    /** What was not filed here is the same as nothing else. */
    private String digest(String request) {
        ApprovalView ours = runtime.approvalByRequest(request);
        return ours == null
                ? "foreign " + request
                : Digest.of(ours.agent(), ours.tool(), Json.canonical(ours.arguments()));
    }

    InboxCard card(List<PermitRequest> same) {
        return InboxCard.of(same, runtime.approvalByRequest(same.get(0).id()), names);
    }
}
