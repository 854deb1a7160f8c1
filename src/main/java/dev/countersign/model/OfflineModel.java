package dev.countersign.model;

import dev.countersign.core.Digest;
import dev.countersign.core.Json;
import dev.langchain4j.agent.tool.ToolExecutionRequest;
import dev.langchain4j.agent.tool.ToolSpecification;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.output.FinishReason;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * The offline demo model: rules and likeness to example phrases, no network. The same request gives the same answer, always;
 * it never calls a tool that is not offered, never makes up a reason, and makes at most one call at a time. What it knows of a
 * domain is its phrasebook, the offered tools and their results. Safe for use by many threads.
 */
final class OfflineModel implements ChatModel {
    private static final int SKILLS_MAX = 32;

    private final Phrasebook phrasebook;
    private final Map<String, Router> routers = new ConcurrentHashMap<>();
    private final Map<String, Skill> skills = new ConcurrentHashMap<>();

    OfflineModel(Phrasebook phrasebook) {
        this.phrasebook = phrasebook;
    }

    /** What is learnt once for a set of offered tools. */
    private record Skill(Interpreter interpreter, Dialogue dialogue) {}

    @Override
    public ChatResponse doChat(ChatRequest request) {
        if (SummaryQuestion.is(request)) {
            return ChatResponse.builder()
                    .aiMessage(AiMessage.from(Extract.of(request)))
                    .finishReason(FinishReason.STOP)
                    .build();
        }
        List<ToolSpecification> offered =
                request.toolSpecifications() == null ? List.of() : request.toolSpecifications();
        Skill skill = skill(offered);
        Transcript transcript = Transcript.of(request.messages());
        Planner.Move move = new Planner(transcript, skill.interpreter(), skill.dialogue()).next();
        AiMessage answer = move.call()
                .map(call -> AiMessage.from(request(call, transcript)))
                .orElseGet(() -> AiMessage.from(move.words()));
        FinishReason reason = move.call().isPresent() ? FinishReason.TOOL_EXECUTION : FinishReason.STOP;
        return ChatResponse.builder().aiMessage(answer).finishReason(reason).build();
    }

    private static ToolExecutionRequest request(Wish.Call call, Transcript transcript) {
        int position = transcript.stepsFrom(0).size();
        return ToolExecutionRequest.builder()
                .id("offline-" + transcript.last() + "-" + position)
                .name(call.tool())
                .arguments(Json.write(call.arguments()))
                .build();
    }

    private Skill skill(List<ToolSpecification> offered) {
        forgetWhenTooMany(skills);
        return skills.computeIfAbsent(key(offered), unused -> learn(offered));
    }

    private Skill learn(List<ToolSpecification> offered) {
        Interpreter interpreter = new Interpreter(phrasebook, offered, router(offered));
        Map<String, ToolSpecification> byName = offered.stream()
                .collect(Collectors.toMap(ToolSpecification::name, Function.identity(), (first, second) -> first));
        return new Skill(interpreter, new Dialogue(interpreter, interpreter.filler(), phrasebook, byName));
    }

    /** Roles with different tools share what is learnt from the same phrases: learning is the slow part. */
    private Router router(List<ToolSpecification> offered) {
        List<ToolSpecification> guessed = offered.stream()
                .filter(tool -> Router.isPoorlyKnown(phrasebook, tool))
                .toList();
        forgetWhenTooMany(routers);
        return routers.computeIfAbsent(key(guessed), unused -> new Router(phrasebook, guessed));
    }

    private static String key(List<ToolSpecification> tools) {
        return Digest.of(
                tools.stream().map(ToolSpecification::toString).sorted().collect(Collectors.joining("\n")));
    }

    private static void forgetWhenTooMany(Map<String, ?> learnt) {
        if (learnt.size() > SKILLS_MAX) {
            learnt.clear();
        }
    }
}
