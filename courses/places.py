"""Where this portal's files are: what was installed, and what it makes and keeps."""

import os
from pathlib import Path

ROOT = Path(__file__).parent.parent


def _home() -> Path:
    """The checkout; of an installed package a folder of the account, as nothing may be kept among the packages.

    That is the place the XDG Base Directory Specification 0.8 names for data.
    """
    if (ROOT / "pyproject.toml").exists():
        return ROOT
    data = os.environ.get("XDG_DATA_HOME", "")
    return (Path(data) if os.path.isabs(data) else Path.home() / ".local" / "share") / "lessonlink"


#: what `sqlite:///` addresses begin at
HOME = _home()
#: database, media, keys and the security log, where no setting says another place
VAR = HOME / "var"
