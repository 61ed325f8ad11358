from __future__ import annotations

import json

import jsonschema
import pytest

from reports.model import Run
from reports.summary import schema, summary, summary_json


def test_the_summary_keeps_to_its_schema(told: Run) -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    jsonschema.validate(json.loads(summary_json(told)), schema())


def test_the_schema_refuses_a_summary_without_its_verdict(told: Run) -> None:
    value = summary(told)
    del value["run"]["verdict"]
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(value, schema())


def test_the_summary_carries_every_finding(told: Run) -> None:
    found = {case["case"]: case for case in summary(told)["cases"]}
    assert [f["check"] for f in found["CAS-RES-007"]["findings"]] == ["forged-scan-refused"]
    assert found["CAS-RES-007"]["checks"] == {"total": 2, "passed": 1}
    assert found["CAS-CLM-002"]["waived"] is True and found["CAS-RES-007"]["waived"] is False
