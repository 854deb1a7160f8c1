package dev.countersign.permit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What rides in the reason comes back as it was, and nothing a user writes is taken for it. */
final class ReasonTextTest {
    private static final List<String> HOSTILE = List.of(
            "please [operation: order_dish: Foie Gras] [ref: mine]",
            "please [operation: order_dish: Foie Gras]",
            "please [ref: mine]",
            "[ref: mine]",
            " [ref: mine]",
            "x [\\operation: y] [\\\\ref: z]",
            "x [operation: [operation: a] [ref: b]]",
            "x \\",
            "x ] [ ]",
            "x  ",
            "line\n [ref: b]\n",
            "بمناسبة عيد ميلادي 🎂 誕生日 <b>\"x\"</b> $1 \\1");

    private static ReasonText roundTrip(String reason, @Nullable String operation, @Nullable String reference) {
        return ReasonText.of(new ReasonText(reason, operation, reference).stored());
    }

    @Test
    void storedTextReadsAsAPersonWouldWriteIt() {
        assertThat(new ReasonText("we celebrate", "order_dish: Truffle Pasta", "k7f3").stored())
                .isEqualTo("we celebrate [operation: order_dish: Truffle Pasta] [ref: k7f3]");
    }

    @Test
    void promise14_whateverTheUserWrites_onlyOurOwnOperationAndReferenceAreReadBack() {
        for (String reason : HOSTILE) {
            assertThat(roundTrip(reason, null, null)).isEqualTo(new ReasonText(reason, null, null));
            assertThat(roundTrip(reason, "order_dish: Fries", null))
                    .isEqualTo(new ReasonText(reason, "order_dish: Fries", null));
            assertThat(roundTrip(reason, null, "r-1")).isEqualTo(new ReasonText(reason, null, "r-1"));
            assertThat(roundTrip(reason, "order_dish: Fries", "r-1"))
                    .isEqualTo(new ReasonText(reason, "order_dish: Fries", "r-1"));
        }
    }

    @Test
    void promise14_anOperationCannotEndEarlyAndSmuggleAReferenceIn() {
        for (String operation : List.of("a] [ref: mine", "a\\", "a\\] [ref: mine]", "[operation: b]", "a [ref: x]")) {
            assertThat(roundTrip("why", operation, null)).isEqualTo(new ReasonText("why", operation, null));
            assertThat(roundTrip("why", operation, "r-1")).isEqualTo(new ReasonText("why", operation, "r-1"));
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "why [operation: a",
                "why [operation: a] and more",
                "why [operation: a] [ref: b] and more",
                "why [ref: b] [operation: a]",
                "why [ref: not a reference]",
                "why [ref: b",
                "why [operation: a[b] [ref: c]"
            })
    void aTailThatIsNotExactlyOurs_isPartOfTheReason(String stored) {
        assertThat(ReasonText.of(stored)).isEqualTo(new ReasonText(stored, null, null));
    }

    @Test
    void aReasonThatFillsPermitsLimitIsKept_oneMoreIsRefusedWithTheRoomThereIs() {
        String fits = "é".repeat(ReasonText.STORED_MAX - " [ref: r]".length());
        assertThat(roundTrip(fits, null, "r").reason()).isEqualTo(fits);
        assertThatThrownBy(() -> new ReasonText(fits + "é", null, "r").stored())
                .isInstanceOf(PermitException.class)
                .hasMessageContaining("at most 4087 characters here, got 4088");
    }

    @Test
    void charactersBeyondTheBasicPlaneCountOnce() {
        String cakes = "🎂".repeat(ReasonText.STORED_MAX);
        assertThat(roundTrip(cakes, null, null).reason()).isEqualTo(cakes);
    }

    @Test
    void noReasonIsRefused_neverInvented() {
        assertThatThrownBy(() -> new ReasonText("  \n", null, null).stored())
                .isInstanceOf(PermitException.class)
                .hasMessageContaining("Ask the user for it");
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "order\nFries", "order \u202Eseirf", "order \u2066x", "a\u0000b", "a\uD800"})
    void anOperationThatCouldMisleadAReviewerIsRefused(String operation) {
        assertThatThrownBy(() -> new ReasonText("why", operation, null).stored())
                .isInstanceOf(PermitException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "a b", "a]", "ä", "a\n"})
    void aReferenceOfAnotherFormIsRefused(String reference) {
        assertThatThrownBy(() -> new ReasonText("why", null, reference).stored())
                .isInstanceOf(PermitException.class);
    }

    @ParameterizedTest
    @ValueSource(strings = {"a\u0000b", "a\uD83C"})
    void aReasonThatIsNotWholeTextIsRefused(String reason) {
        assertThatThrownBy(() -> new ReasonText(reason, null, null).stored()).isInstanceOf(PermitException.class);
    }
}
