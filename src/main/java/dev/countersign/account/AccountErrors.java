package dev.countersign.account;

import dev.countersign.core.CountersignException;
import dev.countersign.core.ErrorCode;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/** What can go wrong with a login, each in words that tell an attacker nothing and a person what to do. */
final class AccountErrors {
    static final ErrorCode WRONG_LOGIN = new ErrorCode("CS-701", ErrorCode.Kind.UNAUTHENTICATED);
    static final ErrorCode NO_LOGIN = new ErrorCode("CS-702", ErrorCode.Kind.UNAUTHENTICATED);
    static final ErrorCode TOO_MANY_ATTEMPTS = new ErrorCode("CS-703", ErrorCode.Kind.LIMITED);
    static final ErrorCode BAD_PASSWORD = new ErrorCode("CS-704", ErrorCode.Kind.INVALID);
    static final ErrorCode ACCOUNT_EXISTS = new ErrorCode("CS-705", ErrorCode.Kind.CONFLICT);
    static final ErrorCode BAD_KEY_FILE = new ErrorCode("CS-706", ErrorCode.Kind.CORRUPT);

    static final ErrorCode OTHER_KEY = new ErrorCode("CS-707", ErrorCode.Kind.CONFLICT);

    static final ErrorCode NO_ACCOUNT = new ErrorCode("CS-750", ErrorCode.Kind.NOT_FOUND);
    static final ErrorCode NO_PROVIDER = new ErrorCode("CS-751", ErrorCode.Kind.UNREACHABLE);

    private AccountErrors() {}

    static CountersignException wrongLogin() {
        return new CountersignException(WRONG_LOGIN, "Incorrect username or password");
    }

    static CountersignException noLogin(String why) {
        return new CountersignException(NO_LOGIN, why + "; log in again");
    }

    static CountersignException noAccount(String user) {
        return new CountersignException(NO_ACCOUNT, "there is no login named '" + user + "'");
    }

    static CountersignException noProvider(String why, @Nullable Throwable cause) {
        return new CountersignException(
                NO_PROVIDER,
                "the identity provider could not be asked who this is: " + why + ". Try again later",
                cause);
    }

    static CountersignException badKeyFile(String what, @Nullable Throwable cause) {
        return new CountersignException(BAD_KEY_FILE, what, cause);
    }

    static CountersignException otherKey(Path file) {
        return new CountersignException(
                OTHER_KEY,
                "the login key " + file + " is not the one that the other nodes of this store sign with: a login at one"
                        + " would be none at the other. Remove the file, and the next start fetches theirs.");
    }
}
