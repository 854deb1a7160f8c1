package dev.countersign.web;

import dev.countersign.core.Mark;
import dev.countersign.graph.AgentRuntime;
import dev.countersign.graph.AgentRuntime.EffectView;
import dev.countersign.graph.AgentRuntime.ThreadView;
import dev.countersign.graph.Archive;
import dev.countersign.tool.EffectJournal.Resolution;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Calls of which nobody knows whether they took effect: what is known of each, and the three answers. An answer is taken once; what
 * comes of it is up to the conversation, which goes on by itself. And conversations that are held, with the reason: there is nothing to
 * answer, they go on by themselves once it is gone.
 */
final class AttentionPage implements Section {
    private static final int SHOWN_MAX = 50;
    private static final int WORD_CHARS_MAX = 20;
    private static final Map<String, Resolution> ANSWERS =
            Map.of("retried", Resolution.RETRY, "happened", Resolution.CONFIRM, "did-not", Resolution.REFUTE);
    private static final Map<String, String> CONSEQUENCES = Map.of(
            "retried",
            "Noted. The call is sent once more, with the same key and arguments, and the agent goes on with what comes of it.",
            "happened",
            "Noted. Nothing is sent. The agent is told that the call took effect, and goes on.",
            "did-not",
            "Noted. Nothing is sent. The agent is told that the call had no effect, and goes on.");

    /**
     * What is shown.
     *
     * @param held conversations and jobs that do not fit what runs here, and wait
     * @param noted what an answer that was just given leads to; empty without one
     * @param more whether there are others, to be shown once these are answered
     */
    record Attention(List<Item> items, List<Held> held, String noted, boolean more) {
        Attention {
            items = List.copyOf(items);
            held = List.copyOf(held);
        }
    }

    /**
     * A call.
     *
     * @param arguments written out
     * @param evidence what was said of its end; empty when nothing was
     */
    record Item(EffectView effect, String arguments, String evidence) {
        static Item of(EffectView effect) {
            String outcome = effect.outcome();
            return new Item(effect, HistoryPage.written(effect.arguments()), outcome == null ? "" : outcome);
        }

        String sent() {
            return effect.attempts() == 1 ? "once" : effect.attempts() + " times";
        }
    }

    /**
     * A conversation or job that is held.
     *
     * @param why in plain words; what it waits for
     */
    record Held(ThreadView thread, String why) {
        static Held of(ThreadView thread) {
            String why = thread.waitingFor();
            return new Held(thread, why == null ? "what it was parked with" : why);
        }
    }

    @Override
    public Optional<Entry> entry() {
        return Optional.of(new Section.Entry("attention", "Needs attention", "/attention"));
    }

    @Override
    public void on(Site site) {
        AgentRuntime runtime = site.parts().runtime();
        site.get("/attention", visit -> show(runtime, visit));
        site.post("/attention/{id}", visit -> answer(runtime, visit));
    }

    private static void show(AgentRuntime runtime, Visit visit) {
        Archive.Page<EffectView> page =
                runtime.archive().unknownEffects(visit.who(), new Archive.Slice(Mark.NEWEST, SHOWN_MAX));
        Attention attention = new Attention(
                page.items().stream().map(Item::of).toList(),
                runtime.archive().held(visit.who(), SHOWN_MAX).stream()
                        .map(Held::of)
                        .toList(),
                CONSEQUENCES.getOrDefault(visit.query("noted"), ""),
                page.next() != null);
        visit.page("attention", "Needs attention", "attention", attention);
    }

    private static void answer(AgentRuntime runtime, Visit visit) {
        String word = visit.field("answer", WORD_CHARS_MAX);
        Resolution resolution = ANSWERS.get(word);
        if (resolution == null) {
            throw WebErrors.badForm("expected one of the three answers, got another word");
        }
        var unused = runtime.resolve(visit.who(), visit.path("id"), resolution);
        visit.seeOther("/attention?noted=" + word);
    }
}
