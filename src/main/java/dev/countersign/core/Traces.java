package dev.countersign.core;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Spans of what a server does, under the names of OpenTelemetry's conventions for generative AI: a turn, and within it the calls
 * of the model and of tools. Without a collector (a server sets one) they cost next to nothing. Names, ids, counts and outcomes
 * stand in them, never a text of anybody. A span belongs to the Java thread that began it and is ended there. Never throws, and
 * waits for nobody. Safe for use by many threads.
 */
public final class Traces {
    private static final String OPERATION = "gen_ai.operation.name";
    private static final Span NOTHING = new Span() {
        @Override
        public void fact(String name, Object value) {
            // Nobody collects.
        }

        @Override
        public void failed(String type) {
            // Nobody collects.
        }

        @Override
        public void end() {
            // Nobody collects.
        }
    };

    private static volatile @Nullable Collector collector;

    private Traces() {}

    /** What a span is of. */
    public enum Kind {
        /** Begins a trace of its own. */
        TURN,
        MODEL,
        TOOL
    }

    /** Takes spans. */
    public interface Collector {
        /**
         * A span that begins now, within the innermost one of this Java thread that has not ended.
         *
         * @param facts texts, whole numbers or lists of texts
         * @param pausedAt a {@link #here} of earlier that this goes on from; empty for none, and taken as none when it is not one
         */
        Span begin(Kind kind, String name, Map<String, Object> facts, String pausedAt);

        /** What {@link Traces#here} answers. */
        String here();
    }

    /** A stretch of work. */
    public interface Span {
        /** Adds what is known by now: a text, a whole number or a list of texts. */
        void fact(String name, Object value);

        /** It has not done what it was to do; the type is a class or a word of ours. */
        void failed(String type);

        void end();
    }

    /** From now on spans go there; null for nowhere. */
    public static void to(@Nullable Collector taker) {
        collector = taker;
    }

    /** Whether anybody takes spans. */
    public static boolean isOn() {
        return collector != null;
    }

    /** The innermost span of this Java thread, in a form that outlasts the process (a W3C traceparent); empty for none. */
    public static String here() {
        Collector taker = collector;
        return taker == null ? "" : taker.here();
    }

    /**
     * A stretch of a turn, from an event or a crash to the next rest.
     *
     * @param event what set it off
     * @param pausedAt where the thread was paused, or broken off; empty for none
     */
    public static Span turn(String agent, String thread, String event, String pausedAt) {
        Map<String, Object> facts = Map.of(
                OPERATION,
                "invoke_agent",
                "gen_ai.provider.name",
                "countersign",
                "gen_ai.agent.name",
                agent,
                "gen_ai.conversation.id",
                thread,
                "countersign.event",
                event);
        return begin(Kind.TURN, "invoke_agent " + agent, facts, pausedAt);
    }

    /**
     * A question to a model.
     *
     * @param model as it was asked for; empty when it has no name
     */
    public static Span model(String provider, String model) {
        Map<String, Object> facts = new HashMap<>(Map.of(OPERATION, "chat", "gen_ai.provider.name", provider));
        if (!model.isEmpty()) {
            facts.put("gen_ai.request.model", model);
        }
        return begin(Kind.MODEL, model.isEmpty() ? "chat" : "chat " + model, facts, "");
    }

    /** A tool call, retries included. */
    public static Span tool(String tool, String callId) {
        Map<String, Object> facts = Map.of(
                OPERATION,
                "execute_tool",
                "gen_ai.tool.name",
                tool,
                "gen_ai.tool.type",
                "extension",
                "gen_ai.tool.call.id",
                callId);
        return begin(Kind.TOOL, "execute_tool " + tool, facts, "");
    }

    private static Span begin(Kind kind, String name, Map<String, Object> facts, String pausedAt) {
        Collector taker = collector;
        return taker == null ? NOTHING : taker.begin(kind, name, facts, pausedAt);
    }

    /** What a model's answer says of itself. */
    public static void answered(
            Span span, @Nullable String model, @Nullable Integer tokensIn, @Nullable Integer tokensOut) {
        if (model != null) {
            span.fact("gen_ai.response.model", model);
        }
        if (tokensIn != null) {
            span.fact("gen_ai.usage.input_tokens", tokensIn.longValue());
        }
        if (tokensOut != null) {
            span.fact("gen_ai.usage.output_tokens", tokensOut.longValue());
        }
    }

    /** Why a model ended its answer. */
    public static void finished(Span span, String reason) {
        span.fact("gen_ai.response.finish_reasons", List.of(reason));
    }
}
