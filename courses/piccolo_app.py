"""The domain as a Piccolo app: its tables and migrations."""

from pathlib import Path

from piccolo.conf.apps import AppConfig

from courses.tables.audit import AuditEntry
from courses.tables.classes import ClosingSheet, Delivery, ExportPreset, RehearsalFault, Webhook
from courses.tables.courses import Course, Membership
from courses.tables.events import Event, Handover, Publication, RefusedScan, Snapshot
from courses.tables.imports import ImportRun
from courses.tables.lessons import Lesson, LessonPicture, Revision
from courses.tables.links import Link
from courses.tables.media import Media, Upload
from courses.tables.people import (
    ApiKey,
    Attempt,
    AuthenticatorApp,
    OneTimeLink,
    Passkey,
    PasskeyChallenge,
    Person,
    RecoveryCode,
    Session,
    ShownSecret,
)
from courses.tables.printing import OwnLayout, Printer, PrintRun
from courses.tables.roster import Claim, Excuse, Student
from courses.tables.upkeep import Chore

TABLES = [
    Person, OneTimeLink, Session, ApiKey, Attempt, Course, Membership, Media, Upload, Lesson, LessonPicture,
    Revision, Student, Claim, PrintRun, Link, Event, Publication, AuditEntry, ImportRun, Printer, OwnLayout,
    Excuse, Handover, RefusedScan, Snapshot, RehearsalFault, Webhook, Delivery, ExportPreset, ClosingSheet,
    AuthenticatorApp, RecoveryCode, Passkey, PasskeyChallenge, Chore, ShownSecret,
]  # fmt: skip

APP_CONFIG = AppConfig(
    app_name="courses",
    migrations_folder_path=str(Path(__file__).parent / "piccolo_migrations"),
    table_classes=TABLES,
)
