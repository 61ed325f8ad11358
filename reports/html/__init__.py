"""The self-contained HTML report: `render(run)` gives one file, no network, no script.

The template has no logic and escapes everything; the style sheet is the page's own and is pinned by its
hash in the content security policy, so that nothing in the evidence can bring a style or a script.
"""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from importlib.resources import files

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from reports.html.page import page_of
from reports.model import Run

__all__ = ["render"]


def render(run: Run) -> str:
    """The report's HTML, the same text for the same run and the same version of the suite."""
    style = _style()
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = f"default-src 'none'; img-src data:; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    # Our own style sheet is the only markup that is not escaped; no value of the run ever is.
    return _template().render(page=page_of(run), style=Markup(style), policy=policy)  # noqa: S704


def _style() -> str:
    return files("reports.html").joinpath("templates/style.css").read_text(encoding="utf-8").strip()


@cache
def _template() -> Template:
    environment = Environment(
        loader=PackageLoader("reports.html", "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    return environment.get_template("report.html.j2")
