package dev.countersign.permit;

import dev.countersign.config.PermitConfig;
import io.permit.sdk.PermitContext;
import io.permit.sdk.api.PermitApiError;
import io.permit.sdk.api.PermitContextError;
import io.permit.sdk.enforcement.Resource;
import io.permit.sdk.enforcement.User;
import io.permit.sdk.openapi.models.ResourceInstanceRead;
import io.permit.sdk.openapi.models.RoleAssignmentCreate;
import io.permit.sdk.openapi.models.RoleAssignmentRead;
import io.permit.sdk.openapi.models.UserRead;
import java.io.IOException;
import java.net.ConnectException;
import java.util.List;
import java.util.OptionalLong;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Permit's own SDK behind a deadline. The SDK has no call timeout and lets unchecked exceptions of its JSON parser escape, so
 * each call runs on a bounded pool and every end but a proper answer is a {@link PermitException}. It is used for reads and
 * for assigning a role, which is the same once or twice: its HTTP client may send a POST or DELETE a second time by itself.
 * Debug mode stays off, since it prints the API key.
 */
final class Sdk {
    private static final int THREADS_MAX = 16;
    private static final int WAITING_MAX = 1024;
    private static final int PAGE = 100;
    private static final int PAGES_MAX = 50;

    /** A call of the SDK with its checked exceptions. */
    interface Work<T> {
        T run() throws IOException, PermitApiError, PermitContextError;
    }

    private final io.permit.sdk.Permit permit;
    private final Place place;
    private final String key;
    private final ThreadPoolExecutor pool;

    Sdk(PermitConfig config, Place place) {
        this.place = place;
        this.key = config.apiKey().value();
        PermitScope scope = place.scope();
        this.permit = new io.permit.sdk.Permit(new io.permit.sdk.PermitConfig.Builder(key)
                .withApiUrl(place.api().toString())
                .withPdpAddress(place.pdp().toString())
                .withDefaultTenant(place.tenant())
                .withDebugMode(false)
                .withContext(new PermitContext.Builder()
                        .withEnvironment(scope.organization(), scope.project(), scope.environment())
                        .build())
                .build());
        this.pool = new ThreadPoolExecutor(
                THREADS_MAX, THREADS_MAX, 30, TimeUnit.SECONDS, new LinkedBlockingQueue<>(WAITING_MAX), work -> {
                    Thread thread = new Thread(work, "permit-sdk");
                    thread.setDaemon(true);
                    return thread;
                });
        this.pool.allowCoreThreadTimeOut(true);
    }

    boolean check(String user, String action, @Nullable String instance, Deadline deadline) {
        Resource.Builder resource = new Resource.Builder(place.resource()).withTenant(place.tenant());
        Resource asked = (instance == null ? resource : resource.withKey(instance)).build();
        return call("check a permission", false, deadline, () -> permit.check(User.fromString(user), action, asked));
    }

    UserRead user(String keyOrId, Deadline deadline) {
        return call("look up user " + keyOrId, false, deadline, () -> permit.api.users.get(keyOrId));
    }

    ResourceInstanceRead instance(String reference, Deadline deadline) {
        return call(
                "look up resource instance " + reference,
                false,
                deadline,
                () -> permit.api.resourceInstances.get(reference));
    }

    /** All assignments of the user in the tenant. */
    List<RoleAssignmentRead> assignments(String user, Deadline deadline) {
        List<RoleAssignmentRead> all = new java.util.ArrayList<>();
        for (int page = 1; page <= PAGES_MAX; page++) {
            int number = page;
            RoleAssignmentRead[] some = call(
                    "list the roles of user " + user,
                    false,
                    deadline,
                    () -> permit.api.roleAssignments.list(user, place.tenant(), null, null, number, PAGE));
            all.addAll(List.of(some));
            if (some.length < PAGE) {
                return all;
            }
        }
        throw Failures.tooMany("user " + user + " holds more than " + PAGE * PAGES_MAX + " roles");
    }

    void assign(String user, String role, @Nullable String instance, Deadline deadline) {
        RoleAssignmentCreate wish = new RoleAssignmentCreate(role, user).withTenant(place.tenant());
        if (instance != null) {
            wish.withResourceInstance(place.resource() + ":" + instance);
        }
        call("assign role " + role, true, deadline, () -> permit.api.roleAssignments.assign(wish));
    }

    /** A read may fail in passing, so it is asked a second time; a write never is. */
    private <T> T call(String what, boolean write, Deadline deadline, Work<T> work) {
        try {
            return once(what, write, deadline, work);
        } catch (PermitException failed) {
            boolean passing = failed.status() >= 500 || failed.getCause() instanceof IOException;
            if (write || !passing || deadline.left().isZero()) {
                throw failed;
            }
            return once(what, false, deadline, work);
        }
    }

    private <T> T once(String what, boolean write, Deadline deadline, Work<T> work) {
        Future<T> future;
        try {
            future = pool.submit(() -> work.run());
        } catch (RejectedExecutionException full) {
            throw Failures.noAnswer(what, false, "more than " + WAITING_MAX + " calls wait already", full);
        }
        try {
            return future.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException late) {
            future.cancel(true);
            throw Failures.noAnswer(what, write, "nothing within the deadline", late);
        } catch (InterruptedException stopped) {
            future.cancel(true);
            Thread.currentThread().interrupt();
            throw Failures.noAnswer(what, write, "interrupted while waiting", stopped);
        } catch (ExecutionException failed) {
            throw failure(what, write, failed.getCause());
        }
    }

    private PermitException failure(String what, boolean write, @Nullable Throwable cause) {
        if (cause instanceof PermitApiError answered) {
            String body = answered.getRawResponse() == null ? "" : answered.getRawResponse();
            Answer answer = new Answer(answered.getResponseCode(), body, OptionalLong.empty());
            return Failures.answered(what, answer, write, key);
        }
        if (cause instanceof PermitContextError) {
            return Failures.badScope("could not " + what + ": the API key does not open this environment");
        }
        if (cause instanceof IOException io) {
            boolean unknown = write && !(io instanceof ConnectException);
            return Failures.noAnswer(what, unknown, io.getClass().getSimpleName(), io);
        }
        // A parser's message may quote what it read; only its kind is told.
        return Failures.unreadable(what, 200, write, "an answer of the documented form");
    }
}
