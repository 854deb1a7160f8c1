package dev.countersign.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TimeOrderedIdsTest {
    private static IdSource at(String time) {
        return new TimeOrderedIds(Clock.fixed(Instant.parse(time), ZoneOffset.UTC));
    }

    @Test
    void anIdSaysWhenItWasMade_andBeginsWithADigit() {
        // 62 ^ 7 milliseconds are 3,521,614,606,208.
        assertThat(at("1970-01-01T00:00:00.061Z").newId())
                .startsWith("0000000z")
                .matches("[0-9A-Za-z]{19}");
        assertThat(at("1970-01-01T00:00:00.062Z").newId()).startsWith("00000010");
        assertThat(at("2081-08-05T10:16:46.207Z").newId()).startsWith("0zzzzzzz");
        assertThat(at("2081-08-05T10:16:46.208Z").newId()).startsWith("10000000");
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
