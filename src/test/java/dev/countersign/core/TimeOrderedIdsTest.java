package dev.countersign.core;

import static org.assertj.core.api.Assertions.assertThat;

import java.text.Collator;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class TimeOrderedIdsTest {
    private static IdSource at(String time) {
        return new TimeOrderedIds(Clock.fixed(Instant.parse(time), ZoneOffset.UTC));
    }

    @Test
    void anIdSaysWhenItWasMade_andBeginsWithADigit() {
        // 36 ^ 8 milliseconds are 2,821,109,907,456.
        assertThat(at("1970-01-01T00:00:00.035Z").newId())
                .startsWith("00000000z")
                .matches("[0-9a-z]{19}");
        assertThat(at("1970-01-01T00:00:00.036Z").newId()).startsWith("000000010");
        assertThat(at("2059-05-25T17:38:27.455Z").newId()).startsWith("0zzzzzzzz");
        assertThat(at("2059-05-25T17:38:27.456Z").newId()).startsWith("100000000");
    }

    @Test
    void idsHaveOneOrder_whateverTheLanguage() {
        IdSource ids = at("2026-11-23T10:00:00Z");
        List<String> byCode = Stream.generate(ids::newId).limit(1_000).sorted().toList();
        assertThat(byCode).isSortedAccordingTo(Collator.getInstance(Locale.ENGLISH));
        assertThat(byCode).isSortedAccordingTo(Collator.getInstance(Locale.GERMAN));
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
