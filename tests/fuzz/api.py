"""The whole API from its own description, by Schemathesis: what the description allows, and what it does not."""

import random
import time
from collections import Counter
from typing import Any

import requests
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import seed as seeded
from schemathesis import Case, GenerationMode

from tests.fuzz.findings import Findings
from tests.fuzz.running import TIMEOUT, Running, network, running

#: cases of one operation, until the next has its turn
CASES = 30


def call_for(seconds: float, seed: str, findings: Findings, counts: Counter[str]) -> None:
    """Every operation by turns until the time is over, by halves as described and not as described."""
    until, turn = time.monotonic() + seconds, 0
    with running() as portal:
        schema = schemathesis.openapi.from_url(f"{portal.url}/schema/openapi.json")
        operations = [result.ok() for result in schema.get_all_operations()]
        while time.monotonic() < until:
            for operation in operations:
                if time.monotonic() >= until:
                    break
                mode = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)[turn % 2]
                _call(portal, operation, mode, f"{seed} {turn}", findings, counts)
            turn += 1
            portal.furnish()


def _call(
    portal: Running, operation: Any, mode: GenerationMode, seed: str, findings: Findings, counts: Counter[str]
) -> None:
    rnd, session = random.Random(f"{seed} {operation.label}"), requests.Session()

    @seeded(rnd.getrandbits(64))
    @settings(
        max_examples=CASES,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def calls(case: Case) -> None:
        for name in case.path_parameters or {}:
            if (known := portal.ids.get(name)) and rnd.random() < 0.8:
                case.path_parameters[name] = rnd.choice(known)
        headers = {"authorization": f"Bearer {portal.key}", "x-forwarded-for": network(rnd)}
        try:
            answer = case.call(session=session, headers=headers, timeout=TIMEOUT)
        except requests.Timeout:
            findings.add("api", "hang", operation.label, seed=seed, case=repr(case)[:4_000])
            return
        except (requests.RequestException, UnicodeError, ValueError):
            counts["  not sent, or closed by the server"] += 1
            return
        counts["API"] += 1
        counts[f"  answers {answer.status_code // 100}xx"] += 1
        if answer.status_code == 503 and "retry-after" in answer.headers:
            counts["  of them 503 with Retry-After"] += 1
        elif answer.status_code >= 500:
            told = {"seed": seed, "case": case.as_curl_command()[:4_000], "trace": portal.log_end()}
            findings.add("api", str(answer.status_code), operation.label, **told)

    try:
        calls()
    except Exception as error:
        counts[f"  not generated: {type(error).__name__}"] += 1
