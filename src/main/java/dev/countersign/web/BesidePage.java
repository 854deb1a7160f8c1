package dev.countersign.web;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.Json;
import dev.countersign.core.Mark;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.graph.Archive;
import dev.countersign.replay.History;
import dev.countersign.replay.Sides;
import dev.countersign.replay.Step;
import dev.countersign.server.Auditors;
import dev.countersign.server.Readers;
import dev.countersign.thread.Lineage;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A conversation among its forks, and two conversations beside each other. Of what forks share only its length is read, so a
 * comparison costs what follows it, within bounds. For whoever may see both: their owner, and auditors.
 */
final class BesidePage implements Section {
    /** How many conversations a tree shows. */
    private static final int KIN_MAX = 200;

    private static final int PAGE = 1_000;

    /** How many messages beyond what forks share are looked at. */
    private static final int MESSAGES_MAX = 20_000;

    /**
     * A tree.
     *
     * @param base the path of the conversation that was asked for
     * @param more how many there are beyond these
     */
    record Tree(ThreadView thread, String base, List<Branch> branches, int more) {
        Tree {
            branches = List.copyOf(branches);
        }
    }

    /**
     * A conversation in a tree.
     *
     * @param depth from 0; at most 9 are told apart
     * @param taken the step of its parent's that it was taken at; 0 for the first
     * @param compare where it is beside the one that was asked for; empty for that one
     */
    record Branch(ThreadView thread, int depth, boolean current, long taken, String path, String compare) {}

    /**
     * Two conversations.
     *
     * @param leftPath of its steps
     * @param turned the same two the other way round
     */
    record View(ThreadView left, ThreadView right, String leftPath, String rightPath, String turned, Sides sides) {
        List<HistoryPage.Difference> differences() {
            return sides.changes().stream().map(HistoryPage.Difference::of).toList();
        }

        /** How a line is marked: same, changed, removed or added. */
        static String mark(Sides.Line line) {
            return line.isSame()
                    ? "same"
                    : line.left() == null ? "added" : line.right() == null ? "removed" : "changed";
        }

        boolean isSame() {
            return sides.lines().isEmpty() && sides.changes().isEmpty();
        }
    }

    /** A conversation as its reader sees it. */
    private record Side(Principal reader, ThreadView thread) {
        String id() {
            return thread.id();
        }

        String path() {
            return "/threads/" + thread.id() + "/history";
        }
    }

    @Override
    public Optional<Section.Entry> entry() {
        return Optional.empty();
    }

    @Override
    public void on(Site site) {
        site.get("/threads/{id}/forks", visit -> tree(site, visit));
        site.get("/threads/{id}/diff/{other}", visit -> beside(site, visit));
    }

    private static Side side(Site site, Visit visit, String id) {
        Auditors auditors = new Auditors(site.parts().permit(), site.parts().auditorRole());
        Principal reader = new Readers(site.parts().runtime(), auditors).of(visit.who(), id);
        return new Side(reader, site.parts().runtime().thread(reader, id));
    }

    private static void tree(Site site, Visit visit) {
        Side asked = side(site, visit, visit.path("id"));
        AgentRuntime runtime = site.parts().runtime();
        List<Lineage.Member> family = site.parts().hindsight().history().family(asked.reader(), asked.id());
        List<Branch> branches = new ArrayList<>();
        for (Lineage.Member member : family.subList(0, Math.min(KIN_MAX, family.size()))) {
            boolean current = member.id().equals(asked.id());
            branches.add(new Branch(
                    runtime.thread(asked.reader(), member.id()),
                    Math.min(9, member.depth()),
                    current,
                    member.parentSeq(),
                    "/threads/" + member.id() + "/history",
                    current ? "" : "/threads/" + asked.id() + "/diff/" + member.id()));
        }
        Tree tree = new Tree(asked.thread(), asked.path(), branches, Math.max(0, family.size() - KIN_MAX));
        visit.page("forks", "Forks of " + asked.thread().title(), "history", tree);
    }

    private static void beside(Site site, Visit visit) {
        Side left = side(site, visit, visit.path("id"));
        Side right = side(site, visit, visit.path("other"));
        History history = site.parts().hindsight().history();
        int shared = shared(history, left, right);
        List<AgentRuntime.Entry> leftSaid = new ArrayList<>();
        List<AgentRuntime.Entry> rightSaid = new ArrayList<>();
        read(site.parts().runtime(), left, shared, leftSaid);
        read(site.parts().runtime(), right, shared, rightSaid);
        Sides sides = Sides.of(shared, leftSaid, rightSaid, state(history, left), state(history, right));
        String turned = "/threads/" + right.id() + "/diff/" + left.id();
        View view = new View(left.thread(), right.thread(), left.path(), right.path(), turned, sides);
        visit.page("beside", "Two conversations", "history", view);
    }

    private static void read(AgentRuntime runtime, Side side, int from, List<AgentRuntime.Entry> into) {
        List<AgentRuntime.Entry> page;
        long after = from;
        do {
            page = runtime.transcript(side.reader(), side.id(), after, PAGE);
            into.addAll(page);
            after += page.size();
        } while (page.size() == PAGE && into.size() < MESSAGES_MAX);
    }

    private static ObjectNode state(History history, Side side) {
        Optional<Step> newest =
                history
                        .steps(side.reader(), side.id(), new Archive.Slice(new Mark(Long.MAX_VALUE, ""), 1))
                        .items()
                        .stream()
                        .findFirst();
        return newest.map(step ->
                        history.at(side.reader(), side.id(), step.seq(), 0).state())
                .filter(ObjectNode.class::isInstance)
                .map(ObjectNode.class::cast)
                .orElseGet(Json::object);
    }

    /**
     * How many messages both share for sure: those that each conversation on the way from one to the other began with, but for the
     * last of them, which a fork may have changed.
     */
    private static int shared(History history, Side left, Side right) {
        Map<String, Lineage.Member> family = new HashMap<>();
        history.family(left.reader(), left.id()).forEach(member -> family.put(member.id(), member));
        Lineage.Member one = family.get(left.id());
        Lineage.Member other = family.get(right.id());
        long shared = left.id().equals(right.id()) ? 0 : Long.MAX_VALUE;
        while (one != null && other != null && !one.id().equals(other.id())) {
            boolean leftIsDeeper = one.depth() > other.depth();
            Lineage.Member deeper = leftIsDeeper ? one : other;
            shared = Math.min(shared, began(history, left.reader(), deeper.id()) - 1);
            Lineage.Member parent = parent(family, deeper);
            one = leftIsDeeper ? parent : one;
            other = leftIsDeeper ? other : parent;
        }
        boolean kin = one != null && other != null && shared != Long.MAX_VALUE;
        return kin ? (int) Math.max(0, shared) : 0;
    }

    private static Lineage.@Nullable Member parent(Map<String, Lineage.Member> family, Lineage.Member member) {
        return member.parentId() == null ? null : family.get(member.parentId());
    }

    private static int began(History history, Principal reader, String id) {
        return history.at(reader, id, 1, 0).step().messages();
    }
}
