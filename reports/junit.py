"""JUnit XML of a run, for the viewers of continuous integration.

One test suite per feature, one test case per planned case. Failed, crashed and timed out are `<failure>`;
whatever leaves the question open (inconclusive, blocked, in review, not executed, fault of the bench) is
`<error>`, never `<skipped>`: a CI must not turn green on it. Only what does not concern the software is
`<skipped>`, with the reason. A run whose exit code is not 0 is red even when no case is: an own test case
says why. A failure covered by a waiver is green and says so. Evidence altered since it was closed is a failure.
"""

from __future__ import annotations

from itertools import groupby
from xml.etree import ElementTree as Xml

from reports import words
from reports.model import BROKEN, Case, Check, Run

_QUIET = frozenset({"passed", "warning"})


def junit_xml(run: Run) -> bytes:
    """The XML document, UTF-8, the same bytes for the same run."""
    root = Xml.Element("testsuites", name=f"Banc FSE — {_product(run)}")
    ordered = sorted(run.cases, key=lambda case: case.feature)
    for feature, cases in groupby(ordered, key=lambda case: case.feature):
        _suite(root, feature or "Sans fonctionnalité", run, list(cases))
    if run.altered:
        case = _alone(root, "failure", "Preuves", "Preuves intactes depuis la clôture")
        failure = Xml.SubElement(case, "failure", type="altered", message=words.ALTERED)
        failure.text = "\n".join(map(str, run.altered))
    elif run.exit_code and all(element.tag not in ("failure", "error") for element in root.iter()):
        case = _alone(root, "error", "Exécution", "Verdict de l'exécution")
        reason = words.RUN_VERDICTS.get(run.verdict, run.verdict)
        error = Xml.SubElement(case, "error", type=run.verdict, message=f"{reason} (code {run.exit_code})")
        error.text = "\n".join(run.defects) or "Aucun cas ne l'explique : lisez report.html et run.json."
    for total in ("tests", "failures", "errors", "skipped"):
        root.set(total, str(sum(int(suite.get(total, "0")) for suite in root)))
    root.set("time", _seconds(sum(case.duration_ms or 0 for case in run.cases)))
    Xml.indent(root, space=" ")
    return bytes(Xml.tostring(root, encoding="utf-8", xml_declaration=True)) + b"\n"


def _alone(root: Xml.Element, tag: str, suite_name: str, name: str) -> Xml.Element:
    """The only case of a suite of its own, which is counted as a failure or as an error."""
    totals = {"tests": "1", "failures": "0", "errors": "0", "skipped": "0", f"{tag}s": "1"}
    suite = Xml.SubElement(root, "testsuite", {"name": suite_name, **totals})
    return Xml.SubElement(suite, "testcase", classname=suite_name, name=name, time="0")


def _suite(root: Xml.Element, feature: str, run: Run, cases: list[Case]) -> None:
    suite = Xml.SubElement(root, "testsuite", name=feature, tests=str(len(cases)))
    if run.started_at:
        suite.set("timestamp", run.started_at.removesuffix("Z"))
    suite.set("time", _seconds(sum(case.duration_ms or 0 for case in cases)))
    properties = Xml.SubElement(suite, "properties")
    for name, value in _properties(run):
        Xml.SubElement(properties, "property", name=name, value=value)
    for case in cases:
        _case(suite, feature, case)
    for total, tag in (("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(total, str(len(list(suite.iter(tag)))))


def _case(suite: Xml.Element, feature: str, case: Case) -> None:
    name = f"{case.case} {case.title}".strip()
    element = Xml.SubElement(suite, "testcase", classname=feature, name=name, time=_seconds(case.duration_ms or 0))
    if case.verdict == "not_applicable":
        Xml.SubElement(element, "skipped", message=case.reason or "Sans objet pour ce logiciel")
        return
    telling = [check for check in case.checks if check.verdict != "passed"]
    if case.verdict in _QUIET or case.waived:
        if telling:
            Xml.SubElement(element, "system-out").text = _story(case, telling)
        return
    tag = "failure" if case.verdict in BROKEN else "error"
    first = next((check for check in telling if check.verdict == case.verdict and not check.waived), None)
    what = first.received if first else case.reason or case.error
    message = f"{words.word(case.verdict)} : {what}" if what else words.word(case.verdict)
    Xml.SubElement(element, tag, type=case.verdict, message=message).text = _story(case, telling)


def _story(case: Case, checks: list[Check]) -> str:
    """What a person needs, in French: expected, received, probable cause, requirement, next command."""
    head = [line for line in (case.reason, case.error, *case.defects) if line]
    return "\n\n".join(["\n".join(head)] * bool(head) + [_check(check) for check in checks])


def _check(check: Check) -> str:
    keyword = words.KEYWORDS.get(check.keyword, check.keyword)
    lines = [
        f"{words.word(check.verdict)} — {check.requirement} ({keyword}) — contrôle {check.check}",
        f"Attendu : {check.expected}",
        f"Reçu : {check.received}",
        f"Cause probable : {check.cause}" if check.cause else "",
        f"Commande suivante : {check.next}" if check.next else "",
        f"Dérogation : {check.waived}" if check.waived else "",
    ]
    return "\n".join(line for line in lines if line)


def _properties(run: Run) -> list[tuple[str, str]]:
    values = [
        ("run", run.run_id),
        ("verdict", run.verdict),
        ("exit_code", str(run.exit_code)),
        ("product", _product(run)),
        ("suite", run.suite.get("version", "")),
        ("requirements", run.suite.get("requirements", "")),
        ("seed", run.seed),
    ]
    return [(name, value) for name, value in values if value]


def _product(run: Run) -> str:
    return " ".join(run.product.get(name, "") for name in ("name", "version")).strip()


def _seconds(milliseconds: float) -> str:
    return f"{milliseconds / 1000:.3f}"
