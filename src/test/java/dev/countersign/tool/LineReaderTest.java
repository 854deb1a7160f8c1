package dev.countersign.tool;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class LineReaderTest {
    private static final int BUFFER = 1 << 16;

    /** Gives so many bytes at a time, as a pipe may. */
    private static InputStream drops(String text, int size) {
        return new ByteArrayInputStream(text.getBytes(StandardCharsets.UTF_8)) {
            @Override
            public synchronized int read(byte[] into, int offset, int length) {
                return super.read(into, offset, Math.min(length, size));
            }
        };
    }

    private static List<String> lines(InputStream input, int bytesMax) throws IOException {
        LineReader reader = new LineReader(input, bytesMax);
        List<String> lines = new ArrayList<>();
        for (String line = reader.next(); line != null; line = reader.next()) {
            lines.add(line);
        }
        return lines;
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2, 3, 7, BUFFER - 1, BUFFER, 2 * BUFFER})
    void linesComeWhole_howeverTheirBytesArrive(int size) throws IOException {
        String longest = "é".repeat(BUFFER);
        assertThat(lines(drops("one\ntwo\r\n\n" + longest + "\n\r\nthe last", size), 4 * BUFFER))
                .containsExactly("one", "two", "", longest, "", "the last");
        assertThat(lines(drops("", size), 10)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 4, BUFFER})
    void aLineOverTheBound_isRefused_andNotKept(int size) throws IOException {
        assertThat(lines(drops("0123456789\n0123456789", size), 10)).hasSize(2);
        assertThatThrownBy(() -> lines(drops("fine\n0123456789x\n", size), 10))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("at most 10 bytes");
        assertThatThrownBy(() -> lines(drops("0123456789x", size), 10)).isInstanceOf(IOException.class);
    }

    @Test
    void anEndlessLine_isRefusedAtTheBound() {
        InputStream endless = new InputStream() {
            @Override
            public int read() {
                return 'x';
            }
        };
        assertThatThrownBy(() -> new LineReader(endless, 3 * BUFFER).next()).hasMessageContaining("longer");
    }
}
