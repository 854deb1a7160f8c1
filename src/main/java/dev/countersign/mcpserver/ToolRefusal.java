package dev.countersign.mcpserver;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A call that was not done, in words for whoever called: it becomes an {@code isError} result whose text is one JSON object
 * {@code {"error":…,"message":…,"remedy":…}}. A type of its own because it alone carries a remedy.
 */
public final class ToolRefusal extends CountersignException {
    private static final long serialVersionUID = 1L;
    private static final ErrorCode REFUSED = new ErrorCode("CS-450", ErrorCode.Kind.REFUSED);

    private final String error;
    private final transient @Nullable Remedy remedy;

    /**
     * @param error a stable word such as {@code access_denied}
     * @param message plain words: what was expected, what came, what to do
     */
    public ToolRefusal(String error, String message) {
        this(error, message, null);
    }

    public ToolRefusal(String error, String message, @Nullable Remedy remedy) {
        super(REFUSED, message);
        this.error = error;
        this.remedy = remedy;
    }

    /** The stable word. */
    public String error() {
        return error;
    }

    /** What would lift it, when anything would. */
    public Optional<Remedy> remedy() {
        return Optional.ofNullable(remedy);
    }

    Map<String, Object> json() {
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("error", error);
        json.put("message", detail());
        remedy().ifPresent(way -> json.put("remedy", way.json()));
        return json;
    }
}
