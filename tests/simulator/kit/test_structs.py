"""What a msgspec Struct is left with when nothing is given."""

import pkgutil
from collections.abc import Iterator
from dataclasses import Field
from importlib import import_module

from msgspec import Struct

import simulator
from simulator.kit.call import Call


def _structs(base: type[Struct]) -> Iterator[type[Struct]]:
    for each in base.__subclasses__():
        yield each
        yield from _structs(each)


def test_no_struct_is_given_a_field_of_dataclasses_as_its_default() -> None:
    """`dataclasses.field` in a Struct is not read: the value would be the Field object itself."""
    for module in pkgutil.walk_packages(simulator.__path__, "simulator."):
        if not module.name.startswith("simulator.migrations."):  # these run when they are imported
            import_module(module.name)
    ours = {each for each in _structs(Struct) if each.__module__.startswith("simulator.")}
    assert Call in ours
    wrong = {
        f"{each.__qualname__}.{name}"
        for each in ours
        for name, default in zip(reversed(each.__struct_fields__), reversed(each.__struct_defaults__), strict=False)
        if isinstance(default, Field)
    }
    assert wrong == set()
