"""What is drawn has the size that was asked; what harms it comes from the seed, and harms more when stronger."""

import numpy as np
import pytest
from PIL import Image

from client.codes import CHARSET, decode
from client.geometry import measure
from client.reading import read_zxing
from qrlab.bench import payload
from qrlab.conditions import conditions, under
from qrlab.damage import DAMAGES, Unknown, damage
from qrlab.render import Unprintable, render, vectors

PLAIN = vectors()["plain"]
#: Two strengths of each damage, the second clearly worse.
STRENGTHS = {
    "ink-spread": (0.05, 0.15), "fading": (0.2, 0.8), "dead-lines": (2, 12), "creases": (1, 6), "blot": (4, 12),
    "blur": (0.1, 0.5), "low-contrast": (0.2, 0.8), "skew": (0.4, 2), "perspective": (0.03, 0.3), "noise": (0.02, 0.3),
    "jpeg": (30, 97),
}  # fmt: skip


def far(harmed: Image.Image, whole: Image.Image) -> float:
    """How far two images are, in grey levels; what grew is cut to its middle."""
    left, top = (harmed.width - whole.width) // 2, (harmed.height - whole.height) // 2
    cut = harmed.crop((left, top, left + whole.width, top + whole.height))
    return float(np.abs(np.asarray(cut, dtype=float) - np.asarray(whole, dtype=float)).mean())


@pytest.mark.parametrize(("dpi", "module_mm", "level", "modules"), [
    (203, 0.5, "M", 41), (300, 0.5, "M", 41), (300, 0.42, "M", 41), (300, 0.508, "Q", 49), (600, 0.33, "M", 41),
])  # fmt: skip
def test_a_drawn_code_has_its_size(dpi: int, module_mm: float, level: str, modules: int) -> None:
    image = render(PLAIN, module_mm=module_mm, dpi=dpi, level=level)  # type: ignore[arg-type]
    (found,) = read_zxing(image)
    assert (found.text, found.modules, found.level) == (PLAIN, modules, level)
    size = measure(image, found, dpi)
    assert size.module_mm == pytest.approx(module_mm, abs=0.01)
    assert size.quiet_zone == pytest.approx(4, abs=0.15)
    assert set(image.tobytes()) == {0, 255}


def test_every_vector_and_any_text_is_drawn() -> None:
    for text in (*vectors().values(), "https://example.invalid/é", "ABC" + CHARSET):
        if text:
            assert [found.text for found in read_zxing(render(text, dpi=203))] == [text]


@pytest.mark.parametrize(("text", "options"), [("A" * 9000, {}), (PLAIN, {"module_mm": 0.01}), (PLAIN, {"dpi": 9e4})])
def test_what_cannot_be_printed_is_refused(text: str, options: dict[str, float]) -> None:
    with pytest.raises(Unprintable):
        render(text, **options)  # type: ignore[arg-type]


def test_every_damage_is_tried_here() -> None:
    assert set(STRENGTHS) == set(DAMAGES)


@pytest.mark.parametrize("name", STRENGTHS)
@pytest.mark.parametrize("dpi", [203, 300])
def test_a_damage_is_drawn_from_its_seed_and_grows_with_its_strength(name: str, dpi: int) -> None:
    whole = render(PLAIN, dpi=dpi)
    weak, strong = STRENGTHS[name]
    again = [damage(whole, [(name, strong)], seed, dpi).tobytes() for seed in ("1", "1", "2", "3", "4")]
    assert again[0] == again[1] != whole.tobytes()
    assert damage(whole, [(name, 0)], "1", dpi).tobytes() == whole.tobytes()
    if name not in ("blur", "jpeg"):  # those draw nothing
        assert len(set(again)) > 1
    hurt = [
        np.mean([far(damage(whole, [(name, each)], str(seed), dpi), whole) for seed in range(6)])
        for each in (weak, (weak + strong) / 2, strong)
    ]
    assert 0 < hurt[0] < hurt[1] < hurt[2]


def test_the_place_of_a_step_changes_its_draws_and_its_order_counts() -> None:
    whole = render(PLAIN, dpi=203)
    one, two = ("blot", 6.0), ("blur", 0.2)
    assert damage(whole, [one, two], "1", 203).tobytes() != damage(whole, [two, one], "1", 203).tobytes()
    twice = damage(whole, [one, one], "1", 203)
    assert twice.tobytes() != damage(whole, [one], "1", 203).tobytes()


@pytest.mark.parametrize("steps", [[("fire", 1)], [("blot", -1)], [("blot", 400)], [("blur", float("nan"))]])
def test_what_is_no_damage_is_refused(steps: list[tuple[str, float]]) -> None:
    with pytest.raises(Unknown):
        damage(render(PLAIN), steps, "1", 300)


def test_the_six_conditions_are_those_that_were_measured() -> None:
    assert list(conditions()) == ["clean", "blur", "ink-spread", "low-contrast", "creases", "blot"]
    for condition in conditions().values():
        for name, least, most in condition.steps:
            assert 0 <= least <= most <= DAMAGES[name].most
    image = render(PLAIN, dpi=203)
    drawn = {under(condition, image, "1", 203).tobytes() for condition in conditions().values()}
    assert len(drawn) == 6


def test_payloads_of_the_bench_are_well_formed_and_differ() -> None:
    texts = {payload(str(n)) for n in range(50)}
    assert len(texts) == 50
    for text in texts:
        assert decode(text).test
        assert decode(text).valid_until > decode(text).issued_on
