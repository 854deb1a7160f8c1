package dev.countersign.account;

import dev.countersign.core.CountersignException;
import dev.countersign.core.Principal;
import java.time.Clock;
import java.util.Locale;
import java.util.stream.Stream;

/**
 * The one way in: a name and password become a token, a token becomes a principal. Every failure is a refusal. Safe for
 * use by many threads.
 */
public final class Logins {
    private static final int TURNS = 64;

    private final Accounts accounts;
    private final LoginTokens tokens;
    private final LoginAttempts attempts;
    private final Object[] turns = Stream.generate(Object::new).limit(TURNS).toArray();

    public Logins(Accounts accounts, LoginTokens tokens, Clock clock) {
        this.accounts = accounts;
        this.tokens = tokens;
        this.attempts = new LoginAttempts(clock);
    }

    /**
     * A token for the right password.
     *
     * @throws CountersignException {@code CS-701} for a wrong name or password, {@code CS-703} after too many of them
     */
    public String login(String user, String password) {
        if (!Principal.isKey(user)) {
            throw AccountErrors.wrongLogin();
        }
        String name = user.toLowerCase(Locale.ROOT);
        // One look at a name's password at a time: guesses that come at once would all find the name free.
        synchronized (turns[Math.floorMod(name.hashCode(), turns.length)]) {
            attempts.requireFree(name);
            if (!accounts.matches(user, password)) {
                attempts.failed(name);
                throw AccountErrors.wrongLogin();
            }
            attempts.succeeded(name);
        }
        return tokens.issue(new Principal(user), LoginTokens.Audience.PERSON);
    }

    /**
     * The login a person's token proves; the account must still be there.
     *
     * @throws CountersignException {@code CS-702} when it proves nothing
     */
    public LoginTokens.Login verify(String token) {
        LoginTokens.Login login = tokens.verify(token, LoginTokens.Audience.PERSON);
        if (!accounts.exists(login.principal())) {
            throw AccountErrors.noLogin("there is no such account any more");
        }
        return login;
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
}
