package dev.countersign.lab.soak;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.permit.Page;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestFilter;
import dev.countersign.permit.RequestKind;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Reads what the server and Permit show, page by page. Used by one thread. */
final class Collector {
    private static final int PAGE = 1000;

    private final Wire wire;
    private final Permit permit;
    private final Map<String, String> logins;

    /**
     * @param logins a token for each user
     */
    Collector(Wire wire, Permit permit, Map<String, String> logins) {
        this.wire = wire;
        this.permit = permit;
        this.logins = logins;
    }

    /** A thread as it is now. */
    Evidence.Told thread(Diary.Opened opened) throws Wire.NoAnswer {
        String login = String.valueOf(logins.get(opened.owner()));
        String path = "/api/threads/" + opened.thread();
        JsonNode view = read(login, path);
        List<Evidence.Approval> approvals = new ArrayList<>();
        for (JsonNode one : read(login, path + "/approvals").path("approvals")) {
            approvals.add(new Evidence.Approval(
                    one.path("request_id").asText(""),
                    one.path("state").asText(),
                    one.path("tool").asText(),
                    one.path("reason").asText()));
        }
        return new Evidence.Told(opened.thread(), view.path("status").asText(), entries(login, path), approvals);
    }

    private JsonNode read(String login, String path) throws Wire.NoAnswer {
        Wire.Answer answer = wire.get(login, path);
        if (!answer.good()) {
            throw new Wire.NoAnswer(path + " was answered with status " + answer.status());
        }
        return answer.body();
    }

    private List<Evidence.Entry> entries(String login, String path) throws Wire.NoAnswer {
        List<Evidence.Entry> entries = new ArrayList<>();
        JsonNode page;
        do {
            page = read(login, path + "/messages?after=" + entries.size() + "&limit=" + PAGE)
                    .path("messages");
            page.forEach(line -> entries.add(entry(line)));
        } while (page.size() == PAGE);
        return entries;
    }

    private static Evidence.Entry entry(JsonNode line) {
        List<Evidence.Call> calls = new ArrayList<>();
        for (JsonNode call : line.path("calls")) {
            calls.add(new Evidence.Call(
                    call.path("id").asText(),
                    call.path("tool").asText(),
                    call.path("arguments").asText()));
        }
        return new Evidence.Entry(
                line.path("role").asText(),
                line.path("text").asText(),
                line.path("tool").asText(""),
                calls);
    }

    /** Every request at Permit. */
    List<Evidence.AtPermit> requests() {
        List<Evidence.AtPermit> all = new ArrayList<>();
        for (RequestKind kind : RequestKind.values()) {
            Page<PermitRequest> page;
            int number = 1;
            do {
                page = permit.list(kind, SoakScene.REVIEWER, new RequestFilter(null, null, null, number, 100));
                for (PermitRequest request : page.data()) {
                    all.add(new Evidence.AtPermit(
                            request.id(),
                            request.status().name().toLowerCase(Locale.ROOT),
                            request.reference(),
                            request.operation(),
                            request.reason()));
                }
            } while (number++ < page.pageCount());
        }
        return all;
    }
}
