package dev.countersign.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.approval.Approval;
import dev.countersign.approval.ApprovalState;
import dev.countersign.core.Principal;
import dev.countersign.graph.Deployment.Parked;
import dev.countersign.thread.ThreadStatus;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the gate says of parked threads, and what becomes of them when their decisions arrive. */
@Tag("store")
final class DeployGateTest {
    private static final int WAYS = 4;
    private static final Duration NEVER = Duration.ofDays(1);

    @TempDir
    Path folder;

    @Test
    void promise14_whatTheGateSays_isWhatHappens_andWhatIsHeldGoesOnWhereTheAgentIsAsItWas() {
        theyAreHeldTo(List.of(Change.values()), WAYS);
    }

    @Test
    @Tag("long")
    void promise14_whatTheGateSays_isWhatHappens_toHundredsOfThreads() {
        theyAreHeldTo(List.of(Change.values()), 9 * WAYS);
    }

    @Test
    @Tag("long")
    void promise14_whatTheGateSays_isWhatHappens_toAHundredThreadsOfEachOfFiveChanges() {
        theyAreHeldTo(
                List.of(
                        Change.NODE_RENAMED,
                        Change.PROMPT,
                        Change.SCHEMA_FITS_NOT,
                        Change.TOOL_REMOVED,
                        Change.ROLE_LIST),
                100);
    }

    @Test
    void promise14_whatWasApprovedAsAnotherCall_isGivenBackWhenItsOwnerSaysSo_andAskedForAnew() {
        try (Deployment deployment = new Deployment(folder, Duration.ZERO)) {
            deployment.start(false);
            Parked named = deployment.park(Change.SCHEMA_READS_OTHERWISE, 0);
            Parked whole = deployment.park(Change.SCHEMA_FITS_NOT, 1);
            Parked denied = deployment.park(Change.TOOL_REMOVED, 0);
            deployment.stop();
            deployment.start(true);

            // A no is told, whatever became of the tool: nothing would run.
            Approval refused = deployment.approvals(denied.id()).get(0);
            deployment.permit.deny(refused.kind(), Objects.requireNonNull(refused.requestId()), "jane", "no");
            deployment.runtime().wake();
            goesToRest(deployment, denied);

            assertThat(deployment.approveAll(named)).isEqualTo(ThreadStatus.NEEDS_ATTENTION);
            assertThat(held(deployment, named)).containsExactly(named.id());
            deployment.runtime().send(Deployment.HENRY, named.id(), "are you there");
            var given = deployment
                    .runtime()
                    .withdraw(
                            named.owner(),
                            deployment.approvals(named.id()).get(0).id());
            assertThat(given.state()).isEqualTo("approved");
            goesToRest(deployment, named);
            assertThat(held(deployment, named)).isEmpty();
            assertThat(deployment.approvals(named.id()).get(0).state()).isEqualTo(ApprovalState.CANCELED);
            assertThat(deployment.drops(Change.SCHEMA_READS_OTHERWISE)).isZero();
            // On one instance the grant that is given back and the one that is to come are the same at Permit.
            Deployment.until(() -> !deployment.isGranted(named));
            deployment.drop(named);
            assertThat(deployment.approvals(named.id())).hasSize(2);
            assertThat(deployment.approveAll(named)).isEqualTo(ThreadStatus.IDLE);
            assertThat(deployment.drops(Change.SCHEMA_READS_OTHERWISE)).isEqualTo(1);

            assertThat(deployment.approveAll(whole)).isEqualTo(ThreadStatus.NEEDS_ATTENTION);
            deployment.runtime().cancel(whole.owner(), whole.id());
            goesToRest(deployment, whole);
            assertThat(deployment.approvals(whole.id()).get(0).state()).isEqualTo(ApprovalState.CANCELED);
            assertThat(deployment.drops(Change.SCHEMA_FITS_NOT)).isZero();
        }
    }

    /** What is listed as held for the owner, with the reason that the thread itself gives; for nobody else. */
    private static List<String> held(Deployment deployment, Parked parked) {
        Archive archive = deployment.runtime().archive();
        assertThat(archive.held(new Principal("somebody"), 10)).isEmpty();
        List<AgentRuntime.ThreadView> held = archive.held(parked.owner(), 10);
        assertThat(held).allMatch(view -> String.valueOf(view.waitingFor()).contains("Nothing was done"));
        assertThat(held.size()).isEqualTo(archive.held(parked.owner(), 1).size());
        return held.stream().map(AgentRuntime.ThreadView::id).toList();
    }

    private static void goesToRest(Deployment deployment, Parked parked) {
        Deployment.until(
                () -> deployment.runtime().thread(parked.owner(), parked.id()).status() == ThreadStatus.IDLE);
    }

    /** Parks so many threads for each of the changes, in each of the ways. */
    private void theyAreHeldTo(List<Change> changes, int threads) {
        try (Deployment deployment = new Deployment(folder, NEVER)) {
            deployment.start(false);
            List<Parked> all = new ArrayList<>();
            for (Change change : changes) {
                for (int i = 0; i < threads; i++) {
                    all.add(deployment.park(change, i % WAYS));
                }
            }
            assertThat(report(deployment).values()).containsOnly(Fit.Verdict.RESUMES);
            deployment.rewrite("wait_for_yes", 5);
            deployment.stop();

            deployment.start(true);
            Map<String, Fit.Verdict> report = report(deployment);
            assertThat(report).hasSize(all.size());
            all.forEach(parked -> resumes(deployment, parked, Objects.requireNonNull(report.get(parked.id()))));
            ranAsOftenAsItResumed(deployment, all);
            // Held, they are found by the same rule.
            report(deployment).forEach((id, verdict) -> assertThat(verdict).isEqualTo(report.get(id)));
            deployment.rewrite("await", -5);
            deployment.stop();

            // Where several servers share the store, none frees at its start what others may hold: held threads are
            // tried later.
            deployment.clock.advance(Duration.ofMinutes(11));
            deployment.start(false);
            all.forEach(parked -> goesOn(deployment, parked));
            for (Change change : Change.values()) {
                long held = all.stream()
                        .filter(parked -> parked.change() == change && parked.bound())
                        .filter(parked -> parked.expected() != Fit.Verdict.RESUMES)
                        .count();
                assertThat(deployment.drops(change))
                        .as("calls after the way back from %s", change)
                        .isEqualTo(held);
            }
            assertThat(report(deployment)).isEmpty();
        }
    }

    private static Map<String, Fit.Verdict> report(Deployment deployment) {
        Map<String, Fit.Verdict> verdicts = new HashMap<>();
        String after = "";
        while (after != null) {
            DeployGate.Page page = deployment.runtime().gate().page(null, after, 7);
            page.lines().forEach(line -> {
                assertThat(line.reasons().isEmpty()).isEqualTo(line.verdict() == Fit.Verdict.RESUMES);
                verdicts.put(line.thread(), line.verdict());
            });
            after = page.next();
        }
        return verdicts;
    }

    private static void resumes(Deployment deployment, Parked parked, Fit.Verdict said) {
        assertThat(said).as("%s", parked).isEqualTo(parked.expected());
        ThreadStatus status = deployment.approveAll(parked);
        boolean goesOn = said == Fit.Verdict.RESUMES;
        assertThat(status).as("%s", parked).isEqualTo(goesOn ? ThreadStatus.IDLE : ThreadStatus.NEEDS_ATTENTION);
        if (!goesOn) {
            String words =
                    deployment.runtime().thread(parked.owner(), parked.id()).waitingFor();
            assertThat(words)
                    .as("%s", parked)
                    .contains("Nothing was done")
                    .contains(
                            said == Fit.Verdict.NEEDS_REAPPROVAL
                                    ? "a new approval"
                                    : said == Fit.Verdict.FINISH_ON_OLD ? "its agent as it was" : "the program");
            assertThat(deployment.approvals(parked.id()))
                    .as("%s", parked)
                    .anyMatch(approval -> approval.state() == ApprovalState.APPROVED);
        }
    }

    private static void ranAsOftenAsItResumed(Deployment deployment, List<Parked> all) {
        for (Change change : Change.values()) {
            long resumed = all.stream()
                    .filter(parked -> parked.change() == change && parked.bound())
                    .filter(parked -> parked.expected() == Fit.Verdict.RESUMES)
                    .count();
            assertThat(deployment.drops(change)).as("calls after %s", change).isEqualTo(resumed);
        }
    }

    private static void goesOn(Deployment deployment, Parked parked) {
        Deployment.until(
                () -> deployment.runtime().thread(parked.owner(), parked.id()).status() == ThreadStatus.IDLE);
        assertThat(deployment.approvals(parked.id()))
                .as("%s", parked)
                .allMatch(approval -> approval.state() == ApprovalState.SPENT);
    }
}
