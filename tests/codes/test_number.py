"""The number and the backup code: properties beyond the vectors."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from client import codes
from simulator.codes import backup, number

numbers = st.builds(number.make, st.integers(0, 10**12 - 1), st.integers(0, 99))


@settings(deadline=None)
@given(numbers, st.integers(0, 15), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(good: str, at: int, shift: int) -> None:
    wrong = good[:at] + str((int(good[at]) + shift) % 10) + good[at + 1 :]
    assert number.check(good) == good
    assert codes.check_number(good)
    with pytest.raises(number.WrongCheckDigit):
        number.check(wrong)
    assert not codes.check_number(wrong)


@settings(deadline=None)
@given(numbers, st.integers(0, 14))
def test_two_swapped_neighbours_are_always_seen(good: str, at: int) -> None:
    swapped = good[:at] + good[at + 1] + good[at] + good[at + 2 :]
    if swapped != good:
        with pytest.raises(number.WrongCheckDigit):
            number.check(swapped)


@settings(deadline=None)
@given(numbers)
def test_the_suite_makes_wrong_and_other_numbers(good: str) -> None:
    assert not codes.check_number(codes.wrong_check_digit(good))
    other = codes.another_number(good)
    assert other != good
    assert number.check(other) == other


@settings(deadline=None)
@given(st.text())
def test_any_text_gives_a_number_or_a_typed_refusal(text: str) -> None:
    try:
        assert len(number.check(text)) == 16
    except number.InvalidNumber as refusal:
        assert refusal.code in {"not-sixteen-digits", "wrong-check-digit"}
    try:
        assert len(backup.check(text)) == 9
    except backup.InvalidCode as refusal:
        assert refusal.code in {"not-nine-characters", "wrong-check-character"}


@pytest.mark.parametrize(("body", "year"), [(-1, 26), (10**12, 26), (0, 100), (0, -1)])
def test_bodies_and_years_out_of_range(body: int, year: int) -> None:
    with pytest.raises(ValueError, match="12 digits"):
        number.make(body, year)


def test_bodies_never_repeat_and_tell_no_order() -> None:
    bodies = [number.scattered_body(b"world", counter) for counter in range(3000)]
    assert len(set(bodies)) == len(bodies)
    assert all(0 <= body < number.TEST_BODIES for body in bodies)
    assert bodies != sorted(bodies)
    assert number.is_test(number.make(bodies[0], 26))
    assert bodies[0] != number.scattered_body(b"another world", 0)
    with pytest.raises(ValueError, match="bodies"):
        number.scattered_body(b"world", number.TEST_BODIES)


@settings(deadline=None)
@given(st.text(backup.ALPHABET, min_size=8, max_size=8), st.integers(0, 7), st.integers(1, 31))
def test_one_wrong_character_is_always_seen(eight: str, at: int, shift: int) -> None:
    good = eight + backup.check_character(eight)
    other = backup.ALPHABET[(backup.ALPHABET.index(eight[at]) + shift) % 32]
    assert backup.check(backup.printed(good)) == good
    with pytest.raises(backup.WrongCheckCharacter):
        backup.check(good[:at] + other + good[at + 1 :])


def test_a_reissue_changes_both_secrets() -> None:
    first, second = ((backup.derive(b"k", "2604817390552494", r), backup.scan_secret(b"k", "2604817390552494", r))
                     for r in (0, 1))  # fmt: skip
    assert first[0] != second[0]
    assert first[1] != second[1]
    assert not backup.same(first[0], second[0])
