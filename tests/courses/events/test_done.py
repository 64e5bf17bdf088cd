"""What done means, over all rules and all rungs: further is never less, all is harder than any, and nothing else counts."""

from hypothesis import given
from hypothesis import strategies as st

from courses.events.done import FROM, USUAL, WHICH, DoneRule, counts, is_done, still_to_do
from courses.events.ladder import RANK, RUNGS

SLUGS = ("xiaohongshu", "douyin", "weibo", "bilibili")

platforms = st.lists(st.sampled_from(SLUGS), min_size=1, unique=True)
reached = st.dictionaries(st.sampled_from(SLUGS), st.sampled_from(RUNGS))
rules = st.builds(
    lambda which, named, rung: DoneRule(which, tuple(named), rung),
    st.sampled_from(WHICH), platforms, st.sampled_from(FROM),
)  # fmt: skip


@given(rules, platforms, reached, st.sampled_from(SLUGS), st.sampled_from(RUNGS))
def test_further_on_one_platform_is_never_less_done(
    rule: DoneRule, offered: list[str], there: dict[str, str], slug: str, rung: str
) -> None:
    rule = rule.over(offered)
    further = there | {slug: max(rung, there.get(slug, RUNGS[0]), key=RANK.__getitem__)}
    assert is_done(rule, further) >= is_done(rule, there)
    assert set(still_to_do(rule, further)) <= set(still_to_do(rule, there))


@given(platforms, st.sampled_from(FROM), reached)
def test_all_is_some_and_some_is_any(offered: list[str], rung: str, there: dict[str, str]) -> None:
    every, some, one = (
        is_done(DoneRule(which, tuple(offered[:1]), rung).over(offered), there) for which in ("all", "these", "any")
    )
    assert every <= some <= one


@given(rules, platforms, reached)
def test_done_from_a_higher_rung_is_done_from_a_lower_one(
    rule: DoneRule, offered: list[str], there: dict[str, str]
) -> None:
    done = [is_done(DoneRule(rule.which, rule.platforms, rung).over(offered), there) for rung in FROM]
    assert done == sorted(done, reverse=True)


@given(rules, platforms, reached)
def test_done_is_what_is_said_in_words(rule: DoneRule, offered: list[str], there: dict[str, str]) -> None:
    enough = {slug for slug, rung in there.items() if RUNGS.index(rung) >= RUNGS.index(rule.rung)}
    needed = {"any": enough and set(), "all": set(offered), "these": set(rule.platforms)}[rule.which]
    expected = bool(enough) and needed <= enough
    rule = rule.over(offered)
    assert is_done(rule, there) is expected
    assert {slug for slug, rung in there.items() if counts(rule, rung)} == enough
    if rule.which != "any":
        assert set(still_to_do(rule, there)) == needed - enough


def test_usual_is_what_it_was_before_there_were_rules() -> None:
    for rung in RUNGS:
        assert is_done(USUAL, {"weibo": rung, "douyin": "not_started"}) is (rung in ("claimed", "linked", "confirmed"))
    assert not is_done(USUAL, {})
    assert not is_done(DoneRule("all"), {"weibo": "confirmed"})
