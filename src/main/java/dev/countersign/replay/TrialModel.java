package dev.countersign.replay;

import dev.countersign.core.CountersignException;
import dev.countersign.graph.Question;
import dev.countersign.thread.Message;
import dev.langchain4j.model.chat.ChatModel;
import dev.langchain4j.model.chat.request.ChatRequest;
import dev.langchain4j.model.chat.response.ChatResponse;
import java.util.List;

/**
 * Answers as the record does for as long as the conversation is the recorded one, whatever the prompt and the tools on offer; where
 * it is another one, there is no answer, and the what-if ends. Used by one thread.
 */
final class TrialModel implements ChatModel {
    /** Ends a what-if where the record has no answer. */
    static final class NoAnswer extends RuntimeException {
        private static final long serialVersionUID = 1L;

        NoAnswer() {
            super(
                    "from here on the conversation is another one, and the record has no answer of the model to it; name a"
                            + " model to go on");
        }
    }

    private final Recording recording;
    private final TrialWorld world;

    TrialModel(Recording recording, TrialWorld world) {
        this.recording = recording;
        this.world = world;
    }

    @Override
    public ChatResponse doChat(ChatRequest request) {
        return Question.isForSummary(request) ? summary(now()) : answer(now());
    }

    /** What the record's step in this place saw. */
    private Seen now() {
        List<Message> said = world.transcript();
        int before = 0;
        for (Recording.Stride step : recording.steps()) {
            if (before == said.size() && step.seen().asked() != null) {
                return step.seen();
            }
            for (Message message : step.messages()) {
                if (before >= said.size() || !same(message, said.get(before))) {
                    throw new NoAnswer();
                }
                before++;
            }
        }
        throw new NoAnswer();
    }

    /** Where the record has none, it goes on as without one. */
    private static ChatResponse summary(Seen seen) {
        if (seen.summed() == null) {
            throw new CountersignException(RecordedModel.AS_RECORDED, "the record has no summary here");
        }
        return RecordedModel.summary(seen.summed());
    }

    private static ChatResponse answer(Seen seen) {
        if (seen.noAnswer() != null) {
            throw new CountersignException(RecordedModel.AS_RECORDED, seen.noAnswer());
        }
        if (seen.answer() == null) {
            throw new NoAnswer();
        }
        return ChatResponse.builder()
                .aiMessage(RecordedModel.message(seen.answer()))
                .build();
    }

    /** Whether two messages say the same, whenever. */
    static boolean same(Message one, Message other) {
        return one.role() == other.role()
                && one.text().equals(other.text())
                && one.error() == other.error()
                && Deed.all(List.of(one)).equals(Deed.all(List.of(other)))
                && String.valueOf(one.tool()).equals(String.valueOf(other.tool()));
    }
}
