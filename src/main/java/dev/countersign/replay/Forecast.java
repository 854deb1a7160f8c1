package dev.countersign.replay;

import java.util.List;

/**
 * What came of a what-if: where it differs from the record.
 *
 * @param turns that were run: what each event of the record led to
 * @param deviations in order, the first {@value #DEVIATIONS_MAX}
 * @param more how many deviations there were beyond these
 * @param callsNew that the model made and the record does not have
 * @param callsMissing that the record has and the model did not make, in the turns that were run
 * @param approvalsNew calls that would wait for a person now, and did not in the record: nobody has decided them
 * @param approvalsGone calls that waited for a person in the record, and would not now
 * @param ended why it did not come to the end of the record; empty when it did
 * @param notes what must be known to read the rest
 */
public record Forecast(
        String thread,
        int turns,
        List<Deviation> deviations,
        int more,
        List<Deed> callsNew,
        List<Deed> callsMissing,
        List<Deed> approvalsNew,
        List<Deed> approvalsGone,
        String ended,
        List<String> notes) {
    static final int DEVIATIONS_MAX = 200;

    public Forecast {
        deviations = List.copyOf(deviations);
        callsNew = List.copyOf(callsNew);
        callsMissing = List.copyOf(callsMissing);
        approvalsNew = List.copyOf(approvalsNew);
        approvalsGone = List.copyOf(approvalsGone);
        notes = List.copyOf(notes);
    }

    Forecast noting(List<String> words) {
        return new Forecast(
                thread, turns, deviations, more, callsNew, callsMissing, approvalsNew, approvalsGone, ended, words);
    }

    /** Whether all of the record was run and came to the same. */
    public boolean isEqual() {
        return deviations.isEmpty() && ended.isEmpty();
    }

    /**
     * One place where it differs. Steps are held against each other in their order within a turn, and anew with each turn.
     *
     * @param event of the record that the turn began with; 0 for what a fork did by itself
     * @param step the recorded step's number; 0 when the record has none here
     * @param checkpoint the recorded step's id; empty when the record has none here
     * @param kind route, calls, words, result, or turn when a whole turn is missing
     * @param expected by the record
     */
    public record Deviation(
            long event, long step, String checkpoint, String node, String kind, String expected, String got) {
        /** In one line. */
        public String line() {
            return "event " + event + (step == 0 ? "" : ", step " + step + " (" + checkpoint + ")") + ", node " + node
                    + ", " + kind + ": expected " + Divergence.brief(expected) + ", got " + Divergence.brief(got);
        }
    }
}
