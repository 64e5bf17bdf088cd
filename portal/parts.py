"""What the application has one of; the scan path takes all at once, as each dependency of its own costs a task."""

import asyncio
from dataclasses import dataclass

from obstore.store import ObjectStore

from courses.events.journal import Journal
from courses.people.slow_hashes import SlowHashes
from courses.webhooks.handovers import Handovers
from portal.background.short_links import Resolver
from portal.background.stalls import Stalls
from portal.exchange.importing import Imports
from portal.mail.resets import ResetMails
from portal.platforms import Platform
from portal.printing.previews import Previews
from portal.rehearsal.playing import Plays
from portal.settings import Settings
from portal.sharing.wall_feed import WallFeed
from portal.student.lesson_page import LessonPages
from portal.student.quotas import Quotas
from portal.student.refused_scans import RefusedScans
from portal.web.large_answers import LargeAnswers
from portal.web.readiness import Readiness
from portal.web.security_log import SecurityLog


@dataclass(frozen=True)
class Parts:
    """Made by `create_app`, the same for every request."""

    settings: Settings
    journal: Journal
    handovers: Handovers
    platforms: dict[str, Platform]
    store: ObjectStore
    walls: WallFeed
    resolver: Resolver
    imports: Imports
    #: set when a print run was queued, so that nobody waits until it is looked for
    print_run_queued: asyncio.Event
    #: the same of videos that need conversion
    conversion_queued: asyncio.Event
    previews: Previews
    lesson_pages: LessonPages
    refused_scans: RefusedScans
    quotas: Quotas
    large_answers: LargeAnswers
    stalls: Stalls
    readiness: Readiness
    security_log: SecurityLog
    password_hashes: SlowHashes
    reset_mails: ResetMails
    pin_hashes: SlowHashes
    plays: Plays
