package dev.countersign.lab.soak;

import dev.countersign.core.CountersignException;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitRequest;
import dev.countersign.permit.RequestFilter;
import dev.countersign.permit.RequestKind;
import dev.countersign.permit.RequestStatus;
import java.util.function.BooleanSupplier;

/** Says yes to every operation that waits, and tells the server by webhook. Used by one thread. */
final class Approver implements Runnable {
    private final Permit permit;
    private final Reviewer.Hook hook;
    private final Diary diary;
    private final Sources sources;
    private final BooleanSupplier goesOn;

    Approver(Permit permit, Reviewer.Hook hook, Diary diary, Sources sources, BooleanSupplier goesOn) {
        this.permit = permit;
        this.hook = hook;
        this.diary = diary;
        this.sources = sources;
        this.goesOn = goesOn;
    }

    @Override
    public void run() {
        while (goesOn.getAsBoolean()) {
            try {
                RequestFilter waiting = new RequestFilter(RequestStatus.PENDING, null, null, 1, 100);
                for (PermitRequest request : permit.list(RequestKind.OPERATION, SoakScene.REVIEWER, waiting)
                        .data()) {
                    approve(request);
                }
            } catch (CountersignException e) {
                diary.count(Load.ERROR + "looks of the reviewer that failed");
            }
            sources.pauseMillis(900, 1_100);
        }
    }

    private void approve(PermitRequest request) {
        PermitRequest decided = permit.approve(request.kind(), request.id(), SoakScene.REVIEWER, null);
        diary.count("approvals made at Permit");
        try {
            Wire.Answer answer = hook.wire().post(hook.secret(), "/webhooks/permit", Webhook.of(decided, "approved"));
            if (!answer.good()) {
                diary.count(Load.ERROR + "webhooks answered with status " + answer.status());
            }
        } catch (Wire.NoAnswer e) {
            diary.count(Load.ERROR + "webhooks without an answer");
        }
    }
}
