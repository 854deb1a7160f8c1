package dev.countersign.lab.soak;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import java.util.ArrayList;
import java.util.List;

/**
 * What a thread's transcript tells of one request, in order. A withdrawal that Permit has not confirmed is told as pending, and
 * what became of it later; every other telling is final. Immutable.
 *
 * @param statuses as told; what is no JSON object with a status stands as it is
 */
record Tellings(List<String> statuses) {
    private static final String AWAIT = "await_decision";
    private static final String PENDING = "pending";

    /** Those of this request; none where the id is empty. */
    static Tellings of(Evidence.Told thread, String requestId) {
        List<String> statuses = new ArrayList<>();
        List<Evidence.Entry> entries = thread.entries();
        for (int i = 0; i < entries.size() && !requestId.isEmpty(); i++) {
            List<Evidence.Call> calls = entries.get(i).calls();
            for (int k = 0; k < calls.size(); k++) {
                Evidence.Call call = calls.get(k);
                if (call.tool().equals(AWAIT) && call.arguments().contains(requestId)) {
                    int result = i + 1 + k;
                    statuses.add(
                            result < entries.size() ? status(entries.get(result).text()) : "nothing");
                }
            }
        }
        return new Tellings(List.copyOf(statuses));
    }

    private static String status(String result) {
        try {
            JsonNode status = Json.read(result).path("status");
            return status.isTextual() ? status.asText() : result;
        } catch (CountersignException e) {
            return result;
        }
    }

    /** How often it is told as decided. */
    int decided() {
        return statuses.size() - pending();
    }

    /** How often it is told as pending still. */
    int pending() {
        return (int) statuses.stream().filter(PENDING::equals).count();
    }

    /** Whether it is told as pending after it was told as decided. */
    boolean isTakenBack() {
        return decided() > 0 && statuses.lastIndexOf(PENDING) > statuses.size() - 1 - decided();
    }

    @Override
    public String toString() {
        return statuses.toString();
    }
}
