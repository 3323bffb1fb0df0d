"""What changed between two revisions: every field, every line, in bounded time."""

from __future__ import annotations

from time import perf_counter

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.core.diff import COMPARED, Change, Diff, body_lines, diff
from bot.core.payload import Content

lines = st.lists(st.sampled_from(["a", "b", "-- x", "@@ y", "+z", ""]), max_size=12)
fields = st.lists(st.tuples(st.sampled_from("ABC"), st.sampled_from("123")), max_size=5).map(tuple)


def test_equal_contents_have_no_difference() -> None:
    told = Content("Title", "Summary", (("A", "1"),), "body")

    assert not diff(told, told)


def test_each_changed_field_is_told_with_before_and_after() -> None:
    before = Content("Old", "Same", (("A", "1"), ("B", "2")))
    after = Content("New", "Same", (("B", "3"), ("C", "4")))

    assert diff(before, after).changes == (
        Change("Title", "Old", "New"),
        Change("B", "2", "3"),
        Change("C", None, "4"),
        Change("A", "1", None),
    )


def test_two_fields_of_one_name_are_both_compared() -> None:
    before = Content("T", fields=(("A", "1"), ("A", "2")))
    after = Content("T", fields=(("A", "5"), ("A", "2")))

    assert diff(before, after).changes == (Change("A", "1", "5"),)


def test_a_body_is_compared_line_by_line() -> None:
    assert body_lines("one\ntwo\nthree", "one\n2\nthree") == (" one", "-two", "+2", " three")


def test_a_removed_line_that_looks_like_a_file_header_is_kept() -> None:
    assert body_lines("-- x\nb", "b") == ("--- x", " b")


@settings(deadline=None)
@given(lines, lines)
def test_the_lines_say_exactly_what_went_and_what_came(before: list[str], after: list[str]) -> None:
    found = body_lines("\n".join(before), "\n".join(after))
    gone = [line[1:] for line in found if line.startswith("-")]
    new = [line[1:] for line in found if line.startswith("+")]
    old, fresh = "\n".join(before).splitlines(), "\n".join(after).splitlines()

    assert sorted([*old, *new]) == sorted([*fresh, *gone])


@settings(deadline=None)
@given(fields, fields)
def test_there_is_a_difference_exactly_where_fields_differ(
    before: tuple[tuple[str, str], ...], after: tuple[tuple[str, str], ...]
) -> None:
    def ordered(pairs: tuple[tuple[str, str], ...]) -> dict[str, list[str]]:
        return {name: [value for key, value in pairs if key == name] for name, _ in pairs}

    assert bool(diff(Content("T", fields=before), Content("T", fields=after))) == (
        ordered(before) != ordered(after)
    )


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 50))
def test_a_change_far_down_is_found(extra: int) -> None:
    before = [f"line {n}" for n in range(5_000 + extra)]
    after = [*before[:-1], "changed"]

    assert body_lines("\n".join(before), "\n".join(after))[-2:] == (f"-{before[-1]}", "+changed")


def test_what_was_not_compared_is_said() -> None:
    before = "\n".join(f"old {n}" for n in range(3 * COMPARED))
    after = "\n".join(f"new {n}" for n in range(3 * COMPARED))

    assert body_lines(before, after)[-1] == f"… lines after the next {COMPARED} were not compared"


def test_two_very_long_texts_are_compared_in_bounded_time() -> None:
    before = "\n".join(f"line {n}" for n in range(50_000))
    after = "\n".join(f"line {n + (n % 3 == 0) * 10**6}" for n in range(50_000))
    started = perf_counter()

    assert diff(Content("T", body=before), Content("T", body=after)) != Diff()
    assert perf_counter() - started < 5  # unbounded, it takes minutes
