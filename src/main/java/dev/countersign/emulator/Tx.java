package dev.countersign.emulator;

import org.jdbi.v3.core.Handle;

/**
 * One request's transaction: the stores on one connection, one moment, and the behaviour that holds for this request.
 * Lives on one thread and dies with the request.
 */
final class Tx {
    private final Handle handle;
    private final Scope scope;
    private final Ids ids;
    private final Switches switches;
    private final long now;

    Tx(Handle handle, Scope scope, Ids ids, Switches switches, long now) {
        this.handle = handle;
        this.scope = scope;
        this.ids = ids;
        this.switches = switches;
        this.now = now;
    }

    Handle handle() {
        return handle;
    }

    Scope scope() {
        return scope;
    }

    Switches switches() {
        return switches;
    }

    /** Milliseconds since the epoch, the same throughout the request. */
    long now() {
        return now;
    }

    String freshId() {
        return ids.fresh(handle);
    }

    Entities entities() {
        return new Entities(this);
    }

    Assignments assignments() {
        return new Assignments(this);
    }

    Requests requests() {
        return new Requests(this);
    }

    Lookup lookup() {
        return new Lookup(this);
    }

    Views views() {
        return new Views(this);
    }

    Ledger ledger() {
        return new Ledger(this);
    }
}
