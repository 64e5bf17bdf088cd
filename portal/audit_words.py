"""The audit log's actions, fields and ways in the language of the request."""

from collections.abc import Callable

from portal.i18n import gettext as _

#: each action as a sentence about {who} and {what}; some have more of the entry's detail
SENTENCES: dict[str, Callable[[], str]] = {
    "course.create": lambda: _("{who} made the course “{what}”"),
    "course.edit": lambda: _("{who} changed the settings of the course"),
    "course.logo": lambda: _("{who} gave the course a logo"),
    "course.logo_removed": lambda: _("{who} took the course’s logo away"),
    "course.archive": lambda: _("{who} archived the course"),
    "course.restore": lambda: _("{who} took the course out of the archive"),
    "course.remove": lambda: _("{who} deleted the course “{what}” for good"),
    "course.copy": lambda: _("{who} made the course “{what}” as a copy"),
    "course.import": lambda: _("{who} imported lessons"),
    "course.closing": lambda: _("{who} made the closing sheet {what}"),
    "lesson.create": lambda: _("{who} wrote the lesson “{what}”"),
    "lesson.created": lambda: _("{who} wrote the lesson “{what}”"),
    "lesson.saved": lambda: _("{who} changed the lesson “{what}”"),
    "lesson.autosave": lambda: _("{who} worked on the lesson “{what}”"),
    "lesson.restored": lambda: _("{who} brought an earlier version of “{what}” back"),
    "lesson.conflict": lambda: _("{who} kept a version of “{what}” that came too late, beside the newer one"),
    "lesson.merged": lambda: _("{who} put two versions of “{what}” together"),
    "lesson.imported": lambda: _("{who} imported the lesson “{what}”"),
    "lesson.repaired": lambda: _("{who} had the lesson “{what}” repaired"),
    "lesson.copied": lambda: _("{who} made the lesson “{what}” as a copy"),
    "lesson.move": lambda: _("{who} moved the lesson “{what}” to another course"),
    "lesson.topics": lambda: _("{who} added a topic to the lesson “{what}”"),
    "lesson.template": lambda: _("{who} made the lesson “{what}” a template"),
    "lesson.untemplate": lambda: _("{who} made the template “{what}” a lesson again"),
    "lesson.schedule": lambda: _("{who} changed when the lesson “{what}” opens and closes"),
    "lesson.due": lambda: _("{who} changed when the lesson “{what}” is due"),
    "lesson.print": lambda: _("{who} printed the lesson “{what}”"),
    "lesson.delete": lambda: _("{who} put the lesson “{what}” into the trash"),
    "lesson.undelete": lambda: _("{who} took the lesson “{what}” out of the trash"),
    "lesson.purge": lambda: _("{who} deleted the lesson “{what}” for good"),
    "link.issue": lambda: _("{who} issued a link of “{what}”"),
    "link.times": lambda: _("{who} changed when a link of “{what}” opens and expires"),
    "link.withdraw": lambda: _("{who} withdrew a link of “{what}”"),
    "print.start": lambda: _("{who} had {slips} slips printed: {what}"),
    "print.again": lambda: _("{who} had {what} drawn again"),
    "print.cancel": lambda: _("{who} cancelled the print run {what}"),
    "print.withdraw": lambda: _("{who} withdrew the print run {what}, with {links} links"),
    "print.reissue": lambda: _("{who} replaced the slip {what}"),
    "roster.import": lambda: _(
        "{who} took students into the list: {added} added, {renamed} renamed, {unchanged} unchanged"
    ),
    "student.rename": lambda: _("{who} gave the student {what} another name"),
    "student.remove": lambda: _("{who} took the student {what} off the list"),
    "student.return": lambda: _("{who} put the student {what} on the list again"),
    "publication.confirm": lambda: _("{who} confirmed “{title}” of {what}"),
    "publication.excuse": lambda: _("{who} excused {what} from “{title}”"),
    "publication.unexcuse": lambda: _("{who} took the excuse of {what} from “{title}” back"),
    "publication.reopen": lambda: _("{who} took back what was decided on “{title}” of {what}"),
    "publication.refuse": lambda: _("{who} did not accept “{title}” of {what}"),
    "publication.figures": lambda: _("{who} gave figures of {notes} notes"),
    "publication.figures_removed": lambda: _("{who} took figures of “{title}” of {what} back"),
    "member.invite": lambda: _("{who} invited {what} as {role}"),
    "member.withdraw": lambda: _("{who} withdrew the invitation of {what}"),
    "member.join": lambda: _("{who} joined as {role}"),
    "member.role": lambda: _("{who} gave {what} another role"),
    "member.remove": lambda: _("{who} removed {what}"),
    "member.leave": lambda: _("{who} left the course"),
    "layout.create": lambda: _("{who} made the layout “{what}”"),
    "layout.edit": lambda: _("{who} changed the layout “{what}”"),
    "layout.remove": lambda: _("{who} deleted the layout “{what}”"),
    "course.retention": lambda: _("{who} changed how long personal data is kept"),
    "course.erase": lambda: _("{who} erased the personal data of {students} students, as the course’s time was over"),
    "student.erase": lambda: _("{who} erased the data of the student {what}"),
    "webhook.create": lambda: _("{who} added a webhook to {what}"),
    "webhook.secret": lambda: _("{who} gave the webhook to {what} a new secret"),
    "webhook.enable": lambda: _("{who} let the webhook to {what} go on"),
    "webhook.disable": lambda: _("{who} stopped the webhook to {what}"),
    "webhook.remove": lambda: _("{who} deleted the webhook to {what}"),
    "person.add": lambda: _("{who} made an account for {what}"),
    "person.invite": lambda: _("{who} invited {what} to the portal"),
    "person.join": lambda: _("{who} took up an invitation and chose a password"),
    "person.rename": lambda: _("{who} chose another name"),
    "person.password": lambda: _("{who} changed the password"),
    "person.end": lambda: _("{who} ended the access of {what}"),
    "person.return": lambda: _("{who} gave {what} access again"),
    "key.create": lambda: _("{who} made the API key “{what}”"),
    "key.end": lambda: _("{who} ended the API key “{what}”"),
    "printer.measure": lambda: _("{who} measured the printer “{what}”"),
    "printer.prefer": lambda: _("{who} chose to print sheets for the printer “{what}”"),
    "printer.remove": lambda: _("{who} deleted the printer “{what}”"),
    "session.end": lambda: _("{who} signed another browser out: {what}"),
    "session.end_others": lambda: _("{who} signed all other browsers out"),
}  # fmt: skip

#: the same where one field alone was changed
ONE_CHANGE: dict[str, Callable[[], str]] = {
    "course.edit": lambda: _("{who} changed the course’s {field} from “{old}” to “{new}”"),
    "lesson.saved": lambda: _("{who} changed the {field} of “{what}” from “{old}” to “{new}”"),
    "student.rename": lambda: _("{who} renamed the student {old} to {new}"),
    "member.role": lambda: _("{who} changed the role of {what} from {old} to {new}"),
    "person.rename": lambda: _("{who} changed the name from “{old}” to “{new}”"),
}

FIELDS: dict[str, Callable[[], str]] = {
    "title": lambda: _("title"),
    "term": lambda: _("term"),
    "description": lambda: _("notes"),
    "name": lambda: _("name"),
    "role": lambda: _("role"),
    "kind": lambda: _("type"),
    "length": lambda: _("length of the text"),
    "pictures": lambda: _("number of pictures"),
    "topics": lambda: _("topics"),
    "platforms": lambda: _("platforms"),
    "template": lambda: _("template"),
    "opens_at": lambda: _("opens"),
    "expires_at": lambda: _("expires"),
    "closes_at": lambda: _("closes"),
    "due_at": lambda: _("due"),
    "ends_at": lambda: _("end of the course"),
    "retention_days": lambda: _("days that data is kept"),
}

#: what an entry is about, as one chooses in the filter
NOUNS: dict[str, Callable[[], str]] = {
    "lesson": lambda: _("Lessons"),
    "link": lambda: _("Links"),
    "roster": lambda: _("Imports of students"),
    "student": lambda: _("Students"),
    "publication": lambda: _("Decisions"),
    "print": lambda: _("Print runs"),
    "member": lambda: _("Members"),
    "webhook": lambda: _("Webhooks"),
    "layout": lambda: _("Layouts"),
    "course": lambda: _("Course"),
}


def way(via: str) -> str:
    """How a change came, where it was not a page: "API" or the portal's command."""
    return {"api": _("API"), "command": _("Command")}.get(via, "")
