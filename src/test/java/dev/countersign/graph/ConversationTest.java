package dev.countersign.graph;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.thread.Message;
import dev.countersign.thread.Transcript;
import dev.langchain4j.data.message.AiMessage;
import dev.langchain4j.data.message.ChatMessage;
import dev.langchain4j.data.message.SystemMessage;
import dev.langchain4j.data.message.ToolExecutionResultMessage;
import dev.langchain4j.data.message.UserMessage;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the model is shown of a long transcript. */
final class ConversationTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    private static Transcript chat(int turns) {
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < turns; i++) {
            Message.ToolCall one = new Message.ToolCall("c" + i + "-0", "list", "{}");
            Message.ToolCall two = new Message.ToolCall("c" + i + "-1", "note", "{}");
            messages.add(Message.user("turn " + i, NOW));
            messages.add(Message.assistant("", List.of(one, two), NOW));
            messages.add(Message.result(one, "[]", false, NOW));
            messages.add(Message.result(two, "{}", true, NOW));
            messages.add(Message.assistant("done " + i, List.of(), NOW));
        }
        return Transcript.empty().plus(messages);
    }

    @Test
    void noWindowCutsBetweenACallAndItsResult() {
        Transcript transcript = chat(6);
        for (int window = 1; window <= transcript.size() + 1; window++) {
            List<ChatMessage> shown = Conversation.of("prompt", transcript, window, 0);
            assertThat(shown.get(0)).isInstanceOf(SystemMessage.class);
            // What began the turn and the newest message are shown however narrow it is.
            assertThat(shown.size()).isLessThanOrEqualTo(Math.max(window, 2) + 1);
            noResultWithoutItsCall(shown, "window " + window);
        }
    }

    @Test
    void aWindowBeginsWithTheUserWhereItCan() {
        assertThat(Conversation.of("prompt", chat(6), 7, 0).get(1)).isInstanceOf(UserMessage.class);
    }

    @Test
    void aJobIsShownWhole_andItsGoalStaysInSightHoweverLongItGets() {
        Transcript whole = chat(30);
        assertThat(Conversation.ofJob("prompt", whole, 0)).hasSize(whole.size() + 1);
        List<ChatMessage> shown = Conversation.ofJob("prompt", chat(500), 0);
        assertThat(shown).hasSizeLessThan(2_100);
        assertThat(((UserMessage) shown.get(1)).singleText()).isEqualTo("turn 0");
    }

    @Test
    void theWordsThatBeganALongTurnAreShownAlthoughTheyAreOutOfTheWindow() {
        List<Message> messages = new ArrayList<>();
        messages.add(Message.user("the goal", NOW));
        for (int i = 0; i < 1_000; i++) {
            Message.ToolCall call = new Message.ToolCall("c" + i, "list", "{}");
            messages.add(Message.assistant("", List.of(call), NOW));
            messages.add(Message.result(call, "[]", false, NOW));
        }
        List<ChatMessage> shown = Conversation.of("prompt", Transcript.empty().plus(messages), 10, 0);
        assertThat(shown.get(1)).isEqualTo(UserMessage.from("the goal"));
        assertThat(shown.get(2)).isInstanceOf(AiMessage.class);
        assertThat(shown.size()).isLessThanOrEqualTo(11);
    }

    @Test
    void aMessageOfMoreCallsThanTheWindowHoldsIsShownWithAllItsResults() {
        List<Message.ToolCall> calls = new ArrayList<>();
        List<Message> messages = new ArrayList<>();
        for (int i = 0; i < 200; i++) {
            calls.add(new Message.ToolCall("c" + i, "list", "{}"));
        }
        messages.add(Message.user("go", NOW));
        messages.add(Message.assistant("", calls, NOW));
        calls.forEach(call -> messages.add(Message.result(call, "[]", false, NOW)));
        List<ChatMessage> shown = Conversation.of("prompt", Transcript.empty().plus(messages), 10, 0);
        assertThat(shown).hasSize(203);
        assertThat(shown.get(1)).isEqualTo(UserMessage.from("go"));
    }

    private static void noResultWithoutItsCall(List<ChatMessage> shown, String where) {
        Set<String> called = new HashSet<>();
        for (ChatMessage message : shown) {
            if (message instanceof AiMessage assistant) {
                assistant.toolExecutionRequests().forEach(request -> called.add(request.id()));
            }
            if (message instanceof ToolExecutionResultMessage result) {
                assertThat(called).as(where).contains(result.id());
            }
        }
    }

    @Test
    void aBoundOfTokensCutsAtATurn_andNeverBetweenACallAndItsResult() {
        Transcript transcript = chat(40);
        int whole =
                transcript.last(transcript.size()).stream().mapToInt(Tokens::of).sum();
        int before = 0;
        for (int tokens = 1; tokens <= whole; tokens++) {
            List<ChatMessage> shown = Conversation.of("prompt", transcript, 2_000, tokens);
            assertThat(shown.get(1)).isInstanceOf(UserMessage.class);
            noResultWithoutItsCall(shown, "bound " + tokens);
            assertThat(shown.size()).as("bound " + tokens).isGreaterThanOrEqualTo(Math.min(before, 6));
            before = shown.size();
        }
        assertThat(before).isEqualTo(transcript.size() + 1);
        assertThat(Conversation.of("prompt", transcript, 2_000, whole / 2))
                .hasSizeBetween(transcript.size() / 3, transcript.size() / 2 + 1);
    }

    @Test
    void whatIsBeyondTheBoundByItself_isShownAllTheSame() {
        Message.ToolCall call = new Message.ToolCall("c", "list", "{}");
        Transcript transcript = Transcript.empty()
                .plus(List.of(
                        Message.user("go", NOW),
                        Message.assistant("", List.of(call), NOW),
                        Message.result(call, "x".repeat(100_000), false, NOW)));
        assertThat(Conversation.of("prompt", transcript, 80, 500)).hasSize(4);
    }

    @Test
    void theGoalOfAJobStaysInSight_whenItsTokensAreTooMany() {
        List<ChatMessage> shown = Conversation.ofJob("prompt", chat(500), 2_000);
        assertThat(shown).hasSizeLessThan(600);
        assertThat(((UserMessage) shown.get(1)).singleText()).isEqualTo("turn 0");
        assertThat(shown.get(2)).isInstanceOf(UserMessage.class);
    }

    @Test
    void withASummary_noWindowCutsBetweenACallAndItsResult_andAllThatCameAfterItIsShownWhileItFits() {
        Transcript transcript = chat(6);
        for (int window = 2; window <= transcript.size() + 1; window++) {
            int covers = Conversation.begin(transcript, new Window(window, 0).half());
            Summary summary = new Summary(covers, "words", 0);
            List<ChatMessage> shown = Conversation.summed("prompt", transcript, summary, new Window(window, 0), false);
            assertThat(shown.get(0)).isEqualTo(SystemMessage.from("prompt"));
            assertThat(shown.get(1)).isInstanceOf(UserMessage.class);
            assertThat(((AiMessage) shown.get(2)).toolExecutionRequests().get(0).name())
                    .isEqualTo(Summary.EARLIER_MESSAGES);
            assertThat(shown.size() - 3).isGreaterThanOrEqualTo(transcript.size() - covers);
            noResultWithoutItsCall(shown, "window " + window);
        }
    }

    /** Turns of any length, with calls and texts of any size up to some. */
    private static List<Message> anyTurn(Random random, int turn) {
        List<Message> messages = new ArrayList<>(List.of(Message.user("turn " + turn, NOW)));
        for (int step = random.nextInt(12); step > 0; step--) {
            List<Message.ToolCall> calls = new ArrayList<>();
            for (int i = random.nextInt(3); i >= 0; i--) {
                calls.add(new Message.ToolCall("c" + turn + "-" + step + "-" + i, "list", "{}"));
            }
            messages.add(Message.assistant("", calls, NOW));
            calls.forEach(call -> messages.add(Message.result(call, "x".repeat(random.nextInt(400)), false, NOW)));
        }
        messages.add(Message.assistant("done " + turn, List.of(), NOW));
        return messages;
    }

    /** Whether a model may be asked here: after a user's message, or the last result of all calls. */
    private static boolean isAsked(List<Message> messages, int size) {
        Message last = messages.get(size - 1);
        return last.role() == Message.Role.USER
                || (last.role() == Message.Role.TOOL && messages.get(size).role() != Message.Role.TOOL);
    }

    @Test
    void howeverATranscriptGrows_aSummaryGoesForward_andWithWhatIsShownMakesUpTheWhole() {
        for (int seed = 0; seed < 40; seed++) {
            Random random = new Random(seed);
            Window window = new Window(4 + random.nextInt(60), 600 + random.nextInt(2_000));
            List<Message> all = new ArrayList<>();
            for (int turn = 0; turn < 30; turn++) {
                all.addAll(anyTurn(random, turn));
            }
            int covers = 0;
            int summaries = 0;
            for (int size = 1; size < all.size(); size++) {
                if (!isAsked(all, size)) {
                    continue;
                }
                Transcript transcript = Transcript.empty().plus(all.subList(0, size));
                if (!Conversation.fits(transcript, covers, window)) {
                    int from = Conversation.begin(transcript, window.half());
                    assertThat(from).as("seed " + seed).isGreaterThan(covers).isLessThan(size);
                    covers = from;
                    summaries++;
                }
                List<ChatMessage> shown = Conversation.summed(
                        "prompt", transcript, new Summary(covers, "words", 0), window, seed % 2 == 0);
                assertThat(shown.size()).isBetween(3 + size - covers, 5 + size - covers);
                assertThat(shown.get(1)).isInstanceOf(UserMessage.class);
                noResultWithoutItsCall(shown, "seed " + seed);
            }
            assertThat(summaries).as("seed " + seed).isPositive().isLessThanOrEqualTo(all.size() / 2);
        }
    }

    @Test
    void tokensAreGuessedOnTheHighSide() {
        assertThat(Tokens.of("")).isZero();
        assertThat(Tokens.of("abcde")).isEqualTo(2);
        assertThat(Tokens.of("寿司を三つ")).isEqualTo(5);
        Message.ToolCall call = new Message.ToolCall("c", "list", "{\"a\": 1}");
        assertThat(Tokens.of(Message.assistant("", List.of(call), NOW))).isGreaterThan(8);
    }
}
