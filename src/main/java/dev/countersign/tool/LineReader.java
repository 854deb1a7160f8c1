package dev.countersign.tool;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Lines of UTF-8, whatever the locale, none longer than a bound. Not safe for use by many threads. */
final class LineReader {
    private final InputStream input;
    private final int bytesMax;
    private final byte[] buffer = new byte[1 << 16];
    private int from;
    private int to;

    /** The beginning of a line whose end did not stand in the buffer. */
    private final ByteArrayOutputStream begun = new ByteArrayOutputStream();

    LineReader(InputStream input, int bytesMax) {
        this.input = input;
        this.bytesMax = bytesMax;
    }

    /**
     * The next line without its end, or null at the end of the stream.
     *
     * @throws IOException also when the line is longer than the bound
     */
    @Nullable
    String next() throws IOException {
        begun.reset();
        while (true) {
            int end = end();
            check(begun.size() + end - from);
            if (end < to) {
                String line = line(end);
                from = end + 1;
                return line;
            }
            begun.write(buffer, from, to - from);
            from = 0;
            to = Math.max(0, input.read(buffer));
            if (to == 0) {
                return begun.size() == 0 ? null : line(0);
            }
        }
    }

    /** Where the line ends, or where the buffer does. */
    private int end() {
        int end = from;
        while (end < to && buffer[end] != '\n') {
            end++;
        }
        return end;
    }

    private void check(int bytes) throws IOException {
        if (bytes > bytesMax) {
            throw new IOException("expected lines of at most " + bytesMax + " bytes, got a longer one");
        }
    }

    private String line(int end) {
        if (begun.size() == 0) {
            int last = end > from && buffer[end - 1] == '\r' ? end - 1 : end;
            return new String(buffer, from, last - from, StandardCharsets.UTF_8);
        }
        begun.write(buffer, from, end - from);
        String text = begun.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
