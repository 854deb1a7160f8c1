package dev.countersign.replay;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import java.util.Collection;

/** Permit as a what-if sees it: whatever it is asked for beyond the record ends it, and nothing of it is told to Permit. */
final class TrialPermit extends ClosedPermit {
    private static final ErrorCode NOT_ASKED = new ErrorCode("CS-661", ErrorCode.Kind.CONFLICT);

    private final TrialWorld world;

    TrialPermit(TrialWorld world) {
        this.world = world;
    }

    @Override
    Collection<String> grants() {
        return world.grants();
    }

    @Override
    RuntimeException asked(String what) {
        return new CountersignException(NOT_ASKED, "a what-if asks Permit for nothing, so not for " + what);
    }
}
