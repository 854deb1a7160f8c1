package dev.countersign.replay;

import dev.countersign.graph.AgentDefinition;
import dev.countersign.graph.Judging;
import dev.countersign.permit.RolePermissions;
import dev.countersign.tool.ToolPolicy;
import dev.countersign.tool.UserRoles;
import dev.countersign.tool.Verdict;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Judges recorded calls anew under a changed policy, each by itself: with its arguments, the roles and the tools of its moment, by what
 * the gate itself decides with ({@link Judging}). Nothing is run: no model, tool or Permit is asked, and no store is opened. So it cannot
 * know where a conversation would have gone once a call of it fared otherwise. Recordings are taken one after the other and not kept.
 * Used by one thread.
 */
public final class PolicyTrial {
    /** Most tools that are told apart; models may call what they like. */
    static final int TOOLS_MAX = 500;

    private static final String OTHER_TOOLS = "(other tools)";
    private static final String NO_ROLE_PERMITS = "no_role_permits";

    private final PolicyChange change;
    private final @Nullable Judging changed;
    private final int samplesMax;
    private final Map<String, Judging> recorded = new HashMap<>();
    private final Map<Key, Tally> tallies = new HashMap<>();
    private final Set<String> tools = new TreeSet<>();
    private final Set<String> known = new TreeSet<>();
    private final Set<String> knownServers = new TreeSet<>();
    private final Map<String, Integer> otherAgents = new TreeMap<>();
    private int conversations;
    private long calls;

    /**
     * A trial of this change.
     *
     * @param samplesMax how many samples there are of each kind of change at most
     */
    public PolicyTrial(PolicyChange change, int samplesMax) {
        this.change = change;
        this.changed = change.agent() == null ? null : Judging.of(change.agent());
        this.samplesMax = samplesMax;
    }

    private record Key(String tool, Fate before, Fate after) {}

    /** What a call comes to. */
    private record Outcome(Fate fate, String why, boolean untold) {
        Outcome(Fate fate, String why) {
            this(fate, why, false);
        }
    }

    private static final class Tally {
        private final List<PolicyReport.Sample> samples = new ArrayList<>();
        private long calls;
        private long untold;
        private int conversations;
        private int lastConversation;
    }

    /** Judges every call of a record. */
    public void judge(Recording recording) {
        AgentDefinition agent = change.agent();
        if (agent != null && !agent.name().equals(recording.thread().agent())) {
            otherAgents.merge(recording.thread().agent(), 1, Integer::sum);
            return;
        }
        conversations++;
        recording
                .settings()
                .values()
                .forEach(setting -> setting.tools().forEach(tool -> {
                    known.add(tool.name());
                    knownServers.add(tool.server());
                }));
        for (GateCall call : GateCall.of(recording)) {
            calls++;
            Fate before = before(call);
            count(recording, call, before, after(recording, call, before));
        }
    }

    private Fate before(GateCall call) {
        boolean denied = call.noAccess() && action(call) != null;
        return denied ? Fate.DENIED : call.before();
    }

    /** What the call's tool asks Permit for; null when that is not supposed to change. */
    private @Nullable String action(GateCall call) {
        return change.permissions() == null
                ? null
                : change.needs().get(call.call().tool());
    }

    private Outcome after(Recording recording, GateCall call, Fate before) {
        Judging.Circumstance now = change.servers() == null ? call.circumstance() : call.with(change.servers());
        Verdict verdict = call.judged(changed == null ? asRecorded(recording, call) : changed, now);
        if (verdict instanceof Verdict.Refuse refusal) {
            return new Outcome(Fate.of(verdict), refusal.code());
        }
        Fate gate = Fate.of(verdict);
        Outcome asBefore = new Outcome(before == Fate.DENIED && gate == call.before() ? before : gate, "");
        String action = action(call);
        RolePermissions permissions = change.permissions();
        if (action == null || permissions == null || !(now.roles().get() instanceof UserRoles.Known roles)) {
            return asBefore;
        }
        boolean permitted = !permissions.permitting(roles.names(), action).isEmpty();
        boolean certain = permitted ? before != Fate.DENIED : permissions.knowsAll(roles.names());
        if (!certain) {
            return new Outcome(asBefore.fate(), "", true);
        }
        return permitted ? asBefore : new Outcome(Fate.DENIED, NO_ROLE_PERMITS);
    }

    private Judging asRecorded(Recording recording, GateCall call) {
        return recorded.computeIfAbsent(
                call.setting(),
                digest -> Judging.of(recording
                        .settings()
                        .getOrDefault(digest, Script.NONE)
                        .agent(recording.thread().agent())));
    }

    private void count(Recording recording, GateCall call, Fate before, Outcome after) {
        String tool = call.call().tool();
        boolean apart = tools.contains(tool) || (tools.size() < TOOLS_MAX && tools.add(tool));
        Tally tally =
                tallies.computeIfAbsent(new Key(apart ? tool : OTHER_TOOLS, before, after.fate()), key -> new Tally());
        tally.calls++;
        tally.untold += after.untold() ? 1 : 0;
        if (tally.lastConversation == conversations) {
            return;
        }
        tally.lastConversation = conversations;
        tally.conversations++;
        if (before != after.fate() && tally.samples.size() < samplesMax) {
            tally.samples.add(new PolicyReport.Sample(
                    recording.thread().id(),
                    recording.thread().owner(),
                    call.place().step(),
                    call.place().at(),
                    call.call().arguments(),
                    after.why()));
        }
    }

    /** What was found so far. */
    public PolicyReport report() {
        List<PolicyReport.Row> rows = new ArrayList<>();
        tallies.forEach((key, tally) -> rows.add(new PolicyReport.Row(
                key.tool(), key.before(), key.after(), tally.calls, tally.conversations, tally.untold, tally.samples)));
        rows.sort(Comparator.comparing(PolicyReport.Row::tool)
                .thenComparing(PolicyReport.Row::before)
                .thenComparing(PolicyReport.Row::after));
        return new PolicyReport(conversations, calls, rows, otherAgents, notes());
    }

    private List<String> notes() {
        List<String> notes = new ArrayList<>();
        notes.add("each call is judged by itself: after one that fares otherwise, the model may have gone elsewhere");
        if (conversations > 0 && change.servers() != null) {
            note(
                    notes,
                    "servers that the records do not know, so their tools are not known here: ",
                    change.servers(),
                    knownServers);
        }
        if (conversations > 0 && change.agent() != null) {
            Set<String> named = new TreeSet<>();
            change.agent().policy().allowed().values().forEach(named::addAll);
            change.agent().policy().approvals().forEach(rule -> named.add(rule.tool()));
            named.remove(ToolPolicy.ALL);
            note(notes, "tools that the records do not know, so not known here: ", named, known);
        }
        if (change.permissions() != null) {
            notes.add(
                    "of roles the records have the names and not where they were held: a call is refused by Permit when no"
                            + " role that its user held permits the action, and else fares as its record says");
        }
        if (change.permissions() != null) {
            note(
                    notes,
                    "tools that are said to need an action, and that the records do not know: ",
                    change.needs().keySet(),
                    known);
        }
        return notes;
    }

    private static void note(List<String> notes, String what, Set<String> named, Set<String> known) {
        Set<String> rest = new TreeSet<>(named);
        rest.removeAll(known);
        if (!rest.isEmpty()) {
            notes.add(what + String.join(", ", rest));
        }
    }
}
