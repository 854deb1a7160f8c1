package dev.countersign.replay;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * What one step saw of the world. What is null or empty, it did not see.
 *
 * @param setting digest of its agent's circumstances, where they were looked at for the first time in a run, or had changed
 * @param noTools what was said when the tools could not be listed
 * @param roles of the owner, where they were read
 * @param noRoles why they could not be read
 * @param canceled whether the owner had asked to cancel
 * @param lapMillis working time since the step before that counted it
 * @param asked digest of what the model was asked
 * @param answer what it answered
 * @param noAnswer what was said when it did not
 * @param summed what it was asked to sum up, where it was
 * @param ends how calls ended
 * @param filings how filings ended
 * @param withdrawn approval to the state it stood in after it was withdrawn
 * @param grants approval to what was wrong with its one-time role
 */
public record Seen(
        @Nullable String setting,
        @Nullable String noTools,
        @Nullable List<String> roles,
        @Nullable String noRoles,
        @Nullable Boolean canceled,
        long lapMillis,
        @Nullable String asked,
        @Nullable Words answer,
        @Nullable String noAnswer,
        @Nullable Summed summed,
        List<End> ends,
        List<Filed> filings,
        Map<String, String> withdrawn,
        Map<String, String> grants) {
    public Seen {
        ends = ends == null ? List.of() : List.copyOf(ends);
        filings = filings == null ? List.of() : List.copyOf(filings);
        withdrawn = withdrawn == null ? Map.of() : new TreeMap<>(withdrawn);
        grants = grants == null ? Map.of() : new TreeMap<>(grants);
    }

    /** The same, with other questions. */
    Seen asking(@Nullable String question, @Nullable String toBeSummed) {
        Summed other =
                summed == null || toBeSummed == null ? null : new Summed(toBeSummed, summed.text(), summed.failure());
        return new Seen(
                setting, noTools, roles, noRoles, canceled, lapMillis, question, answer, noAnswer, other, ends, filings,
                withdrawn, grants);
    }

    boolean isCanceled() {
        return canceled != null && canceled;
    }

    /** A model's answer, as it was written down. */
    public record Words(String text, List<Call> calls) {
        public Words {
            calls = calls == null ? List.of() : List.copyOf(calls);
        }
    }

    /**
     * A summary.
     *
     * @param asked digest of what the model was asked for it
     * @param text of the summary; null when there came none
     * @param failure what was said then
     */
    public record Summed(
            String asked, @Nullable String text, @Nullable String failure) {}

    /** A call that a model made. */
    public record Call(String tool, String arguments) {}

    /**
     * How a call ended.
     *
     * @param call its id
     * @param word succeeded, failed, not_sent or unknown
     */
    public record End(String call, String tool, String word, String text) {}

    /**
     * How a filing ended.
     *
     * @param call its id
     * @param requestId Permit's id of the request; null when none was filed
     * @param error what was said then; else null
     */
    public record Filed(
            String call,
            @Nullable String requestId,
            @Nullable String error) {}
}
