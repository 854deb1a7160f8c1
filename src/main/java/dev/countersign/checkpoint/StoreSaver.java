package dev.countersign.checkpoint;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiPredicate;
import org.bsc.langgraph4j.RunnableConfig;
import org.bsc.langgraph4j.checkpoint.BaseCheckpointSaver;
import org.bsc.langgraph4j.checkpoint.Checkpoint;

/**
 * LangGraph4j's saver over {@link CheckpointStore}. A run must carry its {@link Turn} in the config; each put is one
 * transaction under the turn's fence, or waits for the next one's. Checkpoints are never replaced: a put that names one is refused, so
 * {@code updateState} and resuming by checkpoint id are not supported here. The id that the engine gives a checkpoint is not kept: it
 * is known as its {@link StepName}. Safe for use by many threads on different thread
 * ids.
 *
 * <p>Source: {@code BaseCheckpointSaver} of langgraph4j-core 1.8.17.
 */
public final class StoreSaver implements BaseCheckpointSaver {
    private static final int LISTED_MAX = 1_000;

    private final CheckpointStore store;
    private final Set<String> restsBefore;
    private final BiPredicate<String, String> mayWait;

    /**
     * A saver.
     *
     * @param restsBefore the nodes a run interrupts before, besides the end
     */
    public StoreSaver(CheckpointStore store, Set<String> restsBefore) {
        this(store, restsBefore, (node, next) -> false);
    }

    /**
     * A saver that puts some steps off until the next.
     *
     * @param mayWait of a step's node and the next one, whether that step may be in memory only, until the next one is written or
     *     the turn acts ({@link Acts})
     */
    public StoreSaver(CheckpointStore store, Set<String> restsBefore, BiPredicate<String, String> mayWait) {
        this.store = store;
        this.restsBefore = Set.copyOf(restsBefore);
        this.mayWait = mayWait;
    }

    /** The thousand newest checkpoints, newest first. */
    @Override
    public Collection<Checkpoint> list(RunnableConfig config) {
        List<Checkpoint> all = new ArrayList<>();
        for (CheckpointStore.Stored stored : store.page(threadId(config), Long.MAX_VALUE, LISTED_MAX)) {
            all.add(checkpoint(stored));
        }
        return all;
    }

    /** The checkpoint the config names, else the newest; empty when there is none. */
    @Override
    public Optional<Checkpoint> get(RunnableConfig config) {
        Optional<String> id = config.checkPointId();
        if (id.isPresent()) {
            return store.byId(threadId(config), id.get()).map(StoreSaver::checkpoint);
        }
        return store.newest(Turn.of(config)).map(StoreSaver::checkpoint);
    }

    /**
     * Writes a step, or puts it off.
     *
     * @throws dev.countersign.thread.LostLease when somebody else runs the thread now
     */
    @Override
    public RunnableConfig put(RunnableConfig config, Checkpoint checkpoint) {
        if (config.checkPointId().isPresent()) {
            throw new IllegalArgumentException("expected a new checkpoint, got a replacement of "
                    + config.checkPointId().get() + ": checkpoints are never replaced");
        }
        String next = checkpoint.getNextNodeId();
        boolean rests = next.equals(CheckpointStore.END) || restsBefore.contains(next);
        Turn turn = Turn.of(config);
        CheckpointStore.Step step =
                new CheckpointStore.Step(checkpoint.getNodeId(), next, checkpoint.getState(), rests);
        if (!rests && mayWait.test(checkpoint.getNodeId(), next)) {
            store.putOff(turn, step);
        } else {
            store.write(turn, step);
        }
        return RunnableConfig.builder(config)
                .checkPointId(StepName.of(turn.thread().id(), turn.head().seq()))
                .build();
    }

    /** Forgets the thread's checkpoints and gives them back. */
    @Override
    public Tag release(RunnableConfig config) {
        Tag tag = new Tag(threadId(config), list(config));
        store.release(threadId(config));
        Turn.in(config).ifPresent(Turn::released);
        return tag;
    }

    private static Checkpoint checkpoint(CheckpointStore.Stored stored) {
        return Checkpoint.builder()
                .id(stored.id())
                .nodeId(stored.node())
                .nextNodeId(stored.nextNode())
                .state(stored.state())
                .build();
    }
}
