package dev.countersign.tool;

import dev.countersign.core.Mark;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;
import org.jdbi.v3.core.Handle;

/** Ends the run at its n-th step, as a kill would: before, between and after everything that leaves a trace. */
final class Calamity {
    private int left;

    Calamity(int step) {
        left = step;
    }

    /** The end of the process. */
    static final class Killed extends Error {
        private static final long serialVersionUID = 1L;
    }

    void step() {
        if (--left == 0) {
            throw new Killed();
        }
    }

    <T> T around(Supplier<T> act) {
        step();
        T result = act.get();
        step();
        return result;
    }

    /** A witness that is killed inside the transaction. */
    EffectWitness witness() {
        return (transaction, move) -> step();
    }

    /** A tool that counts its effects; it knows a key it has seen, if it is idempotent. */
    static final class Effects implements ToolClient {
        final List<String> keys = new ArrayList<>();
        private final Calamity calamity;
        private final ToolOutcome outcome;

        Effects(Calamity calamity, ToolOutcome outcome) {
            this.calamity = calamity;
            this.outcome = outcome;
        }

        @Override
        public List<ToolInfo> tools() {
            return List.of();
        }

        @Override
        public ToolOutcome call(ToolInvocation invocation) {
            return calamity.around(() -> {
                keys.add(invocation.idempotencyKey());
                return outcome;
            });
        }

        @Override
        public void close() {}
    }

    /** A journal that is killed before or after each move. */
    EffectJournal around(EffectJournal journal) {
        return new EffectJournal() {
            @Override
            public boolean intend(Handle transaction, EffectSite site, EffectIntent intent) {
                return Calamity.this.around(() -> journal.intend(transaction, site, intent));
            }

            @Override
            public Dispatch dispatch(EffectSite site, EffectIntent intent) {
                return Calamity.this.around(() -> journal.dispatch(site, intent));
            }

            @Override
            public Dispatch repeat(EffectSite site, EffectIntent intent, int attempt) {
                return Calamity.this.around(() -> journal.repeat(site, intent, attempt));
            }

            @Override
            public boolean end(EffectSite site, EffectIntent intent, int attempt, ToolOutcome outcome) {
                return Calamity.this.around(() -> journal.end(site, intent, attempt, outcome));
            }

            @Override
            public boolean resolve(Handle transaction, EffectSite site, String id, Resolution resolution) {
                return journal.resolve(transaction, site, id, resolution);
            }

            @Override
            public boolean answer(Handle transaction, String threadId, String id, int attempt) {
                return journal.answer(transaction, threadId, id, attempt);
            }

            @Override
            public boolean unsettled(Handle transaction, String threadId) {
                return journal.unsettled(transaction, threadId);
            }

            @Override
            public int remove(Handle transaction, String threadId) {
                return journal.remove(transaction, threadId);
            }

            @Override
            public void askAgain(Handle transaction, EffectSite site, String id) {
                journal.askAgain(transaction, site, id);
            }

            @Override
            public List<Waiting> unknownOf(String owner, Mark after, int limit) {
                return journal.unknownOf(owner, after, limit);
            }

            @Override
            public Optional<String> threadOf(String id) {
                return journal.threadOf(id);
            }

            @Override
            public Optional<EffectRecord> find(EffectSite site, String id) {
                return journal.find(site, id);
            }

            @Override
            public List<EffectRecord> ofThread(EffectSite site, int limit) {
                return journal.ofThread(site, limit);
            }
        };
    }
}
