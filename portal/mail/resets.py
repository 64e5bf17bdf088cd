"""The mail of somebody who has forgotten the password; made after the answer, which so tells nothing of who has an account."""

import asyncio
import logging
import smtplib
from contextlib import suppress
from datetime import timedelta
from email.message import EmailMessage

from courses.errors import OneTimeUsed, TooMany
from courses.people.attempts import Tries, count_try
from courses.people.forgotten_passwords import reset_email, reset_link
from portal.i18n import gettext as _
from portal.i18n import language, use_language
from portal.mail.sending import mail_of, may_pass, send, words_of
from portal.mail_server import Server
from portal.settings import Settings
from portal.web.security import subject

#: mails to one address in an hour, whoever asks for them
LIMIT, WINDOW = 3, timedelta(hours=1)
#: made at a time, and waiting; what is more is left out
AT_A_TIME, WAITING = 4, 200
#: seconds before a mail is tried again that may be taken later; the link in it is good for half an hour
AGAIN = (10, 60, 300)
logger = logging.getLogger("portal.mail")


class ResetMails:
    """Those under way in this process, and nowhere else: the link in a mail is kept by nobody but whom it is for."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._turns = asyncio.Semaphore(AT_A_TIME)
        self._tasks: set[asyncio.Task[None]] = set()
        self._ending = asyncio.Event()

    def ask_for(self, email: str) -> None:
        """Begin, if the address is somebody's; returns at once."""
        if len(self._tasks) >= WAITING:
            logger.warning("A mail was left out: %d wait to be sent", WAITING)
            return
        task = asyncio.create_task(self._send(email))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def stop(self) -> None:
        """At the end of the application: what is under way goes out, the rest is left."""
        self._ending.set()
        if self._tasks:
            _done, left = await asyncio.wait(self._tasks, timeout=5)
            for task in left:
                task.cancel()
                logger.warning("A mail was not sent: the portal was stopped")

    async def _send(self, email: str) -> None:
        async with self._turns:
            written = await self._write(email)
        if written is None:
            return
        for wait in (*AGAIN, None):
            async with self._turns:
                again = await self._try(*written, wait)
            if not again or wait is None:
                return
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), wait)
                logger.warning("A mail was not sent: the portal was stopped")
                return

    async def _write(self, email: str) -> tuple[EmailMessage, str] | None:
        """The mail and the secret of its link; none for nobody's address, and for one that has had enough of them."""
        settings = self.settings
        try:
            await count_try(Tries(subject(settings, "reset-mail", email), LIMIT, WINDOW))
        except TooMany:
            return None
        found = await reset_link(email)
        if found is None:
            return None
        person, secret = found
        use_language(person.language or language())
        text = _(
            "Hello {name},\n\n"
            "Somebody asked for a new password for your account at {host}. If it was you, open this address within "
            "30 minutes and choose one:\n\n"
            "{link}\n\n"
            "If it was not you, do nothing: your password stays as it is."
        ).format(name=person.name, host=settings.host, link=f"{settings.public_url}/forgotten-password/{secret}")
        return mail_of(settings.mail_from, person.email, _("A new password for Lessonlink"), text + "\n"), secret

    async def _try(self, mail: EmailMessage, secret: str, wait: int | None) -> bool:
        """Whether it is to be tried again, after `wait` seconds where it is not the last time."""
        try:
            await reset_email(secret)
        except OneTimeUsed:
            return False  # another one was asked for meanwhile, or used
        try:
            await send(Server.parse(self.settings.smtp_url), mail)
        except (smtplib.SMTPException, OSError, ValueError) as error:
            words, again = words_of(error, mail["To"]), may_pass(error)
            if again and wait is not None:
                logger.warning("A mail was not sent yet, and is tried again in %d s: %s", wait, words)
            else:
                logger.warning("A mail was not sent%s: %s", ", the last time it was tried" if again else "", words)
            return again
        return False
