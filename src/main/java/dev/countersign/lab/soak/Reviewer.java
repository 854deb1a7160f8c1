package dev.countersign.lab.soak;

import dev.countersign.core.CountersignException;
import dev.countersign.permit.Page;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitException;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestFilter;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * Decides at Permit, as the reviewer: approves, denies, hesitates, forgets. Tells the server of each decision by webhooks that
 * come twice, come late, lie, or carry a wrong secret; none of them may count. Used by one thread.
 */
final class Reviewer implements Runnable {
    private final Permit permit;
    private final Wire wire;
    private final String secret;
    private final Diary diary;
    private final Sources sources;
    private final BooleanSupplier goesOn;
    private final Map<String, Instant> due = new HashMap<>();

    Reviewer(Permit permit, Hook hook, Diary diary, Sources sources, BooleanSupplier goesOn) {
        this.permit = permit;
        this.wire = hook.wire();
        this.secret = hook.secret();
        this.diary = diary;
        this.sources = sources;
        this.goesOn = goesOn;
    }

    /** Where webhooks go, and what they show. */
    record Hook(Wire wire, String secret) {}

    @Override
    public void run() {
        while (goesOn.getAsBoolean()) {
            for (RequestKind kind : RequestKind.values()) {
                try {
                    review(kind);
                } catch (CountersignException e) {
                    diary.count("looks of the reviewer that failed");
                }
            }
            sources.pauseMillis(100, 400);
        }
    }

    private void review(RequestKind kind) {
        for (int number = 1; ; number++) {
            Page<PermitRequest> page = permit.list(
                    kind, SoakScene.REVIEWER, new RequestFilter(RequestStatus.PENDING, null, null, number, 100));
            for (PermitRequest request : page.data()) {
                // Where it is decided at once, and where only later or never.
                Instant when = due.computeIfAbsent(
                        request.id(), id -> sources.clock().instant().plus(hesitation()));
                if (!sources.clock().instant().isBefore(when)) {
                    decide(request);
                } else if (sources.percent(2)) {
                    webhook(request, "approved");
                }
            }
            if (number >= page.pageCount()) {
                return;
            }
        }
    }

    private Duration hesitation() {
        int fate = sources.random().nextInt(100);
        if (fate < 8) {
            return Duration.ofDays(1);
        }
        return Duration.ofMillis(sources.random().nextInt(fate < 60 ? 300 : 6_000));
    }

    private void decide(PermitRequest request) {
        boolean yes = sources.percent(65);
        try {
            PermitRequest decided = yes
                    ? permit.approve(request.kind(), request.id(), SoakScene.REVIEWER, null)
                    : permit.deny(request.kind(), request.id(), SoakScene.REVIEWER, "no");
            diary.count(yes ? "approvals made at Permit" : "denials made at Permit");
            for (int i = sources.random().nextInt(3); i >= 0; i--) {
                webhook(decided, decided.status().name().toLowerCase(Locale.ROOT));
            }
            if (sources.percent(10)) {
                webhook(decided, yes ? "denied" : "approved");
            }
        } catch (PermitException e) {
            diary.count("decisions that came too late");
        }
    }

    private void webhook(PermitRequest request, String status) {
        String shown = sources.percent(10) ? "a wrong one" : secret;
        try {
            diary.count("webhooks answered "
                    + wire.post(shown, "/webhooks/permit", Webhook.of(request, status))
                            .status());
        } catch (Wire.NoAnswer e) {
            diary.count("webhooks dropped");
        }
    }
}
