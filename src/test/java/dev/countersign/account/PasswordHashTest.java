package dev.countersign.account;

import static org.assertj.core.api.Assertions.assertThat;

import at.favre.lib.crypto.bcrypt.BCrypt;
import org.junit.jupiter.api.Test;

/** The hash that stands in for a login that is not there. */
final class PasswordHashTest {
    @Test
    void nobodysHash_isOneOfTheSameCost_andOpensToNothing() {
        String nobodys = PasswordHash.nobodys(4);
        String somebodys = PasswordHash.of("henry_password", 4);

        assertThat(nobodys).hasSameSizeAs(somebodys).startsWith(somebodys.substring(0, 7));
        for (String tried : new String[] {"", "henry_password", "nobody has this password"}) {
            BCrypt.Result result = BCrypt.verifyer().verify(tried.toCharArray(), nobodys.toCharArray());
            assertThat(result.validFormat)
                    .as("read, and so worked through to its end")
                    .isTrue();
            assertThat(result.details.cost).isEqualTo(4);
            assertThat(PasswordHash.matches(tried, nobodys)).isFalse();
        }
        assertThat(PasswordHash.matches("henry_password", somebodys)).isTrue();
        assertThat(PasswordHash.nobodys(PasswordHash.STRENGTH)).startsWith("$2a$10$");
    }
}
