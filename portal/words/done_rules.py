"""What done means, as people read it: beside every total, and on the student's page."""

from collections.abc import Iterable

from courses.events.done import DoneRule
from portal.i18n import catalogue, language
from portal.i18n import gettext as _
from portal.platforms import platform_name


def rule_words(rule: DoneRule, tongue: str = "") -> str:
    """ "any platform, saying so counts", in the language of the request or another."""
    tongue = tongue or language()
    gettext = catalogue(tongue).gettext
    match rule.which:
        case "any":
            where = gettext("any platform")
        case "all":
            where = gettext("all platforms")
        case _these:
            where = ("、" if tongue == "zh" else " + ").join(platform_name(slug, tongue) for slug in rule.platforms)
    from_rung = {
        "claimed": gettext("saying so counts"),
        "linked": gettext("post link given"),
        "confirmed": gettext("confirmed"),
    }[rule.rung]
    return gettext("%(where)s, %(rung)s") % {"where": where, "rung": from_rung}


def rules_words(rules: Iterable[DoneRule]) -> str:
    """The same of several lessons, where they have one rule; "" of none."""
    found = list(dict.fromkeys(map(rule_words, rules)))
    return found[0] if len(found) == 1 else _("as each lesson asks") if found else ""


def asked(rule: DoneRule, several: bool) -> str:
    """What a student has to do; "" where one platform is there and saying so is enough, which the page asks for anyway."""
    if not several:
        return {
            "claimed": "",
            "linked": _("It is done when you have pasted the link of your post."),
            "confirmed": _("It is done when your teacher has confirmed it."),
        }[rule.rung]
    names = ("、" if language() == "zh" else ", ").join(map(platform_name, rule.platforms))
    where = {
        "any": _("This lesson goes to several apps. Publish in one of them; you can do the others afterwards."),
        "all": _("This lesson goes to several apps. Publish in all of them."),
        "these": _("This lesson goes to several apps. These must be done: %(names)s.") % {"names": names},
    }[rule.which]
    tick = {
        "claimed": _("An app gets its ✓ when you say that you have published there."),
        "linked": _("An app gets its ✓ when you have pasted the link of your post there."),
        "confirmed": _("An app gets its ✓ when your teacher has confirmed your post there."),
    }[rule.rung]
    return f"{where}{'' if language() == 'zh' else ' '}{tick}"
