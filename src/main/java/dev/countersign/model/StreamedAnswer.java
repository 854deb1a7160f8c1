package dev.countersign.model;

import dev.countersign.config.ModelConfig;
import dev.langchain4j.exception.TimeoutException;
import dev.langchain4j.model.chat.response.ChatResponse;
import dev.langchain4j.model.chat.response.PartialResponse;
import dev.langchain4j.model.chat.response.PartialResponseContext;
import dev.langchain4j.model.chat.response.StreamingChatResponseHandler;
import dev.langchain4j.model.chat.response.StreamingHandle;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * One answer as it arrives. It is whole only when the endpoint has said why it ended: a stream that just stops may lack the end
 * of a tool call's arguments, and is a failure. The whole answer has the time that an answer may take, not each piece.
 */
final class StreamedAnswer implements StreamingChatResponseHandler {
    private final Consumer<String> words;
    private final ModelConfig config;
    private final CompletableFuture<ChatResponse> whole = new CompletableFuture<>();
    private volatile @Nullable StreamingHandle handle;
    private volatile boolean begun;

    StreamedAnswer(Consumer<String> words, ModelConfig config) {
        this.words = words;
        this.config = config;
    }

    @Override
    public void onPartialResponse(PartialResponse partial, PartialResponseContext context) {
        handle = context.streamingHandle();
        String text = partial.text();
        if (text == null || text.isEmpty() || whole.isDone()) {
            return;
        }
        begun = true;
        words.accept(text);
    }

    @Override
    public void onCompleteResponse(ChatResponse response) {
        if (response.finishReason() == null) {
            whole.completeExceptionally(ModelFailure.brokenOff(config));
        } else {
            whole.complete(response);
        }
    }

    @Override
    public void onError(Throwable error) {
        whole.completeExceptionally(error);
    }

    /** Whether somebody has heard a part of it. */
    boolean begun() {
        return begun;
    }

    /** Waits for the end; throws what went wrong, as the client library would. */
    ChatResponse await() {
        try {
            return whole.get(config.timeout().toMillis(), TimeUnit.MILLISECONDS);
        } catch (java.util.concurrent.TimeoutException e) {
            throw giveUp(new TimeoutException("the answer took too long"));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw giveUp(new TimeoutException("interrupted while the answer came"));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException(e.getCause());
        }
    }

    private RuntimeException giveUp(RuntimeException why) {
        whole.completeExceptionally(why);
        StreamingHandle open = handle;
        if (open != null) {
            open.cancel();
        }
        return why;
    }
}
