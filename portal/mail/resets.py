"""The mail of somebody who has forgotten the password; made after the answer, which so tells nothing of who has an account."""

import asyncio
import logging
import smtplib
from datetime import timedelta

from courses.errors import TooMany
from courses.people.attempts import Tries, count_try
from courses.people.forgotten_passwords import reset_link
from portal.i18n import gettext as _
from portal.i18n import language, use_language
from portal.mail.sending import send, words_of
from portal.mail_server import Server
from portal.settings import Settings
from portal.web.security import subject

#: mails to one address in an hour, whoever asks for them
LIMIT, WINDOW = 3, timedelta(hours=1)
#: made at a time, and waiting; what is more is left out
AT_A_TIME, WAITING = 4, 200
logger = logging.getLogger("portal.mail")


class ResetMails:
    """Those under way in this process; each is tried once, as who gets none asks again."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self._turns = asyncio.Semaphore(AT_A_TIME)
        self._tasks: set[asyncio.Task[None]] = set()

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
        if self._tasks:
            _done, left = await asyncio.wait(self._tasks, timeout=5)
            for task in left:
                task.cancel()

    async def _send(self, email: str) -> None:
        settings = self.settings
        async with self._turns:
            try:
                await count_try(Tries(subject(settings, "reset-mail", email), LIMIT, WINDOW))
            except TooMany:
                return
            found = await reset_link(email)
            if found is None:
                return
            person, secret = found
            use_language(person.language or language())
            text = _(
                "Hello {name},\n\n"
                "Somebody asked for a new password for your account at {host}. If it was you, open this address within "
                "30 minutes and choose one:\n\n"
                "{link}\n\n"
                "If it was not you, do nothing: your password stays as it is."
            ).format(name=person.name, host=settings.host, link=f"{settings.public_url}/forgotten-password/{secret}")
            try:
                server = Server.parse(settings.smtp_url)
                await send(server, settings.mail_from, person.email, _("A new password for Lessonlink"), text + "\n")
            except (smtplib.SMTPException, OSError, ValueError) as error:
                logger.warning("A mail was not sent: %s", words_of(error, person.email))
