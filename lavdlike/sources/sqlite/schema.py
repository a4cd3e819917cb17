"""Which tables and indexes a SQLite file has, and what their columns are called: from the SQL that made them. Pure.

No SQL is run; of a `CREATE TABLE` only the names and what tells that a column is not stored are looked for.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

from lavdlike.sources.sqlite.row_records import Value

# Of one file; those of programs that log have some fifty.
MAX_TABLES = 2000
_MAX_SQL_LETTERS = 100_000
_TOKEN = re.compile(
    r"""\s+|--[^\n]*|/\*.*?(?:\*/|\Z)"""
    r"""|(?P<quoted>"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|'(?:[^']|'')*')"""
    r"""|(?P<word>[^\s(),;"'`\[\]]+)|(?P<mark>[(),;\]"'`\[])""",
    re.DOTALL,
)
_CONSTRAINTS = frozenset({"CONSTRAINT", "PRIMARY", "UNIQUE", "CHECK", "FOREIGN"})
# May follow `INTEGER PRIMARY KEY` where that is the rowid.
_OF_ROWIDS = frozenset({"ASC", "AUTOINCREMENT", "NOT", "NULL"})


class Table(NamedTuple):
    """`root`: the page that it begins in. `columns`: those that are stored, in the order in which they are."""

    root: int
    columns: tuple[str, ...]


class Index(NamedTuple):
    """Over columns of a table as they are: no expressions, no collation, no descending order, all rows."""

    root: int
    table: str
    columns: tuple[str, ...]


class Schema(NamedTuple):
    """By their names in lower case, as SQL takes them."""

    tables: dict[str, Table]
    indexes: tuple[Index, ...]


def schema_of(rows: Iterable[Sequence[Value]]) -> Schema:
    """Args: rows: those of `sqlite_schema`: type, name, table, root page, SQL."""
    tables: dict[str, Table] = {}
    indexes: list[Index] = []
    keys: dict[str, list[tuple[str, ...]]] = {}
    unnamed: dict[str, list[int]] = {}
    for count, row in enumerate(rows):
        type_, name, table, root, sql = row
        if count >= MAX_TABLES:
            break
        if not isinstance(name, str) or not isinstance(root, int):
            continue
        if type_ == "index" and sql is None and isinstance(table, str):
            unnamed.setdefault(table.lower(), []).append(root)
        if not isinstance(sql, str):
            continue
        if len(sql) > _MAX_SQL_LETTERS:
            continue
        if type_ == "table":
            tables[name.lower()] = Table(root, tuple(_columns(sql)))
            keys[name.lower()] = list(dict.fromkeys(_keys(sql)))
        elif type_ == "index" and isinstance(table, str) and (columns := _index_columns(sql)):
            indexes.append(Index(root, table.lower(), columns))
    for table, roots in unnamed.items():
        # They have no SQL: those of keys come in the order in which the table names its keys.
        if len(roots) == len(keys.get(table, ())):
            indexes += [Index(*each) for each in zip(roots, [table] * len(roots), keys[table], strict=True)]
    return Schema(tables, tuple(indexes))


def _columns(sql: str) -> Iterator[str]:
    for definition in _definitions(sql):
        name, *rest = definition
        if _is_constraint(name):
            continue
        words = [token.text.upper() for token in rest if not token.is_quoted]
        if "AS" in words and "STORED" not in words:
            continue  # it is computed
        yield name.text.lower()


def _keys(sql: str) -> Iterator[tuple[str, ...]]:
    """Of each key with an index of its own its columns."""
    for definition in _definitions(sql):
        words = [token.text.upper() for token in definition if not token.is_quoted]
        is_key = "UNIQUE" in words or "PRIMARY" in words
        if not is_key:
            continue
        if _is_constraint(definition[0]):
            columns = next((token.inner for token in definition if token.inner), ())
            yield tuple(columns)
        elif not _is_rowid(words[1:] if not definition[0].is_quoted else words):
            yield (definition[0].text.lower(),)


def _is_rowid(words: Sequence[str]) -> bool:
    """Whether the words behind the name of a column that is a key make it the rowid, which has no index."""
    return words[:3] == ["INTEGER", "PRIMARY", "KEY"] and set(words[3:]) <= _OF_ROWIDS


def _is_constraint(token: _Token) -> bool:
    return not token.is_quoted and token.text.upper() in _CONSTRAINTS


def _index_columns(sql: str) -> tuple[str, ...]:
    """Nothing of an index that is not over columns alone."""
    definitions = list(_definitions(sql))
    words = [token.text.upper() for token in _tokens(sql) if not token.is_quoted]
    if "WHERE" in words or any(len(each) != 1 for each in definitions):
        return ()
    return tuple(each[0].text.lower() for each in definitions)


class _Token(NamedTuple):
    """`inner`: of parentheses, the names in them."""

    text: str
    is_quoted: bool
    inner: tuple[str, ...] = ()


def _definitions(sql: str) -> Iterator[list[_Token]]:
    """What stands between the commas of the first parentheses, each with its words; inner parentheses as one word."""
    depth = 0
    found: list[_Token] = []
    inner: list[str] = []
    for token in _tokens(sql):
        mark = "" if token.is_quoted else token.text
        if mark == "(":
            depth += 1
            inner = []
        elif mark == ")":
            depth -= 1
            if depth == 0:
                break
            if depth == 1:
                found.append(_Token("()", is_quoted=False, inner=tuple(inner)))
        elif depth == 1 and mark == ",":
            if found:
                yield found
            found = []
        elif depth == 1:
            found.append(token)
        elif depth == 2 and mark != ",":
            inner.append(token.text.lower())
    if found:
        yield found


def _tokens(sql: str) -> Iterator[_Token]:
    for found in _TOKEN.finditer(sql):
        quoted = found["quoted"]
        if quoted is not None:
            end = "]" if quoted[0] == "[" else quoted[0]
            yield _Token(quoted[1:-1].replace(end * 2, end), is_quoted=True)
        elif found["word"] or found["mark"]:
            yield _Token(found[0], is_quoted=False)
