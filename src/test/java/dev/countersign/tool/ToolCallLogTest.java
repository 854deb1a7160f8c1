package dev.countersign.tool;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.LoggerFactory;

@Tag("store")
final class ToolCallLogTest {
    private final Logger logger = (Logger) LoggerFactory.getLogger("countersign.tools");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();

    @TempDir
    Path folder;

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stop() {
        logger.detachAppender(lines);
        logger.setLevel(null);
    }

    private List<Map<String, String>> entries() {
        return lines.list.stream()
                .map(line -> line.getKeyValuePairs().stream()
                        .collect(Collectors.toMap(pair -> pair.key, pair -> String.valueOf(pair.value))))
                .toList();
    }

    @Test
    void everyCall_refusalsAndReadsIncluded_standsInTheLog_withoutItsWords() {
        ToolInfo read = Tools.tool("list_volumes", "{}", true, false);
        ToolInfo effect = Tools.tool("delete_volume", "{}");
        try (Desk desk = new Desk(folder)) {
            Calamity.Effects client =
                    new Calamity.Effects(new Calamity(Integer.MAX_VALUE), new ToolOutcome.Succeeded("secret result"));
            ToolRunner runner = new ToolRunner(
                    desk.journal(EffectWitness.NONE), client, RetryRule.DEFAULT, pause -> {}, lease -> {});
            EffectSite site = desk.takeOver();
            runner.run(Desk.run(site, read));
            runner.run(Desk.run(site, effect));
        }
        new ToolCallLog()
                .refused(
                        "henry",
                        Desk.THREAD,
                        "delete\u001b_volume",
                        "{\"x\":\"secret\"}",
                        new Verdict.Refuse("unknown_tool", "no"));

        assertThat(entries())
                .extracting(entry -> entry.get("outcome"))
                .containsExactly("succeeded", "succeeded", "refused");
        assertThat(entries())
                .extracting(entry -> entry.get("tool"))
                .containsExactly("list_volumes", "delete_volume", "delete\\u001b_volume");
        assertThat(entries()).extracting(entry -> entry.get("user")).containsOnly("henry");
        assertThat(entries()).extracting(entry -> entry.get("thread")).containsOnly(Desk.THREAD);
        assertThat(entries())
                .extracting(entry -> String.valueOf(entry.get("arguments_digest")))
                .allMatch(digest -> digest.matches("[0-9a-f]{64}"));
        assertThat(lines.list).allMatch(line -> line.getTimeStamp() > 0);
        assertThat(entries().toString()).doesNotContain("secret", "vol-1");
    }
}
