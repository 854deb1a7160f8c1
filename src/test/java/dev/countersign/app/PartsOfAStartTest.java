package dev.countersign.app;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What is made on another thread, or later, is closed like the rest, however the start ends. */
final class PartsOfAStartTest {
    private final List<String> closed = new ArrayList<>();

    private AutoCloseable part(String name) {
        return () -> closed.add(name);
    }

    @Test
    void whatIsMadeMeanwhile_isGivenToWhoeverAsks_andClosedInItsOrder() {
        try (Meanwhile<String> made = Meanwhile.make("part", mine -> {
            mine.add(part("first"));
            mine.add(part("second"));
            return Thread.currentThread().getName();
        })) {
            assertThat(made.get()).isEqualTo("part");
            assertThat(made.get()).isEqualTo("part");
        }
        assertThat(closed).containsExactly("second", "first");
    }

    @Test
    void whatFailsMeanwhile_failsWhoeverAsks_asItFailed_andWhatItHadOpenedIsClosed() {
        IllegalStateException failure = new IllegalStateException("no port");
        try (Meanwhile<String> made = Meanwhile.make("part", mine -> {
            mine.add(part("opened"));
            throw failure;
        })) {
            assertThatThrownBy(made::get).isSameAs(failure);
        }
        assertThat(closed).containsExactly("opened");
    }

    @Test
    void aStartThatBreaksOff_waitsForWhatIsBeingMade_andClosesIt() throws InterruptedException {
        CountDownLatch goOn = new CountDownLatch(1);
        Meanwhile<String> made = Meanwhile.make("part", mine -> {
            try {
                goOn.await();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            mine.add(part("opened late"));
            return "made";
        });
        Thread breaksOff = new Thread(made::close);
        breaksOff.start();
        assertThat(closed).isEmpty();
        goOn.countDown();
        breaksOff.join();
        assertThat(closed).containsExactly("opened late");
    }

    @Test
    void whatIsMadeLater_isMadeOnce_whenItIsAskedFor_andClosedOnlyIfItWas() {
        List<String> makings = new ArrayList<>();
        Lazily<AutoCloseable> never = new Lazily<>(() -> {
            makings.add("never");
            return part("never");
        });
        never.close();
        Lazily<AutoCloseable> later = new Lazily<>(() -> {
            makings.add("later");
            return part("later");
        });
        assertThat(makings).isEmpty();
        assertThat(later.get()).isSameAs(later.get());
        later.close();
        later.close();

        assertThat(makings).containsExactly("later");
        assertThat(closed).containsExactly("later");
        assertThatThrownBy(later::get).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void whatCouldNotBeMade_isTriedAgain() {
        List<String> makings = new ArrayList<>();
        Lazily<AutoCloseable> part = new Lazily<>(() -> {
            makings.add("made");
            if (makings.size() == 1) {
                throw new IllegalStateException("not yet");
            }
            return part("part");
        });
        assertThatThrownBy(part::get).hasMessage("not yet");
        assertThat(part.get()).isNotNull();
        part.close();
        assertThat(closed).containsExactly("part");
    }
}
