package dev.countersign.graph;

import dev.countersign.core.CountersignException;
import dev.countersign.thread.Message;
import dev.countersign.thread.ThreadKind;
import dev.countersign.thread.Transcript;
import dev.countersign.tool.ToolInfo;
import dev.countersign.tool.UserRoles;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.model.chat.request.ChatRequest;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bsc.langgraph4j.RunnableConfig;
import org.bsc.langgraph4j.action.NodeActionWithConfig;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks the model what to do next and writes its answer down, with call ids of our own. Limits end a turn here, with words; a
 * model or tool server that cannot be reached does too.
 */
final class ModelNode implements NodeActionWithConfig<ThreadState> {
    private static final Logger LOG = LoggerFactory.getLogger(ModelNode.class);

    private final Equipment equipment;

    ModelNode(Equipment equipment) {
        this.equipment = equipment;
    }

    @Override
    public Map<String, Object> apply(ThreadState state, RunnableConfig config) {
        Run run = Run.of(config);
        Map<String, Object> update = new HashMap<>();
        long steps = state.number(ThreadState.STEPS) + 1;
        long active = state.number(ThreadState.ACTIVE_MILLIS) + run.senses().lapMillis();
        update.put(ThreadState.STEPS, steps);
        update.put(ThreadState.ACTIVE_MILLIS, active);
        if (isCanceledJob(run)) {
            Instant now = run.senses().stamp();
            update.put(ThreadState.MESSAGES, List.of(Message.assistant("Canceled.", List.of(), now)));
            return update;
        }
        Optional<String> limit = limitReached(run, steps, active);
        if (limit.isPresent()) {
            return giveUp(run, update, limit.get());
        }
        try {
            AiMessage answer = ask(state, run, update);
            update.put(
                    ThreadState.MESSAGES,
                    List.of(ModelAnswer.message(
                            answer, state.messages().size(), run.senses().stamp())));
            return update;
        } catch (CountersignException e) {
            run.turn().note(Notes.NO_ANSWER + e.detail());
            LOG.atError().addKeyValue("thread", run.thread().id()).log("the model gave no answer: {}", e.forLog());
            return giveUp(run, update, "I could not get an answer just now: " + e.detail());
        }
    }

    /** Nobody waits for its words any more. */
    private boolean isCanceledJob(Run run) {
        return run.thread().kind() == ThreadKind.JOB && run.senses().cancelAsked();
    }

    private Optional<String> limitReached(Run run, long steps, long activeMillis) {
        Limits limits = equipment.agent().limits();
        boolean job = run.thread().kind() == ThreadKind.JOB;
        int stepsMax = job ? limits.jobSteps() : limits.steps();
        long millisMax = (job ? limits.jobTime() : limits.turnTime()).toMillis();
        if (steps > stepsMax) {
            return Optional.of("I stopped: this may take " + stepsMax + " steps, and they are used up.");
        }
        if (activeMillis > millisMax) {
            return Optional.of("I stopped: this may take " + millisMax / 1000 + " s of work, and they are used up.");
        }
        return Optional.empty();
    }

    private Map<String, Object> giveUp(Run run, Map<String, Object> update, String words) {
        if (run.thread().kind() == ThreadKind.JOB) {
            update.put(ThreadState.ENDING, "failed");
        }
        update.put(
                ThreadState.MESSAGES,
                List.of(Message.assistant(words, List.of(), run.senses().stamp())));
        return update;
    }

    private AiMessage ask(ThreadState state, Run run, Map<String, Object> update) {
        List<ToolSpecification> offered = new ArrayList<>();
        String prompt = equipment.agent().prompt().replace("{user}", run.owner().user());
        if (run.senses().roles() instanceof UserRoles.Unavailable unavailable) {
            prompt += "\n\nNo tool can be used now, since it cannot be checked what the user may do: "
                    + unavailable.why();
        } else {
            for (ToolInfo tool : equipment.rules().offered(run.senses().roles(), run.tools(equipment))) {
                offered.add(tool.specification());
            }
        }
        ChatRequest request = ChatRequest.builder()
                .messages(shown(run, prompt, state, update))
                .toolSpecifications(offered)
                .build();
        run.turn().note(Notes.ASKED + Question.digest(request));
        return ModelCall.ask(equipment.model(), request, run.preview());
    }

    private List<ChatMessage> shown(Run run, String prompt, ThreadState state, Map<String, Object> update) {
        Limits limits = equipment.agent().limits();
        boolean job = run.thread().kind() == ThreadKind.JOB;
        Transcript transcript = state.messages();
        Summary summary = limits.summaryTokens() == 0 ? Summary.NONE : summary(run, state, update);
        if (summary.exists()) {
            return Conversation.summed(prompt, transcript, summary, window(limits, job), job);
        }
        return job
                ? Conversation.ofJob(prompt, transcript, limits.windowTokens())
                : Conversation.of(prompt, transcript, limits.window(), limits.windowTokens());
    }

    /** A call for a summary counts among the steps, as any call of the model. */
    private Summary summary(Run run, ThreadState state, Map<String, Object> update) {
        Limits limits = equipment.agent().limits();
        Window window = window(limits, run.thread().kind() == ThreadKind.JOB);
        Summary known = Summary.in(state);
        Summary now =
                new Summing(equipment.model(), limits.summaryTokens()).after(known, state.messages(), window, run);
        if (!now.equals(known)) {
            update.put(ThreadState.SUMMARY, now.json());
            update.put(ThreadState.STEPS, state.number(ThreadState.STEPS) + 2);
        }
        return now;
    }

    private static Window window(Limits limits, boolean job) {
        return new Window(job ? Conversation.JOB_MESSAGES_MAX : limits.window(), limits.windowTokens());
    }
}
