package dev.countersign.account;

import com.fasterxml.jackson.databind.JsonNode;
import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.KeySourceException;
import com.nimbusds.jose.jwk.source.JWKSource;
import com.nimbusds.jose.jwk.source.JWKSourceBuilder;
import com.nimbusds.jose.jwk.source.RateLimitReachedException;
import com.nimbusds.jose.proc.BadJOSEException;
import com.nimbusds.jose.proc.DefaultJOSEObjectTypeVerifier;
import com.nimbusds.jose.proc.JWSVerificationKeySelector;
import com.nimbusds.jose.proc.SecurityContext;
import com.nimbusds.jose.util.DefaultResourceRetriever;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import com.nimbusds.jwt.proc.DefaultJWTProcessor;
import dev.countersign.config.OidcConfig;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Json;
import dev.countersign.core.Principal;
import java.io.IOException;
import java.net.MalformedURLException;
import java.net.URI;
import java.text.ParseException;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Access tokens of an identity provider: RS256, PS256 or ES256 by a key that the issuer publishes, from this issuer, for this
 * audience, and for now. The keys are found by discovery when the first token comes, kept for five minutes and fetched again for
 * a key id that is not among them, at most twice in half a minute; while the provider is away the known ones serve for an hour.
 * An issuer that cannot be asked proves nothing. Safe for use by many threads.
 */
public final class OidcTokens {
    private static final Set<JWSAlgorithm> ALGORITHMS =
            Set.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256, JWSAlgorithm.ES256);
    private static final Set<JOSEObjectType> TYPES = Set.of(JOSEObjectType.JWT, new JOSEObjectType("at+jwt"));
    private static final Duration SKEW = Duration.ofSeconds(30);
    private static final int TOKEN_CHARS_MAX = 8192;
    private static final int TIMEOUT_MILLIS = 3000;
    private static final int DOCUMENT_BYTES_MAX = 256 * 1024;
    private static final long KEYS_MILLIS = Duration.ofMinutes(5).toMillis();
    private static final long FETCH_MILLIS = Duration.ofSeconds(15).toMillis();
    private static final long BETWEEN_FETCHES_MILLIS = Duration.ofSeconds(30).toMillis();
    private static final long OUTAGE_MILLIS = Duration.ofHours(1).toMillis();
    private static final Duration BETWEEN_DISCOVERIES = Duration.ofSeconds(10);

    private final OidcConfig config;
    private final Clock clock;
    private final DefaultResourceRetriever web =
            new DefaultResourceRetriever(TIMEOUT_MILLIS, TIMEOUT_MILLIS, DOCUMENT_BYTES_MAX);
    private @Nullable DefaultJWTProcessor<SecurityContext> processor;
    private Instant noDiscoveryBefore = Instant.EPOCH;

    public OidcTokens(OidcConfig config, Clock clock) {
        this.config = config;
        this.clock = clock;
    }

    /** Whether the token has a form that only the provider's have. What decides is {@link #verify}. */
    boolean mayBe(String token) {
        if (token.length() > TOKEN_CHARS_MAX) {
            return false;
        }
        try {
            return ALGORITHMS.contains(SignedJWT.parse(token).getHeader().getAlgorithm());
        } catch (ParseException e) {
            return false;
        }
    }

    /**
     * The login that a token proves.
     *
     * @throws CountersignException {@code CS-702} when it proves none, {@code CS-751} when the provider cannot be asked
     */
    LoginTokens.Login verify(String token) {
        try {
            return checked(processor().process(token, null));
        } catch (RateLimitReachedException e) {
            throw AccountErrors.noLogin("the login token is signed by a key that its issuer does not publish");
        } catch (KeySourceException e) {
            throw AccountErrors.noProvider("its keys could not be read", e);
        } catch (ParseException | BadJOSEException | JOSEException e) {
            throw AccountErrors.noLogin("the login token is not one of its issuer's");
        }
    }

    private LoginTokens.Login checked(JWTClaimsSet claims) throws ParseException {
        Instant now = clock.instant();
        if (!config.issuer().toString().equals(claims.getIssuer())
                || !claims.getAudience().contains(config.audience())) {
            throw AccountErrors.noLogin("the login token is for something else");
        }
        Date expires = claims.getExpirationTime();
        if (expires == null || isAfter(now, claims.getNotBeforeTime()) || isAfter(now, claims.getIssueTime())) {
            throw AccountErrors.noLogin("the login token lacks an end, or is not valid yet");
        }
        LoginTokens.Login login =
                new LoginTokens.Login(principal(claims), expires.toInstant().plus(SKEW), "");
        login.requireValidAt(now);
        return login;
    }

    private static boolean isAfter(Instant now, @Nullable Date begins) {
        return begins != null && begins.toInstant().isAfter(now.plus(SKEW));
    }

    private Principal principal(JWTClaimsSet claims) throws ParseException {
        String user = claims.getStringClaim(config.claim());
        // An address that nobody has verified is whatever its owner typed.
        boolean unproven =
                config.claim().equals("email") && !Boolean.TRUE.equals(claims.getBooleanClaim("email_verified"));
        if (user == null || unproven || !Principal.isKey(user)) {
            throw AccountErrors.noLogin("the login token names no user by its claim '" + config.claim() + "'");
        }
        return new Principal(user);
    }

    private synchronized DefaultJWTProcessor<SecurityContext> processor() {
        DefaultJWTProcessor<SecurityContext> known = processor;
        if (known != null) {
            return known;
        }
        if (clock.instant().isBefore(noDiscoveryBefore)) {
            throw AccountErrors.noProvider("it did not answer a moment ago", null);
        }
        noDiscoveryBefore = clock.instant().plus(BETWEEN_DISCOVERIES);
        DefaultJWTProcessor<SecurityContext> found = over(discovered());
        processor = found;
        return found;
    }

    private URI discovered() {
        URI place = URI.create(config.issuer().toString().replaceAll("/+$", "") + "/.well-known/openid-configuration");
        try {
            JsonNode document = Json.read(web.retrieveResource(place.toURL()).getContent());
            URI keys = URI.create(document.path("jwks_uri").asText());
            boolean safe = "https".equals(keys.getScheme())
                    || "http".equals(config.issuer().getScheme());
            if (!config.issuer().toString().equals(document.path("issuer").asText())
                    || keys.getHost() == null
                    || !safe) {
                throw AccountErrors.noProvider("its discovery document is of another issuer, or names no keys", null);
            }
            return keys;
        } catch (IOException | IllegalArgumentException e) {
            throw AccountErrors.noProvider("its discovery document could not be read", e);
        }
    }

    private DefaultJWTProcessor<SecurityContext> over(URI keys) {
        DefaultJWTProcessor<SecurityContext> made = new DefaultJWTProcessor<>();
        made.setJWSKeySelector(new JWSVerificationKeySelector<>(ALGORITHMS, source(keys)));
        made.setJWSTypeVerifier(new DefaultJOSEObjectTypeVerifier<>(typesAndNone()));
        // The claims are checked above, by our clock.
        made.setJWTClaimsSetVerifier((claims, context) -> {});
        return made;
    }

    private static Set<JOSEObjectType> typesAndNone() {
        Set<JOSEObjectType> types = new java.util.HashSet<>(TYPES);
        types.add(null);
        return types;
    }

    private JWKSource<SecurityContext> source(URI keys) {
        try {
            return JWKSourceBuilder.<SecurityContext>create(keys.toURL(), web)
                    .cache(KEYS_MILLIS, FETCH_MILLIS)
                    .refreshAheadCache(false)
                    .rateLimited(BETWEEN_FETCHES_MILLIS)
                    .outageTolerant(OUTAGE_MILLIS)
                    .build();
        } catch (MalformedURLException e) {
            throw AccountErrors.noProvider("the place of its keys is no URL", e);
        }
    }
}
