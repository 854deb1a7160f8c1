package dev.countersign.app;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.joran.JoranConfigurator;
import ch.qos.logback.core.joran.spi.JoranException;
import ch.qos.logback.core.status.Status;
import java.util.Objects;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The set-up of the log says nothing about itself: what it complains of goes to standard output, which belongs to commands. */
final class LogSetupTest {
    @ParameterizedTest
    @ValueSource(strings = {"plain", "json"})
    void inEitherFormat_theSetUpHasNothingToComplainOf(String format) throws JoranException {
        LoggerContext context = new LoggerContext();
        context.putProperty("countersign.log.format", format);
        JoranConfigurator configurator = new JoranConfigurator();
        configurator.setContext(context);
        configurator.doConfigure(Objects.requireNonNull(LogSetupTest.class.getResource("/logback.xml")));
        assertThat(context.getStatusManager().getCopyOfStatusList())
                .filteredOn(status -> status.getEffectiveLevel() > Status.INFO)
                .extracting(Status::getMessage)
                .isEmpty();
        assertThat(context.getLogger("ROOT").getAppender("STDERR")).isNotNull();
        context.stop();
    }
}
