package dev.countersign.lab.soak;

import java.util.ArrayList;
import java.util.List;

/** Where one errand left its token in the evidence. */
final class Traces {
    private final Evidence evidence;
    private final Evidence.Told thread;
    private final Errand errand;

    Traces(Evidence evidence, Evidence.Told thread, Errand errand) {
        this.evidence = evidence;
        this.thread = thread;
        this.errand = errand;
    }

    /** Whether the message is followed by the agent's answer. */
    boolean answered() {
        List<Evidence.Entry> entries = thread.entries();
        for (int i = 0; i + 1 < entries.size(); i++) {
            if (entries.get(i).text().equals(errand.text())) {
                return entries.get(i + 1).role().equals("assistant");
            }
        }
        return false;
    }

    /** What the calls with this token were answered with. */
    List<String> results() {
        return results(false);
    }

    /** The same, of the call that ran after an approval. */
    List<String> boundResults() {
        return results(true);
    }

    private List<String> results(boolean bound) {
        List<String> found = new ArrayList<>();
        List<Evidence.Entry> entries = thread.entries();
        for (int i = 0; i < entries.size(); i++) {
            List<Evidence.Call> calls = entries.get(i).calls();
            for (int k = 0; k < calls.size(); k++) {
                Evidence.Call call = calls.get(k);
                if (names(call.arguments()) && call.id().endsWith("-approved") == bound) {
                    found.add(
                            i + 1 + k < entries.size() ? entries.get(i + 1 + k).text() : "");
                }
            }
        }
        return found;
    }

    private boolean names(String arguments) {
        return arguments.contains("\"" + errand.token() + "\"");
    }

    /** The approvals that ask for it. */
    List<Evidence.Approval> approvals() {
        return thread.approvals().stream()
                .filter(approval -> approval.reason().equals(reason()))
                .toList();
    }

    /** The requests at Permit that ask for it. */
    List<Evidence.AtPermit> requests() {
        return evidence.requests().stream()
                .filter(request -> request.reason().equals(reason()))
                .toList();
    }

    /** Permit's word on a request; "nothing" when it has none. */
    String statusAtPermit(String requestId) {
        return evidence.requests().stream()
                .filter(request -> request.id().equals(requestId))
                .map(Evidence.AtPermit::status)
                .findFirst()
                .orElse("nothing");
    }

    private String reason() {
        return "The soak asks for " + errand.token();
    }
}
