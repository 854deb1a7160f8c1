package dev.countersign.lab.soak;

import dev.countersign.lab.soak.Tally.Wrong;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The account of a soak from outside: each acknowledged message once, each effect at most once and exactly once where its
 * outcome is known, each request filed once, each decision applied once, no call without a result. What cannot be known counts
 * as unknown, and is not wrong. Pure.
 */
final class Audit {
    private static final String UNKNOWN = "\"error\":\"outcome_unknown\"";

    private final Evidence evidence;
    private final Tally tally = new Tally();
    private final Map<String, List<Ledger.Line>> happened = new HashMap<>();
    private final Map<String, Integer> arrivals = new HashMap<>();

    private Audit(Evidence evidence) {
        this.evidence = evidence;
    }

    static Tally of(Evidence evidence) {
        Audit audit = new Audit(evidence);
        audit.run();
        return audit.tally;
    }

    private void run() {
        for (Ledger.Line line : evidence.ledger()) {
            happened.computeIfAbsent(line.token(), token -> new ArrayList<>()).add(line);
        }
        for (Evidence.Told thread : evidence.threads().values()) {
            for (Evidence.Entry entry : thread.entries()) {
                if (entry.role().equals("user")) {
                    arrivals.merge(entry.text(), 1, Integer::sum);
                }
            }
            structure(thread);
            decisions(thread);
        }
        for (Diary.Deed deed : evidence.deeds()) {
            deed(deed);
        }
        strangers();
        references();
    }

    private void deed(Diary.Deed deed) {
        Errand errand = deed.errand();
        Tally.Row row = tally.row(errand.kind());
        boolean acknowledged = evidence.acknowledged().contains(errand.token());
        int arrived = arrivals.getOrDefault(errand.text(), 0);
        row.started++;
        row.acknowledged += acknowledged ? 1 : 0;
        row.arrived += arrived > 0 ? 1 : 0;
        if (arrived == 0 && acknowledged) {
            tally.wrong(errand.kind(), Wrong.LOST, "message " + errand.token() + " of thread " + deed.thread());
        }
        if (arrived > 1) {
            tally.wrong(errand.kind(), Wrong.DUPLICATED, "message " + errand.token() + " stands " + arrived + " times");
        }
        if (arrived > 0 && evidence.threads().containsKey(deed.thread())) {
            consequences(errand, new Traces(evidence, evidence.threads().get(deed.thread()), errand));
        } else if (effects(errand) > 0) {
            tally.wrong(errand.kind(), Wrong.DUPLICATED, "effect " + errand.token() + " of a message nobody has");
        }
    }

    private int effects(Errand errand) {
        return happened.getOrDefault(errand.token(), List.of()).size();
    }

    private void consequences(Errand errand, Traces traces) {
        if (!traces.answered()) {
            tally.wrong(errand.kind(), Wrong.LOST, "the answer to " + errand.token());
        }
        if (errand.kind().isRequest()) {
            request(errand, traces);
        }
        if (errand.kind() == Errand.Kind.TALK) {
            tally.row(errand.kind()).done++;
        } else if (!errand.kind().isRequest()) {
            effect(errand, traces.results());
        }
    }

    /** A call's results against what really happened. */
    private void effect(Errand errand, List<String> results) {
        Tally.Row row = tally.row(errand.kind());
        int effects = effects(errand);
        if (errand.kind() == Errand.Kind.KEEP) {
            // One effect however often it was sent, as long as its key is the same.
            effects = (int) happened.getOrDefault(errand.token(), List.of()).stream()
                    .map(Ledger.Line::key)
                    .distinct()
                    .count();
        }
        boolean done = results.stream().anyMatch(text -> text.contains("\"done\""));
        boolean unknown = !done && results.stream().anyMatch(text -> text.contains(UNKNOWN));
        row.done += done ? 1 : 0;
        row.unknown += unknown ? 1 : 0;
        row.refused += done || unknown ? 0 : 1;
        if (results.size() > 1) {
            tally.wrong(
                    errand.kind(), Wrong.DUPLICATED, "call " + errand.token() + " stands " + results.size() + " times");
        }
        if (effects > 1) {
            tally.wrong(
                    errand.kind(), Wrong.DUPLICATED, "effect " + errand.token() + " happened " + effects + " times");
        }
        if (done && effects == 0) {
            tally.wrong(errand.kind(), Wrong.LOST, "effect " + errand.token() + " is told as done and never happened");
        }
        if (!done && !unknown && effects > 0) {
            tally.wrong(
                    errand.kind(),
                    Wrong.DUPLICATED,
                    "effect " + errand.token() + " happened although its call was answered: " + results);
        }
    }

    private void request(Errand errand, Traces traces) {
        int filed = traces.requests().size();
        if (filed > 1) {
            tally.wrong(errand.kind(), Wrong.FILED_TWICE, errand.token() + " has " + filed + " requests at Permit");
        }
        List<Evidence.Approval> approvals = traces.approvals();
        if (approvals.isEmpty()) {
            if (filed > 0) {
                tally.wrong(errand.kind(), Wrong.LOST, "the request of " + errand.token() + " is at Permit only");
            }
            // Refused, or the same wish as one that was pending.
            notRun(errand, "was never asked for");
            tally.row(errand.kind()).refused++;
            return;
        }
        settled(errand, approvals.get(0), traces);
    }

    private void settled(Errand errand, Evidence.Approval approval, Traces traces) {
        Tally.Row row = tally.row(errand.kind());
        String permit = traces.statusAtPermit(approval.requestId());
        String name = errand.token() + " (" + approval.state() + ", at Permit " + permit + ")";
        // Nobody waits any more: a withdrawal and a yes met, and the yes was given back.
        boolean renounced = approval.state().equals("canceled") && permit.equals("approved");
        switch (approval.state()) {
            case "spent" -> {
                if (!permit.equals("approved")) {
                    tally.wrong(errand.kind(), Wrong.DUPLICATED, "a decision nobody made: " + name);
                }
                if (errand.kind().isGated()) {
                    ran(errand, traces);
                } else {
                    row.done++;
                }
            }
            case "denied", "canceled", "expired", "failed" -> {
                row.refused++;
                notRun(errand, "is " + approval.state());
                boolean expired = approval.state().equals("expired") && permit.equals("canceled");
                if (!permit.equals(approval.state()) && !expired && !renounced) {
                    disagreement(errand, approval, permit);
                }
            }
            case "pending" -> {
                row.waiting++;
                notRun(errand, "is pending");
                if (!permit.equals("pending")) {
                    tally.wrong(errand.kind(), Wrong.LOST, "a decision: " + name);
                }
            }
            default -> tally.wrong(errand.kind(), Wrong.LOST, "not at rest: " + name);
        }
    }

    private void disagreement(Errand errand, Evidence.Approval approval, String permit) {
        boolean neverFiled = approval.state().equals("failed") && permit.equals("nothing");
        if (!neverFiled) {
            tally.wrong(
                    errand.kind(),
                    Wrong.LOST,
                    "a decision: " + errand.token() + " is " + approval.state() + " here and " + permit + " at Permit");
        }
    }

    private void ran(Errand errand, Traces traces) {
        List<String> results = traces.boundResults();
        if (results.isEmpty()) {
            tally.wrong(errand.kind(), Wrong.LOST, "the approved call of " + errand.token() + " was never made");
        }
        effect(errand, results);
        boolean known = results.stream().anyMatch(text -> text.contains("\"done\"") || text.contains(UNKNOWN));
        if (!results.isEmpty() && !known) {
            tally.wrong(errand.kind(), Wrong.LOST, "the approved call of " + errand.token() + " ended as " + results);
        }
    }

    private void notRun(Errand errand, String why) {
        if (effects(errand) > 0) {
            tally.wrong(errand.kind(), Wrong.DUPLICATED, "effect " + errand.token() + " happened, and it " + why);
        }
    }

    /** Every call has its result right behind its message. */
    private void structure(Evidence.Told thread) {
        List<Evidence.Entry> entries = thread.entries();
        int open = 0;
        for (Evidence.Entry entry : entries) {
            if (entry.role().equals("tool")) {
                open--;
            } else {
                if (open != 0) {
                    tally.wrong(Errand.Kind.TALK, Wrong.LOST, "a call's result in thread " + thread.id());
                }
                open = entry.calls().size();
            }
        }
        if (open != 0) {
            tally.wrong(Errand.Kind.TALK, Wrong.LOST, "the last call's result in thread " + thread.id());
        }
    }

    /** What is decided is told once; that a withdrawal has yet to reach Permit, at most once for each that was sent. */
    private void decisions(Evidence.Told thread) {
        Set<String> over = Set.of("spent", "denied", "canceled", "expired");
        int withdrawals = evidence.withdrawals().getOrDefault(thread.id(), 0);
        for (Evidence.Approval approval : thread.approvals()) {
            Tellings told = Tellings.of(thread, approval.requestId());
            Errand.Kind kind = approval.tool().equals("create_access_request") ? Errand.Kind.ACCESS : Errand.Kind.GATED;
            String name = "decision on request " + approval.requestId() + " in thread " + thread.id();
            if (told.decided() > 1 || told.pending() > withdrawals || told.isTakenBack()) {
                tally.wrong(kind, Wrong.DUPLICATED, name + ", withdrawn " + withdrawals + " times, is told as " + told);
            }
            if (told.decided() == 0 && over.contains(approval.state())) {
                tally.wrong(kind, Wrong.LOST, name + ", which is " + approval.state() + ", is told as " + told);
            }
        }
    }

    /** Effects that nobody asked for. */
    private void strangers() {
        Set<String> asked = new HashSet<>();
        evidence.deeds().forEach(deed -> asked.add(deed.errand().token()));
        for (String token : happened.keySet()) {
            if (!asked.contains(token)) {
                tally.wrong(Errand.Kind.MARK, Wrong.DUPLICATED, "effect " + token + ", which nobody asked for");
            }
        }
    }

    private void references() {
        Map<String, Integer> times = new HashMap<>();
        for (Evidence.AtPermit request : evidence.requests()) {
            if (request.reference() != null) {
                times.merge(request.reference(), 1, Integer::sum);
            }
        }
        times.forEach((reference, count) -> {
            if (count > 1) {
                tally.wrong(Errand.Kind.GATED, Wrong.FILED_TWICE, "reference " + reference + " stands on " + count);
            }
        });
    }
}
