package dev.countersign.thread;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

final class TranscriptTest {
    private static final Instant NOW = Instant.parse("2026-11-22T10:00:00Z");

    /** How many messages were read from the source so far. */
    private int read;

    private static List<Message> messages(int from, int to) {
        return IntStream.range(from, to)
                .mapToObj(i -> Message.user("m" + i, NOW))
                .toList();
    }

    private Transcript stored(int size) {
        return Transcript.stored(size, (from, to) -> {
            read += to - from;
            return messages(from, to);
        });
    }

    @Test
    void addingLeavesTheOldVersionAsItWas() {
        Transcript one = Transcript.empty().plus(messages(0, 2));
        Transcript two = one.plus(messages(2, 3));
        assertThat(one.size()).isEqualTo(2);
        assertThat(one.slice(0, 10)).isEqualTo(messages(0, 2));
        assertThat(two.slice(0, 10)).isEqualTo(messages(0, 3));
    }

    @Test
    void twoBranchesOfOneVersionDoNotSeeEachOther() {
        Transcript root = stored(3).plus(messages(3, 4));
        Transcript left = root.plus(List.of(Message.user("left", NOW)));
        Transcript right = root.plus(List.of(Message.user("right", NOW)));
        assertThat(left.last(1).get(0).text()).isEqualTo("left");
        assertThat(right.last(1).get(0).text()).isEqualTo("right");
        assertThat(right.slice(0, 4)).isEqualTo(messages(0, 4));
    }

    @Test
    void promise9_onlyWhatIsAskedForIsRead_howeverLongTheThread() {
        Transcript transcript = stored(100_000).plus(messages(100_000, 100_002));
        assertThat(transcript.last(2)).isEqualTo(messages(100_000, 100_002));
        assertThat(read).isZero();
        assertThat(transcript.last(80)).isEqualTo(messages(99_922, 100_002));
        int once = read;
        assertThat(once).isLessThanOrEqualTo(256);
        assertThat(transcript.last(80)).hasSize(80);
        assertThat(read).as("read again").isEqualTo(once);
    }

    @Test
    void promise9_whoAsksOnce_hasNothingReadButThat() {
        Transcript transcript = stored(10_000).plus(messages(10_000, 10_002));
        assertThat(transcript.once(9_999, 10_001)).isEqualTo(messages(9_999, 10_001));
        assertThat(transcript.once(10_000, 10_002)).isEqualTo(messages(10_000, 10_002));
        assertThat(transcript.once(10, 13)).isEqualTo(messages(10, 13));
        assertThat(read).isEqualTo(4);
        assertThatThrownBy(() -> transcript.once(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }

    @Test
    void farBackIsReadWithoutBeingKept_andJoinsWhatIsInMemory() {
        Transcript transcript = stored(10_000).plus(messages(10_000, 10_005));
        assertThat(transcript.slice(10, 20)).isEqualTo(messages(10, 20));
        assertThat(transcript.slice(0, 10_005)).isEqualTo(messages(0, 10_005));
    }

    @Test
    void aBadStretchIsRefused() {
        Transcript transcript = Transcript.empty().plus(new ArrayList<>(messages(0, 2)));
        assertThatThrownBy(() -> transcript.slice(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
        assertThatThrownBy(() -> transcript.slice(2, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
}
