"""Tell Me finds what a person means: by beginnings, initials, synonyms; never what they did not type."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ui.navigation import PAGES
from ui.tell_me import Group, Suggestion, find, score


def _nothing() -> None:
    pass


def _pages() -> list[Suggestion]:
    return [
        Suggestion(Group.PAGES, page.title, page.icon, _nothing, terms=page.search_terms)
        for page in PAGES.values()
        if page.listed
    ]


@pytest.mark.parametrize(
    ("typed", "title"),
    [
        ("cust", "Customers"),
        ("jqe", "Job Queue Entries"),
        ("jqle", "Job Queue Log Entries"),
        ("job log", "Job Queue Log Entries"),
        ("suppliers", "Vendors"),
        ("dark", "My Settings"),
        ("ENTRIES", "Job Queue Entries"),
        ("staging", "Integration Records"),
    ],
)
def test_the_first_result_is_what_was_meant(typed: str, title: str) -> None:
    assert find(typed, _pages())[0].title == title


def test_a_word_that_nothing_carries_finds_nothing() -> None:
    assert find("zebra", _pages()) == []


def test_an_empty_field_shows_what_it_is_given() -> None:
    assert [found.title for found in find("  ", _pages(), limit=3)] == [page.title for page in _pages()[:3]]


def test_an_exact_action_comes_before_pages_that_only_begin_alike() -> None:
    action = Suggestion(Group.ACTIONS, "Retry", "arrow_clockwise", _nothing)
    page = Suggestion(Group.PAGES, "Retry Policies", "settings", _nothing)
    assert [found.title for found in find("retry", [page, action])] == ["Retry", "Retry Policies"]


@given(st.text(min_size=1, max_size=12))
def test_typing_more_of_a_title_never_loses_it(title: str) -> None:
    shown = " ".join(title.split())
    for length in range(1, len(shown) + 1):
        if shown[:length].strip() and shown.casefold().startswith(
            " ".join(shown[:length].casefold().split())
        ):
            assert score(shown[:length], shown) is not None


def test_the_search_in_the_companys_data_stands_last_however_much_is_found() -> None:
    search = Suggestion(Group.COMPANY_DATA, "Search company data for “s”", "search", _nothing)
    many = [Suggestion(Group.PAGES, f"Sales {number}", "cart", _nothing) for number in range(30)]
    found = find("s", [search, *many], limit=12)
    assert len(found) == 12
    assert found[-1] is search
