from __future__ import annotations

import pytest

from lavdlike.server.sandbox.gfm import front_matter
from tests.server.sandbox.gfm.normal_html import normal


def test_values_stand_in_a_table_as_they_are_written() -> None:
    table, document = front_matter.split("---\nlr: 1e-3\non: yes\nday: 2024-01-01\n---\n# Title\n")
    assert normal(table) == (
        "<table><thead><tr><th>lr</th><th>on</th><th>day</th></tr></thead>"
        "<tbody><tr><td>1e-3</td><td>yes</td><td>2024-01-01</td></tr></tbody></table>"
    )
    assert document == "# Title\n"


def test_values_within_values_are_tables_within_tables() -> None:
    table, _ = front_matter.split("---\na: {b: '<c>'}\nd: [1, 2]\ne: []\n---\n")
    assert normal(table) == (
        "<table><thead><tr><th>a</th><th>d</th><th>e</th></tr></thead><tbody><tr>"
        "<td><table><thead><tr><th>b</th></tr></thead><tbody><tr><td>&lt;c&gt;</td></tr></tbody></table></td>"
        "<td><table><tbody><tr><td>1</td><td>2</td></tr></tbody></table></td><td></td></tr></tbody></table>"
    )


@pytest.mark.parametrize(
    "source",
    [
        "---\ntext\n---\n",
        "---\n---\n",
        "---\na: b\n",
        "text\n---\na: b\n---\n",
        "---\na: [\n---\n",
        "---\n? [a]\n: b\n---\n",
        "----\na: b\n---\n",
        f"---\na: {'x' * 20_000}\n---\n",
        "---\na: &a [*a]\n---\n",
        f"---\na: {'[' * 10}{']' * 10}\n---\n",
        f"---\na: [{', '.join('1' * 2_000)}]\n---\n",
    ],
)
def test_what_is_no_table_of_values_is_left_in_the_document(source: str) -> None:
    assert front_matter.split(source) == ("", source)


def test_names_for_parts_cannot_make_much_of_little() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x]"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 30)]
    source = "\n".join(["---", *lines, "---", ""])
    assert front_matter.split(source) == ("", source)


def test_objects_of_python_are_texts() -> None:
    table, _ = front_matter.split(
        "---\na: !!python/object/apply:os.abort []\nb: !!python/name:os.abort\n---\n"
    )
    assert table.count("<td></td>") == 2
