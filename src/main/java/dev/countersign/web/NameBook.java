package dev.countersign.web;

import dev.countersign.core.CountersignException;
import dev.countersign.permit.Permit;
import dev.countersign.permit.PermitUser;
import dev.countersign.permit.ResourceInstance;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * What people call the things that Permit names by keys. Looked up once in five minutes; while Permit cannot be asked the key
 * stands for itself: a name is never worth a page. Nothing is decided by a name. Safe for use by many threads.
 */
final class NameBook {
    private static final Duration FRESH = Duration.ofMinutes(5);
    private static final int KEPT_MAX = 2_000;

    private final Permit permit;
    private final Supplier<Instant> now;
    private final ConcurrentMap<String, Entry> instances = new ConcurrentHashMap<>();
    private final ConcurrentMap<String, Entry> users = new ConcurrentHashMap<>();

    private record Entry(String name, Instant until) {}

    NameBook(Permit permit, Supplier<Instant> now) {
        this.permit = permit;
        this.now = now;
    }

    /** What an instance is called; empty for none. */
    String instance(@Nullable String key) {
        return key == null
                ? ""
                : name(instances, key, known -> permit.instance(known).map(ResourceInstance::displayName));
    }

    /** What a user is called, by key or by Permit's id of them. */
    String user(String key) {
        return name(users, key, known -> permit.user(known).map(PermitUser::displayName));
    }

    private String name(ConcurrentMap<String, Entry> book, String key, Function<String, Optional<String>> lookUp) {
        Entry known = book.get(key);
        if (known != null && now.get().isBefore(known.until())) {
            return known.name();
        }
        try {
            String name = lookUp.apply(key).orElse(key);
            if (book.size() >= KEPT_MAX) {
                book.clear();
            }
            book.put(key, new Entry(name, now.get().plus(FRESH)));
            return name;
        } catch (CountersignException e) {
            return known == null ? key : known.name();
        }
    }
}
