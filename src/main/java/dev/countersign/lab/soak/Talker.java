package dev.countersign.lab.soak;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.jspecify.annotations.Nullable;

/**
 * One of the soak's people: holds one conversation after another, waits most times until the last turn is over, sometimes
 * talks on, sometimes withdraws what waits, sometimes submits a job under a key. A server that is gone is waited for. Used by one thread.
 */
final class Talker implements Runnable {
    private static final int DEEDS_PER_THREAD = 24;
    /** Said while the last turn runs; a server that is killed all the time never catches up with more. */
    private static final int AHEAD_MAX = 2;

    private static final int JOBS_PERCENT = 3;
    private static final int ATTEMPTS_MAX = 200;
    private static final int ALREADY_THERE = 200;

    private static final Set<String> AT_REST = Set.of("IDLE", "PARKED");
    private static final String NEEDS_ATTENTION = "NEEDS_ATTENTION";
    private static final Set<String> OPEN = Set.of("filing", "pending", "approved");
    private static final List<Errand.Kind> PLAIN = List.of(
            Errand.Kind.MARK,
            Errand.Kind.MARK,
            Errand.Kind.MARK,
            Errand.Kind.SLOW,
            Errand.Kind.KEEP,
            Errand.Kind.KEEP,
            Errand.Kind.TALK);
    private static final List<Errand.Kind> REQUESTS =
            List.of(Errand.Kind.GATED, Errand.Kind.GATED, Errand.Kind.BRIEF, Errand.Kind.ACCESS);

    private final int number;
    private final int plots;
    private final String user;
    private final String login;
    private final Parts parts;
    private final Sources sources;
    private String thread = "";
    private int deedsHere;
    private int plot;
    private int ahead;

    /** A job whose submission has no answer yet; it is submitted again under the same key until it has one. */
    private @Nullable Errand submitted;

    /** A late yes to something withdrawn or expired is taken back some time, and with it the grant of whatever came after. */
    private boolean plotIsDoubtful;

    /**
     * What all talkers share.
     *
     * @param working how many of them wait for a turn to end
     * @param goesOn false when it is time to go home
     */
    record Parts(Wire wire, Diary diary, AtomicInteger working, BooleanSupplier goesOn) {}

    /**
     * Who talks.
     *
     * @param plots how many this one may ask for, one after the other
     */
    record Who(int number, int plots, String user, String login) {}

    Talker(Who who, Parts parts, Sources sources) {
        this.number = who.number();
        this.plots = who.plots();
        this.user = who.user();
        this.login = who.login();
        this.parts = parts;
        this.sources = sources;
    }

    @Override
    public void run() {
        while (parts.goesOn().getAsBoolean()) {
            try {
                step();
            } catch (Wire.NoAnswer e) {
                sources.pauseMillis(50, 200);
            }
        }
        goHome();
    }

    /** Nobody leaves without knowing which job theirs is. */
    private void goHome() {
        for (int i = 0; submitted != null && i < ATTEMPTS_MAX; i++) {
            try {
                submit();
            } catch (Wire.NoAnswer e) {
                sources.pauseMillis(50, 200);
            }
        }
    }

    private void step() throws Wire.NoAnswer {
        if (submitted != null) {
            submit();
            return;
        }
        if (thread.isEmpty()) {
            open();
            return;
        }
        String status = read("/api/threads/" + thread).path("status").asText();
        if (status.equals(NEEDS_ATTENTION)) {
            // Nobody here answers for an unknown effect; the thread is left to itself, with whatever is open there.
            leave();
            return;
        }
        boolean resting = AT_REST.contains(status);
        ahead = resting ? 0 : ahead;
        if (!resting && (ahead >= AHEAD_MAX || !sources.percent(5))) {
            parts.working().incrementAndGet();
            sources.pauseMillis(100, 500);
            parts.working().decrementAndGet();
            return;
        }
        ahead++;
        act(resting);
        sources.pauseMillis(20, 400);
    }

    private void open() throws Wire.NoAnswer {
        Wire.Answer answer = parts.wire()
                .post(
                        login,
                        "/api/threads",
                        Json.object().put("agent", SoakScene.AGENT).put("title", "soak " + number));
        if (answer.good()) {
            thread = answer.body().path("id").asText();
            deedsHere = 0;
            parts.diary().opened(thread, user);
        } else {
            refused(answer);
        }
    }

    private void submit() throws Wire.NoAnswer {
        Errand errand = submitted;
        if (errand == null) {
            errand = new Errand(Errand.Kind.MARK, parts.diary().newToken(), SoakScene.plot(number, 0));
            submitted = errand;
        } else {
            parts.diary().count("jobs submitted again");
        }
        Wire.Answer answer = parts.wire()
                .submit(login, Json.object().put("agent", SoakScene.AGENT).put("goal", errand.text()), errand.token());
        submitted = null;
        if (answer.good()) {
            String job = answer.body().path("id").asText();
            Diary.Deed deed = new Diary.Deed(errand, job);
            parts.diary().opened(job, user);
            parts.diary().starts(deed);
            parts.diary().isAcknowledged(deed);
            parts.diary().count(answer.status() == ALREADY_THERE ? "jobs found to be there already" : "jobs");
        } else {
            refused(answer);
        }
    }

    private void leave() {
        thread = "";
        nextPlot();
    }

    private void nextPlot() {
        plot++;
        plotIsDoubtful = false;
    }

    private void act(boolean resting) throws Wire.NoAnswer {
        boolean open = hasOpen();
        if (open && resting && sources.percent(12)) {
            cancel();
            return;
        }
        // Asked for only when nothing is open here: two approvals of one user on one instance are one grant at Permit.
        if (!open && plotIsDoubtful) {
            nextPlot();
        }
        boolean mayAsk = resting && !open && plot < plots;
        if (resting && deedsHere >= DEEDS_PER_THREAD) {
            leave();
            return;
        }
        if (sources.percent(JOBS_PERCENT)) {
            submit();
            return;
        }
        Errand.Kind kind = mayAsk && sources.percent(40) ? any(REQUESTS) : any(PLAIN);
        plotIsDoubtful |= kind == Errand.Kind.BRIEF;
        say(new Errand(kind, parts.diary().newToken(), SoakScene.plot(number, Math.min(plot, plots - 1))));
    }

    private Errand.Kind any(List<Errand.Kind> kinds) {
        return kinds.get(sources.random().nextInt(kinds.size()));
    }

    private boolean hasOpen() throws Wire.NoAnswer {
        for (JsonNode approval : read("/api/threads/" + thread + "/approvals").path("approvals")) {
            if (OPEN.contains(approval.path("state").asText())) {
                return true;
            }
        }
        return false;
    }

    private JsonNode read(String path) throws Wire.NoAnswer {
        Wire.Answer answer = parts.wire().get(login, path);
        if (!answer.good()) {
            refused(answer);
            throw new Wire.NoAnswer("refused with status " + answer.status());
        }
        return answer.body();
    }

    private void say(Errand errand) throws Wire.NoAnswer {
        Diary.Deed deed = new Diary.Deed(errand, thread);
        deedsHere++;
        parts.diary().starts(deed);
        Wire.Answer answer = parts.wire()
                .post(
                        login,
                        "/api/threads/" + thread + "/messages",
                        Json.object().put("message", errand.text()));
        if (answer.good()) {
            parts.diary().isAcknowledged(deed);
        } else {
            refused(answer);
        }
    }

    private void cancel() throws Wire.NoAnswer {
        plotIsDoubtful = true;
        parts.diary().withdraws(thread);
        Wire.Answer answer = parts.wire().post(login, "/api/threads/" + thread + "/cancel", Json.object());
        parts.diary().count(answer.good() ? "cancels acknowledged" : "cancels refused");
    }

    private void refused(Wire.Answer answer) {
        parts.diary().count("answers of status " + answer.status());
    }
}
