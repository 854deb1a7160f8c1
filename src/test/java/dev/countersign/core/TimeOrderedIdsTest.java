package dev.countersign.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TimeOrderedIdsTest {
    private static IdSource at(String time) {
        return new TimeOrderedIds(Clock.fixed(Instant.parse(time), ZoneOffset.UTC));
    }

    @Test
    void anIdIsOfVersion7_andSaysWhenItWasMade() {
        // The example of RFC 9562, appendix A.6, is of this moment: 017F22E2-79B0-7CC3-98C4-DC0C0C07398F.
        UUID id = UUID.fromString(at("2022-02-22T19:22:22Z").newId());
        assertThat(id.version()).isEqualTo(7);
        assertThat(id.variant()).isEqualTo(2);
        assertThat(id.toString()).startsWith("017f22e2-79b0-7");
    }

    @Test
    void idsOfTheSameMillisecondDiffer_andLaterOnesStandBehindThem() {
        IdSource early = at("2026-11-23T10:00:00Z");
        List<String> ids = Stream.generate(early::newId).limit(10_000).toList();
        assertThat(ids).doesNotHaveDuplicates();
        String later = at("2026-11-23T10:00:00.001Z").newId();
        assertThat(ids).allMatch(id -> id.compareTo(later) < 0);
    }
}
