package dev.countersign.server;

import dev.countersign.config.Secret;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;

/**
 * What whoever runs the server may look at.
 *
 * @param figures in the text form that Prometheus reads
 * @param token what a reader of the figures has to show; empty asks for none, and then they are told on loopback only
 * @param ready whether the store answers
 */
public record Operations(Supplier<String> figures, Secret token, BooleanSupplier ready) {
    /** Without figures; for a server of minutes. */
    public static final Operations NONE = new Operations(() -> "", new Secret(""), () -> true);
}
