package dev.countersign.crash;

import java.sql.SQLException;

/** Makes the n-th call of a store fail: before it is made, or, for a commit, after it has been. */
final class FailingEar implements Tap.Ear {
    private final Nth nth;
    private final boolean afterwards;

    FailingEar(Nth nth, boolean afterwards) {
        this.nth = nth;
        this.afterwards = afterwards;
    }

    @Override
    public void before(Tap.Call call) throws SQLException {
        if (!afterwards && counts(call) && nth.isNow()) {
            throw new SQLException("failed on purpose before " + call, "08006");
        }
    }

    @Override
    public void after(Tap.Call call) throws SQLException {
        if (afterwards && call instanceof Tap.Committed && counts(call) && nth.isNow()) {
            throw new SQLException("failed on purpose after " + call, "08006");
        }
    }

    /** Looking again and again is not counted: how often it happens is chance. A turn's own looks are. */
    private static boolean counts(Tap.Call call) {
        if (call instanceof Tap.Committed committed) {
            return !committed.statements().isEmpty();
        }
        boolean look = call instanceof Tap.Said said && said.begins("SELECT");
        return !look || Thread.currentThread().getName().startsWith("turn-");
    }
}
