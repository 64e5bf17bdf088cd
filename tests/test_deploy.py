"""What deploy/ says is so: nginx and systemd take its files, and every command, setting, package and target in them is there."""

import configparser
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from portal.__main__ import parser
from portal.settings import SETTINGS, Settings

ROOT = Path(__file__).parent.parent
DEPLOY = ROOT / "deploy"
UNITS = sorted([*DEPLOY.glob("*.service"), *DEPLOY.glob("*.timer")])
PORTAL = "/opt/lessonlink/.venv/bin/portal"


def unit(path: Path) -> configparser.ConfigParser:
    found = configparser.ConfigParser(interpolation=None, comment_prefixes="#", delimiters="=")
    found.optionxform = str  # type: ignore[assignment,method-assign]
    found.read_string(path.read_text(encoding="utf-8"))
    return found


def filled() -> dict[str, str]:
    """The settings file with its secrets filled in."""
    lines = [
        line for line in (DEPLOY / "lessonlink.env").read_text(encoding="utf-8").splitlines() if line[:1] not in "#"
    ]
    given = dict(line.split("=", 1) for line in lines if line)
    return given | {"PORTAL_SECRET_KEYS": f"1:{'5a' * 32}", "AWS_SECRET_ACCESS_KEY": "secret"}


def command_of(line: str) -> list[str]:
    """What follows `portal`, with the values of the settings file."""
    _, _, options = line.partition(PORTAL)
    options = options.rstrip("'").replace("$$(date +%%a)", "Mon")
    return shlex.split(re.sub(r"\$\{(\w+)\}", lambda found: filled()[found[1]], options))


def test_nginx_takes_the_balancers_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(DEPLOY)
    import two_servers

    two_servers.make_certificate(tmp_path)
    command = two_servers.nginx_command(tmp_path, 8443, [8001, 8002])
    done = subprocess.run([*command, "-t"], capture_output=True, text=True)
    assert "test is successful" in done.stderr, done.stderr
    assert "[warn]" not in done.stderr


def test_balancer_says_who_comes_and_logs_neither_him_nor_his_token() -> None:
    text = (DEPLOY / "nginx.conf").read_text(encoding="utf-8")
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    headers = set(re.findall(r"proxy_set_header (?:Host|X-\S+) [^;]+;", readme))
    assert len(headers) == 3
    assert headers <= set(re.findall(r"proxy_set_header [^;]+;", text))
    (logged,) = re.findall(r"log_format \w+ '([^']+)'", text)
    assert not re.search(r"remote|request\b|uri|args|referer|cookie|http_x_forwarded", logged)
    assert "error_log /var/log/nginx/lessonlink-error.log crit;" in text


def test_settings_file_has_settings_that_a_portal_starts_with() -> None:
    given = filled()
    ours = {name for name in given if name in SETTINGS}
    own = {name for name in given if f"${{{name}}}" in (DEPLOY / "lessonlink.service").read_text(encoding="utf-8")}
    assert {name for name in given if not name.startswith("AWS_")} == ours | own
    settings = Settings.from_env(
        {name: given[name] for name in ours} | {"PORTAL_MEDIA": "file:///var/lib/lessonlink/media"}
    )
    assert (settings.https, settings.proxy) == (True, ("10.0.0.10",))


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_unit_runs_a_command_that_there_is(path: Path, tmp_path: Path) -> None:
    found = unit(path)
    if path.suffix == ".timer":
        assert (DEPLOY / path.with_suffix(".service").name).exists()
    else:
        service = found["Service"]
        assert parser().parse_args(command_of(service["ExecStart"])).command in ("serve", "backup")
        assert {service[name] for name in ("NoNewPrivileges", "PrivateTmp")} == {"yes"}
        assert (service["ProtectSystem"], service["UMask"]) == ("strict", "0077")
    analyze = shutil.which("systemd-analyze")
    if analyze is not None:  # a container has none, and then the rest has been looked at
        # It also asks whether the program is there, which on this machine is another one.
        for each in UNITS:
            (tmp_path / each.name).write_text(each.read_text(encoding="utf-8").replace(PORTAL, sys.executable))
        done = subprocess.run(
            [analyze, "verify", "--man=no", tmp_path / path.name], capture_output=True, text=True, timeout=60
        )
        assert (done.returncode, done.stderr) == (0, "")


def test_container_is_made_of_what_there_is() -> None:
    lines = (DEPLOY / "Containerfile").read_text(encoding="utf-8").replace("\\\n", " ")
    for copied in re.findall(r"^COPY (?!--from)(.+) \S+$", lines, re.MULTILINE):
        assert [name for name in copied.split() if not (ROOT / name).exists()] == []
    (target,) = re.findall(r"^RUN make (\S+)$", lines, re.MULTILINE)
    assert f"\n{target}:" in (ROOT / "Makefile").read_text(encoding="utf-8")
    system = (ROOT / ".ci" / "system.py").read_text(encoding="utf-8").partition("RUNTIME = [")[2].partition("]")[0]
    libraries = re.findall(r'Need\("([^"]+)"', system)
    assert libraries
    assert all(f" {name} " in lines.rpartition("FROM ")[2] for name in libraries)
    program, options = (re.findall(rf"^{word} \[(.+)\]$", lines, re.MULTILINE)[0] for word in ("ENTRYPOINT", "CMD"))
    assert program.strip('"') == PORTAL
    assert parser().parse_args(re.findall(r'"([^"]+)"', options)).command == "serve"
