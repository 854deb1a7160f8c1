package dev.countersign.tool;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/** Lines of UTF-8, whatever the locale, none longer than a bound. Not safe for use by many threads. */
final class LineReader {
    private final InputStream input;
    private final int bytesMax;
    private final ByteArrayOutputStream line = new ByteArrayOutputStream();

    LineReader(InputStream input, int bytesMax) {
        this.input = new BufferedInputStream(input, 1 << 16);
        this.bytesMax = bytesMax;
    }

    /**
     * The next line without its end, or null at the end of the stream.
     *
     * @throws IOException also when the line is longer than the bound
     */
    @Nullable
    String next() throws IOException {
        line.reset();
        int read = input.read();
        if (read < 0) {
            return null;
        }
        for (; read >= 0 && read != '\n'; read = input.read()) {
            if (line.size() >= bytesMax) {
                throw new IOException("expected lines of at most " + bytesMax + " bytes, got a longer one");
            }
            line.write(read);
        }
        String text = line.toString(StandardCharsets.UTF_8);
        return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
    }
}
