package dev.countersign.lab.soak;

import dev.countersign.permit.Permit;
import java.net.URI;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * One soak: people talk, a reviewer decides, the server is killed again and again; then it is left alone until everything
 * rests, and is accounted for from outside. Everything is bounded in time. Used once, by one thread.
 */
public final class Soak {
    private static final int SERVES_MILLIS_MIN = 300;
    private static final int SERVES_MILLIS_MAX = 3_000;
    private static final Duration FIRST_EFFECT = Duration.ofSeconds(15);
    private static final int GOING_HOME_SECONDS = 60;

    private final Options options;
    private final Stage stage;
    private final Permit permit;
    private final Sources sources;
    private final Diary diary = new Diary();
    private final AtomicReference<Optional<URI>> server = new AtomicReference<>(Optional.empty());
    private final AtomicInteger working = new AtomicInteger();
    private final AtomicBoolean talking = new AtomicBoolean(true);
    private final AtomicBoolean reviewing = new AtomicBoolean(true);
    private final List<Long> restartMillis = new ArrayList<>();
    private int killsAtWork;

    /**
     * What a soak is told.
     *
     * @param webhookSecret what true webhooks show
     */
    public record Options(int kills, SoakScene scene, String webhookSecret) {}

    public Soak(Options options, Stage stage, Permit permit, Sources sources) {
        this.options = options;
        this.stage = stage;
        this.permit = permit;
        this.sources = sources;
    }

    /**
     * Runs it to its end.
     *
     * @param progress hears a line now and then
     */
    public SoakReport run(Consumer<String> progress) throws InterruptedException {
        server.set(Optional.of(stage.start()));
        Wire wire = new Wire(server::get);
        Map<String, String> logins = Logins.of(stage, wire, options.scene());
        ExecutorService people = Executors.newCachedThreadPool(Soak::daemon);
        try {
            begin(people, wire, logins);
            for (int kill = 1; kill <= options.kills(); kill++) {
                killAndStart(kill % 2 == 0);
                if (kill % 10 == 0) {
                    progress.accept(kill + " kills, " + diary.acknowledged().size() + " messages acknowledged");
                }
            }
        } finally {
            talking.set(false);
            people.shutdown();
        }
        // The reviewer goes on for a moment, so that decisions also meet the last start.
        sources.pause().accept(Duration.ofSeconds(1));
        reviewing.set(false);
        if (!people.awaitTermination(GOING_HOME_SECONDS, TimeUnit.SECONDS)) {
            progress.accept("somebody is still talking");
        }
        progress.accept("waiting until every thread rests");
        return account(new Collector(wire, permit, logins));
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "soak-person");
        thread.setDaemon(true);
        return thread;
    }

    private void begin(ExecutorService people, Wire wire, Map<String, String> logins) {
        Talker.Parts parts = new Talker.Parts(wire, diary, working, talking::get);
        for (int i = 0; i < options.scene().conversations(); i++) {
            String user = options.scene().asker(i);
            String login = String.valueOf(logins.get(user));
            people.execute(
                    new Talker(new Talker.Who(i, options.scene().plotsEach(), user, login), parts, sources.another()));
        }
        people.execute(new Reviewer(
                permit, new Reviewer.Hook(wire, options.webhookSecret()), diary, sources.another(), reviewing::get));
    }

    /**
     * @param amidEffects whether the server's time starts with its first effect: starting its MCP server can take longer than
     *     it lives otherwise, and then no kill would ever meet a call
     */
    private void killAndStart(boolean amidEffects) {
        if (amidEffects) {
            awaitEffect();
        }
        sources.pauseMillis(SERVES_MILLIS_MIN, SERVES_MILLIS_MAX);
        killsAtWork += working.get() > 0 ? 1 : 0;
        stage.kill();
        server.set(Optional.empty());
        Instant began = sources.clock().instant();
        server.set(Optional.of(stage.start()));
        restartMillis.add(Duration.between(began, sources.clock().instant()).toMillis());
    }

    private void awaitEffect() {
        Ledger ledger = new Ledger(options.scene().ledger());
        int before = ledger.read().size();
        Instant end = sources.clock().instant().plus(FIRST_EFFECT);
        while (ledger.read().size() == before && sources.clock().instant().isBefore(end)) {
            sources.pauseMillis(40, 80);
        }
    }

    private SoakReport account(Collector collector) {
        Map<String, Evidence.Told> threads = new LinkedHashMap<>();
        List<Evidence.AtPermit> requests = new Drain(collector, diary, sources).run(threads);
        stage.stop();
        List<Ledger.Line> ledger = new Ledger(options.scene().ledger()).read();
        Tally tally = Audit.of(
                new Evidence(diary.deeds(), diary.acknowledged(), diary.withdrawals(), threads, ledger, requests));
        stage.damage().forEach(words -> tally.wrong(Errand.Kind.TALK, Tally.Wrong.LOST, words));
        SoakReport.Facts facts =
                new SoakReport.Facts(options.kills(), killsAtWork, List.copyOf(restartMillis), diary.counts());
        return new SoakReport(facts, tally, threads.values());
    }
}
