package dev.countersign.lab.work;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

final class PayloadTest {
    @Test
    void textsAreThoseOfTheWorkloadsOwnCheck() {
        assertThat(Payload.text(12, Payload.seed(0, 1, 0))).isEqualTo("Zm7_vQCVCLF5");
        assertThat(Payload.text(12, Payload.seed(7, 3, 2))).isEqualTo("Kew_ulWZN5cJ");
    }

    @Test
    void eachRoleHasItsLength() {
        assertThat(Payload.user(1, 2)).hasSize(500);
        assertThat(Payload.call(1, 2)).hasSize(400);
        assertThat(Payload.result(1, 2)).hasSize(500);
        assertThat(Payload.answer(1, 2)).hasSize(500);
    }
}
