"""Frozen values: made by order or by name, equal by class and fields, never changed."""

from __future__ import annotations

from typing import Any, ClassVar

import pytest

from upverdict.core.values import Named, Simple, replace


class Place(Simple):
    KIND: ClassVar[str] = "place"
    city: str
    country: str = "nowhere"


class Twin(Simple):
    city: str
    country: str = "nowhere"


class Header(Named):
    number: int = 0


class Letter(Header):
    text: str
    copies: tuple[str, ...] = ()


def test_fields_are_those_of_the_base_then_its_own() -> None:
    assert Place.FIELDS == ("city", "country")
    assert Letter.FIELDS == ("number", "text", "copies")


def test_made_in_order_by_name_and_with_defaults() -> None:
    assert Place("Bern", "CH") == Place(country="CH", city="Bern") == Place("Bern", country="CH")
    assert Place("Bern").country == "nowhere"
    assert (Letter(text="hi").number, Letter(text="hi", number=3).number) == (0, 3)


@pytest.mark.parametrize(
    ("given", "named", "said"),
    [
        ((), {}, "city"),
        (("Bern", "CH", "EU"), {}, "2 fields"),
        (("Bern",), {"city": "Basel"}, "city twice"),
        (("Bern",), {"river": "Aare"}, "river"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(given: tuple[Any, ...], named: dict[str, Any], said: str) -> None:
    with pytest.raises(TypeError, match=said):
        Place(*given, **named)


def test_another_class_with_the_same_fields_is_another_value() -> None:
    assert Place("Bern") != Twin("Bern")
    assert Place("Bern") != Place("Basel")
    assert len({Place("Bern"), Place("Bern"), Twin("Bern")}) == 2


def test_nothing_changes_a_value() -> None:
    place = Place("Bern")
    with pytest.raises(AttributeError, match="city"):
        place.city = "Basel"  # type: ignore[misc]
    with pytest.raises(AttributeError, match="city"):
        del place.city
    assert place == Place("Bern")


def test_a_changed_copy_leaves_the_first_as_it_was() -> None:
    place = Place("Bern")
    assert replace(place, country="CH") == Place("Bern", "CH")
    assert place.country == "nowhere"
    with pytest.raises(TypeError, match="river"):
        replace(place, river="Aare")


def test_its_words_tell_its_fields() -> None:
    assert repr(Place("Bern")) == "Place(city='Bern', country='nowhere')"
