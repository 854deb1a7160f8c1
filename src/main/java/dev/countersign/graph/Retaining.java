package dev.countersign.graph;

import dev.countersign.core.Mark;
import dev.countersign.thread.StaleThreads;
import dev.countersign.thread.StaleThreads.Found;
import java.time.Instant;
import java.util.List;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Erases conversations that rest and are beyond what their agents' files keep, as {@code thread erase} does: one in each
 * transaction, with a row of the decision log that says by which rule; forks are kept with what they share. What runs, is
 * parked, needs somebody's attention, has an open approval or an effect that has not ended for sure stays, however old, and so does
 * one in which something happened after it was looked at. Agents without a file, or without {@code retention} in it, lose nothing.
 * Idempotent, safe on many nodes at once; a go is bounded, and goes on the next time.
 */
public final class Retaining {
    private static final Logger LOG = LoggerFactory.getLogger(Retaining.class);
    private static final int PAGE = 100;
    private static final int ERASED_MAX = 2_000;
    private static final Mark OLDEST = new Mark(Long.MIN_VALUE, "");

    private final Ports ports;
    private final List<AgentDefinition> agents;
    private final StaleThreads stale;
    private final Erasure erasure;
    private final int page;
    private final int erasedMax;

    /** For the agents of one store; those that keep everything cost nothing. */
    public Retaining(Ports ports, List<AgentDefinition> agents) {
        this(ports, agents, PAGE, ERASED_MAX);
    }

    Retaining(Ports ports, List<AgentDefinition> agents, int page, int erasedMax) {
        this.ports = ports;
        this.agents =
                agents.stream().filter(agent -> !agent.retention().isForever()).toList();
        this.stale = new StaleThreads(ports.database());
        this.erasure = new Erasure(ports);
        this.page = page;
        this.erasedMax = erasedMax;
    }

    /** One go. */
    public void run() {
        for (AgentDefinition agent : agents) {
            Go go = new Go(agent);
            go.byAge();
            go.byCount();
            go.end();
        }
    }

    /** One go over one agent's conversations. */
    private final class Go {
        private final AgentDefinition agent;
        private int erased;

        Go(AgentDefinition agent) {
            this.agent = agent;
        }

        void byAge() {
            if (agent.retention().age() != null) {
                Instant before = ports.clock().instant().minus(agent.retention().age());
                walk(after -> stale.old(agent.name(), before, after, page), Found::byBeginning);
            }
        }

        void byCount() {
            Integer count = agent.retention().count();
            if (count != null) {
                for (String owner : stale.ownersOfMore(agent.name(), count)) {
                    var whose = new StaleThreads.Whose(agent.name(), owner);
                    // What was erased from the end moves nothing that comes before it: the same ones stay beyond the
                    // count.
                    walk(after -> stale.beyond(whose, count, after, page), Found::byLast);
                }
            }
        }

        private void walk(Function<Mark, List<Found>> next, Function<Found, Mark> mark) {
            Mark after = OLDEST;
            List<Found> found = List.of();
            do {
                found = next.apply(after);
                for (Found one : found) {
                    after = mark.apply(one);
                    if (erased < erasedMax && erasure.retire(one, agent.retention())) {
                        erased++;
                    }
                }
            } while (found.size() == page && erased < erasedMax);
        }

        void end() {
            if (erased > 0) {
                ports.database().barrier();
                ports.database().fold();
                LOG.atInfo()
                        .addKeyValue("agent", agent.name())
                        .addKeyValue("conversations", erased)
                        .log("erased what the agent's retention keeps no longer");
            }
        }
    }
}
