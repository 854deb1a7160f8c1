package dev.countersign.log;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Goes through a chain page by page, holding one page at a time, and stops at the first row that is wrong.
 *
 * <p>By itself a chain shows a changed, missing or moved row, and a tail that was cut off. Whoever may write to the store can
 * recompute all of it from some row on; that is found only by a head that was kept elsewhere.
 */
public final class ChainCheck {
    private final @Nullable LogHead kept;
    private LogHead last = LogHead.EMPTY;

    private ChainCheck(@Nullable LogHead kept) {
        this.kept = kept;
    }

    /**
     * Checks the log up to where it ended when the check began, or further.
     *
     * @param kept a head of this log from earlier, or null
     */
    public static LogVerdict of(LogPage.Source pages, @Nullable LogHead kept) {
        return new ChainCheck(kept).through(pages);
    }

    private LogVerdict through(LogPage.Source pages) {
        Optional<LogVerdict> broken = keptIs(LogHead.EMPTY);
        LogPage page = pages.after(0);
        boolean first = true;
        LogHead goal = page.head();
        while (broken.isEmpty()) {
            // One page more than the goal needs: rows that stand after a head which was set back.
            boolean there = last.seq() >= goal.seq();
            broken = goThrough(page);
            if (broken.isPresent() || there) {
                break;
            }
            // The first page's rows may be older than its head, the goal; what comes later was read after that.
            if (page.rows().isEmpty() && !first) {
                broken = missing(last.seq() + 1, "the log's head is row " + goal.seq(), "no row after " + last.seq());
            } else {
                page = pages.after(last.seq());
                first = false;
            }
        }
        return broken.or(() -> againstHeads(goal)).orElseGet(() -> new LogVerdict.Intact(last));
    }

    private Optional<LogVerdict> goThrough(LogPage page) {
        for (LogRow row : page.rows()) {
            Optional<LogVerdict> broken =
                    next(row).or(() -> headIs(page.head(), row)).or(() -> keptIs(row.head()));
            if (broken.isPresent()) {
                return broken;
            }
            last = row.head();
        }
        return Optional.empty();
    }

    private Optional<LogVerdict> next(LogRow row) {
        long due = last.seq() + 1;
        if (row.seq() != due) {
            return missing(due, "row " + due, "row " + row.seq());
        }
        String hash = row.hashAfter(last.hash());
        return row.hash().equals(hash)
                ? Optional.empty()
                : broken(due, "row " + due + " was changed, or is not the one that was written here", hash, row.hash());
    }

    /** A head that was read after the rows can be no older than them; if it is their last, it has its hash. */
    private Optional<LogVerdict> headIs(LogHead head, LogRow row) {
        if (row.seq() > head.seq()) {
            return broken(
                    row.seq(),
                    "there are rows after the log's head, which was set back",
                    "no row after " + head.seq(),
                    "row " + row.seq());
        }
        return row.seq() == head.seq() && !row.hash().equals(head.hash())
                ? broken(row.seq(), "the log's head does not fit the last row", head.hash(), row.hash())
                : Optional.empty();
    }

    private Optional<LogVerdict> keptIs(LogHead head) {
        return kept != null && kept.seq() == head.seq() && !kept.hash().equals(head.hash())
                ? broken(
                        head.seq(),
                        "the head that was kept does not fit: row " + head.seq() + " or one before it was written anew",
                        kept.hash(),
                        head.hash())
                : Optional.empty();
    }

    private Optional<LogVerdict> againstHeads(LogHead goal) {
        if (kept != null && kept.seq() > last.seq()) {
            return missing(
                    last.seq() + 1, "row " + kept.seq() + ", the head that was kept", "no row after " + last.seq());
        }
        boolean emptied = goal.seq() == 0 && !goal.equals(LogHead.EMPTY);
        return emptied
                ? broken(0, "the log is empty and its head is not", LogHead.EMPTY.hash(), goal.hash())
                : Optional.empty();
    }

    private Optional<LogVerdict> missing(long seq, String expected, String got) {
        return broken(seq, "row " + seq + " is missing", expected, got);
    }

    private Optional<LogVerdict> broken(long seq, String problem, String expected, String got) {
        return Optional.of(new LogVerdict.Broken(last, seq, problem, expected, got));
    }
}
