"""A mail by SMTP: one conversation each, with TLS but for a server on this machine."""

import asyncio
import smtplib
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from portal.mail_server import Server

SECONDS = 15.0


def mail_of(sender: str, to: str, subject: str, text: str) -> EmailMessage:
    """Sent twice it is one mail still, by its Message-ID."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain=sender.rpartition("@")[2].strip(" >"))
    mail["Auto-Submitted"] = "auto-generated"  # no holiday notes come back (RFC 3834)
    mail.set_content(text)
    return mail


async def send(server: Server, mail: EmailMessage) -> None:
    """Raises smtplib.SMTPException, OSError."""
    await asyncio.to_thread(_deliver, server, mail)


async def greet(server: Server) -> str:
    """Everything but a mail: connect, TLS, sign in; what was found, in words. Raises smtplib.SMTPException, OSError."""
    return await asyncio.to_thread(_greet, server)


def may_pass(error: Exception) -> bool:
    """Whether the same mail may be taken later: the server was away, or it said so (RFC 5321 §4.2.1)."""
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        return all(400 <= code < 500 for code, _ in error.recipients.values())
    if isinstance(error, smtplib.SMTPResponseException):
        return 400 <= error.smtp_code < 500
    if isinstance(error, smtplib.SMTPException):
        return isinstance(error, smtplib.SMTPServerDisconnected)
    return isinstance(error, OSError) and not isinstance(error, ssl.SSLError)


def words_of(error: Exception, to: str) -> str:
    """What went wrong as the server said it, without the address it was for."""
    code: int
    answer: bytes | str
    if isinstance(error, smtplib.SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
    elif isinstance(error, smtplib.SMTPResponseException):
        code, answer = error.smtp_code, error.smtp_error
    else:
        return f"{type(error).__name__}: {error}".replace(to, "(address)")
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    return " ".join(f"{code} {text}".split()).replace(to, "(address)")


def _deliver(server: Server, mail: EmailMessage) -> None:
    with _conversation(server) as smtp:
        smtp.send_message(mail)


def _greet(server: Server) -> str:
    with _conversation(server) as smtp:
        smtp.noop()
        secret = "over TLS" if isinstance(smtp.sock, ssl.SSLSocket) else "without TLS, on this machine"
    return f"{server.host}:{server.port} answers {secret}{', and lets us sign in' if server.user else ''}"


@contextmanager
def _conversation(server: Server) -> Iterator[smtplib.SMTP]:
    tls = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=tls)
        if server.scheme == "smtps"
        else smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    ) as smtp:
        smtp.ehlo()
        if server.scheme == "smtp":
            if smtp.has_extn("starttls"):
                smtp.starttls(context=tls)
            elif not server.here:
                raise smtplib.SMTPNotSupportedError(
                    "the server offers no STARTTLS; nothing is sent that others can read"
                )
        if server.user:
            smtp.login(server.user, server.password)
        yield smtp
