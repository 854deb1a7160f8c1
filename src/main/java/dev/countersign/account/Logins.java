package dev.countersign.account;

import dev.countersign.core.CountersignException;
import dev.countersign.core.Principal;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Semaphore;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The one way in: a name and password become tokens, a token becomes a principal. Every failure is a refusal. What is taken away
 * (a login, an account) counts at the next look, on every node. Safe for use by many threads.
 */
public final class Logins {
    private static final int TURNS = 64;

    /** Hashing a password is meant to be slow; more at once would leave nothing for those who are in. */
    private static final int HASHED_AT_ONCE = 4;

    private static final int WAITING_MAX = 64;

    private final Accounts accounts;
    private final Sessions sessions;
    private final LoginTokens tokens;
    private final @Nullable OidcTokens foreign;
    private final LoginAttempts names;
    private final LoginAttempts addresses;
    private final Semaphore hashing = new Semaphore(HASHED_AT_ONCE);
    private final Object[] turns = Stream.generate(Object::new).limit(TURNS).toArray();

    /**
     * Over these accounts.
     *
     * @param foreign proves logins of a company's own identity provider; null when there is none
     */
    public Logins(Accounts accounts, Sessions sessions, LoginTokens tokens, @Nullable OidcTokens foreign, Clock clock) {
        this.accounts = accounts;
        this.sessions = sessions;
        this.tokens = tokens;
        this.foreign = foreign;
        this.names = new LoginAttempts(LoginAttempts.NAME, clock);
        this.addresses = new LoginAttempts(LoginAttempts.ADDRESS, clock);
    }

    /**
     * Tokens for the right password.
     *
     * @param address where the caller is, as the connection says
     * @throws CountersignException {@code CS-701} for a wrong name or password, {@link TooManyAttempts} after too many of them
     */
    public Issued login(String user, String password, String address) {
        addresses.requireFree(address);
        if (!Principal.isKey(user)) {
            addresses.failed(address);
            throw AccountErrors.wrongLogin();
        }
        String name = user.toLowerCase(Locale.ROOT);
        // One look at a name's password at a time: guesses that come at once would all find the name free.
        synchronized (turns[Math.floorMod(name.hashCode(), turns.length)]) {
            names.requireFree(name);
            if (!matches(user, password)) {
                names.failed(name);
                addresses.failed(address);
                throw AccountErrors.wrongLogin();
            }
            names.succeeded(name);
        }
        return issued(sessions.open(user));
    }

    private boolean matches(String user, String password) {
        if (hashing.getQueueLength() >= WAITING_MAX) {
            throw new TooManyAttempts("too many people log in at once", Duration.ofSeconds(1));
        }
        hashing.acquireUninterruptibly();
        try {
            return accounts.matches(user, password);
        } finally {
            hashing.release();
        }
    }

    private Issued issued(Sessions.Opened session) {
        String access = tokens.issue(new Principal(session.user()), session.id());
        return new Issued(access, tokens.lifetime(), session.refresh());
    }

    /**
     * New tokens for a refresh token, which is used up by that. One that was used before ends its whole login.
     *
     * @throws CountersignException {@code CS-702} when it is not good any more
     */
    public Issued refresh(String refreshToken) {
        Sessions.Opened session = sessions.refresh(refreshToken)
                .orElseThrow(() -> AccountErrors.noLogin("the refresh token is not valid any more"));
        if (!accounts.isOpen(new Principal(session.user()))) {
            sessions.end(session.id());
            throw AccountErrors.noLogin("there is no such account any more");
        }
        return issued(session);
    }

    /** Ends the login that this access token belongs to; every other token of it is void as well. */
    public void logout(String accessToken) {
        LoginTokens.Login login = tokens.verify(accessToken, LoginTokens.Audience.PERSON);
        if (!login.session().isEmpty()) {
            sessions.end(login.session());
        }
    }

    /** The same by a refresh token, for whoever comes after the access token has expired. Says nothing of whether it was one. */
    public void forget(String refreshToken) {
        sessions.endOf(refreshToken);
    }

    /**
     * The login a person's token proves; account and login must still be there.
     *
     * @throws CountersignException {@code CS-702} when it proves nothing, {@code CS-751} when the identity provider that has to
     *     say so cannot be asked
     */
    public LoginTokens.Login verify(String token) {
        if (foreign != null && foreign.mayBe(token)) {
            LoginTokens.Login login = foreign.verify(token);
            if (accounts.isDisabled(login.principal())) {
                throw AccountErrors.noLogin("there is no such account any more");
            }
            return login;
        }
        LoginTokens.Login login = tokens.verify(token, LoginTokens.Audience.PERSON);
        if (!accounts.isOpen(login.principal())) {
            throw AccountErrors.noLogin("there is no such account any more");
        }
        if (!login.session().isEmpty()
                && !sessions.lives(login.session(), login.principal().user())) {
            throw AccountErrors.noLogin("this login has ended");
        }
        return login;
    }

    /**
     * The login that a browser's cookie proves: the refresh token of its {@link Issued}, which is not used up by that.
     *
     * @throws CountersignException {@code CS-702} when it proves nothing, or no more
     */
    public LoginTokens.Login resume(String refreshToken) {
        Sessions.Kept kept =
                sessions.kept(refreshToken).orElseThrow(() -> AccountErrors.noLogin("this login has ended"));
        Principal user = new Principal(kept.user());
        if (!accounts.isOpen(user)) {
            sessions.end(kept.id());
            throw AccountErrors.noLogin("there is no such account any more");
        }
        return new LoginTokens.Login(user, kept.expiresAt(), kept.id());
    }

    /**
     * Lets whoever can read the key file pass.
     *
     * @throws CountersignException {@code CS-702} for anybody else
     */
    public void requireOperator(String token) {
        tokens.verify(token, LoginTokens.Audience.OPERATOR);
    }

    /** Adds an account in the name of whoever can read the key file. */
    public void add(String operatorToken, Principal user, String password) {
        requireOperator(operatorToken);
        accounts.add(user, password);
    }

    /** Gives an account another password, and ends its logins. */
    public void changePassword(String operatorToken, Principal user, String password) {
        requireOperator(operatorToken);
        accounts.changePassword(user, password);
        sessions.endAll(user.user());
    }

    /** Takes an account away, or gives it back; taken away, its logins end. */
    public void setDisabled(String operatorToken, Principal user, boolean disabled) {
        requireOperator(operatorToken);
        accounts.setDisabled(user, disabled);
        if (disabled) {
            sessions.endAll(user.user());
        }
    }

    /** The accounts there are. */
    public List<Accounts.Listed> list(String operatorToken) {
        requireOperator(operatorToken);
        return accounts.list();
    }
}
