package dev.countersign.tool;

import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One server of an agent over time: started when needed, replaced when dead or silent. At most one start is under way; others
 * wait for it, with a bound. Safe for use by many threads.
 */
final class ServerConnection implements AutoCloseable {
    private final ServerSpec spec;
    private final List<String> command;
    private final ToolLimits limits;
    private final ReentrantLock starting = new ReentrantLock();
    private volatile @Nullable Link link;
    private volatile boolean closed;
    private volatile List<ToolInfo> known = List.of();

    ServerConnection(ServerSpec spec, List<String> command, ToolLimits limits) {
        this.spec = spec;
        this.command = command;
        this.limits = limits;
    }

    String name() {
        return spec.name();
    }

    List<ToolInfo> tools() throws UnreachableException {
        List<ToolInfo> now = live().tools();
        known = now;
        return now;
    }

    /** A tool of the last listing. */
    Optional<ToolInfo> find(String tool) {
        return known.stream().filter(one -> one.name().equals(tool)).findFirst();
    }

    ToolOutcome call(ToolInvocation invocation) {
        try {
            Link first = live();
            ToolOutcome outcome = first.call(invocation);
            // It died before it took the message, which is thus free to go to its successor.
            return outcome instanceof ToolOutcome.NotSent && !first.alive() ? live().call(invocation) : outcome;
        } catch (UnreachableException e) {
            return new ToolOutcome.NotSent(
                    Words.error("not_sent", "Nothing was sent, so nothing happened: " + e.getMessage() + "."));
        }
    }

    private Link live() throws UnreachableException {
        Link seen = link;
        if (seen != null && seen.healthy()) {
            return seen;
        }
        try {
            if (!starting.tryLock(limits.start().toMillis(), TimeUnit.MILLISECONDS)) {
                throw new UnreachableException("server " + spec.name() + " is still starting", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UnreachableException("interrupted while server " + spec.name() + " was starting", e);
        }
        try {
            Link now = link;
            return now != null && now != seen && now.alive() ? now : replace(now);
        } finally {
            starting.unlock();
        }
    }

    private Link replace(@Nullable Link old) throws UnreachableException {
        if (old != null) {
            old.close();
            link = null;
        }
        if (closed) {
            throw new UnreachableException("server " + spec.name() + " was closed", null);
        }
        Link opened = Link.open(spec, wire(), limits);
        link = opened;
        if (closed) {
            opened.close();
        }
        return opened;
    }

    private Wire wire() {
        return spec.url().isPresent()
                ? new HttpWire(spec, spec.url().get(), limits)
                : new StdioWire(spec, command, limits.messageBytes());
    }

    @Override
    public void close() {
        closed = true;
        Link open = link;
        if (open != null) {
            open.close();
        }
    }
}
