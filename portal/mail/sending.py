"""A mail by SMTP: one conversation each, with TLS but for a server on this machine."""

import asyncio
import smtplib
import ssl
from email.message import EmailMessage
from email.utils import formatdate, make_msgid

from portal.mail_server import Server

SECONDS = 15.0


async def send(server: Server, sender: str, to: str, subject: str, text: str) -> None:
    """Raises smtplib.SMTPException, OSError."""
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = sender, to, subject
    mail["Date"], mail["Message-ID"] = formatdate(), make_msgid(domain=sender.rpartition("@")[2].strip(" >"))
    mail["Auto-Submitted"] = "auto-generated"  # no holiday notes come back (RFC 3834)
    mail.set_content(text)
    await asyncio.to_thread(_deliver, server, mail)


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
    tls = ssl.create_default_context()
    with (
        smtplib.SMTP_SSL(server.host, server.port, timeout=SECONDS, context=tls)
        if server.scheme == "smtps"
        else smtplib.SMTP(server.host, server.port, timeout=SECONDS)
    ) as smtp:
        if server.scheme == "smtp":
            smtp.ehlo()
            if smtp.has_extn("starttls"):
                smtp.starttls(context=tls)
            elif not server.here:
                raise smtplib.SMTPNotSupportedError(
                    "the server offers no STARTTLS; nothing is sent that others can read"
                )
        if server.user:
            smtp.login(server.user, server.password)
        smtp.send_message(mail)
