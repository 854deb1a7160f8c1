package dev.countersign.graph;

import dev.countersign.checkpoint.Turn;
import dev.countersign.core.Json;
import dev.countersign.permit.PermitException;
import dev.countersign.permit.RoleAssignment;
import dev.countersign.tool.UserRoles;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** Senses of a run that is for real. */
final class LiveSenses implements Senses {
    private final Turn turn;
    private final Ports ports;
    private Instant tick;
    private @Nullable UserRoles roles;

    LiveSenses(Turn turn, Ports ports) {
        this.turn = turn;
        this.ports = ports;
        this.tick = ports.clock().instant();
    }

    @Override
    public Instant stamp() {
        // As fine as everything else that has a time here: what lies beyond are digits that differ and tell nothing.
        return ports.clock().instant().truncatedTo(ChronoUnit.MILLIS);
    }

    @Override
    public long lapMillis() {
        Instant now = ports.clock().instant();
        long lap = now.toEpochMilli() - tick.toEpochMilli();
        tick = now;
        return Math.max(0, lap);
    }

    @Override
    public boolean cancelAsked() {
        boolean asked = !turn.isKnownNotCanceled()
                && ports.threads().isCancelAsked(turn.thread().id());
        if (asked) {
            turn.note(Notes.CANCELED);
        }
        return asked;
    }

    @Override
    public UserRoles roles() {
        if (roles == null) {
            roles = readRoles();
        }
        return roles;
    }

    private UserRoles readRoles() {
        try {
            TreeSet<String> names = new TreeSet<>();
            for (RoleAssignment assignment : ports.permit().roles(turn.thread().owner())) {
                names.add(assignment.role());
            }
            turn.note(Notes.ROLES + Json.write(names));
            return new UserRoles.Known(names);
        } catch (PermitException e) {
            String why = "Permit did not answer (" + e.code().id() + ")";
            turn.note(Notes.NO_ROLES + why);
            return new UserRoles.Unavailable(why);
        }
    }

    @Override
    public String approvalId(String callId) {
        return ports.ids().newId();
    }
}
