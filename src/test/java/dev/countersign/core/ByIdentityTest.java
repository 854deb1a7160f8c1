package dev.countersign.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

final class ByIdentityTest {
    private record Text(String words) {}

    private final AtomicInteger asked = new AtomicInteger();
    private final ByIdentity<Text, String> upper = new ByIdentity<>(text -> text.words() + asked.incrementAndGet());

    @Test
    void anObjectIsAskedOnce_andStandsForItselfAlone() {
        Text one = new Text("a");
        Text equal = new Text("a");
        assertThat(upper.of(one)).isEqualTo("a1").isEqualTo(upper.of(one));
        assertThat(upper.of(equal)).isEqualTo("a2");
        assertThat(upper.of(one)).isEqualTo("a1");
    }

    @Test
    void whatIsGone_takesNoRoom() {
        Text kept = new Text("kept");
        String known = upper.of(kept);
        for (int i = 0; i < 10_000; i++) {
            upper.of(new Text("gone"));
        }
        await().atMost(Duration.ofSeconds(20)).until(() -> {
            System.gc();
            upper.of(new Text("one more"));
            return upper.size() < 100;
        });
        assertThat(upper.of(kept)).isEqualTo(known);
    }

    @Test
    void whoAsksAtOnce_getsTheSame() throws Exception {
        ExecutorService pool = Executors.newFixedThreadPool(4);
        try {
            for (int round = 0; round < 200; round++) {
                Text text = new Text("t");
                List<Future<String>> answers = new ArrayList<>();
                for (int i = 0; i < 4; i++) {
                    answers.add(pool.submit(() -> upper.of(text)));
                }
                Set<String> different = ConcurrentHashMap.newKeySet();
                for (Future<String> answer : answers) {
                    different.add(answer.get());
                }
                assertThat(different).containsExactly(upper.of(text));
            }
        } finally {
            pool.shutdown();
        }
    }
}
