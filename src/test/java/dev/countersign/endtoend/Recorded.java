package dev.countersign.endtoend;

import static dev.countersign.endtoend.Rig.FOOD;
import static dev.countersign.endtoend.Rig.HENRY;
import static dev.countersign.endtoend.Rig.JOE;

import dev.countersign.core.Principal;
import dev.countersign.emulator.EmulatorConfig;
import dev.countersign.emulator.EmulatorServer;
import dev.countersign.permit.PermitSetup;
import dev.countersign.replay.Recording;
import dev.countersign.secondagent.VolumeStore;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import dev.countersign.tool.EffectJournal.Resolution;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Conversations of the family with its agent, and of an operator with an agent of another domain, by scripts: each with the real
 * programs, over an emulator, and read back as a recording.
 */
final class Recorded implements AutoCloseable {
    private static final Principal ADA = new Principal("ada");
    private static final String VOLUMES = "volumes";
    private static final String FANCY = "3";
    private static final String VIEW = "child-can-view";
    private static final String PARTY = "Prepare my birthday party. The reason is that it is my birthday party.\n";
    private static final List<String> REASONS =
            List.of("because it is my birthday", "because grandma visits us", "because I got an A in maths");

    /** One conversation; gives back its id. */
    @FunctionalInterface
    interface Talk {
        String hold(int number) throws IOException;
    }

    /** What was recorded. */
    record Taken(String script, Recording recording) {}

    private final Path volumeFile;
    private final EmulatorServer emulator;
    private final ShiftedClock clock = new ShiftedClock();
    private final AtomicReference<Troubled.Trouble> trouble = new AtomicReference<>();
    private final Rig rig;
    private final Map<String, Talk> scripts = new LinkedHashMap<>();

    private Recorded(Path folder, EmulatorServer emulator, Map<String, String> place) {
        this.volumeFile = folder.resolve("volumes.txt");
        this.emulator = emulator;
        this.rig = new Rig(
                folder, emulator, place, new Rig.Outside(Rig::offline, tools -> new Troubled(tools, trouble), clock));
    }

    static Recorded family(Path folder) {
        Recorded family = new Recorded(
                folder, EmulatorServer.start(EmulatorConfig.inMemory(Rig.KEY, Clock.systemUTC())), Map.of());
        family.familyScripts();
        return family;
    }

    static Recorded volumes(Path folder) throws IOException {
        SecondAgentTest.install(folder);
        Recorded volumes =
                new Recorded(folder, SecondAgentTest.emptyPermit(folder), SecondAgentTest.ITS_PLACE_AT_PERMIT);
        new PermitSetup(volumes.rig.config.permit()).apply(folder.resolve("graphs/volumes.permit.yaml"), false);
        volumes.volumeScripts();
        return volumes;
    }

    List<String> scripts() {
        return List.copyOf(scripts.keySet());
    }

    Taken take(String script, int number) throws IOException {
        String thread = Objects.requireNonNull(scripts.get(script)).hold(number);
        Principal owner = rig.runtime().archive().ownerOf(thread).orElseThrow();
        Taken taken = new Taken(script, rig.history().recording(owner, thread));
        if (rig.status(owner, thread) == ThreadStatus.PARKED) {
            // What waits at Permit would be in the way of the next one.
            rig.runtime().cancel(owner, thread);
            rig.waitFor(owner, thread, ThreadStatus.IDLE);
        }
        return taken;
    }

    private static String reason(int number) {
        return REASONS.get(number % REASONS.size());
    }

    private void familyScripts() {
        scripts.put("family: menus", number -> {
            String chat = rig.chat(HENRY, FOOD);
            rig.say(HENRY, chat, "show me the restaurants");
            rig.say(HENRY, chat, "show me the menu of Burger Bonanza");
            rig.say(HENRY, chat, "thank you");
            return chat;
        });
        scripts.put("family: an order", number -> {
            String chat = rig.chat(HENRY, FOOD);
            rig.say(HENRY, chat, "order " + (number % 2 == 0 ? "Fries" : "Classic Burger") + " from Burger Bonanza");
            return chat;
        });
        scripts.put("family: access approved", number -> {
            String chat = askForAccess(number);
            rig.approve(HENRY, chat, "joe", "enjoy " + number);
            return rested(chat);
        });
        scripts.put("family: access denied", number -> {
            String chat = askForAccess(number);
            rig.deny(HENRY, chat, "joe", "not today, " + number);
            return rested(chat);
        });
        scripts.put("family: dish approved", number -> {
            String chat = askForDish(number);
            rig.approve(HENRY, chat, "jane", "well done");
            return rested(chat);
        });
        scripts.put("family: dish denied", number -> {
            String chat = askForDish(number);
            rig.deny(HENRY, chat, "joe", "too dear");
            return rested(chat);
        });
        scripts.put("family: talked on while parked, then approved", number -> {
            String chat = askForAccess(number);
            rig.say(HENRY, chat, "show me the menu of Pizza Palace");
            rig.say(HENRY, chat, "what is the status of my request?");
            rig.approve(HENRY, chat, "joe", "at last");
            return rested(chat);
        });
        scripts.put("family: canceled", number -> {
            String chat = askForAccess(number);
            rig.runtime().cancel(HENRY, chat);
            return rested(chat);
        });
        scripts.put("family: withdrawn by its id", number -> {
            String chat = askForDish(number);
            var unused = rig.runtime()
                    .withdraw(HENRY, rig.pending(HENRY, chat).orElseThrow().id());
            return rested(chat);
        });
        scripts.put("family: expired", number -> {
            String chat = askForAccess(number);
            clock.pass(Duration.ofDays(8));
            return rested(chat);
        });
        scripts.put("family: parked still", this::askForAccess);
        scripts.put("family: restarted while parked, then approved", number -> {
            String chat = askForAccess(number);
            rig.restart();
            rig.approve(HENRY, chat, "joe", "here you are");
            return rested(chat);
        });
        scripts.put("family: broken off in an order", number -> {
            String chat = rig.chat(HENRY, FOOD);
            trouble.set(new Troubled.Trouble("order_dish", Troubled.Kind.BREAK_OFF));
            rig.say(HENRY, chat, "order Fries from Burger Bonanza");
            return chat;
        });
        scripts.put("family: a child asks for a parent's tool", number -> {
            String chat = rig.chat(HENRY, FOOD);
            rig.say(HENRY, chat, "approve the access request of rose");
            rig.say(JOE, rig.chat(JOE, FOOD), "show me the pending access requests");
            return chat;
        });
        scripts.put("family: job done", number -> {
            freshAccess();
            String job = rig.runtime()
                    .open(
                            HENRY,
                            FOOD,
                            ThreadKind.JOB,
                            PARTY + "- order Fries from Burger Bonanza\n- show me the menu of Fancy French\n")
                    .id();
            rig.approve(HENRY, job, "joe", "for the job");
            rig.waitFor(HENRY, job, ThreadStatus.DONE);
            return job;
        });
        scripts.put("family: job canceled", number -> {
            freshAccess();
            String job = rig.runtime()
                    .open(HENRY, FOOD, ThreadKind.JOB, PARTY + "- show me the menu of Fancy French\n")
                    .id();
            rig.waitForApprovals(HENRY, job, 1);
            rig.runtime().cancel(HENRY, job);
            rig.waitFor(HENRY, job, ThreadStatus.CANCELED);
            return job;
        });
    }

    private void freshAccess() {
        var unused = rig.permit.unassign("henry", VIEW, FANCY);
    }

    private String askForAccess(int number) {
        freshAccess();
        String chat = rig.chat(HENRY, FOOD);
        rig.say(HENRY, chat, "show me the menu of Fancy French");
        rig.say(HENRY, chat, reason(number));
        rig.waitFor(HENRY, chat, ThreadStatus.PARKED);
        return chat;
    }

    private String askForDish(int number) {
        rig.permit.assign("henry", VIEW, FANCY);
        String chat = rig.chat(HENRY, FOOD);
        rig.say(HENRY, chat, "order " + (number % 2 == 0 ? "Truffle Pasta" : "Foie Gras") + " from Fancy French");
        rig.say(HENRY, chat, reason(number));
        rig.waitFor(HENRY, chat, ThreadStatus.PARKED);
        return chat;
    }

    private String rested(String chat) {
        rig.waitFor(HENRY, chat, ThreadStatus.IDLE);
        return chat;
    }

    private void volumeScripts() {
        scripts.put("volumes: looked at", number -> {
            String chat = fresh();
            rig.say(ADA, chat, "what volumes are there?");
            rig.say(ADA, chat, "resize the volume payroll archive to " + (200 + number) + " gb");
            return chat;
        });
        scripts.put("volumes: deletion approved", number -> {
            String chat = askToDelete();
            rig.approve(ADA, chat, "grace", "not needed any more");
            return rested(ADA, chat, ThreadStatus.IDLE);
        });
        scripts.put("volumes: deletion denied", number -> {
            String chat = askToDelete();
            rig.deny(ADA, chat, "grace", "the lawyers want it kept");
            return rested(ADA, chat, ThreadStatus.IDLE);
        });
        scripts.put("volumes: expired", number -> {
            String chat = askToDelete();
            clock.pass(Duration.ofDays(2));
            return rested(ADA, chat, ThreadStatus.IDLE);
        });
        scripts.put(
                "volumes: no answer, then confirmed", number -> unknown(Troubled.Kind.NO_ANSWER, Resolution.CONFIRM));
        scripts.put("volumes: no answer, then refuted", number -> unknown(Troubled.Kind.NO_ANSWER, Resolution.REFUTE));
        scripts.put(
                "volumes: no answer, then sent again", number -> unknown(Troubled.Kind.NO_ANSWER, Resolution.RETRY));
        scripts.put(
                "volumes: broken off, then confirmed", number -> unknown(Troubled.Kind.BREAK_OFF, Resolution.CONFIRM));
        scripts.put("volumes: job canceled while it waits", number -> {
            restoreVolumes();
            String job = rig.runtime()
                    .open(ADA, VOLUMES, ThreadKind.JOB, "Tidy up.\n- delete the volume mail spool\n")
                    .id();
            rig.waitForApprovals(ADA, job, 1);
            rig.runtime().cancel(ADA, job);
            return rested(ADA, job, ThreadStatus.CANCELED);
        });
    }

    private void restoreVolumes() throws IOException {
        Files.deleteIfExists(volumeFile);
        var unused = new VolumeStore(volumeFile);
    }

    private String fresh() throws IOException {
        restoreVolumes();
        return rig.chat(ADA, VOLUMES);
    }

    private String askToDelete() throws IOException {
        String chat = fresh();
        rig.say(ADA, chat, "delete the volume build cache");
        rig.waitFor(ADA, chat, ThreadStatus.PARKED);
        return chat;
    }

    private String unknown(Troubled.Kind kind, Resolution answer) throws IOException {
        String chat = askToDelete();
        trouble.set(new Troubled.Trouble("delete_volume", kind));
        rig.approve(ADA, chat, "grace", "go on");
        rested(ADA, chat, ThreadStatus.NEEDS_ATTENTION);
        String effect = rig.runtime().effects(ADA, 1).get(0).id();
        var unused = rig.runtime().resolve(ADA, effect, answer);
        return rested(ADA, chat, ThreadStatus.IDLE);
    }

    private String rested(Principal owner, String thread, ThreadStatus as) {
        rig.waitFor(owner, thread, as);
        return thread;
    }

    @Override
    public void close() {
        rig.close();
        emulator.close();
    }
}
