package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.countersign.core.Json;
import dev.countersign.log.LogEntry;
import dev.countersign.log.LogKind;
import dev.countersign.permit.RequestKind;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Following a thread and an inbox: nothing is missed, nothing foreign is told, and nobody holds the server up. */
@Tag("store")
final class FeedsTest {
    private ServerFixture server;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private String thread() {
        return Json.read(server.post("henry", "/api/threads", "{}").body())
                .path("id")
                .asText();
    }

    private void say(String thread, String text) {
        assertThat(server.post("henry", "/api/threads/" + thread + "/messages", "{\"message\":\"" + text + "\"}")
                        .statusCode())
                .isEqualTo(202);
    }

    @Test
    void aThreadIsFollowedMessageByMessage_andWhoComesBackHasMissedNone() {
        String thread = thread();
        String path = "/api/threads/" + thread + "/events";
        say(thread, "one");
        try (EventReader reader = EventReader.open(server, "henry", path)) {
            for (int i = 1; i <= 4; i++) {
                assertThat(reader.next("message").id()).isEqualTo(Integer.toString(i));
            }
            say(thread, "two");
            assertThat(reader.next("message").data().path("text").asText()).isEqualTo("two");
            assertThat(reader.next("turn_ended").data().at("/data/status").asText())
                    .isEqualTo("IDLE");
        }
        say(thread, "three");
        await().until(() -> server.get("henry", "/api/threads/" + thread + "/messages")
                .body()
                .contains("you said: three"));
        try (EventReader reader = EventReader.open(server, "henry", path, "Last-Event-ID", "8")) {
            EventReader.Event missed = reader.next("message");
            assertThat(missed.id()).isEqualTo("9");
            assertThat(missed.data().path("text").asText()).isEqualTo("three");
        }
        try (EventReader reader = EventReader.open(server, "henry", path + "?after=11")) {
            assertThat(reader.next("message").id()).isEqualTo("12");
        }
    }

    @Test
    void aLongTranscriptComesWhole_pageByPage() {
        String thread = thread();
        for (int i = 0; i < 100; i++) {
            say(thread, "word " + i);
        }
        await().until(() ->
                Json.read(server.get("henry", "/api/threads/" + thread).body())
                                .path("messages")
                                .asInt()
                        == 400);
        try (EventReader reader = EventReader.open(server, "henry", "/api/threads/" + thread + "/events")) {
            List<String> ids = new ArrayList<>();
            for (int i = 0; i < 400; i++) {
                ids.add(reader.next("message").id());
            }
            assertThat(ids).doesNotHaveDuplicates().startsWith("1").endsWith("400");
        }
    }

    @Test
    void promise7_nothingIsToldAfterTheLoginHasExpired() {
        String thread = thread();
        try (EventReader reader = EventReader.open(server, "henry", "/api/threads/" + thread + "/events")) {
            say(thread, "one");
            reader.next("turn_ended");
            server.clock.advance(Duration.ofMinutes(31));
            say(thread, "two");

            assertThat(reader.next("closed").data().path("code").asText()).isEqualTo("CS-702");
            reader.next("end");
        }
        await().until(() -> server.feeds().size() == 0);
    }

    @Test
    void aQuietFeedGivesSignsOfLife_andNoticesWhoIsGone() {
        String thread = thread();
        EventReader reader = EventReader.open(server, "henry", "/api/threads/" + thread + "/events");
        await().until(() -> server.feeds().size() == 1);
        server.feeds().beat();
        reader.next("comment");
        reader.close();

        await().until(() -> {
            server.feeds().beat();
            return server.feeds().size() == 0;
        });
    }

    @Test
    void whoTakesNothingIsDropped_andTheServerGoesOn() throws IOException {
        String thread = thread();
        String long1 = "x".repeat(30_000);
        for (int i = 0; i < 60; i++) {
            say(thread, long1);
        }
        try (Socket slow = new Socket()) {
            slow.setReceiveBufferSize(4096);
            slow.connect(new InetSocketAddress(
                    InetAddress.getLoopbackAddress(), server.url("/").getPort()));
            slow.getOutputStream()
                    .write(("GET /api/threads/" + thread
                                    + "/events HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer "
                                    + server.token("henry") + "\r\n\r\n")
                            .getBytes(StandardCharsets.US_ASCII));
            slow.getOutputStream().flush();
            await().until(() -> server.feeds().size() == 1);

            await().atMost(Duration.ofSeconds(30)).until(() -> {
                server.feeds().beat();
                return server.feeds().size() == 0;
            });
        }
        assertThat(server.get("henry", "/api/threads/" + thread).statusCode()).isEqualTo(200);
    }

    @Test
    void oneLoginHasSoManyFeedsAndNoMore() {
        String path = "/api/threads/" + thread() + "/events";
        List<EventReader> open = new ArrayList<>();
        for (int i = 0; i < Feeds.OF_ONE_USER_MAX; i++) {
            open.add(EventReader.open(server, "henry", path));
        }
        assertThat(server.get("henry", path).statusCode()).isEqualTo(429);
        open.forEach(EventReader::close);
    }

    @Test
    void anInboxTellsOwnMoves_andWhatWaitsForReview_neverWhatIsForeign() {
        String thread = thread();
        say(thread, "the menu");
        await().until(() -> server.get("henry", "/api/approvals/mine").body().contains("pending"));
        String approval = Json.read(server.get("henry", "/api/approvals/mine").body())
                .at("/approvals/0/id")
                .asText();
        try (EventReader henry = EventReader.open(server, "henry", "/api/approvals/events");
                EventReader joe = EventReader.open(server, "joe", "/api/approvals/events");
                EventReader rose = EventReader.open(server, "rose", "/api/approvals/events")) {
            assertThat(joe.next("review").data().path("pending")).isEmpty();
            server.permit.filed("r1", RequestKind.ACCESS, "henry");
            logged(approval);

            EventReader.Event mine = henry.next("mine");
            assertThat(mine.data().path("id").asText()).isEqualTo(approval);
            assertThat(mine.id()).isEqualTo("1");
            assertThat(joe.next("review").data().at("/pending/0").asText()).isEqualTo("r1");
            assertThat(joe.has("mine")).isFalse();
            assertThat(rose.has("mine")).isFalse();
        }
        try (EventReader again = EventReader.open(server, "henry", "/api/approvals/events?after=0")) {
            assertThat(again.next("mine").id()).isEqualTo("1");
        }
    }

    private void logged(String approval) {
        server.database.useTransaction(tx -> server.log.append(
                tx,
                LogEntry.of(
                        LogKind.REQUEST_FILED,
                        new LogEntry.Place("thread-1", approval, "henry"),
                        Map.of("request", "r1"))));
    }

    @Test
    void aStopEndsEveryFeed() {
        String thread = thread();
        EventReader reader = EventReader.open(server, "henry", "/api/threads/" + thread + "/events");
        await().until(() -> server.feeds().size() == 1);
        server.stopListening();
        reader.next("end");
        reader.close();
    }
}
