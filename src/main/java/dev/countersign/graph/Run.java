package dev.countersign.graph;

import dev.countersign.approval.Approval;
import dev.countersign.checkpoint.Turn;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Principal;
import dev.countersign.thread.ThreadRow;
import dev.countersign.tool.ToolInfo;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.bsc.langgraph4j.RunnableConfig;

/** One run of the graph for one event: whose it is, what it learns of the world, and what its steps note of that. */
final class Run {
    private static final String METADATA_KEY = "run";

    private final Turn turn;
    private final Principal owner;
    private final Senses senses;
    private final Supplier<Optional<Consumer<String>>> preview;
    private final Optional<Approval> decided;
    private String setting = "";

    /** @param decided the approval that the run's event is about, as it was just read; empty for any other event */
    Run(Turn turn, Senses senses, Supplier<Optional<Consumer<String>>> preview, Optional<Approval> decided) {
        this.turn = turn;
        this.owner = new Principal(turn.thread().owner());
        this.senses = senses;
        this.preview = preview;
        this.decided = decided;
    }

    static Run of(RunnableConfig config) {
        return (Run) config.metadata(METADATA_KEY)
                .orElseThrow(() -> new IllegalStateException("a run of the graph carries itself in the config"));
    }

    RunnableConfig config() {
        return RunnableConfig.builder(turn.config())
                .putMetadata(METADATA_KEY, this)
                .build();
    }

    Turn turn() {
        return turn;
    }

    /** The verified user the thread belongs to; every tool call acts as them, whatever a model writes. */
    Principal owner() {
        return owner;
    }

    ThreadRow thread() {
        return turn.thread();
    }

    /** The approval that the run's event is about, if it has that id and was read for that. */
    Optional<Approval> decided(String id) {
        return decided.filter(approval -> approval.id().equals(id));
    }

    /** What it learns of the world. */
    Senses senses() {
        return senses;
    }

    /**
     * The tools there are now.
     *
     * @throws CountersignException {@code CS-401} when a server cannot be reached
     */
    List<ToolInfo> tools(Equipment equipment) {
        List<ToolInfo> tools;
        try {
            tools = equipment.tools().tools();
        } catch (CountersignException e) {
            turn.note(Notes.NO_TOOLS + e.detail());
            setting = "";
            throw e;
        }
        String now = equipment.book().digest(tools);
        if (!now.equals(setting)) {
            turn.note(Notes.SETTING + now);
            setting = now;
        }
        return tools;
    }

    /** The tools there are now; none when a server cannot be reached, so that every call is refused. */
    List<ToolInfo> catalogue(Equipment equipment) {
        try {
            return tools(equipment);
        } catch (CountersignException e) {
            return List.of();
        }
    }

    /** Who wants to hear the model's words before its answer is whole; empty when nobody listens now. */
    Optional<Consumer<String>> preview() {
        return preview.get();
    }

    @Override
    public String toString() {
        return "Run[" + turn + "]";
    }
}
