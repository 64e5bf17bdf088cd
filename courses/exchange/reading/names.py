"""Names of files in an archive: safe to write everywhere, and checked before anything is read by them."""

import re
import stat
import unicodedata
from zipfile import ZipInfo

from courses.encodings import UNMARKED
from courses.errors import Message

STEM_MAX, PATH_MAX, DEPTH_MAX = 40, 400, 12
# What systems leave behind in folders.
_LITTER = {".ds_store", "thumbs.db", "desktop.ini"}
_DRIVE = re.compile("[A-Za-z]:")
_NUMBER = re.compile(r"(\d{1,9})")


def slug(text: str, other: str) -> str:
    """Letters and digits of any script with single hyphens between; `other` where nothing is left."""
    kept = "".join(
        character if unicodedata.category(character)[0] in "LMN" else " "
        for character in unicodedata.normalize("NFC", text)
    )
    return "-".join(kept.split())[:STEM_MAX].strip("-") or other


def numbered(number: int, count: int) -> str:
    """A number of as many digits as the last one has, two at least, so that names sort as they are counted."""
    return str(number).zfill(max(2, len(str(count))))


def by_number(name: str) -> tuple[tuple[int, int | str], ...]:
    """Sorts 2 before 10."""
    return tuple((0, int(part)) if part.isdecimal() else (1, part) for part in _NUMBER.split(name) if part)


def entry_name(info: ZipInfo) -> tuple[str, bool]:
    """The name as it was meant, and whether its encoding had to be guessed.

    Windows writes names in the system's code page and does not say which; zipfile takes them for code page 437.
    """
    name = info.orig_filename
    if info.flag_bits & 0x800 or name.isascii():
        return name, False
    data = name.encode("cp437", "replace")
    for encoding in UNMARKED:
        try:
            return data.decode(encoding), encoding != "utf-8"
        except UnicodeDecodeError:
            continue
    return name, True


def path_problem(name: str, info: ZipInfo) -> Message | None:
    """Why nothing of an archive with this entry is read."""
    kind = stat.S_IFMT(info.external_attr >> 16)
    if kind not in (0, stat.S_IFREG, stat.S_IFDIR):
        return Message("This is a link or a device, not a file. Pack the archive again without it.")
    if info.flag_bits & 0x1:
        return Message("This is encrypted. Pack the archive again without a password.")
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in name):
        return Message("There is a character in this name that cannot be shown. Rename the file.")
    if "\\" in name:
        return Message("There is a backslash in this name. Pack the archive with another program, or rename the file.")
    if name.startswith("/") or _DRIVE.match(name):
        return Message("This name begins at the root of a disk. Pack the folder itself, not its full path.")
    parts = name.split("/")
    if ".." in parts:
        return Message("This name leads out of the archive (“..”). Pack the folder again.")
    if len(name) > PATH_MAX or len(parts) > DEPTH_MAX:
        return Message("This name is too long, or in too many folders.")
    return None


def tidy_path(name: str) -> str:
    """One spelling for a name: composed, without empty steps."""
    return "/".join(part for part in unicodedata.normalize("NFC", name).split("/") if part not in ("", "."))


def is_litter(path: str) -> bool:
    """Whether a system left it there."""
    parts = path.split("/")
    return "__MACOSX" in parts or parts[-1].casefold() in _LITTER or parts[-1].startswith("._")


def folded(path: str) -> str:
    """The same for paths that some systems take for one."""
    return tidy_path(path).casefold()


def shown(name: str) -> str:
    """A name for people: without what cannot be shown, and cut."""
    text = "".join("�" if unicodedata.category(character)[0] == "C" else character for character in name)
    return text if len(text) <= 120 else f"{text[:119]}…"
