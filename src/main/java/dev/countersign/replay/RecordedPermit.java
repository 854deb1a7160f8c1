package dev.countersign.replay;

import java.util.Collection;

/** Permit as a strict replay sees it: whatever the step under way did not ask for ends it. */
final class RecordedPermit extends ClosedPermit {
    private final Script script;

    RecordedPermit(Script script) {
        this.script = script;
    }

    @Override
    Collection<String> grants() {
        return script.seen().grants().values();
    }

    @Override
    RuntimeException asked(String what) {
        return script.diverged("", "a question to Permit", "none", what);
    }
}
