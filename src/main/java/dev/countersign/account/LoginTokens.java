package dev.countersign.account;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.countersign.core.Principal;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.List;

/**
 * Tokens that prove a login: JWT, HS256 and no other algorithm, with issuer, audience and a lifetime. The audience keeps
 * the two kinds apart: a person's token opens that person's things; an operator's, made by whoever can read the key file,
 * opens the administration of accounts and nothing else.
 */
public final class LoginTokens {
    private static final String ISSUER = "countersign";
    private static final String SESSION = "sid";
    private static final int TOKEN_CHARS_MAX = 4096;

    private final byte[] key;
    private final Clock clock;
    private final Duration lifetime;

    public LoginTokens(SigningKey key, Clock clock, Duration lifetime) {
        this.key = key.bytes();
        this.clock = clock;
        this.lifetime = lifetime;
    }

    /** What a token may open. */
    public enum Audience {
        PERSON,
        OPERATOR
    }

    /** How long a token proves something. */
    Duration lifetime() {
        return lifetime;
    }

    /** A new token for the user, which no session's end makes void. */
    public String issue(Principal user, Audience audience) {
        return signed(claims(user, audience).build());
    }

    /** A new token of a person's session. */
    String issue(Principal user, String session) {
        return signed(claims(user, Audience.PERSON).claim(SESSION, session).build());
    }

    private JWTClaimsSet.Builder claims(Principal user, Audience audience) {
        Instant now = clock.instant();
        return new JWTClaimsSet.Builder()
                .issuer(ISSUER)
                .audience(audience.name())
                .subject(user.user())
                .issueTime(Date.from(now))
                .expirationTime(Date.from(now.plus(lifetime)));
    }

    private String signed(JWTClaimsSet claims) {
        try {
            SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
            token.sign(new MACSigner(key));
            return token.serialize();
        } catch (JOSEException e) {
            throw new IllegalStateException("every JDK has HMAC-SHA-256", e);
        }
    }

    /**
     * The login that a token proves.
     *
     * @throws dev.countersign.core.CountersignException {@code CS-702} for a token that is forged, expired, for something
     *     else, or not a token
     */
    public Login verify(String token, Audience audience) {
        try {
            if (token.length() > TOKEN_CHARS_MAX) {
                throw AccountErrors.noLogin("the login token is too long to be one");
            }
            SignedJWT signed = SignedJWT.parse(token);
            // The algorithm is ours to name, never the token's: this is what stops alg:none and its relatives.
            if (!JWSAlgorithm.HS256.equals(signed.getHeader().getAlgorithm()) || !signed.verify(new MACVerifier(key))) {
                throw AccountErrors.noLogin("the login token was not made here");
            }
            return checked(signed.getJWTClaimsSet(), audience);
        } catch (ParseException | JOSEException e) {
            throw AccountErrors.noLogin("the login token is not readable");
        }
    }

    private Login checked(JWTClaimsSet claims, Audience audience) throws ParseException {
        if (!ISSUER.equals(claims.getIssuer()) || !List.of(audience.name()).equals(claims.getAudience())) {
            throw AccountErrors.noLogin("the login token is for something else");
        }
        Date expires = claims.getExpirationTime();
        String user = claims.getSubject();
        if (expires == null || user == null || !Principal.isKey(user)) {
            throw AccountErrors.noLogin("the login token lacks a part");
        }
        String session = claims.getStringClaim(SESSION);
        Login login = new Login(new Principal(user), expires.toInstant(), session == null ? "" : session);
        login.requireValidAt(clock.instant());
        return login;
    }

    /**
     * A proven login.
     *
     * @param expiresAt from then on it proves nothing
     * @param session whose end ends it; empty when it is of none
     */
    public record Login(Principal principal, Instant expiresAt, String session) {
        /** Throws {@code CS-702} when the login has expired. */
        public void requireValidAt(Instant now) {
            if (!now.isBefore(expiresAt)) {
                throw AccountErrors.noLogin("the login has expired");
            }
        }
    }
}
