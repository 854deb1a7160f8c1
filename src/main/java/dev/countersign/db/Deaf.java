package dev.countersign.db;

import java.util.List;

/** Nobody to be told. */
final class Deaf implements OneWriter.Ahead {
    @Override
    public void commits(KeptStatements kept, List<Change> changes) {
        // The database writes it.
    }

    @Override
    public void failed(Throwable why) {
        // Nothing was kept of it.
    }

    @Override
    public void changedMore() {
        // The database writes it.
    }

    @Override
    public void force() {
        throw new IllegalStateException("the database forces its file itself");
    }
}
