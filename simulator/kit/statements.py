"""Statements written with SQLAlchemy Core and compiled once: the hot path never goes through its engine."""

from __future__ import annotations

from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import dialect

_DIALECT = dialect(paramstyle="named")


class Query:
    """A statement, compiled at its first use. Bind values by name: ``sa.bindparam("number")``."""

    __slots__ = ("_columns", "_defaults", "_sql", "_stmt")

    def __init__(self, stmt: sa.Executable) -> None:
        self._stmt = stmt
        self._sql: str | None = None
        self._defaults: dict[str, Any] = {}
        self._columns: int | None = None  # of an INSERT

    def bound(self, params: dict[str, Any]) -> tuple[str, dict[str, Any]]:
        """(SQL, parameters); an INSERT's missing columns are NULL."""
        if self._sql is None:
            self._compile()
        sql = cast(str, self._sql)
        if not self._defaults or len(params) == self._columns:
            return sql, params
        return sql, {**self._defaults, **params}

    def _compile(self) -> None:
        compiled = cast(Any, cast(sa.ClauseElement, self._stmt).compile(dialect=_DIALECT))
        params, text = compiled.construct_params(_check=False), str(compiled)
        if compiled.post_compile_params:  # an IN over values known here and now
            expanded = compiled._process_parameters_for_postcompile(params)
            text, params = expanded.statement, {**params, **expanded.additional_parameters}
        insert = isinstance(self._stmt, sa.Insert)
        for name, value in params.items():
            given = name not in compiled.binds or not compiled.binds[name].required
            if (insert or given) and not isinstance(value, list):
                self._defaults[name] = value
        self._columns = len(self._defaults) if insert else None
        self._sql = text


def query(stmt: sa.Executable) -> Query:
    """Wrap a SQLAlchemy Core statement for :class:`Tx`."""
    return Query(stmt)
