package dev.countersign.graph;

import dev.countersign.approval.Approval;
import dev.countersign.approval.Wish;
import dev.countersign.tool.ApprovedCall;
import dev.countersign.tool.Standing;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Whether what a thread waits with can go on in a release. The one rule for whoever asks beforehand and for the thread itself when it
 * resumes. Pure: no I/O, no clock; equal questions get equal answers.
 *
 * <p>A call that waits for a yes binds: its tool must be there, open to the roles it was asked with, take these arguments and read them
 * as it did then, and need a yes for nothing else. A request that the model filed by itself binds nothing here: its decision is told,
 * and what the model does then is judged by the rules of then. Prompts, limits, risks and deadlines bind nothing either.
 *
 * @param reasons what does not fit; none when it resumes
 */
public record Fit(Verdict verdict, List<String> reasons) {
    /** What becomes of a thread, from the best to the worst. */
    public enum Verdict {
        /** It goes on. */
        RESUMES,
        /** A call was approved that is another one now: somebody has to be asked anew. */
        NEEDS_REAPPROVAL,
        /** It can end only where the agent is as it was. */
        FINISH_ON_OLD,
        /** The program cannot read it, or does not know where it stands. */
        NEEDS_MIGRATION
    }

    /** It goes on. */
    public static final Fit RESUMES = new Fit(Verdict.RESUMES, List.of());

    public Fit {
        reasons = List.copyOf(reasons);
    }

    /**
     * How a thread stands.
     *
     * @param next the node it goes on with
     * @param format of its newest checkpoint
     */
    public record Place(String agent, String next, int format) {}

    private static Fit no(Verdict verdict, String why) {
        return new Fit(verdict, List.of(why));
    }

    /** Whether a thread that stands there, with these approvals unspent, can go on. */
    public static Fit of(Place place, List<Approval> unspent, Release release) {
        Fit standing = at(place.next(), place.format(), release.program());
        if (!standing.resumes()) {
            return standing;
        }
        Optional<Release.Agent> agent = release.agent(place.agent());
        if (agent.isEmpty()) {
            return noAgent(place.agent());
        }
        Fit worst = RESUMES;
        for (Approval approval : unspent) {
            worst = worst.and(of(approval, agent.get()));
        }
        return worst;
    }

    /** Whether a program knows where a thread stands. */
    static Fit at(String next, int format, Release.Program program) {
        if (format > program.format()) {
            return no(
                    Verdict.NEEDS_MIGRATION,
                    "its checkpoint is of format " + format + ", and this program reads those up to "
                            + program.format());
        }
        return next.isEmpty() || program.nodes().contains(next)
                ? RESUMES
                : no(Verdict.NEEDS_MIGRATION, "it stands before the node '" + next + "', which is not there any more");
    }

    /** Of a thread whose agent has no file any more. */
    static Fit noAgent(String agent) {
        return no(Verdict.FINISH_ON_OLD, "its agent '" + agent + "' has no file any more");
    }

    /** Of a thread whose newest checkpoint is of another format. */
    static Fit otherFormat(String what) {
        return no(Verdict.NEEDS_MIGRATION, what);
    }

    /** Whether the call that an approval is bound to may still run; yes for one that is bound to none. */
    static Fit of(Approval approval, Release.Agent agent) {
        ApprovedCall call = call(approval.wish());
        if (call == null) {
            return RESUMES;
        }
        Standing standing = call.under(agent.rules(), agent.tools());
        if (standing instanceof Standing.Changed changed) {
            return no(Verdict.NEEDS_REAPPROVAL, named(approval) + changed.why());
        }
        if (standing instanceof Standing.Closed closed) {
            return no(Verdict.FINISH_ON_OLD, named(approval) + closed.why());
        }
        return RESUMES;
    }

    private static String named(Approval approval) {
        return "approval " + Optional.ofNullable(approval.requestId()).orElse(approval.id()) + ": ";
    }

    private static @Nullable ApprovedCall call(Wish wish) {
        Wish.BoundCall bound = wish.bound();
        Wish.Terms terms = wish.terms();
        return bound == null
                ? null
                : new ApprovedCall(
                        bound.tool(),
                        bound.arguments(),
                        wish.resourceInstance(),
                        wish.operation(),
                        terms == null ? null : new ApprovedCall.Terms(terms.server(), terms.reading(), terms.roles()));
    }

    private Fit and(Fit other) {
        List<String> all = new ArrayList<>(reasons);
        all.addAll(other.reasons);
        return new Fit(verdict.compareTo(other.verdict) >= 0 ? verdict : other.verdict, all);
    }

    public boolean resumes() {
        return verdict == Verdict.RESUMES;
    }

    /** In one line. */
    public String line() {
        return String.join("; ", reasons);
    }
}
