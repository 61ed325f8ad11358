"""The files of `docs/reference`, from the tables and from what was recorded; and which of them are stale."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from simulator.operations import ROUTES
from simulator.reference import api, bench, document, happenings, refusals, rules, states, toolbox
from simulator.reference.blocks import Page

NOTE = "Page engendrée par « fse docs build » ; ne pas la corriger à la main."
BASE, WORLD = "http://127.0.0.1:8700", "default"


def openapi(examples: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """The OpenAPI document for the default world of a server on the usual port."""
    return document.build(ROUTES, base=BASE, world=WORLD, examples=examples)


def pages(described: Mapping[str, Any]) -> list[Page]:
    """Every page of the reference."""
    made = [states.page(), refusals.page(described), api.page(described), happenings.page(described)]
    return [*made, rules.page(), bench.page(), *toolbox.pages()]


def files(examples: Mapping[str, Any]) -> dict[str, str]:
    """File name below `docs/reference` → text."""
    made: dict[str, str] = {}
    for page in pages(openapi(examples)):
        made[f"{page.name}.md"] = page.markdown(NOTE)
        made |= page.drawings()
    return made


def kept(examples: Mapping[str, Any]) -> str:
    """The text of `simulator/reference/examples.json`."""
    return json.dumps(examples, ensure_ascii=False, indent=1) + "\n"


def targets(root: Path, examples: Mapping[str, Any]) -> dict[Path, str]:
    """Every generated file of the repository at `root`, with its text."""
    made = {root / "docs" / "reference" / name: text for name, text in files(examples).items()}
    return {root / "simulator" / "reference" / "examples.json": kept(examples), **made}


def stale(root: Path, examples: Mapping[str, Any]) -> list[Path]:
    """Files that are missing or say something else than the tables."""
    return [
        path
        for path, text in targets(root, examples).items()
        if not path.is_file() or path.read_text(encoding="utf-8") != text
    ]
