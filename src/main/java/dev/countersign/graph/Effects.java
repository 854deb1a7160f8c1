package dev.countersign.graph;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import dev.countersign.core.Json;
import dev.countersign.core.Mark;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime.EffectView;
import dev.countersign.thread.EventKind;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadRow;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.EffectJournal;
import dev.countersign.tool.EffectJournal.Resolution;
import dev.countersign.tool.EffectRecord;
import dev.countersign.tool.EffectSite;
import dev.countersign.tool.EffectState;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** Effects whose outcome nobody knows, as their owners see and answer them. An answer is an event like any other. */
final class Effects {
    private static final ErrorCode NO_EFFECT = new ErrorCode("CS-610", ErrorCode.Kind.NOT_FOUND);
    private static final ErrorCode NOT_UNKNOWN = new ErrorCode("CS-611", ErrorCode.Kind.CONFLICT);
    private static final ErrorCode ANSWERED = new ErrorCode("CS-612", ErrorCode.Kind.CONFLICT);
    private static final ErrorCode OVER = new ErrorCode("CS-613", ErrorCode.Kind.CONFLICT);

    /** Readers start nothing, so they need no lease. */
    private static final long NO_FENCE = -1;

    private final Ports ports;

    Effects(Ports ports) {
        this.ports = ports;
    }

    private record Found(ThreadRow thread, EffectRecord effect) {}

    List<EffectView> unknownOf(Principal owner, Mark after, int limit) {
        List<EffectView> views = new ArrayList<>();
        for (EffectJournal.Waiting waiting : ports.effects().unknownOf(owner.user(), after, limit)) {
            read(owner, waiting.threadId(), waiting.effectId())
                    .ifPresent(found -> views.add(view(found.thread(), found.effect())));
        }
        return views;
    }

    EffectView get(Principal owner, String id) {
        Found found = find(owner, id);
        return view(found.thread(), found.effect());
    }

    private Found find(Principal owner, String id) {
        return ports.effects()
                .threadOf(id)
                .flatMap(thread -> read(owner, thread, id))
                .orElseThrow(() -> new CountersignException(
                        NO_EFFECT, "there is no effect with this id of yours; 'countersign effects' lists what waits"));
    }

    private Optional<Found> read(Principal owner, String threadId, String id) {
        return ports.threads()
                .find(threadId)
                .filter(thread -> thread.owner().equals(owner.user()))
                .flatMap(thread -> ports.effects()
                        .find(site(ports, thread, NO_FENCE), id)
                        .map(effect -> new Found(thread, effect)));
    }

    /** Where a thread's effects are. */
    static EffectSite site(Ports ports, ThreadRow thread, long fence) {
        return new EffectSite(thread.id(), thread.owner(), fence, ports.keys().of(thread.logId()));
    }

    /**
     * Takes an answer; when this returns it survives a power cut, and its thread is due.
     *
     * @return the thread it belongs to
     */
    String resolve(Principal owner, String id, Resolution resolution) {
        Found found = find(owner, id);
        EffectRecord effect = found.effect();
        if (effect.state() != EffectState.UNKNOWN) {
            throw new CountersignException(
                    NOT_UNKNOWN,
                    "expected an effect whose outcome is unknown, got one that is " + lower(effect.state())
                            + "; there is nothing to answer");
        }
        if (resolution == Resolution.RETRY && isOver(found.thread())) {
            throw new CountersignException(
                    OVER, "the job of this call is over, so it is not sent again; say what happened to it instead");
        }
        String thread = found.thread().id();
        Answer answer = new Answer(id, effect.attempts(), resolution);
        ports.database().useTransaction(tx -> {
            ports.threads().append(tx, thread, EventKind.RESOLUTION, answer.json());
            if (!ports.effects().answer(tx, thread, id, effect.attempts())) {
                throw new CountersignException(
                        ANSWERED,
                        "this effect was answered already; see 'countersign effects show' for what came of it");
            }
        });
        ports.database().barrier();
        return thread;
    }

    private static boolean isOver(ThreadRow thread) {
        ThreadStatus status = thread.status();
        boolean ended = status == ThreadStatus.DONE || status == ThreadStatus.FAILED || status == ThreadStatus.CANCELED;
        return thread.kind() == ThreadKind.JOB && ended;
    }

    private static EffectView view(ThreadRow thread, EffectRecord effect) {
        return new EffectView(
                effect.id(),
                effect.threadId(),
                thread.agent(),
                thread.title(),
                lower(effect.state()),
                effect.tool(),
                Json.read(effect.arguments()),
                effect.attempts(),
                effect.outcome(),
                effect.createdAt(),
                effect.dispatchedAt(),
                effect.endedAt());
    }

    private static String lower(EffectState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
