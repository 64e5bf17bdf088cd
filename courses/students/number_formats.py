"""What a spreadsheet's cell shows for a number or a date under its format (ECMA-376 part 1, 18.8.30), as far as lists need it."""

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

#: digits that a spreadsheet keeps of a number
DIGITS = 15
_COLOUR = re.compile(r"\[(?:Black|Blue|Cyan|Green|Magenta|Red|White|Yellow|Color\s*\d+|颜色\s*\d+)\]", re.I)
_GENERAL = re.compile("G/通用格式|G/標準|G/標準格式", re.I)
_LOCALE = re.compile(r"\[(?:\$([^\]-]*)(?:-[^\]]*)?|DBNum\d)\]")
_CONDITION = re.compile(r"\[([<>=]+)(-?[\d.]+)\]")
_TOKEN = re.compile(
    r'"([^"]*)"|\\(.)|_.|\*.|(\[?h+\]?|\[m+\]|\[s+\]|AM/PM|A/P|上午/下午|y+|m+|d+|h+|s+|a{3,4}|\.0+)|(.)', re.I | re.S
)
_PIECE = re.compile(r'"([^"]*)"|\\(.)|(_.)|(\*.)|([0#?])|(.)', re.S)
#: the format "short date" of the system; a Chinese Excel writes it so
_SHORT_DATE = "yyyy/m/d"
_WEEKDAYS = "一二三四五六日"


def shown(value: object, code: str) -> str:
    """The value as its cell shows it. A number of more than 15 digits comes as 2.02E+17: its last digits are lost."""
    match value:
        case None:
            return ""
        case bool():
            return str(value).upper()
        case str():
            return _text(value, code)
        case int() | float():
            return _number(value, code)
        case datetime() | date() | time():
            return _moment(value, code)
        case timedelta():
            return _number(value / timedelta(days=1), "General") if "h" not in code.lower() else _duration(value)
    return str(value)


def _sections(code: str) -> list[str]:
    """Those for positive and negative numbers, for zero, and for text."""
    parts = re.findall(r'(?:"[^"]*"|\\.|[^;"\\])+|(?<=;)(?=;|$)', _GENERAL.sub("General", code))
    return [_LOCALE.sub(lambda found: f'"{found[1]}"' if found[1] else "", _COLOUR.sub("", part)) for part in parts]


def _text(value: str, code: str) -> str:
    section = next((part for part in reversed(_sections(code)) if "@" in re.sub(r'"[^"]*"|\\.', "", part)), "@")
    pieces = (
        found[1] or found[2] or (value if found[6] == "@" else found[6] or "") for found in _PIECE.finditer(section)
    )
    return "".join(pieces)


def _number(value: float, code: str) -> str:
    exact = Decimal(f"{value:.{DIGITS}g}")
    if abs(exact) >= 10**DIGITS:
        return f"{exact:.14E}"
    section, exact = _section(exact, code)
    plain = re.sub(r'"[^"]*"|\\.|_.|\*.', "", section)
    if not re.search("[0#?]", plain):
        known = not re.search(r"[^\W\d_]", re.sub("general", "", plain, flags=re.I))
        return _around(section, _general(exact)) if known else _general(exact)
    if re.search("E[+-]", plain, re.I) or "/" in plain:
        return _general(exact)
    return _digits(exact, section, plain)


def _section(value: Decimal, code: str) -> tuple[str, Decimal]:
    """The section for this number, and the number as it writes it: a section of their own leaves negative ones their sign."""
    sections = _sections(code) or ["General"]
    for section in sections:
        if (found := _CONDITION.match(section)) and _holds(value, found[1], Decimal(found[2])):
            return section[found.end() :], value
    bare = [_CONDITION.sub("", section) for section in sections]
    if bare != sections:
        return next((section for section in sections if not _CONDITION.match(section)), "General"), value
    if value < 0 and len(bare) > 1:
        return bare[1], -value
    return (bare[2], value) if value == 0 and len(bare) > 2 else (bare[0], value)


def _holds(value: Decimal, sign: str, bound: Decimal) -> bool:
    return (
        ("<" in sign and value < bound) or (">" in sign and value > bound) or ("=" in sign and value == bound)
    ) and (sign != "<>" or value != bound)


def _general(value: Decimal) -> str:
    if value == value.to_integral_value():
        return f"{value:.0f}"
    return f"{value.normalize():f}"


def _around(section: str, number: str) -> str:
    found = [match[1] or match[2] or match[6] or "" for match in _PIECE.finditer(section)]
    return re.sub("general|@", lambda _: number, "".join(found), flags=re.I)


def _digits(value: Decimal, section: str, plain: str) -> str:
    """Digits at the places that the section has for them: 0 also where there are none, # and ? only where there are."""
    value = value * 100 ** plain.count("%")
    whole_places, point, part_places = plain.partition(".")
    value = value / 1000 ** len(re.search(r"(,*)[^0#?,]*$", whole_places)[1])  # type: ignore[index]  # matches always
    places = sum(part_places.count(place) for place in "0#?") if point else 0
    value = value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
    whole, _, part = f"{abs(value):f}".partition(".")
    wanted = [match[0] for match in re.finditer("[0#?]", part_places)]
    while part and part[-1] == "0" and wanted[len(part) - 1] == "#":
        part = part[:-1]
    digits = whole.lstrip("0")
    left = sum(whole_places.count(place) for place in "0#?")
    written, place, behind, pending = [], 0, False, list(part)
    grouped = bool(re.search(r"[0#?],+[0#?]", whole_places))
    for match in _PIECE.finditer(section):
        literal = match[1] or match[2]
        if literal is not None:
            written.append(literal)
        elif match[5] and behind:
            written.append(pending.pop(0) if pending else "")
        elif match[5]:
            remaining = left - place
            count = len(digits) - (remaining - 1) if place == 0 else 1
            here = digits[: max(count, 0)] if len(digits) >= remaining else ("0" if match[5] == "0" else "")
            digits = digits[len(here) :] if len(digits) >= remaining else digits
            written.append(here)
            place += 1
        elif match[6] == "." and not behind:
            behind = True
            written.append("." if part or not point else "")
        elif match[6] and match[6] != ",":
            written.append(match[6])
    text = "".join(written)
    if grouped:
        text = re.sub(r"\d+", lambda found: f"{int(found[0]):,}", text, count=1)
    return f"-{text}" if value < 0 else text


def _moment(value: datetime | date | time, code: str) -> str:
    code = _sections(code)[0] if _sections(code) else ""
    if re.fullmatch(r"general|@?|mm-dd-yy|m/d/yy", code.strip(), re.I):
        code = "h:mm" if isinstance(value, time) else _SHORT_DATE
    tokens = [(match[3] or "", match[1] or match[2] or match[4] or "") for match in _TOKEN.finditer(code)]
    half = any(token.upper() in ("AM/PM", "A/P", "上午/下午") for token, _ in tokens)
    written: list[str] = []
    for place, (token, literal) in enumerate(tokens):
        around = (
            [other.lower() for other, _ in tokens[:place] if other][-1:],
            [other for other, _ in tokens[place + 1 :] if other][:1],
        )
        minutes = any("h" in other for other in around[0]) or any(other.lower().startswith("s") for other in around[1])
        written.append(_part(value, token.lower(), minutes, half) if token else literal)
    return "".join(written)


def _part(value: datetime | date | time, token: str, minutes: bool, half: bool) -> str:
    wide = len(token.strip("[]")) > 1
    if not isinstance(value, time):
        match token[0]:
            case "y":
                return f"{value.year:04}" if len(token) > 2 else f"{value.year % 100:02}"
            case "m" if not minutes:
                return (
                    value.strftime({3: "%b", 4: "%B"}[len(token)])
                    if len(token) in (3, 4)
                    else f"{value.month:{'02' if wide else ''}}"
                )
            case "d":
                return (
                    value.strftime({3: "%a", 4: "%A"}[len(token)])
                    if len(token) in (3, 4)
                    else f"{value.day:{'02' if wide else ''}}"
                )
            case "a" if token.startswith("aaa"):
                return ("星期" if len(token) > 3 else "") + _WEEKDAYS[value.weekday()]
        if not isinstance(value, datetime):
            value = datetime(value.year, value.month, value.day)
    number = {"h": value.hour % 12 or 12 if half else value.hour, "m": value.minute, "s": value.second}.get(
        token.strip("[")[0]
    )
    if number is None:
        morning = value.hour < 12
        return (
            ("上午" if morning else "下午")
            if "上" in token
            else ("AM" if morning else "PM")
            if token.startswith("a")
            else ""
        )
    return f"{number:{'02' if wide else ''}}"


def _duration(value: timedelta) -> str:
    minutes, seconds = divmod(round(value.total_seconds()), 60)
    return f"{minutes // 60}:{minutes % 60:02}:{seconds:02}"
