package dev.countersign.checkpoint;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a checkpoint is called outside of its room. */
final class StepNameTest {
    @Test
    void aName_saysWhichStepOfTheThread() {
        assertThat(StepName.of("t-1", 12)).isEqualTo("t-1.12");
        assertThat(StepName.seq("t-1", "t-1.12")).isEqualTo(12);
        assertThat(StepName.seq("t-1", "t-1.999999999999999999")).isEqualTo(999_999_999_999_999_999L);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "t-1",
                "t-1.",
                "t-1.0",
                "t-1.01",
                "t-1.-1",
                "t-1.+1",
                "t-1.1 ",
                "t-1.1.1",
                "t-2.1",
                "t-11.1",
                "T-1.1",
                "t-1.9223372036854775808",
                "b143d1b6-b078-4526-8851-a5d722c3997d"
            })
    void anyOtherText_isNoStepOfIt(String name) {
        assertThat(StepName.seq("t-1", name)).isZero();
    }
}
