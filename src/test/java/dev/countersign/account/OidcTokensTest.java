package dev.countersign.account;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JOSEObjectType;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.JWSSigner;
import com.nimbusds.jose.crypto.ECDSASigner;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.RSASSASigner;
import com.nimbusds.jose.jwk.Curve;
import com.nimbusds.jose.jwk.ECKey;
import com.nimbusds.jose.jwk.JWK;
import com.nimbusds.jose.jwk.JWKSet;
import com.nimbusds.jose.jwk.RSAKey;
import com.nimbusds.jose.jwk.gen.ECKeyGenerator;
import com.nimbusds.jose.jwk.gen.RSAKeyGenerator;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.PlainJWT;
import com.nimbusds.jwt.SignedJWT;
import com.sun.net.httpserver.HttpServer;
import dev.countersign.config.Config;
import dev.countersign.config.OidcConfig;
import dev.countersign.config.Places;
import dev.countersign.core.CountersignException;
import dev.countersign.core.Principal;
import dev.countersign.db.Database;
import dev.countersign.db.Stores;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An identity provider on loopback with real keys, and every token that is not quite one of its own. */
@Tag("store")
final class OidcTokensTest {
    private static RSAKey rsa;
    private static RSAKey stranger;
    private static ECKey ec;

    @TempDir
    Path folder;

    private final SettableClock clock = new SettableClock(Instant.now());
    private final AtomicInteger fetches = new AtomicInteger();
    private volatile List<JWK> published;
    private volatile String claimedIssuer;
    private HttpServer provider;
    private String issuer;
    private Database database;
    private Accounts accounts;
    private Logins logins;

    @BeforeAll
    static void makeKeys() throws JOSEException {
        rsa = new RSAKeyGenerator(2048).keyID("rsa-1").generate();
        stranger = new RSAKeyGenerator(2048).keyID("rsa-1").generate();
        ec = new ECKeyGenerator(Curve.P_256).keyID("ec-1").generate();
    }

    @BeforeEach
    void open() throws IOException {
        provider = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        issuer = "http://127.0.0.1:" + provider.getAddress().getPort() + "/realm";
        claimedIssuer = issuer;
        published = List.of(rsa, ec);
        serve(
                "/realm/.well-known/openid-configuration",
                () -> "{\"issuer\":\"" + claimedIssuer + "\",\"jwks_uri\":\"http://127.0.0.1:"
                        + provider.getAddress().getPort() + "/keys\"}");
        serve("/keys", () -> {
            fetches.incrementAndGet();
            return new JWKSet(published).toPublicJWKSet().toString();
        });
        provider.start();
        Map<String, String> settings = new HashMap<>(Stores.settings(folder));
        settings.put("COUNTERSIGN_DURABILITY", "process");
        database = Database.open(Config.of(new Places(folder, folder), settings).store());
        accounts = new StoredAccounts(database, clock, 4);
        logins = logins("sub");
    }

    private Logins logins(String claim) {
        OidcConfig config = new OidcConfig(URI.create(issuer), "countersign", claim);
        return new Logins(
                accounts,
                new Sessions(database, clock),
                new LoginTokens(SigningKey.in(folder), clock, Duration.ofMinutes(30)),
                new OidcTokens(config, clock),
                clock);
    }

    private void serve(String path, java.util.function.Supplier<String> document) {
        provider.createContext(path, exchange -> {
            byte[] body = document.get().getBytes(UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
    }

    @AfterEach
    void close() {
        provider.stop(0);
        database.close();
    }

    private JWTClaimsSet.Builder claims() {
        return new JWTClaimsSet.Builder()
                .issuer(issuer)
                .audience(List.of("other", "countersign"))
                .subject("henry")
                .issueTime(Date.from(clock.instant()))
                .expirationTime(Date.from(clock.instant().plusSeconds(600)));
    }

    private static String signed(JWSHeader header, JWSSigner signer, JWTClaimsSet.Builder claims) throws JOSEException {
        SignedJWT token = new SignedJWT(header, claims.build());
        token.sign(signer);
        return token.serialize();
    }

    private static JWSHeader header(JWSAlgorithm algorithm, String kid) {
        return new JWSHeader.Builder(algorithm).keyID(kid).build();
    }

    private String good(JWTClaimsSet.Builder claims) throws JOSEException {
        return signed(header(JWSAlgorithm.RS256, "rsa-1"), new RSASSASigner(rsa), claims);
    }

    private void refused(String what, String token) {
        assertThatThrownBy(() -> logins.verify(token))
                .as(what)
                .isInstanceOfSatisfying(
                        CountersignException.class,
                        failure -> assertThat(failure.code().id()).isEqualTo("CS-702"));
    }

    @Test
    void tokensOfTheProvider_areLogins_byEachAlgorithmThatIsTaken() throws Exception {
        for (JWSAlgorithm algorithm : List.of(JWSAlgorithm.RS256, JWSAlgorithm.PS256)) {
            String token = signed(header(algorithm, "rsa-1"), new RSASSASigner(rsa), claims());
            assertThat(logins.verify(token).principal()).isEqualTo(new Principal("henry"));
        }
        JWSHeader accessToken = new JWSHeader.Builder(JWSAlgorithm.ES256)
                .keyID("ec-1")
                .type(new JOSEObjectType("at+jwt"))
                .build();
        assertThat(logins.verify(signed(accessToken, new ECDSASigner(ec), claims()))
                        .principal())
                .isEqualTo(new Principal("henry"));
        assertThat(fetches).hasValue(1);
    }

    @Test
    void promise7_whateverIsNotTheProvidersOwnTokenForUsAndForNow_isRefused() throws Exception {
        Instant now = clock.instant();
        refused("wrong issuer", good(claims().issuer("https://evil.example")));
        refused("issuer with a slash more", good(claims().issuer(issuer + "/")));
        refused("wrong audience", good(claims().audience("other")));
        refused("no audience", good(claims().audience((String) null)));
        refused("expired", good(claims().expirationTime(Date.from(now.minusSeconds(31)))));
        refused("without an end", good(claims().expirationTime(null)));
        refused("not yet", good(claims().notBeforeTime(Date.from(now.plusSeconds(60)))));
        refused("from the future", good(claims().issueTime(Date.from(now.plusSeconds(60)))));
        refused("no user", good(claims().subject(null)));
        refused("odd user", good(claims().subject("../joe")));
        refused("alg none", new PlainJWT(claims().build()).serialize());
        refused("unknown kid", signed(header(JWSAlgorithm.RS256, "rsa-9"), new RSASSASigner(rsa), claims()));
        refused("another's key", signed(header(JWSAlgorithm.RS256, "rsa-1"), new RSASSASigner(stranger), claims()));
        refused("RS512", signed(header(JWSAlgorithm.RS512, "rsa-1"), new RSASSASigner(rsa), claims()));
        refused(
                "a type that is no login",
                signed(
                        new JWSHeader.Builder(JWSAlgorithm.RS256)
                                .keyID("rsa-1")
                                .type(new JOSEObjectType("logout+jwt"))
                                .build(),
                        new RSASSASigner(rsa),
                        claims()));
        byte[] publicKey = rsa.toRSAPublicKey().getEncoded();
        for (byte[] secret : List.of(publicKey, Arrays.copyOf(publicKey, 32))) {
            refused(
                    "HS256 with the public key",
                    signed(
                            header(JWSAlgorithm.HS256, "rsa-1"),
                            new MACSigner(secret),
                            claims().audience("PERSON").issuer("countersign")));
        }
        String token = good(claims());
        refused("tampered", token.substring(0, token.length() - 4) + "AAAA");
        refused("too long", good(claims().claim("more", "x".repeat(9000))));
        assertThat(logins.verify(token).principal()).isEqualTo(new Principal("henry"));
    }

    @Test
    void aKeyThatIsNew_isFetched_andUnknownOnesDoNotFloodTheProvider() throws Exception {
        assertThat(logins.verify(good(claims())).principal()).isEqualTo(new Principal("henry"));
        RSAKey next = new RSAKeyGenerator(2048).keyID("rsa-2").generate();
        published = List.of(next);

        String token = signed(header(JWSAlgorithm.RS256, "rsa-2"), new RSASSASigner(next), claims());

        assertThat(logins.verify(token).principal()).isEqualTo(new Principal("henry"));
        refused("the key that is no more published", good(claims()));
        for (int i = 0; i < 50; i++) {
            refused(
                    "made up",
                    signed(header(JWSAlgorithm.RS256, "made-up-" + i), new RSASSASigner(stranger), claims()));
        }
        assertThat(fetches.get()).isLessThanOrEqualTo(3);
    }

    @Test
    void aProviderThatCannotBeAsked_provesNothing_andIsNotAskedAtEveryRequest() throws Exception {
        claimedIssuer = "https://another.example";
        String token = good(claims());
        for (int i = 0; i < 3; i++) {
            assertThatThrownBy(() -> logins.verify(token)).hasMessageContaining("[CS-751]");
        }
        claimedIssuer = issuer;
        assertThatThrownBy(() -> logins.verify(token)).hasMessageContaining("a moment ago");
        clock.advance(Duration.ofSeconds(11));
        assertThat(logins.verify(token).principal()).isEqualTo(new Principal("henry"));
    }

    @Test
    void anotherClaimMayNameTheUser_andAnAddressOnlyWhenItIsVerified() throws Exception {
        logins = logins("email");
        refused("no address", good(claims()));
        refused("not verified", good(claims().claim("email", "henry@example.com")));
        String token = good(claims().claim("email", "henry@example.com").claim("email_verified", true));
        assertThat(logins.verify(token).principal()).isEqualTo(new Principal("henry@example.com"));
    }

    @Test
    void aLoginThatWasTakenAway_staysOutWithTheProvidersTokenToo() throws Exception {
        accounts.add(new Principal("henry"), "henry_password");
        String own = logins.login("henry", "henry_password", "here").access();
        assertThat(logins.verify(own).principal())
                .isEqualTo(logins.verify(good(claims())).principal());

        accounts.setDisabled(new Principal("henry"), true);

        refused("taken away", good(claims()));
        refused("taken away", own);
    }
}
