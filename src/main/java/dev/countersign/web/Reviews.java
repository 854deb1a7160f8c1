package dev.countersign.web;

import dev.countersign.core.CountersignException;
import dev.countersign.core.Digest;
import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.permit.PermitRequest;
import dev.countersign.server.Auditors;
import dev.countersign.server.ReviewDesk;
import dev.countersign.server.Risks;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
    private final Auditors auditors;

    /** Of requests that are ours, a digest of the arguments, which never change. */
    private final Map<String, String> digests = new ConcurrentHashMap<>();

    Reviews(Site site) {
        this.runtime = site.parts().runtime();
        this.desk = site.parts().desk();
        this.names = site.names();
        this.auditors = new Auditors(site.parts().permit(), site.parts().auditorRole());
    }

    ReviewDesk desk() {
        return desk;
    }

    NameBook names() {
        return names;
    }

    /** What waits for this person, oldest first, by the place of its card. */
    Map<String, List<PermitRequest>> waiting(Principal reviewer) {
        List<PermitRequest> requests = desk.toReview(reviewer);
        Map<String, List<PermitRequest>> alike = new HashMap<>();
        requests.forEach(request ->
                alike.computeIfAbsent(face(request), first -> new ArrayList<>()).add(request));
        Map<String, String> exact = digests(alike.values());
        Map<String, List<PermitRequest>> same = new LinkedHashMap<>();
        for (PermitRequest request : requests) {
            String key = face(request) + exact.getOrDefault(request.id(), "");
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

    /** What Permit itself says of a request. */
    private static String face(PermitRequest request) {
        return Digest.of(
                request.requester(),
                request.kind().name(),
                String.valueOf(request.resourceInstance()),
                String.valueOf(request.role()),
                String.valueOf(request.operation()),
                request.reason());
    }

    /** Of requests that look alike; one that is like no other needs none. Those that are not known yet are read together. */
    private Map<String, String> digests(Collection<List<PermitRequest>> alike) {
        List<String> needed = alike.stream()
                .filter(group -> group.size() > 1)
                .flatMap(List::stream)
                .map(PermitRequest::id)
                .toList();
        Map<String, String> known = new HashMap<>();
        needed.forEach(id -> Optional.ofNullable(digests.get(id)).ifPresent(digest -> known.put(id, digest)));
        List<String> unknown =
                needed.stream().filter(id -> !known.containsKey(id)).toList();
        if (!unknown.isEmpty()) {
            Map<String, String> read = new HashMap<>();
            runtime.archive().byRequests(unknown).forEach((id, ours) -> read.put(id, digest(ours)));
            known.putAll(read);
            if (digests.size() > KEPT_MAX) {
                digests.clear();
            }
            digests.putAll(read);
        }
        // What was not filed here is the same as nothing else. It is not kept: its filing may be on its way into the
        // store.
        unknown.forEach(id -> known.putIfAbsent(id, "foreign " + id));
        return known;
    }

    private static String digest(ApprovalView ours) {
        return Digest.of(ours.agent(), ours.tool(), Json.canonical(ours.arguments()));
    }

    InboxCard card(Principal reviewer, List<PermitRequest> same) {
        return cards(reviewer, List.of(same)).get(0);
    }

    /** The cards of these requests, in their order, as this person may see them. */
    List<InboxCard> cards(Principal reviewer, List<List<PermitRequest>> groups) {
        Map<String, ApprovalView> ours = runtime.archive()
                .byRequests(groups.stream().map(same -> same.get(0).id()).toList());
        Risks risks = Risks.of(runtime);
        boolean auditor = !ours.isEmpty() && isAuditor(reviewer);
        return groups.stream()
                .map(same -> {
                    ApprovalView first = ours.get(same.get(0).id());
                    InboxCard card = InboxCard.of(same, first, risks.of(first), names);
                    return auditor ? card.open(first) : card;
                })
                .toList();
    }

    /** While Permit cannot be asked, nobody is one: the cards are shown all the same. */
    private boolean isAuditor(Principal reviewer) {
        try {
            return auditors.has(reviewer);
        } catch (CountersignException e) {
            return false;
        }
    }
}
