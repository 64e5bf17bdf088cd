"""Two people (or two tabs) changed one lesson: both versions side by side, and the choice for each field."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from litestar import MediaType, Request, Response
from litestar.response import Template

from courses.errors import EditConflict, NotFound
from courses.lessons.revisions import RevisionInfo, revision_of
from courses.lessons.values import LessonDraft, LessonInfo
from courses.media.library import media_of
from courses.media.values import MediaInfo
from courses.signed_in import SignedIn
from portal.i18n import say
from portal.lessons.fields import fields_of_draft, hashed, split_topics
from portal.lessons.text_merge import merged, merged_list
from portal.web.errors import error_body, wants_json
from portal.words.declarations import declaration_name
from portal.words.done_rules import rule_words

TEXTS = ("title", "body", "topics")
FIELDS = (*TEXTS, "media", "platforms", "declarations")
CHOICES = ("theirs", "mine", "merged")
#: what is chosen with one field: the platforms that must be done are among those that are published to
_PARTS = {"media": ("kind", "pictures", "alts", "video", "cover"), "platforms": ("platforms", "done")}


@dataclass(frozen=True)
class Differing:
    """A field that differs. `merged` is a text to begin from, `clean` if it holds both changes.

    `choice` is proposed: the one side that changed it, or both where they fit together; "" is for the author to decide.
    """

    name: str
    theirs: str
    mine: str
    merged: str
    clean: bool
    choice: str


async def conflict_answer(
    request: Request[Any, Any, Any],
    person: SignedIn,
    lesson: LessonInfo,
    mine: LessonDraft,
    base: int | None,
    conflict: EditConflict,
) -> Response[Any] | Template:
    """409: for the editor as JSON, for people as the page where they decide."""
    theirs = await revision_of(lesson.id, conflict.version)
    if not wants_json(request):
        return await conflict_page(person, lesson, theirs, mine, base)
    other = {
        "version": theirs.number,
        "person": theirs.person_name,
        "saved_at": theirs.at.isoformat(timespec="seconds"),
        "title": theirs.draft.title,
        "body": theirs.draft.body,
        "topics": list(theirs.draft.topics),
    }
    body = error_body(conflict.code, say(conflict.message)) | {"theirs": other}
    return Response(body, status_code=409, media_type=MediaType.JSON)


async def conflict_page(
    person: SignedIn,
    lesson: LessonInfo,
    theirs: RevisionInfo,
    mine: LessonDraft,
    base: int | None,
    choices: Mapping[str, str] | None = None,
) -> Template:
    """Both versions; `choices` are those made so far."""
    began = await _began(lesson.id, base)
    known = await media_of(lesson.course, [*theirs.draft.media, *mine.media])
    context = {
        "person": person,
        "lesson": lesson,
        "theirs": theirs,
        "mine": mine,
        "fields": fields_of_draft(mine),
        "base": base,
        "own": theirs.person == person.id,
        "differing": compare(began, theirs.draft, mine),
        "choices": choices,
        "pictures": {"theirs": _shown(theirs.draft, known), "mine": _shown(mine, known)},
    }
    return Template("lessons/editor/conflict.html", context=context, status_code=409)


async def _began(lesson: UUID, base: int | None) -> LessonDraft | None:
    """What both began from."""
    try:
        return (await revision_of(lesson, base)).draft if base else None
    except NotFound:
        return None


def compare(base: LessonDraft | None, theirs: LessonDraft, mine: LessonDraft) -> list[Differing]:
    """The fields in which the two differ, in the order of the form."""
    return [
        _differing(name, base, theirs, mine) for name in FIELDS if _normal(theirs, name) != _normal(mine, name)
    ]  # fmt: skip


def _differing(name: str, base: LessonDraft | None, theirs: LessonDraft, mine: LessonDraft) -> Differing:
    both = _merged(name, base, theirs, mine) if base and name in TEXTS else None
    if base is None:
        choice = ""
    elif _normal(theirs, name) == _normal(base, name):
        choice = "mine"
    elif _normal(mine, name) == _normal(base, name):
        choice = "theirs"
    else:
        choice = "" if both is None else "merged"
    text = text_of(mine, name)
    return Differing(name, text_of(theirs, name), text, text if both is None else both, both is not None, choice)


def _merged(name: str, base: LessonDraft, theirs: LessonDraft, mine: LessonDraft) -> str | None:
    if name == "topics":
        return hashed(merged_list(base.topics, theirs.topics, mine.topics))
    return merged(text_of(base, name), text_of(theirs, name), text_of(mine, name))


def text_of(draft: LessonDraft, name: str) -> str:
    """A field as a text; "" for pictures and video."""
    if name == "topics":
        return hashed(draft.topics)
    if name == "platforms":
        return f"{' '.join(draft.platforms)} · {rule_words(draft.done)}"
    if name == "declarations":
        return ", ".join(map(declaration_name, draft.declarations))
    return str(getattr(draft, name)) if name in TEXTS else ""


def chosen(theirs: LessonDraft, mine: LessonDraft, choices: Mapping[str, str], texts: Mapping[str, str]) -> LessonDraft:
    """The lesson as it was decided, field by field; `texts` are the merged ones."""
    result = mine
    for name, choice in choices.items():
        if choice == "theirs":
            changes: dict[str, Any] = {part: getattr(theirs, part) for part in _PARTS.get(name, (name,))}
        elif choice == "merged" and name in TEXTS:
            changes = {name: split_topics(texts[name]) if name == "topics" else texts[name]}
        else:
            continue
        result = replace(result, **changes)
    return result


def _normal(draft: LessonDraft, name: str) -> object:
    if name == "media":
        alts = {picture: alt for picture, alt in draft.alts.items() if alt}
        return draft.kind, list(draft.pictures), alts, draft.video, draft.cover
    if name == "platforms":
        return list(draft.platforms), draft.done
    value = getattr(draft, name)
    return value if isinstance(value, str) else list(value)


def _shown(draft: LessonDraft, known: Mapping[UUID, MediaInfo]) -> Sequence[MediaInfo]:
    """What stands for the media of a version: its pictures, or the cover of its video."""
    shown = list(draft.pictures) or ([draft.cover] if draft.cover else [])
    return [known[each] for each in shown if each in known]
