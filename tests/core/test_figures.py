"""Figures in many spellings, and words that count heads."""

from __future__ import annotations

import pytest

from upverdict.core.figures import counts_heads, unsaid


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("Below 70% rent.", "At 70 % of load"),
        ("Below 70 percent rent.", "seventy percent of it"),
        ("1,500 tokens", "1500 tokens"),
        ("$5k a month", "5,000 dollars"),
        ("2.5 million", "2,500,000 rows"),
        ("fewer than 3 people", "we are three"),
        ("at least two people", "2 of us"),
        ("٧٠٪ من الفرق", "70%"),
        ("七割なら借りる", "70%の負荷"),
        ("10万円", "100,000円"),
        ("3,5 Prozent", "3.5 %"),
        ("負荷は70%を超える", "70 % of load"),
        ("ثلاثة و70٪", "70%"),
    ],
)
def test_a_figure_that_was_said_may_be_spelt_in_another_way(text: str, said: str) -> None:
    assert unsaid(text, [said]) == []
    assert unsaid(text, ["Nobody said any."]) != []


@pytest.mark.parametrize(
    "text",
    [
        "See B1.3 for that.",
        "1. Rent.\n2. Wait.",
        "Take option 2.",
        "No figure at all.",
        "第1に、この2つを借りる。",
        "V8 and B2B",
    ],
)
def test_numbers_that_are_no_figures(text: str) -> None:
    assert unsaid(text, []) == []


def test_a_share_is_no_count() -> None:
    assert unsaid("If 70 % fail", ["70 requests failed"]) == ["70 %"]


@pytest.mark.parametrize(
    "text",
    ["All four agree that it works.", "Three of the four advisors say so.", "Everyone agrees.", "There is consensus.",
     "The whole council agrees.", "Alle vier sind dafür.", "全員一致で借りる。", "Nobody disputes it."],
)  # fmt: skip
def test_heads_are_counted_by_code_alone(text: str) -> None:
    assert counts_heads(text)


@pytest.mark.parametrize(
    "text", ["Both options work.", "All of the services fail.", "Most teams rent.", "Two people start."]
)
def test_other_counts_may_stand(text: str) -> None:
    assert not counts_heads(text)
