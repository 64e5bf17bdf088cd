"""Browser libraries and the font: npm brings the packages, the few files that we serve go to static/vendor/."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path

FONTS = "@expo-google-fonts"
# Where it goes in static/vendor/: where it lies in node_modules/
COPIES = {
    "swiper/swiper-bundle.min.css": "swiper/swiper-bundle.min.css",
    "swiper/LICENSE.txt": "swiper/LICENSE",
    "cropper/cropper.min.css": "cropperjs/dist/cropper.min.css",
    "cropper/LICENSE.txt": "cropperjs/LICENSE",
    "sortable/LICENSE.txt": "sortablejs/LICENSE",
    "markdown-toolbar/markdown-toolbar.mjs": "@github/markdown-toolbar-element/dist/index.js",
    "markdown-toolbar/LICENSE.txt": "@github/markdown-toolbar-element/LICENSE",
    "morphdom/morphdom.mjs": "morphdom/dist/morphdom-esm.js",
    "morphdom/LICENSE.txt": "morphdom/LICENSE",
    "tus/LICENSE.txt": "tus-js-client/LICENSE",
    "turndown/turndown.mjs": "turndown/lib/turndown.browser.es.js",
    "turndown/LICENSE.txt": "turndown/LICENSE",
    # The sheets' fonts. Plain TrueType: WeasyPrint takes 0.1 s with it and 40 s with the same font as woff2.
    "fonts/NotoSansSC-Regular.ttf": f"{FONTS}/noto-sans-sc/400Regular/NotoSansSC_400Regular.ttf",
    "fonts/NotoSansSC-LICENSE.txt": f"{FONTS}/noto-sans-sc/LICENSE_FONT",
    "fonts/NotoSansJP-Regular.ttf": f"{FONTS}/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf",
    "fonts/NotoSansJP-LICENSE.txt": f"{FONTS}/noto-sans-jp/LICENSE_FONT",
    "fonts/NotoSans-Regular.ttf": f"{FONTS}/noto-sans/400Regular/NotoSans_400Regular.ttf",
    "fonts/NotoSans-LICENSE.txt": f"{FONTS}/noto-sans/LICENSE_FONT",
    "fonts/NotoEmoji-Regular.ttf": f"{FONTS}/noto-emoji/400Regular/NotoEmoji_400Regular.ttf",
    "fonts/NotoEmoji-LICENSE.txt": f"{FONTS}/noto-emoji/LICENSE_FONT",
}
# "Universal" scripts, which become ES modules of one file each
MODULES = {
    "cropper/cropper.min.mjs": "cropperjs/dist/cropper.min.js",
    "sortable/sortable.min.mjs": "sortablejs/Sortable.min.js",
    "tus/tus.min.mjs": "tus-js-client/dist/tus.min.js",
}


#: what tests run in the browser, from devDependencies: like Biome it goes to node_modules/ and is never sent to anybody
TOOLS = ["axe-core/axe.min.js", "axe-core/LICENSE"]
STAMP = "made-from.txt"
COMMON_FONT, OWN_GLYPHS = (Path(__file__).with_name(name) for name in ("common_font.py", "own_glyphs.py"))
PYTHON = Path(__file__).parent.parent / ".venv" / "bin" / "python"


def fill(root: Path, npm: Callable[[Path], list[str]], tools: bool) -> None:
    """Fills static/vendor/, and node_modules/ for tests and lint, once per content of package-lock.json: whole or not at all."""
    wanted = _fingerprint(root)
    targets = [root / "static" / "vendor", *([root / "node_modules"] if tools else [])]
    stale = [target for target in targets if not _made_from(target, wanted)]
    if not stale:
        return
    print("Installing browser libraries (package-lock.json) …", flush=True)
    for left in root.glob(".vendor-*"):
        shutil.rmtree(left)
    with tempfile.TemporaryDirectory(prefix=".vendor-", dir=root) as folder:
        work = Path(folder)
        work.chmod(0o755)
        for file in ("package.json", "package-lock.json"):
            shutil.copy(root / file, work)
        _install([*npm(work), "ci", *([] if tools else ["--omit=dev"])], work)
        for target in stale:
            made = work / f"made-{target.name}"
            (_vendor if target.name == "vendor" else _tools)(work / "node_modules", made)
            (made / STAMP).write_text(wanted)
            target.parent.mkdir(exist_ok=True)
            if target.exists():
                target.rename(work / f"old-{target.name}")
            made.rename(target)


def _made_from(target: Path, wanted: str) -> bool:
    return (target / STAMP).exists() and (target / STAMP).read_text() == wanted


def _vendor(modules: Path, made: Path) -> None:
    for name, source in COPIES.items():
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / source, made / name)
    (made / "swiper" / "swiper-bundle.min.mjs").write_text(_module(modules / "swiper"))
    for name, source in MODULES.items():
        (made / name).write_text(_wrapped((modules / source).read_text()))
    _make_fonts(made / "fonts")


def _make_fonts(fonts: Path) -> None:
    for command in (
        [PYTHON, OWN_GLYPHS, *sorted(fonts.glob("*.ttf"))],
        [PYTHON, COMMON_FONT, fonts / "NotoSansSC-Regular.ttf", fonts / "NotoSansSC-Common.ttf"],
    ):
        if subprocess.run(command, check=False).returncode:  # noqa: S603
            raise SystemExit("Set-up stopped: the sheets’ fonts could not be made, the reason is above.")


def _tools(modules: Path, made: Path) -> None:
    for name in TOOLS:
        (made / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(modules / name, made / name)
    # A program that needs no Node; of the packages that hold it, npm installs the one for this machine, if there is one.
    if programs := sorted((modules / "@biomejs").glob("cli-*/biome")):
        (made / ".bin").mkdir()
        shutil.copy(programs[0], made / ".bin" / "biome")


def _fingerprint(root: Path) -> str:
    parts = [root / "package-lock.json", Path(__file__), COMMON_FONT, OWN_GLYPHS]
    return hashlib.sha256(b"".join(part.read_bytes() for part in parts)).hexdigest()


def _install(npm: list[str], folder: Path) -> None:
    """The registry is the machine's own choice: the lock holds hashes and no addresses."""
    command = [*npm, "--ignore-scripts", "--no-audit", "--no-fund", "--no-update-notifier", "--loglevel=error"]
    if subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=False).returncode:  # noqa: S603
        raise SystemExit(f"Set-up stopped: npm failed, its words are above:\n    {' '.join(command)}")


def _module(swiper: Path) -> str:
    """Swiper as one ES module file. Its own module build is 30 files: as many requests, none under a hashed address."""
    lines = (swiper / "swiper-bundle.min.js").read_text().rstrip().splitlines()
    kept = [line for line in lines if not line.startswith("//# sourceMappingURL")]
    return "\n".join([*kept, "export { Swiper, Swiper as default };", ""])


def _wrapped(script: str) -> str:
    """A script as a module: it finds the `module.exports` of Node and sets what we export."""
    kept = [line for line in script.rstrip().splitlines() if not line.startswith("//# sourceMappingURL")]
    return "\n".join(
        [
            "const module = { exports: {} };",
            "const exports = module.exports;",
            *kept,
            "export default module.exports;",
            "",
        ]
    )
