package dev.countersign.emulator;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.countersign.emulator.Route.Access;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes a request to its route and back: fault, credentials, one transaction, answer, log. Writers go one at a time, so no
 * transaction fails for a lock; the rules rely on conditional updates all the same.
 */
final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);

    private final List<Route> routes;
    private final Services services;
    private final ReentrantLock writing = new ReentrantLock(true);
    private final CountDownLatch stopped = new CountDownLatch(1);

    Dispatcher(List<Route> routes, Services services) {
        this.routes = List.copyOf(routes);
        this.services = services;
    }

    /** What a dispatcher works with. */
    record Services(
            Database database,
            Scope scope,
            Ids ids,
            Clock clock,
            String apiKey,
            ElementsTokens tokens,
            Faults faults,
            RequestLog log,
            Runnable afterWrite) {}

    /**
     * @param dropped close the connection and send nothing
     * @param retryAfterSeconds 0 for none
     */
    record Answer(Reply reply, boolean dropped, int retryAfterSeconds) {
        static Answer of(Reply reply) {
            return new Answer(reply, false, 0);
        }
    }

    private record Match(Route route, Map<String, String> path) {}

    /** Ends every pause of a slow answer. */
    void stop() {
        stopped.countDown();
    }

    Answer answer(Incoming incoming, boolean fromLoopback) {
        Optional<Match> match = match(incoming);
        boolean control =
                match.filter(it -> it.route().access() == Access.CONTROL).isPresent();
        Answer answer = match.map(it -> answer(incoming, it, fromLoopback))
                .orElseGet(() -> Answer.of(Reply.json(404, Json.object().put("detail", "Not Found"))));
        if (!control) {
            services.log()
                    .add(new LoggedRequest(
                            services.clock().instant(),
                            incoming.method(),
                            incoming.rawPath(),
                            incoming.rawQuery(),
                            incoming.bodyWithoutSecrets(),
                            credential(incoming),
                            answer.dropped() ? 0 : answer.reply().status()));
        }
        return answer;
    }

    private Optional<Match> match(Incoming incoming) {
        List<String> segments = incoming.segments();
        for (Route route : routes) {
            Optional<Map<String, String>> path = route.match(incoming.method(), segments);
            if (path.isPresent()) {
                return Optional.of(new Match(route, path.get()));
            }
        }
        return Optional.empty();
    }

    private Answer answer(Incoming incoming, Match match, boolean fromLoopback) {
        Access access = match.route().access();
        if (access == Access.CONTROL && !fromLoopback) {
            return Answer.of(
                    ApiError.forbidden("control routes answer on loopback only").reply());
        }
        boolean exempt = access == Access.CONTROL || access == Access.OPEN;
        Optional<Fault> fault =
                exempt ? Optional.empty() : services.faults().take(incoming.method(), incoming.rawPath());
        return fault.map(it -> faulty(it, incoming, match)).orElseGet(() -> Answer.of(run(incoming, match)));
    }

    private Answer faulty(Fault fault, Incoming incoming, Match match) {
        return switch (fault.kind()) {
            case TOO_MANY_REQUESTS -> new Answer(rateLimited(), false, Math.max(1, fault.value()));
            case SERVER_ERROR -> Answer.of(serverError(match.route().access()));
            case HTML -> Answer.of(new Reply(200, "text/html; charset=utf-8", "<html><body>Bad gateway</body></html>"));
            case DROP_BEFORE -> new Answer(Reply.none(), true, 0);
            case DROP_AFTER -> new Answer(run(incoming, match), true, 0);
            case SLOW -> {
                Answer answer = Answer.of(run(incoming, match));
                pause(fault.value());
                yield answer;
            }
            case MISSING_ALLOW -> Answer.of(withoutAllow(run(incoming, match)));
        };
    }

    private static Reply rateLimited() {
        return Reply.json(
                429, Json.object().put("error", "rate_limited").put("message", "too many requests, try again later"));
    }

    private static Reply serverError(Access access) {
        boolean pdp = access == Access.PDP || access == Access.PDP_HORIZON;
        ApiError error = pdp
                ? ApiError.detail(500, "an injected fault")
                : ApiError.of(500, "UNEXPECTED_ERROR", "an injected fault");
        return error.reply();
    }

    private static Reply withoutAllow(Reply reply) {
        JsonNode body = reply.body().isEmpty() ? Json.object() : Json.read(reply.body());
        if (body instanceof ObjectNode object) {
            object.remove(List.of("allow", "result", "allowed_tenants"));
        }
        return new Reply(reply.status(), Reply.JSON, body.toString());
    }

    private void pause(int millis) {
        try {
            if (stopped.await(millis, TimeUnit.MILLISECONDS)) {
                LOG.debug("a slow answer was cut short by the stop");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private Reply run(Incoming incoming, Match match) {
        try {
            Optional<ElementsTokens.Bearer> bearer =
                    admit(incoming, match.route().access());
            requireScope(match.path());
            Reply reply =
                    match.route().writes() ? alone(incoming, match, bearer) : inTransaction(incoming, match, bearer);
            if (match.route().writes()) {
                services.afterWrite().run();
            }
            return reply;
        } catch (ApiError refused) {
            return refused.reply();
        } catch (CountersignException e) {
            return ApiError.of(422, "INVALID_INPUT", e.detail()).reply();
        } catch (RuntimeException e) {
            LOG.error("{} {} failed", incoming.method(), match.route().pattern(), e);
            return ApiError.of(500, "UNEXPECTED_ERROR", "the emulator failed; its log says more")
                    .reply();
        }
    }

    private Reply alone(Incoming incoming, Match match, Optional<ElementsTokens.Bearer> bearer) {
        writing.lock();
        try {
            return inTransaction(incoming, match, bearer);
        } finally {
            writing.unlock();
        }
    }

    private Reply inTransaction(Incoming incoming, Match match, Optional<ElementsTokens.Bearer> bearer) {
        return services.database().inTransaction(handle -> {
            Tx tx = new Tx(
                    handle,
                    services.scope(),
                    services.ids(),
                    services.faults().switches(),
                    services.clock().millis());
            return match.route().handler().handle(new Call(incoming, match.path(), tx, bearer));
        });
    }

    /** Lets the caller in or throws in the words of the server that Permit has behind that route. */
    private Optional<ElementsTokens.Bearer> admit(Incoming incoming, Access access) {
        switch (access) {
            case OPEN -> {
                return Optional.empty();
            }
            case ELEMENTS -> {
                Optional<ElementsTokens.Bearer> bearer = bearer(incoming);
                if (bearer.isEmpty()) {
                    throw ApiError.unauthorized("expected a valid Elements token of the acting user");
                }
                return bearer;
            }
            case API_KEY, CONTROL -> {
                if (!holdsKey(incoming)) {
                    throw ApiError.unauthorized("expected a valid API key as bearer token");
                }
            }
            case PDP -> {
                if (incoming.authorization().isEmpty()) {
                    throw ApiError.plain(401, "Missing Authorization header");
                }
                if (!holdsKey(incoming)) {
                    throw ApiError.plain(403, "Invalid API key");
                }
            }
            case PDP_HORIZON -> {
                if (!holdsKey(incoming)) {
                    throw ApiError.detail(401, "Invalid PDP token");
                }
            }
        }
        return Optional.empty();
    }

    private Optional<ElementsTokens.Bearer> bearer(Incoming incoming) {
        String token = incoming.bearer().isEmpty() ? incoming.cookie() : incoming.bearer();
        return services.tokens().read(token, services.clock().millis());
    }

    private boolean holdsKey(Incoming incoming) {
        return MessageDigest.isEqual(
                incoming.bearer().getBytes(StandardCharsets.UTF_8),
                services.apiKey().getBytes(StandardCharsets.UTF_8));
    }

    private String credential(Incoming incoming) {
        if (incoming.authorization().isEmpty() && incoming.cookie().isEmpty()) {
            return "none";
        }
        if (holdsKey(incoming)) {
            return "api-key";
        }
        return bearer(incoming).isPresent() ? "elements" : "wrong";
    }

    private void requireScope(Map<String, String> path) {
        String project = path.get("p");
        String environment = path.get("e");
        if (project != null && environment != null && !services.scope().names(project, environment)) {
            throw ApiError.forbidden("the key opens another project or environment than the path names");
        }
    }
}
