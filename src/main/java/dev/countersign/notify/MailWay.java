package dev.countersign.notify;

import dev.countersign.config.NotifyConfig;
import dev.countersign.config.NotifyConfig.Channel;
import dev.countersign.permit.PermitException;
import jakarta.mail.Address;
import jakarta.mail.AuthenticationFailedException;
import jakarta.mail.Message;
import jakarta.mail.MessagingException;
import jakarta.mail.SendFailedException;
import jakarta.mail.Session;
import jakarta.mail.Transport;
import jakarta.mail.internet.InternetAddress;
import jakarta.mail.internet.MimeMessage;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Properties;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends plain text over SMTP, a connection a mail. TLS is checked, certificate and name; a server that has to offer STARTTLS and
 * does not is refused before the login. {@code Message-ID} is made of the notification's id, the same at each attempt. A mail
 * that some of its recipients were refused for counts as sent: to the others it was. Used by one thread at a time.
 */
final class MailWay implements Way {
    private static final Logger LOG = LoggerFactory.getLogger(MailWay.class);

    private final NotifyConfig.Mail mail;
    private final NotifyConfig.Smtp server;
    private final Recipients recipients;
    private final Templates templates;
    private final boolean texts;
    private final Session session;

    /** Where to, in whose words, and with which of them. */
    record Content(Recipients recipients, Templates templates, boolean texts) {}

    MailWay(NotifyConfig.Mail mail, NotifyConfig.Smtp server, Content content, Duration timeout) {
        this.mail = mail;
        this.server = server;
        this.recipients = content.recipients();
        this.templates = content.templates();
        this.texts = content.texts();
        this.session = Session.getInstance(properties(server, timeout));
    }

    private static Properties properties(NotifyConfig.Smtp server, Duration timeout) {
        Properties all = new Properties();
        String protocol = protocol(server);
        String millis = Long.toString(timeout.toMillis());
        for (String each : new String[] {"connectiontimeout", "timeout", "writetimeout"}) {
            all.setProperty("mail." + protocol + "." + each, millis);
        }
        all.setProperty("mail." + protocol + ".ssl.checkserveridentity", "true");
        all.setProperty("mail." + protocol + ".sendpartial", "true");
        all.setProperty(
                "mail." + protocol + ".auth", Boolean.toString(!server.user().isEmpty()));
        all.setProperty("mail.smtp.starttls.enable", "true");
        all.setProperty("mail.smtp.starttls.required", Boolean.toString(server.tlsRequired()));
        return all;
    }

    private static String protocol(NotifyConfig.Smtp server) {
        return server.tls() ? "smtps" : "smtp";
    }

    @Override
    public Channel channel() {
        return Channel.MAIL;
    }

    @Override
    public Outcome send(Notice notice) {
        try {
            Set<String> to = recipients.of(notice);
            if (to.isEmpty()) {
                return new Outcome.Nobody();
            }
            deliver(message(notice, to));
            return new Outcome.Sent();
        } catch (PermitException e) {
            return new Outcome.Failed("Permit did not tell an address", false, null);
        } catch (MessagingException e) {
            return failed(e);
        }
    }

    private void deliver(MimeMessage message) throws MessagingException {
        Transport transport = session.getTransport(protocol(server));
        try {
            transport.connect(
                    server.host(),
                    server.port(),
                    server.user().isEmpty() ? null : server.user(),
                    server.user().isEmpty() ? null : server.password().value());
            transport.sendMessage(message, message.getAllRecipients());
        } finally {
            hangUp(transport);
        }
    }

    /** A farewell that goes wrong takes nothing back: the server has the mail, or the failure before it is the one to tell. */
    private static void hangUp(Transport transport) {
        try {
            transport.close();
        } catch (MessagingException e) {
            LOG.debug("the mail server was gone before the connection was closed");
        }
    }

    private MimeMessage message(Notice notice, Set<String> to) throws MessagingException {
        Templates.Mail words = templates.mail(notice, texts);
        String id = notice.about().id().replace('/', '.') + "@" + mail.from().replaceFirst(".*@", "");
        MimeMessage message = new MimeMessage(session) {
            @Override
            protected void updateMessageID() throws MessagingException {
                setHeader("Message-ID", "<" + id + ">");
            }
        };
        message.setFrom(new InternetAddress(mail.from(), true));
        for (String one : to) {
            message.addRecipient(Message.RecipientType.TO, new InternetAddress(one, true));
        }
        message.setSubject(words.subject(), StandardCharsets.UTF_8.name());
        message.setText(words.body(), StandardCharsets.UTF_8.name());
        message.setHeader(
                "Date", DateTimeFormatter.RFC_1123_DATE_TIME.format(notice.now().atOffset(ZoneOffset.UTC)));
        // No robot should answer a robot.
        message.setHeader("Auto-Submitted", "auto-generated");
        message.saveChanges();
        return message;
    }

    private static Outcome failed(MessagingException failure) {
        if (failure instanceof AuthenticationFailedException) {
            return new Outcome.Failed("the mail server refused the login", true, null);
        }
        if (failure instanceof SendFailedException refused) {
            Address[] reached = refused.getValidSentAddresses();
            if (reached != null && reached.length > 0) {
                LOG.warn("the mail server refused some of a mail's recipients; the others have it");
                return new Outcome.Sent();
            }
            return new Outcome.Failed("the mail server refused the message or its recipients", false, null);
        }
        return new Outcome.Failed("no mail connection, or one without the TLS that is asked for", true, null);
    }
}
