package dev.countersign.approval;

import dev.countersign.approval.DueApprovals.Again;
import dev.countersign.approval.DueApprovals.Due;
import dev.countersign.approval.Knocks.Knock;
import dev.countersign.core.CountersignException;
import dev.countersign.permit.Page;
import dev.countersign.permit.PermitException;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestKind;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds out which of many due approvals are worth a look of their own, with few requests and never more than the budget
 * allows.
 *
 * <p>Due approvals are gone through in the order in which they fell due, in groups of one requester and kind. A small group is
 * read one by one. For a larger one Permit's list of what is pending for that user is read, page by page: what stands there is
 * asked for again later, and what does not (decided, missing, or left out by a list that was not whole) is read back by id.
 * So a list never decides anything; at worst it delays a decision until the approval is due again. Where the budget ends, the
 * rest stays due, and a list that was half read goes on at its next page.
 *
 * <p>An approval that cannot be read is put off and holds nobody up; when one after another cannot, Permit itself is in
 * trouble, and the look ends. One look at a time; what lies in memory is only who is to be looked at sooner.
 */
final class DueReader {
    private static final Logger LOG = LoggerFactory.getLogger(DueReader.class);
    private static final int BATCH = 1_000;
    private static final int FEW = 5;
    private static final int WOKEN_MAX = 100;
    private static final int WOKEN_PAGES = 3;
    private static final int FAILURES_MAX = 3;
    private static final int PASSES_MAX = 1_000;

    /** What is done with one approval. */
    interface Judge {
        /** Asks Permit and applies what it says. */
        Verdict judge(Approval approval, Lookups lookups);

        /** When to ask again for one that is pending still. */
        Instant again(Due approval);
    }

    /** What came of asking for one approval. */
    enum Verdict {
        /** It was decided, and its thread has an event. */
        MOVED,
        /** Nothing new, or somebody else was faster; it is asked for again later. */
        WAITS,
        /** It could not be read, and is put off. */
        UNREADABLE,
        /** Permit wants to be left alone; it is still due. */
        LIMITED
    }

    private record Group(RequestKind kind, String requester) {}

    /** How far a list has been read whose group did not fit into one look. Past its last page the group's rest is read by id. */
    private record Pass(Instant began, int page, boolean listed) {}

    private final ApprovalStore approvals;
    private final DueApprovals due;
    private final Judge judge;
    private final Clock clock;
    private final RequesterKeys requesters;
    private final Map<Group, Pass> passes = new LinkedHashMap<>();

    DueReader(ApprovalStore approvals, DueApprovals due, Judge judge, Clock clock) {
        this.approvals = approvals;
        this.due = due;
        this.judge = judge;
        this.clock = clock;
        this.requesters = new RequesterKeys(clock);
    }

    /** One look: what it asks with, and who hears of what moved. */
    private static final class Look {
        final Lookups lookups;
        final Consumer<String> moved;
        int failures;

        Look(Lookups lookups, Consumer<String> moved) {
            this.lookups = lookups;
            this.moved = moved;
        }

        boolean goesOn() {
            return failures < FAILURES_MAX && lookups.mayAsk();
        }

        void came(Verdict verdict) {
            failures = verdict == Verdict.UNREADABLE ? failures + 1 : verdict == Verdict.LIMITED ? FAILURES_MAX : 0;
        }
    }

    /**
     * Goes through what is due.
     *
     * @param between runs between two groups, so that who is woken need not wait for a long queue
     */
    void poll(Lookups lookups, Consumer<String> moved, Runnable between) {
        Look look = new Look(lookups, moved);
        Map<Group, List<Due>> groups = grouped(due.due(BATCH));
        for (Map.Entry<Group, List<Due>> group : groups.entrySet()) {
            between.run();
            if (!look.goesOn()) {
                return;
            }
            look(look, group.getKey(), group.getValue());
        }
    }

    private static Map<Group, List<Due>> grouped(List<Due> rows) {
        Map<Group, List<Due>> groups = new LinkedHashMap<>();
        rows.forEach(row -> groups.computeIfAbsent(new Group(row.kind(), row.requester()), unused -> new ArrayList<>())
                .add(row));
        return groups;
    }

    private void look(Look look, Group group, List<Due> rows) {
        Pass pass = passes.get(group);
        if (pass == null && rows.size() <= FEW) {
            byId(look, rows);
            return;
        }
        // Past its deadline a request is read by id: what Permit says of it then is the last word.
        List<Due> late = rows.stream().filter(this::isLate).toList();
        byId(look, late);
        Pass listed = list(look, group, pass == null ? new Pass(clock.instant(), 1, false) : pass, rows.size());
        boolean done = listed.listed && look.goesOn() && readRest(look, group, listed);
        keep(group, done ? null : listed);
    }

    private void keep(Group group, @Nullable Pass pass) {
        passes.remove(group);
        if (pass != null && passes.size() < PASSES_MAX) {
            passes.put(group, pass);
        }
    }

    private boolean isLate(Due row) {
        return !clock.instant().isBefore(row.deadline());
    }

    /** Reads on in the list, to its end or to where reading by id is cheaper, as far as the look goes. */
    private Pass list(Look look, Group group, Pass from, int dueRows) {
        Pass pass = from;
        int left = dueRows;
        while (!pass.listed && look.goesOn()) {
            Optional<Page<PermitRequest>> page = page(look, group, pass.page);
            if (page.isEmpty()) {
                // Not limited, so it is this list that fails: perhaps its requests can be read.
                return look.failures < FAILURES_MAX ? new Pass(pass.began, pass.page, true) : pass;
            }
            left -= putOff(group, page.get());
            int pagesLeft = page.get().pageCount() - pass.page;
            pass = new Pass(pass.began, pass.page + 1, pagesLeft <= 0 || (dueRows < BATCH && pagesLeft > left));
        }
        return pass;
    }

    private Optional<Page<PermitRequest>> page(Look look, Group group, int number) {
        try {
            Page<PermitRequest> page = look.lookups.pending(group.kind, group.requester, number);
            look.came(Verdict.WAITS);
            return Optional.of(page);
        } catch (PermitException e) {
            boolean plainNo = e.status() >= 400 && e.status() < 500;
            look.came(e.status() == 429 ? Verdict.LIMITED : plainNo ? Verdict.WAITS : Verdict.UNREADABLE);
            LOG.atWarn()
                    .addKeyValue("requester", group.requester)
                    .log("Permit did not list what is pending: {}", e.forLog());
            return Optional.empty();
        }
    }

    /** Those that Permit lists as pending are asked for again later; says how many. */
    private int putOff(Group group, Page<PermitRequest> page) {
        List<Again> again = due
                .among(page.data().stream().map(PermitRequest::id).toList())
                .stream()
                .filter(row -> row.kind() == group.kind && row.requester().equals(group.requester) && !isLate(row))
                .map(row -> new Again(row.id(), judge.again(row)))
                .toList();
        due.later(again);
        return again.size();
    }

    /** Reads by id what was due when the list was begun and did not stand in it; true when nothing of it is left. */
    private boolean readRest(Look look, Group group, Pass pass) {
        List<Due> rest = due.dueSince(group.kind, group.requester, pass.began, BATCH);
        byId(look, rest);
        return rest.size() < BATCH && look.goesOn();
    }

    /** Reads one after the other as far as the look goes; answers what is left. */
    private List<Due> byId(Look look, List<Due> rows) {
        for (int i = 0; i < rows.size(); i++) {
            if (!look.goesOn()) {
                return rows.subList(i, rows.size());
            }
            look.came(one(look, rows.get(i)));
        }
        return List.of();
    }

    private Verdict one(Look look, Due row) {
        try {
            Optional<Approval> approval =
                    approvals.find(row.id()).filter(found -> found.state() == ApprovalState.PENDING);
            Verdict verdict =
                    approval.map(found -> judge.judge(found, look.lookups)).orElse(Verdict.WAITS);
            if (verdict == Verdict.MOVED) {
                look.moved.accept(approval.orElseThrow().threadId());
            }
            return verdict;
        } catch (CountersignException e) {
            // One that cannot be read (its thread was erased, its row damaged) must not hold up the others. A store
            // that fails
            // is another matter: nothing is put off for it.
            LOG.atError().addKeyValue("approval", row.id()).log("an approval could not be checked", e);
            due.later(List.of(new Again(row.id(), clock.instant().plus(Watcher.LONGEST_WAIT))));
            return Verdict.WAITS;
        }
    }

    /**
     * Looks at those who knocked.
     *
     * @param all also at those who were looked at before, when nothing was to be known of them yet
     * @return whether somebody has to be looked at again soon, since there was no budget or a filing is not finished
     */
    boolean answer(Knocks knocks, boolean all, Lookups lookups, Consumer<String> moved) {
        Look look = new Look(lookups, moved);
        for (Map.Entry<Knock, Instant> waiting : all ? knocks.all() : knocks.fresh()) {
            if (!look.goesOn()) {
                return true;
            }
            Knock knock = waiting.getKey();
            knocks.take(knock);
            switch (answered(look, knock, knocks)) {
                case WAITS -> knocks.putBack(knock, waiting.getValue());
                case UNREAD -> knocks.keep(knock, waiting.getValue());
                case DONE -> {}
            }
        }
        return !knocks.isEmpty();
    }

    /** What became of a knock. */
    private enum Answered {
        DONE,
        /** What it is about may be known soon, or Permit may be well again. */
        WAITS,
        /** The budget is used up. */
        UNREAD
    }

    private Answered answered(Look look, Knock knock, Knocks knocks) {
        if (!knock.ofRequest()) {
            Optional<String> requester = requesters.keyOf(knock.id(), due, look.lookups);
            return requester.isEmpty() ? Answered.DONE : answeredFor(look, requester.get(), knocks);
        }
        Optional<Due> row = due.byRequest(knock.id());
        if (row.isEmpty()) {
            return due.isOver(knock.id()) ? Answered.DONE : Answered.WAITS;
        }
        return byId(look, List.of(row.get())).isEmpty() ? Answered.DONE : stopped(look);
    }

    private Answered answeredFor(Look look, String requester, Knocks knocks) {
        // Before the rows are read: what is filed in between is among them.
        boolean filing = due.isFiling(requester);
        for (Map.Entry<Group, List<Due>> group :
                grouped(due.youngestOf(requester, WOKEN_MAX)).entrySet()) {
            if (!look.goesOn()) {
                return stopped(look);
            }
            List<Due> rows = group.getValue();
            List<Due> left = byId(look, rows.size() <= FEW ? rows : notPending(look, group.getKey(), rows));
            // Each by itself from here on: a list that is begun anew whenever there is budget again would use it up.
            left.stream()
                    .map(Due::requestId)
                    .filter(Objects::nonNull)
                    .forEach(request -> knocks.add(new Knock(true, request)));
        }
        return filing ? Answered.WAITS : Answered.DONE;
    }

    private static Answered stopped(Look look) {
        return look.lookups.mayAsk() ? Answered.WAITS : Answered.UNREAD;
    }

    /** Those that do not stand among the first pages of what is pending; all, when these cannot be read. */
    private List<Due> notPending(Look look, Group group, List<Due> rows) {
        List<Due> left = new ArrayList<>(rows);
        int pages = 1;
        for (int number = 1; number <= Math.min(pages, WOKEN_PAGES) && look.goesOn(); number++) {
            Optional<Page<PermitRequest>> page = page(look, group, number);
            if (page.isEmpty()) {
                return left;
            }
            pages = page.get().pageCount();
            List<String> pending =
                    page.get().data().stream().map(PermitRequest::id).toList();
            left.removeIf(row -> pending.contains(row.requestId()));
        }
        return left;
    }
}
