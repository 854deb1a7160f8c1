package dev.countersign.core;

import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * What was made of objects, kept for as long as they are in memory. An object stands for itself and not for what equals it, so looking it
 * up goes through none of its contents. Safe for use by many threads; two that ask at once may both make it, and get the same.
 *
 * @param <V> must not hold on to the object that it was made of
 */
public final class ByIdentity<K, V> {
    private final Function<K, V> making;
    private final Map<Object, V> made = new ConcurrentHashMap<>();
    private final ReferenceQueue<K> gone = new ReferenceQueue<>();

    /** @param making is asked once for an object, in the main; must not give null */
    public ByIdentity(Function<K, V> making) {
        this.making = making;
    }

    /** What is made of this object. */
    public V of(K object) {
        V known = made.get(new Probe(object));
        if (known != null) {
            return known;
        }
        forgetWhatIsGone();
        V fresh = making.apply(object);
        V before = made.putIfAbsent(new Key<>(object, gone), fresh);
        return before == null ? fresh : before;
    }

    /** How many objects there is something of; those that are gone may count until the next is added. */
    int size() {
        return made.size();
    }

    private void forgetWhatIsGone() {
        for (Reference<? extends K> key = gone.poll(); key != null; key = gone.poll()) {
            made.remove(key);
        }
    }

    /** Finds a key without being one. */
    private record Probe(Object object) {
        @Override
        public int hashCode() {
            return System.identityHashCode(object);
        }

        @Override
        public boolean equals(@Nullable Object other) {
            return other instanceof Key<?> key && key.is(object);
        }
    }

    private static final class Key<K> extends WeakReference<K> {
        private final int hash;

        Key(K object, ReferenceQueue<K> gone) {
            super(object, gone);
            this.hash = System.identityHashCode(object);
        }

        boolean is(Object object) {
            return get() == object;
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            if (this == other) {
                return true;
            }
            K object = get();
            return object != null && other instanceof Key<?> key && key.is(object);
        }
    }
}
