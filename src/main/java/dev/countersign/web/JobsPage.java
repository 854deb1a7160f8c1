package dev.countersign.web;

import dev.countersign.core.Mark;
import dev.countersign.core.Principal;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.AgentRuntime.AgentView;
import dev.countersign.graph.AgentRuntime.ApprovalView;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.graph.Archive;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.ThreadStatus;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Jobs: to submit one, see how they stand, look at one, cancel it. A form carries a key, so that sending it twice is one job. What
 * is at work is asked for again every few seconds; nothing else is.
 */
final class JobsPage implements Section {
    private static final int PER_PAGE = 20;
    private static final int GOAL_CHARS_MAX = 32_000;
    private static final int WORD_CHARS_MAX = 200;
    private static final int KEY_BYTES = 18;
    private static final int APPROVALS_MAX = 20;
    private static final Pattern PLACE = Pattern.compile("(\\d{1,18})\\.([\\w-]{1,64})");
    private static final Set<ThreadStatus> OVER = Set.of(ThreadStatus.DONE, ThreadStatus.FAILED, ThreadStatus.CANCELED);

    private final SecureRandom random = new SecureRandom();

    /**
     * A page of jobs.
     *
     * @param key of the job that the form submits
     * @param older where the list goes on; empty at its end
     * @param first whether it is the first page, with the form
     */
    record Jobs(List<AgentView> agents, List<ThreadView> jobs, String key, String older, boolean first) {
        Jobs {
            agents = List.copyOf(agents);
            jobs = List.copyOf(jobs);
        }

        /** Whether something may change while one looks. */
        boolean moving() {
            return jobs.stream().anyMatch(JobsPage::isMoving);
        }
    }

    /**
     * A job.
     *
     * @param goal what was submitted, whole
     * @param result what came of it; empty before its end
     * @param approvals what it asked for, the latest first
     */
    record Job(ThreadView view, String goal, String result, List<ApprovalView> approvals) {
        Job {
            approvals = List.copyOf(approvals);
        }

        boolean over() {
            return OVER.contains(view.status());
        }

        boolean moving() {
            return isMoving(view);
        }
    }

    private static boolean isMoving(ThreadView view) {
        return view.status() == ThreadStatus.RUNNING || view.status() == ThreadStatus.PARKED;
    }

    /** How a thread stands, as a word for people. */
    static String word(ThreadStatus status) {
        return switch (status) {
            case RUNNING -> "working";
            case PARKED -> "waiting";
            case IDLE -> "at rest";
            case DONE -> "done";
            case FAILED -> "failed";
            case CANCELED -> "canceled";
            case NEEDS_ATTENTION -> "needs you";
        };
    }

    /** Which colour the word has. */
    static String tone(ThreadStatus status) {
        return switch (status) {
            case DONE -> "good";
            case PARKED, NEEDS_ATTENTION -> "warn";
            case FAILED -> "bad";
            default -> "";
        };
    }

    @Override
    public Optional<Entry> entry() {
        return Optional.of(new Section.Entry("jobs", "Jobs", "/jobs"));
    }

    @Override
    public void on(Site site) {
        AgentRuntime runtime = site.parts().runtime();
        site.get("/jobs", visit -> list(runtime, visit));
        site.post("/jobs", visit -> submit(runtime, visit));
        site.get("/jobs/{id}", visit -> show(runtime, visit));
        site.post("/jobs/{id}/cancel", visit -> cancel(runtime, visit));
    }

    private void list(AgentRuntime runtime, Visit visit) {
        Mark after = place(visit.query("after"));
        Archive.Page<ThreadView> page =
                runtime.archive().threads(visit.who(), ThreadKind.JOB, new Archive.Slice(after, PER_PAGE));
        Mark next = page.next();
        Jobs jobs = new Jobs(
                runtime.agents(),
                page.items(),
                key(),
                next == null ? "" : "/jobs?after=" + next.at() + "." + next.id(),
                after.equals(Mark.NEWEST));
        visit.page("jobs", "Jobs", "jobs", jobs);
    }

    private static Mark place(String given) {
        Matcher place = PLACE.matcher(given);
        return place.matches() ? new Mark(Long.parseLong(place.group(1)), place.group(2)) : Mark.NEWEST;
    }

    private String key() {
        byte[] drawn = new byte[KEY_BYTES];
        random.nextBytes(drawn);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(drawn);
    }

    private void submit(AgentRuntime runtime, Visit visit) {
        String goal = visit.field("goal", GOAL_CHARS_MAX);
        if (goal.isBlank()) {
            throw WebErrors.badForm("expected a goal for the job, got nothing; say what is to be achieved");
        }
        String key = visit.field("key", WORD_CHARS_MAX);
        String agent = visit.field("agent", WORD_CHARS_MAX);
        String named = agent.isEmpty() ? runtime.agents().get(0).name() : agent;
        ThreadView job = runtime.submit(visit.who(), named, goal, key.isEmpty() ? key() : key)
                .job();
        visit.seeOther("/jobs/" + job.id());
    }

    private static void show(AgentRuntime runtime, Visit visit) {
        Principal owner = visit.who();
        ThreadView view = runtime.thread(owner, visit.path("id"));
        List<AgentRuntime.Entry> goal = runtime.transcript(owner, view.id(), 0, 1);
        List<ApprovalView> approvals = runtime.approvals(owner, view.id());
        int from = Math.max(0, approvals.size() - APPROVALS_MAX);
        List<ApprovalView> latest = new ArrayList<>(approvals.subList(from, approvals.size()));
        Collections.reverse(latest);
        String result = view.result();
        Job job =
                new Job(view, goal.isEmpty() ? view.title() : goal.get(0).text(), result == null ? "" : result, latest);
        visit.page("job", "Job: " + view.title(), "jobs", job);
    }

    private static void cancel(AgentRuntime runtime, Visit visit) {
        runtime.cancel(visit.who(), visit.path("id"));
        visit.seeOther("/jobs/" + runtime.thread(visit.who(), visit.path("id")).id());
    }
}
