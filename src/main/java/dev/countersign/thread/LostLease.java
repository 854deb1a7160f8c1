package dev.countersign.thread;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;

/** Somebody else runs the thread now; whoever gets this stops and writes nothing. */
public final class LostLease extends CountersignException {
    private static final long serialVersionUID = 1L;
    private static final ErrorCode LOST = new ErrorCode("CS-210", ErrorCode.Kind.CONFLICT);

    public LostLease(Lease lease) {
        super(LOST, "the lease " + lease.fence() + " on thread " + lease.threadId() + " is no longer held");
    }
}
