package dev.countersign.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.countersign.log.LogEntry;
import dev.countersign.log.LogKind;
import dev.countersign.server.ServerFixture;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code log head} and {@code log verify} over a real server and store. */
@Tag("store")
final class LogCommandTest {
    private static final int ROWS = 2_345;

    private ServerFixture server;
    private Terminal terminal;

    @BeforeEach
    void start(@TempDir Path folder) throws IOException {
        server = new ServerFixture(folder);
        // The operator's token is as old as the machine says, so the server must have its time.
        server.clock.advance(Duration.between(server.clock.instant(), Instant.now()));
        terminal = new Terminal(folder)
                .with("COUNTERSIGN_SERVER", server.url("").toString())
                .with("COUNTERSIGN_STATE_DIR", folder.toString());
    }

    @AfterEach
    void stop() {
        server.close();
    }

    private void write(int rows) {
        server.database.useTransaction(tx -> {
            for (int i = 0; i < rows; i++) {
                LogEntry.Place place = new LogEntry.Place("thread-1", "effect-" + i, i % 2 == 0 ? "henry" : null);
                server.log.append(tx, LogEntry.of(LogKind.EFFECT_DISPATCHED, place, Map.of("tool", "do_thing")));
            }
        });
    }

    private void tamper(String sql) {
        server.database.useTransaction(tx -> tx.execute(sql));
    }

    @Test
    void promise11_anIntactLogIsSaidToBeSo_withItsHead_pageByPage() {
        assertThat(terminal.run("", "log", "verify")).as(terminal.err()).isZero();
        assertThat(terminal.out()).contains("the log is empty").contains("head: 0:0000");
        write(ROWS);
        String head = server.log.head().toString();
        assertThat(terminal.run("", "log", "head")).isZero();
        assertThat(terminal.out()).isEqualTo(head + "\n");
        assertThat(terminal.run("", "log", "head", "--json")).isZero();
        assertThat(terminal.json().path("seq").asLong()).isEqualTo(ROWS);
        write(1);
        assertThat(terminal.run("", "log", "verify", "--head", head)).isZero();
        assertThat(terminal.out())
                .contains("intact: " + (ROWS + 1) + " rows")
                .contains("the head that was kept is among them");
        assertThat(terminal.run("", "log", "verify", "--json")).isZero();
        assertThat(terminal.json().path("intact").asBoolean()).isTrue();
        assertThat(terminal.json().path("head").asText())
                .isEqualTo(server.log.head().toString());
    }

    @Test
    void promise11_aBrokenLogIsExitCodeOne_withTheFirstBadRowAndWhatIsWrong() {
        write(ROWS);
        String head = server.log.head().toString();
        tamper("UPDATE decision_log SET actor = 'joe' WHERE seq = 2001");
        assertThat(terminal.run("", "log", "verify")).isEqualTo(1);
        assertThat(terminal.out())
                .contains("broken at row 2001: row 2001 was changed")
                .contains("expected: ")
                .contains("got: ")
                .contains("Rows 1 to 2000 are in order");
        assertThat(terminal.run("", "log", "verify", "--json")).isEqualTo(1);
        assertThat(terminal.json().path("bad_seq").asLong()).isEqualTo(2001);
        assertThat(terminal.json().path("expected").asText())
                .isNotEqualTo(terminal.json().path("got").asText());
        tamper("DELETE FROM decision_log");
        tamper("UPDATE decision_log_head SET seq = 0, hash = '" + "0".repeat(64) + "'");
        assertThat(terminal.run("", "log", "verify")).isZero();
        assertThat(terminal.run("", "log", "verify", "--head", head)).isEqualTo(1);
        assertThat(terminal.out()).contains("row 1 is missing").contains("the head that was kept");
    }

    @Test
    void aHeadThatIsNone_andAPersonsToken_areRefused() {
        assertThat(terminal.run("", "log", "verify", "--head", "12")).isEqualTo(2);
        assertThat(terminal.err()).contains("CS-240").contains("SEQ:HASH");
        assertThat(terminal.run("", "log")).isEqualTo(2);
        assertThat(server.get("henry", "/operator/log").statusCode()).isEqualTo(401);
        assertThat(server.send(server.request("/operator/log")).statusCode()).isEqualTo(401);
    }
}
