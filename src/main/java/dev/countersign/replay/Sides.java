package dev.countersign.replay;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.graph.AgentRuntime.Call;
import dev.countersign.graph.AgentRuntime.Entry;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Two conversations beside each other: how much of them is the same from the beginning, and from there on what stands against what.
 * When something was said makes no difference.
 *
 * @param common how many messages they begin with that say the same
 * @param lines what follows, the first {@value #LINES_MAX} messages of each
 * @param more how many messages there are beyond these, of both together
 * @param changes from the left one's state to the right one's
 */
public record Sides(int common, List<Line> lines, int more, List<Change> changes) {
    public static final int LINES_MAX = 400;

    public Sides {
        lines = List.copyOf(lines);
        changes = List.copyOf(changes);
    }

    /** What stands against what; one of them at most is null. */
    public record Line(@Nullable Entry left, @Nullable Entry right) {
        /** Whether both say the same. */
        public boolean isSame() {
            return left != null && right != null && same(left, right);
        }
    }

    /**
     * Compares.
     *
     * @param skipped how many messages before these are known to be the same
     * @param leftState the small keys, JSON texts as what they say
     */
    public static Sides of(
            int skipped, List<Entry> left, List<Entry> right, ObjectNode leftState, ObjectNode rightState) {
        int common = 0;
        while (common < left.size() && common < right.size() && same(left.get(common), right.get(common))) {
            common++;
        }
        List<Entry> leftRest = left.subList(common, Math.min(left.size(), common + LINES_MAX));
        List<Entry> rightRest = right.subList(common, Math.min(right.size(), common + LINES_MAX));
        int more = left.size() + right.size() - 2 * common - leftRest.size() - rightRest.size();
        return new Sides(skipped + common, lines(leftRest, rightRest), more, StateDiff.between(leftState, rightState));
    }

    static boolean same(Entry one, Entry other) {
        return one.role().equals(other.role())
                && one.text().equals(other.text())
                && String.valueOf(one.tool()).equals(String.valueOf(other.tool()))
                && deeds(one).equals(deeds(other));
    }

    private static List<Deed> deeds(Entry entry) {
        List<Deed> deeds = new ArrayList<>();
        for (Call call : entry.calls()) {
            deeds.add(Deed.of(call.tool(), call.arguments()));
        }
        return deeds;
    }

    /** The longest common subsequence is what is the same; what lies between stands against each other, in order. */
    private static List<Line> lines(List<Entry> left, List<Entry> right) {
        int[][] longest = longest(left, right);
        List<Line> lines = new ArrayList<>();
        List<Entry> gone = new ArrayList<>();
        List<Entry> come = new ArrayList<>();
        int i = 0;
        int j = 0;
        while (i < left.size() || j < right.size()) {
            boolean both = i < left.size() && j < right.size();
            if (both && same(left.get(i), right.get(j))) {
                pair(gone, come, lines);
                lines.add(new Line(left.get(i++), right.get(j++)));
            } else if (j == right.size() || (both && longest[i + 1][j] >= longest[i][j + 1])) {
                gone.add(left.get(i++));
            } else {
                come.add(right.get(j++));
            }
        }
        pair(gone, come, lines);
        return lines;
    }

    private static void pair(List<Entry> gone, List<Entry> come, List<Line> lines) {
        for (int i = 0; i < Math.max(gone.size(), come.size()); i++) {
            lines.add(new Line(i < gone.size() ? gone.get(i) : null, i < come.size() ? come.get(i) : null));
        }
        gone.clear();
        come.clear();
    }

    private static int[][] longest(List<Entry> left, List<Entry> right) {
        int[][] longest = new int[left.size() + 1][right.size() + 1];
        for (int i = left.size() - 1; i >= 0; i--) {
            for (int j = right.size() - 1; j >= 0; j--) {
                longest[i][j] = same(left.get(i), right.get(j))
                        ? longest[i + 1][j + 1] + 1
                        : Math.max(longest[i + 1][j], longest[i][j + 1]);
            }
        }
        return longest;
    }
}
