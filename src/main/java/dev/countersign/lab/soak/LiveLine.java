package dev.countersign.lab.soak;

import com.fasterxml.jackson.databind.JsonNode;
import dev.countersign.core.Json;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.WebSocket;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * One person's WebSocket to one thread, from outside: what is said on it, and when the answer to it arrived. What goes wrong
 * is counted in the diary. {@link #say} is called by one thread; lines arrive on another.
 */
final class LiveLine implements WebSocket.Listener, AutoCloseable {
    private static final Duration HANDSHAKE = Duration.ofSeconds(30);
    private static final Pattern ANSWER = Pattern.compile("^Noted (t[0-9a-z]+)\\.$");

    private final Diary diary;
    private final String thread;
    private final Latencies answered;
    private final Map<String, Unanswered> unanswered = new ConcurrentHashMap<>();
    private final StringBuilder partial = new StringBuilder();
    private @Nullable WebSocket socket;
    private volatile boolean leaving;

    private record Unanswered(Diary.Deed deed, long saidNanos) {}

    private LiveLine(Diary diary, String thread, Latencies answered) {
        this.diary = diary;
        this.thread = thread;
        this.answered = answered;
    }

    /**
     * Connects; throws what the handshake throws.
     *
     * @param answered takes the time from each message to its answer
     */
    static LiveLine open(
            HttpClient http, URI server, String login, Diary.Opened opened, Diary diary, Latencies answered) {
        LiveLine line = new LiveLine(diary, opened.thread(), answered);
        line.socket = http.newWebSocketBuilder()
                .connectTimeout(HANDSHAKE)
                .header("Authorization", "Bearer " + login)
                .buildAsync(URI.create("ws://" + server.getAuthority() + "/ws/chat?thread=" + opened.thread()), line)
                .join();
        return line;
    }

    /** Asks for the errand; the answer comes later. */
    void say(Errand errand) {
        Diary.Deed deed = new Diary.Deed(errand, thread);
        diary.starts(deed);
        unanswered.put(errand.token(), new Unanswered(deed, System.nanoTime()));
        WebSocket open = socket;
        if (open == null || open.isOutputClosed()) {
            diary.count(Load.ERROR + "messages that could not be sent");
            return;
        }
        var unused = open.sendText(Json.write(Json.object().put("message", errand.text())), true)
                .whenComplete((sent, failure) -> {
                    if (failure != null) {
                        diary.count(Load.ERROR + "messages that could not be sent");
                    }
                });
    }

    /** How many messages have no answer yet. */
    int unanswered() {
        return unanswered.size();
    }

    @Override
    public @Nullable CompletionStage<?> onText(WebSocket webSocket, CharSequence data, boolean last) {
        partial.append(data);
        if (last) {
            String line = partial.toString();
            partial.setLength(0);
            hear(Json.read(line));
        }
        webSocket.request(1);
        return null;
    }

    private void hear(JsonNode line) {
        String type = line.path("type").asText();
        diary.count("lines of type " + type);
        if (type.equals("error")) {
            diary.count(Load.ERROR + "error lines");
        }
        Matcher answer = ANSWER.matcher(line.path("content").asText());
        if (type.equals("text") && answer.matches()) {
            Unanswered said = unanswered.remove(String.valueOf(answer.group(1)));
            if (said != null) {
                answered.add(System.nanoTime() - said.saidNanos());
                diary.isAcknowledged(said.deed());
            }
        }
    }

    @Override
    public @Nullable CompletionStage<?> onClose(WebSocket webSocket, int statusCode, String reason) {
        if (!leaving) {
            diary.count(Load.ERROR + "sockets closed with " + statusCode);
        }
        return null;
    }

    @Override
    public void onError(WebSocket webSocket, Throwable error) {
        if (!leaving) {
            diary.count(Load.ERROR + "sockets broken");
        }
    }

    @Override
    public void close() {
        leaving = true;
        if (socket != null) {
            socket.abort();
        }
    }
}
