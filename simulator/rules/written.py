"""Rules as a file writes them: every field with its line, and what cannot be read told as faults. Pure: bytes in.

Reads the YAML tree, never its values: a duplicated field, a number without quotes or a day that does not exist
is seen before YAML hides it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date

import yaml
from yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

from fixtures.dated import reference
from simulator.rules.faults import Fault, listed, near
from simulator.rules.units import day_of

TEXTS = ("id", "subject", "label_fr", "value", "unit", "source", "fidelity", "legal_reference")
FIELDS = (*TEXTS, "tariff_set", "valid_from", "valid_until")
SET_TEXTS = ("label_fr", "source", "fidelity")
SET_FIELDS = (*SET_TEXTS, "extends", "default")
_TAG = "tag:yaml.org,2002:"


@dataclass(frozen=True, slots=True)
class Written:
    """A rule, or a tariff set under its name as `id`: the texts that could be read, each field's line, its days.

    `dated` is False when a day could not be read: nothing is then known of its period. `refs`: the fields that take
    their day from another rule, as they are written; `references.resolved` puts the days in their place.
    """

    file: str
    line: int
    id: str
    texts: Mapping[str, str] = field(default_factory=dict)
    lines: Mapping[str, int] = field(default_factory=dict)
    start: date = date.min
    end: date | None = None
    dated: bool = False
    refs: Mapping[str, str] = field(default_factory=dict)

    def get(self, name: str) -> str:
        return self.texts.get(name, "")

    def fault(self, code: str, name: str, received: str, expected: str, remedy: str) -> Fault:
        """A fault of that field, on its line (the rule's own when the field is not there)."""
        return Fault(self.file, self.lines.get(name, self.line), code, self.id, received, expected, remedy)


@dataclass(slots=True)
class Sheet:
    """A file of rules: what it holds, and what is wrong with how it is written."""

    file: str
    rules: list[Written] = field(default_factory=list)
    tariff_sets: list[Written] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)

    def say(self, node: Node | int, code: str, received: str, expected: str, remedy: str, rule: str = "") -> None:
        line = node if isinstance(node, int) else node.start_mark.line + 1
        self.faults.append(Fault(self.file, line, code, rule, received, expected, remedy))


def read(content: bytes, file: str) -> Sheet:
    """The rules of a file; never raises, whatever the bytes."""
    sheet = Sheet(file)
    root = _tree(content, sheet)
    if root is None:
        return sheet
    if not isinstance(root, MappingNode):
        sheet.say(root, "wrong-shape", _shape(root), "« rules: » et sa liste", "commencer le fichier par « rules: »")
        return sheet
    parts = _fields(root, ("rules", "tariff_sets"), sheet, "")
    rules = parts.get("rules")
    if isinstance(rules, SequenceNode) and rules.value:
        for node in rules.value:
            _rule(node, sheet)
    else:
        received = "aucune règle" if rules is None else _shape(rules)
        sheet.say(rules or root, "wrong-shape", received, "« rules: » et sa liste", "écrire une règle au moins")
    if "tariff_sets" in parts:
        _tariff_sets(parts["tariff_sets"], sheet)
    return sheet


def _tree(content: bytes, sheet: Sheet) -> Node | None:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        byte = f"l'octet {content[error.start]:#04x}"
        sheet.say(line, "unreadable-file", byte, "un texte en UTF-8", "réenregistrer le fichier en UTF-8")
        return None
    line = 1
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 1
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + 1
    except (yaml.YAMLError, RecursionError, ValueError):
        pass
    else:
        if root is None:
            sheet.say(1, "unreadable-file", "un fichier vide", "« rules: » et sa liste", "écrire une règle au moins")
        return root
    lines = text.splitlines()
    shown = lines[line - 1].strip() if line <= len(lines) else "la fin du fichier"
    remedy = "fermer ce qui est ouvert (guillemet, accolade) ; un texte où il y a « : » va entre guillemets"
    sheet.say(line, "unreadable-file", _short(shown), "du YAML, sur cette ligne ou juste avant", remedy)
    return None


def _fields(node: MappingNode, known: Iterable[str], sheet: Sheet, rule: str) -> dict[str, Node]:
    """The known fields of a mapping by name."""
    found: dict[str, Node] = {}
    for key, value in node.value:
        name = key.value if isinstance(key, ScalarNode) else _shape(key)
        if name in found:
            sheet.say(key, "duplicate-key", f"« {name} » une seconde fois", "chaque champ une fois", "en ôter un", rule)
        elif name in known:
            found[name] = value
        else:
            remedy = near(name, known, "l'ôter")
            sheet.say(key, "unknown-key", f"« {_short(name)} »", f"l'un de {listed(known)}", remedy, rule)
    return found


def _rule(node: Node, sheet: Sheet) -> None:
    if not isinstance(node, MappingNode):
        sheet.say(node, "wrong-shape", _shape(node), "une règle, ses champs entre accolades", "écrire {id: …, …}")
        return
    named = [v.value for k, v in node.value if k.value == "id" and isinstance(v, ScalarNode)]
    id = named[0] if named else ""
    parts = _fields(node, FIELDS, sheet, id)
    texts = _texts(node, parts, TEXTS, ("tariff_set",), sheet, id)
    start, end = _day(node, parts, "valid_from", sheet, id), _day(node, parts, "valid_until", sheet, id)
    referring = ("valid_from", "valid_until", *(["value"] if texts.get("unit") == "date" else []))
    refs = {name: text for name in referring if reference(text := _text(parts.get(name)))}
    dated = (start is not None or "valid_from" in refs) and (
        end is not None or "valid_until" in refs or _empty(parts.get("valid_until"))
    )
    lines = {name: value.start_mark.line + 1 for name, value in parts.items()}
    line = node.start_mark.line + 1
    sheet.rules.append(Written(sheet.file, line, id, texts, lines, start or date.min, end, dated, refs))


def _tariff_sets(node: Node, sheet: Sheet) -> None:
    if not isinstance(node, MappingNode):
        sheet.say(node, "wrong-shape", _shape(node), "les jeux par leur nom", "écrire « nom: » puis ses champs")
        return
    names = {key.value: key.start_mark.line + 1 for key, _ in node.value if isinstance(key, ScalarNode)}
    for name, entry in _fields(node, names, sheet, "").items():
        if not isinstance(entry, MappingNode):
            expected = f"les champs {listed(SET_TEXTS)}"
            sheet.say(entry, "wrong-shape", _shape(entry), expected, "les écrire sous le nom du jeu", name)
            continue
        parts = _fields(entry, SET_FIELDS, sheet, name)
        texts = _texts(entry, parts, SET_TEXTS, ("extends",), sheet, name)
        default = parts.get("default")
        if default is not None and default.tag != f"{_TAG}bool":
            sheet.say(default, "wrong-shape", _shape(default), "« true » ou « false »", "écrire l'un des deux", name)
        lines = {field: value.start_mark.line + 1 for field, value in parts.items()}
        sheet.tariff_sets.append(Written(sheet.file, names[name], name, texts, lines))


def _texts(
    node: Node, parts: Mapping[str, Node], wanted: Iterable[str], optional: Iterable[str], sheet: Sheet, rule: str
) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in (*wanted, *optional):
        part = parts.get(name)
        if _empty(part):
            if name in wanted:
                _missing(part or node, name, sheet, rule)
        elif isinstance(part, ScalarNode) and part.tag == f"{_TAG}str":
            found[name] = part.value
        elif part is not None:
            remedy = f'écrire {name}: "{part.value}"' if isinstance(part, ScalarNode) else "écrire un texte"
            sheet.say(part, "not-text", f"{name}: {_shape(part)}", "un texte entre guillemets", remedy, rule)
    return found


def _day(node: Node, parts: Mapping[str, Node], name: str, sheet: Sheet, rule: str) -> date | None:
    part = parts.get(name)
    if _empty(part):
        if name == "valid_from":
            _missing(part or node, name, sheet, rule)
        return None
    if reference(_text(part)):
        return None
    day = day_of(part.value) if isinstance(part, ScalarNode) else None
    if part is None or (day is not None and part.tag == f"{_TAG}timestamp"):
        return day
    expected = "un jour du calendrier, sans guillemets : 2027-03-01"
    remedy = f"écrire {name}: {day}" if day else "corriger le jour"
    sheet.say(part, "unreadable-date", f"{name}: {_shape(part)}", expected, remedy, rule)
    return None


def _missing(node: Node, name: str, sheet: Sheet, rule: str) -> None:
    said = "du texte qui fonde la règle ; à défaut « Aucun texte trouvé »" if name == "legal_reference" else "renseigné"
    sheet.say(node, "missing-field", f"pas de « {name} »", f"« {name} » {said}", f"ajouter « {name}: … »", rule)


def _text(node: Node | None) -> str:
    return node.value if isinstance(node, ScalarNode) else ""


def _empty(node: Node | None) -> bool:
    if node is None:
        return True
    return isinstance(node, ScalarNode) and (node.tag == f"{_TAG}null" or not node.value.strip())


def _shape(node: Node) -> str:
    if isinstance(node, ScalarNode):
        return f'"{_short(node.value)}"' if node.style in ('"', "'") else _short(node.value) or "rien"
    return "une liste" if isinstance(node, SequenceNode) else "des champs"


def _short(text: str) -> str:
    kept = "".join(c if c.isprintable() else "·" for c in text)
    return kept if len(kept) <= 60 else kept[:59] + "…"
