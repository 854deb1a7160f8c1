package dev.countersign.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.core.Json;
import dev.countersign.graph.AgentRuntime.Live;
import dev.countersign.graph.Archive.Standing;
import dev.countersign.thread.ThreadStatus;
import org.junit.jupiter.api.Test;

/** When a client is behind, and when it only seems so. */
final class HeardTest {
    private final Heard heard = new Heard();

    private static Standing standing(int messages, ThreadStatus status) {
        return new Standing("thread", messages, status);
    }

    private static Live text(long position) {
        return new Live("thread", Live.Kind.TEXT, "", Json.object().put("position", position));
    }

    private static Live ended(long messages) {
        return new Live("thread", Live.Kind.TURN_ENDED, "", Json.object().put("messages", messages));
    }

    @Test
    void behindIsWhoIsSeenSoTwice_withNothingToldSince() {
        heard.begins(4, true);
        assertThat(heard.isBehind(standing(4, ThreadStatus.IDLE))).isFalse();
        assertThat(heard.isBehind(standing(6, ThreadStatus.RUNNING))).isFalse();
        heard.told(text(6));
        assertThat(heard.isBehind(standing(7, ThreadStatus.RUNNING))).isFalse();
        assertThat(heard.isBehind(standing(8, ThreadStatus.RUNNING))).isTrue();
    }

    @Test
    void anEndThatWasNotHeardIsMissing_alsoWhenEveryWordWas() {
        heard.begins(4, true);
        heard.told(text(6));
        assertThat(heard.isBehind(standing(6, ThreadStatus.RUNNING))).isFalse();
        assertThat(heard.isBehind(standing(6, ThreadStatus.RUNNING))).isFalse();
        assertThat(heard.isBehind(standing(6, ThreadStatus.PARKED))).isFalse();
        assertThat(heard.isBehind(standing(6, ThreadStatus.PARKED))).isTrue();
        heard.told(ended(6));
        assertThat(heard.isBehind(standing(6, ThreadStatus.PARKED))).isFalse();
        assertThat(heard.isBehind(standing(6, ThreadStatus.PARKED))).isFalse();
    }
}
