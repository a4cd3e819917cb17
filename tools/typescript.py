"""Writes frontend/src/api/messages.ts: the page's types, from messages.py and the content types of the kinds.

`python -m tools.typescript` writes the file; `--check` only says whether it is current. Docstrings and the comments
beside fields come along. Optional are fields with defaults of structs with `omit_defaults`; others are always sent.
"""

from __future__ import annotations

import argparse
import ast
import importlib
import inspect
import pkgutil
import re
import sys
import tokenize
from collections.abc import Iterator
from io import StringIO
from pathlib import Path
from textwrap import indent
from types import ModuleType
from typing import cast

import msgspec
from msgspec import inspect as shapes

from lavdlike import (
    board_messages,
    detection_messages,
    edit_messages,
    filter_messages,
    kinds,
    messages,
    page_event_messages,
    rollout_messages,
    scalar_messages,
    window_messages,
)
from lavdlike.kinds import registry

TARGET = Path(__file__).resolve().parent.parent / "frontend" / "src" / "api" / "messages.ts"
LINE_LENGTH = 110  # as in frontend/.prettierrc

_HEADER = """\
// Generated from lavdlike/messages.py and lavdlike/kinds/ by `python -m tools.typescript`. Do not edit.
"""
_CONTENTS = """\
/** What the content of an item is, by the name of its kind; null where the file itself is all there is. */
export interface KindContents {{
{names}}}

/** An item of a kind, which may be one that is not ours. Its content is null, too, where it cannot be read. */
export type ItemOf<Kind extends string> = Omit<Item, "content"> & {{
  content: Kind extends keyof KindContents ? KindContents[Kind] | null : unknown;
}};
"""
MESSAGES = (
    messages,
    scalar_messages,
    filter_messages,
    board_messages,
    edit_messages,
    page_event_messages,
    detection_messages,
    rollout_messages,
    window_messages,
)
_PRIMITIVES = {
    shapes.BoolType: "boolean",
    shapes.IntType: "number",
    shapes.FloatType: "number",
    shapes.StrType: "string",
    shapes.NoneType: "null",
    shapes.AnyType: "unknown",
}


def generate() -> str:
    """The whole text of messages.ts, laid out as prettier would."""
    blocks = [_HEADER]
    for module in (*MESSAGES, *_kind_modules()):
        blocks += _Module(module).blocks()
    return "\n".join((*blocks, _contents()))


def _contents() -> str:
    """The content of items by the names of their kinds, so that the page has the type of what it asks for."""
    names = "".join(f"  {kind.name}: {_name_of(kind.content)};\n" for kind in registry.KINDS)
    return _CONTENTS.format(names=names)


def _name_of(content: type | None) -> str:
    return "null" if content is None else content.__name__


def _kind_modules() -> Iterator[ModuleType]:
    found = pkgutil.walk_packages(kinds.__path__, f"{kinds.__name__}.")
    for module in sorted(found, key=lambda module: module.name):
        yield importlib.import_module(module.name)


def public_structs(module: ModuleType) -> dict[str, type[msgspec.Struct]]:
    """The structs defined in a module, in the order of its lines."""
    return {
        name: value
        for name, value in vars(module).items()
        if inspect.isclass(value)
        and issubclass(value, msgspec.Struct)
        and value.__module__ == module.__name__
        and not name.startswith("_")
    }


class _Module:
    """One Python module's types as TypeScript declarations."""

    def __init__(self, module: ModuleType) -> None:
        self._structs = public_structs(module)
        source = inspect.getsource(module)
        self._statements = ast.parse(source).body
        self._comments = {
            token.start[0]: token.string.lstrip("# ")
            for token in tokenize.generate_tokens(StringIO(source).readline)
            if token.type == tokenize.COMMENT
        }
        # Only what these name at module level and is no class is an alias: Status, FeedMessage, Edit, ...
        self._aliases: dict[str, shapes.Type] = {}
        if module in MESSAGES:
            for statement in self._statements:
                if isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                    name = statement.targets[0].id
                    self._aliases[name] = shapes.type_info(getattr(module, name))

    def blocks(self) -> Iterator[str]:
        for statement in self._statements:
            if isinstance(statement, ast.ClassDef) and statement.name in self._structs:
                yield self._interface(statement)
            elif isinstance(statement, ast.Assign) and isinstance(statement.targets[0], ast.Name):
                name = statement.targets[0].id
                if name in self._aliases:
                    yield self._alias(name, line=statement.lineno)

    def _alias(self, name: str, *, line: int) -> str:
        comment = self._comments.get(line - 1, "")
        members = self._members(self._aliases[name])
        declaration = f"export type {name} = {' | '.join(members)};\n"
        if len(declaration) > LINE_LENGTH + 1:
            in_a_line = f"  {' | '.join(members)};"
            rest = in_a_line if len(in_a_line) <= LINE_LENGTH else "  | " + "\n  | ".join(members) + ";"
            declaration = f"export type {name} =\n{rest}\n"
        return _doc(comment) + declaration

    def _interface(self, statement: ast.ClassDef) -> str:
        struct = cast("shapes.StructType", shapes.type_info(self._structs[statement.name]))
        lines_of_fields = {
            item.target.id: item.lineno
            for item in statement.body
            if isinstance(item, ast.AnnAssign) and isinstance(item.target, ast.Name)
        }
        body = f'{struct.tag_field}: "{struct.tag}";\n' if struct.tag_field else ""
        for field in struct.fields:
            body += _doc(self._comments.get(lines_of_fields.get(field.name, 0), ""))
            mark = "" if field.required or not struct.cls.__struct_config__.omit_defaults else "?"
            body += f"{field.encode_name}{mark}: {self._type(field.type)};\n"
        doc = _doc((inspect.getdoc(struct.cls) or "") if ast.get_docstring(statement) else "")
        if not body:  # An interface without members would allow any value.
            return f"{doc}export type {statement.name} = Record<string, never>;\n"
        return f"{doc}export interface {statement.name} {{\n{indent(body, '  ')}}}\n"

    def _type(self, shape: shapes.Type) -> str:
        for name, alias in self._aliases.items():
            if shape == alias:
                return name
        return " | ".join(self._members(shape))

    def _members(self, shape: shapes.Type) -> list[str]:
        """The members of the union that a shape stands for; one, if it is none."""
        if isinstance(shape, shapes.UnionType):
            members = [member for part in shape.types for member in self._type(part).split(" | ")]
            return list(dict.fromkeys(members))
        if isinstance(shape, shapes.LiteralType):
            # msgspec sorts the values; the order has no meaning.
            return [f'"{value}"' if isinstance(value, str) else str(value) for value in shape.values]
        return [self._single(shape)]

    def _single(self, shape: shapes.Type) -> str:
        if isinstance(shape, shapes.StructType):
            return shape.cls.__name__
        if isinstance(shape, shapes.ListType | shapes.VarTupleType):
            return _array(self._type(shape.item_type))
        if isinstance(shape, shapes.TupleType):
            return f"[{', '.join(map(self._type, shape.item_types))}]"
        if isinstance(shape, shapes.DictType):
            return f"Record<string, {self._type(shape.value_type)}>"
        if type(shape) in _PRIMITIVES:
            return _PRIMITIVES[type(shape)]
        raise TypeError(f"tools/typescript.py knows no TypeScript for {shape}; add it to _single()")


def _array(item: str) -> str:
    is_union = " | " in re.sub(r"\([^()]*\)|\[[^\[\]]*\]", "", item)
    return f"({item})[]" if is_union else f"{item}[]"


def _doc(text: str) -> str:
    if not text:
        return ""
    lines = text.strip().splitlines()
    if len(lines) == 1:
        return f"/** {lines[0]} */\n"
    return "/**\n" + "".join(f" * {line}".rstrip() + "\n" for line in lines) + " */\n"


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing, fail if the file is not current")
    chosen = parser.parse_args(arguments)
    text = generate()
    if chosen.check:
        return 0 if TARGET.is_file() and TARGET.read_text("utf-8") == text else 1
    TARGET.parent.mkdir(parents=True, exist_ok=True)
    TARGET.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
