package dev.countersign.account;

import at.favre.lib.crypto.bcrypt.BCrypt;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** bcrypt, with the limits of bcrypt made visible. */
final class PasswordHash {
    /** 2 to this power rounds: some 60 ms on an ordinary machine, and as much for somebody who guesses. */
    static final int STRENGTH = 10;

    private static final int SALT_CHARS = 22;
    private static final int DIGEST_CHARS = 31;

    private PasswordHash() {}

    static String of(String password, int strength) {
        return BCrypt.withDefaults().hashToString(strength, password.toCharArray());
    }

    /** Of the same form and cost as any, and of no password that anybody knows: its salt and its digest are all zeros. */
    static String nobodys(int strength) {
        return String.format(Locale.ROOT, "$2a$%02d$", strength) + ".".repeat(SALT_CHARS + DIGEST_CHARS);
    }

    static boolean fits(String password) {
        return password.getBytes(StandardCharsets.UTF_8).length <= Accounts.PASSWORD_BYTES_MAX;
    }

    static boolean matches(String password, String hash) {
        // The library throws on a longer password, which would tell an attacker more than "wrong" does.
        return fits(password) && BCrypt.verifyer().verify(password.toCharArray(), hash.toCharArray()).verified;
    }
}
