package dev.countersign.graph;

import dev.countersign.approval.Approval;
import dev.countersign.checkpoint.Underway;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The gate over a runtime's stores. A page costs two statements, however many threads there are. */
final class StoredGate implements DeployGate {
    private final Ports ports;
    private final Underway underway;
    private final Supplier<Release> running;

    StoredGate(Ports ports, Supplier<Release> running) {
        this.ports = ports;
        this.underway = new Underway(ports.database());
        this.running = running;
    }

    @Override
    public Page page(@Nullable Plan plan, String after, int limit) {
        int most = Math.min(limit, PAGE_MAX);
        List<Underway.Place> places = underway.page(after, most);
        List<String> ids = places.stream().map(Underway.Place::thread).toList();
        Map<String, List<Approval>> unspent =
                ports.approvals().unspentOf(ids).stream().collect(Collectors.groupingBy(Approval::threadId));
        Release release = release(plan);
        List<Line> lines = new ArrayList<>();
        for (Underway.Place place : places) {
            Fit fit = Fit.of(
                    new Fit.Place(place.agent(), place.next(), place.format()),
                    unspent.getOrDefault(place.thread(), List.of()),
                    release);
            lines.add(new Line(
                    place.thread(),
                    place.owner(),
                    place.agent(),
                    place.status(),
                    place.next(),
                    fit.verdict(),
                    fit.reasons()));
        }
        return new Page(lines, places.size() < most || most == 0 ? null : ids.get(ids.size() - 1));
    }

    private Release release(@Nullable Plan plan) {
        Release now = running.get();
        if (plan == null) {
            return now;
        }
        String agent = plan.agent();
        Circumstances changed = plan.circumstances();
        return agent == null || changed == null
                ? now.with(plan.program())
                : now.with(plan.program(), agent, Release.agent(changed));
    }
}
