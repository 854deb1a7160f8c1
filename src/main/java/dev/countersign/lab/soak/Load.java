package dev.countersign.lab.soak;

import dev.countersign.core.Json;
import dev.countersign.permit.Permit;
import java.net.URI;
import java.net.http.HttpClient;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * One load: many WebSocket clients, each with a thread of its own, a steady rate of messages over them all, and after each
 * message a read over REST; approvals are decided at Permit all the time. Then everything is accounted for as after a soak.
 * Bounded in time and count. Used once, by one thread.
 */
public final class Load {
    /** What a count in the diary begins with when it is a failure. */
    static final String ERROR = "errors: ";

    private static final int ROUND = 20;
    private static final int READERS = 4;
    private static final Duration LOOK_AT_VITALS = Duration.ofMinutes(1);
    private static final Duration ANSWERS = Duration.ofMinutes(1);
    private static final long NANOS_PER_SECOND = 1_000_000_000L;

    private final Options options;
    private final Stage stage;
    private final Vitals vitals;
    private final Permit permit;
    private final Sources sources;
    private final Diary diary = new Diary();
    private final Latencies answered = new Latencies();
    private final Latencies reads = new Latencies();
    private final List<Long> heap = new ArrayList<>();
    private final List<LiveLine> lines = new ArrayList<>();

    /**
     * What a load is told.
     *
     * @param scene with a plot for each round of its conversations
     * @param rate messages a second, over all clients
     * @param webhookSecret what true webhooks show
     */
    public record Options(SoakScene scene, int rate, Duration time, String webhookSecret) {
        int messages() {
            return (int) (rate * time.toSeconds());
        }
    }

    /** What is measured of the server's process. */
    public interface Vitals {
        /** Its heap in bytes, right after a collection of all of it. */
        long heapAfterCollection();

        /** The CPU time it has used since it began. */
        Duration cpu();
    }

    public Load(Options options, Stage stage, Vitals vitals, Permit permit, Sources sources) {
        this.options = options;
        this.stage = stage;
        this.vitals = vitals;
        this.permit = permit;
        this.sources = sources;
    }

    /**
     * Runs it to its end.
     *
     * @param progress hears a line now and then
     */
    public LoadReport run(Consumer<String> progress) {
        URI server = stage.start();
        Wire wire = new Wire(() -> Optional.of(server));
        Map<String, String> logins = Logins.of(stage, wire, options.scene());
        AtomicBoolean reviewing = new AtomicBoolean(true);
        ExecutorService others = Executors.newFixedThreadPool(READERS + 2, Load::daemon);
        try {
            connect(server, wire, logins);
            progress.accept(lines.size() + " clients are connected");
            Reviewer.Hook hook = new Reviewer.Hook(wire, options.webhookSecret());
            others.execute(new Approver(permit, hook, diary, sources.another(), reviewing::get));
            double cores = drive(wire, logins, others, progress);
            awaitAnswers();
            reviewing.set(false);
            progress.accept("waiting until every thread rests");
            return account(new Collector(wire, permit, logins), cores);
        } finally {
            reviewing.set(false);
            lines.forEach(LiveLine::close);
            others.shutdown();
        }
    }

    private static Thread daemon(Runnable work) {
        Thread thread = new Thread(work, "load-person");
        thread.setDaemon(true);
        return thread;
    }

    private void connect(URI server, Wire wire, Map<String, String> logins) {
        HttpClient http = HttpClient.newHttpClient();
        for (int i = 0; i < options.scene().conversations(); i++) {
            String user = options.scene().asker(i);
            String login = String.valueOf(logins.get(user));
            try {
                Wire.Answer answer = wire.post(
                        login,
                        "/api/threads",
                        Json.object().put("agent", SoakScene.AGENT).put("title", "load " + i));
                Diary.Opened opened = new Diary.Opened(answer.body().path("id").asText(), user);
                diary.opened(opened.thread(), user);
                lines.add(LiveLine.open(http, server, login, opened, diary, answered));
            } catch (Wire.NoAnswer e) {
                throw new IllegalStateException("a client could not open its thread: " + e.getMessage(), e);
            }
        }
    }

    /** Returns how many cores the server was busy on. */
    private double drive(Wire wire, Map<String, String> logins, ExecutorService others, Consumer<String> progress) {
        others.execute(this::lookAtVitals);
        Duration cpuBefore = vitals.cpu();
        long began = System.nanoTime();
        long nextLook = began + LOOK_AT_VITALS.toNanos();
        for (int n = 0; n < options.messages(); n++) {
            long due = began + n * NANOS_PER_SECOND / options.rate();
            pauseUntil(due);
            int client = n % lines.size();
            lines.get(client).say(errand(n, client));
            String login = String.valueOf(logins.get(options.scene().asker(client)));
            String path = path(n, client);
            others.execute(() -> read(wire, login, path, due));
            if (System.nanoTime() >= nextLook) {
                nextLook += LOOK_AT_VITALS.toNanos();
                others.execute(this::lookAtVitals);
                progress.accept((n + 1) + " messages, " + answered.count() + " answered");
            }
        }
        double wall = System.nanoTime() - began;
        double cores = vitals.cpu().minus(cpuBefore).toNanos() / wall;
        lookAtVitals();
        return cores;
    }

    private void pauseUntil(long due) {
        long left = due - System.nanoTime();
        if (left > 0) {
            sources.pause().accept(Duration.ofNanos(left));
        }
    }

    private void lookAtVitals() {
        long bytes = vitals.heapAfterCollection();
        synchronized (heap) {
            heap.add(bytes);
        }
    }

    /** Of twenty one waits for a reviewer, three may not be repeated, two may under their key; the rest are words. */
    private Errand errand(int n, int client) {
        int round = n / lines.size();
        int turn = (n + round) % ROUND;
        Errand.Kind kind = turn == 0
                ? Errand.Kind.GATED
                : turn <= 3 ? Errand.Kind.MARK : turn <= 5 ? Errand.Kind.KEEP : Errand.Kind.TALK;
        return new Errand(kind, diary.newToken(), SoakScene.plot(client, round));
    }

    private String path(int n, int client) {
        String thread = diary.threads().get(client).thread();
        return switch (n % 4) {
            case 0 -> "/api/threads?limit=20";
            case 1 -> "/api/threads/" + thread;
            case 2 -> "/api/threads/" + thread + "/messages?limit=50";
            default -> "/api/threads/" + thread + "/approvals";
        };
    }

    private void read(Wire wire, String login, String path, long due) {
        try {
            Wire.Answer answer = wire.get(login, path);
            reads.add(System.nanoTime() - due);
            if (!answer.good()) {
                diary.count(ERROR + "reads answered with status " + answer.status());
            }
        } catch (Wire.NoAnswer e) {
            diary.count(ERROR + "reads without an answer");
        }
    }

    private void awaitAnswers() {
        Instant end = sources.clock().instant().plus(ANSWERS);
        while (unanswered() > 0 && sources.clock().instant().isBefore(end)) {
            sources.pauseMillis(50, 100);
        }
    }

    private int unanswered() {
        return lines.stream().mapToInt(LiveLine::unanswered).sum();
    }

    private LoadReport account(Collector collector, double cores) {
        Map<String, Evidence.Told> threads = new LinkedHashMap<>();
        List<Evidence.AtPermit> requests = new Drain(collector, diary, sources).run(threads);
        int unanswered = unanswered();
        lines.forEach(LiveLine::close);
        stage.stop();
        List<Ledger.Line> ledger = new Ledger(options.scene().ledger()).read();
        // Whatever was said counts as said, answered or not.
        diary.deeds().forEach(diary::isAcknowledged);
        Tally tally = Audit.of(
                new Evidence(diary.deeds(), diary.acknowledged(), diary.withdrawals(), threads, ledger, requests));
        stage.damage().forEach(words -> tally.wrong(Errand.Kind.TALK, Tally.Wrong.LOST, words));
        List<Long> seen;
        synchronized (heap) {
            seen = List.copyOf(heap);
        }
        return new LoadReport(
                new LoadReport.Facts(lines.size(), options.time(), unanswered, cores, seen, diary.counts()),
                tally,
                answered,
                reads);
    }
}
