"""MLflow's models, by their `MLmodel`: flavors, signature and where they come from, as Markdown of ours.

Since MLflow 3 a model is no artifact of a run any more but stands beside it; the run's `outputs/<id>/meta.yaml` says
which one it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from lavdlike.disk.filling import pread
from lavdlike.disk.tail import Stamp, settled_stamp
from lavdlike.errors import LogFormatError, NotServedError
from lavdlike.kinds import markdown
from lavdlike.layout import MAX_STEP
from lavdlike.sources import document_members
from lavdlike.sources.descriptions import yaml_values
from lavdlike.sources.document_members import Document, Shape
from lavdlike.sources.members import Beside, Member, member_path

_NAME = "MLmodel"
_META = "meta.yaml"
_OUTPUT = b"destination_type: MODEL_OUTPUT"
_ID = re.compile(r"m-[0-9a-f]{1,64}\Z")
_MAX_DEPTH = 10
_MAX_COLUMNS = 2000
_MAX_TEXT = 500
_SPECIAL = re.compile(r"([\\`*_{}\[\]<>()#+!|~$])")


class MlflowModels:
    """See `members.Members`: an `MLmodel` is Markdown."""

    title = "MLflow's models"
    is_document = True

    def names(self, name: str) -> bool:
        return name == _NAME

    def claims(self, name: str, begin: bytes) -> bool:
        return name == _NAME and b"flavors:" in begin

    def kinds_at_a_glance(self, part: bytes) -> set[str]:
        return {markdown.KIND.name} if b"flavors:" in part else set()

    def file(self, name: str, beside: Beside, run: str = "") -> Document:  # noqa: ARG002 - what it names are files by themselves
        return Document(lambda _: Shape(".md"))

    def content(self, descriptor: int, member: Member, shown: str, beside: Beside) -> bytes:  # noqa: ARG002 - it is in the file
        return described(document_members.whole(descriptor, shown), shown)


class MlflowOutputs:
    """See `members.Members`: what a run of the file store made, with the model that stands beside the runs."""

    title = "MLflow's models"
    is_document = False

    def names(self, name: str) -> bool:
        return name == _META

    def claims(self, name: str, begin: bytes) -> bool:
        return name == _META and _OUTPUT in begin

    def kinds_at_a_glance(self, part: bytes) -> set[str]:
        return {markdown.KIND.name} if _OUTPUT in part else set()

    def file(self, name: str, beside: Beside, run: str = "") -> MlflowOutput:  # noqa: ARG002 - all are called so
        return MlflowOutput(beside)

    def content(self, descriptor: int, member: Member, shown: str, beside: Beside) -> bytes:  # noqa: ARG002 - that of the model
        return described(beside(member.form), shown)


class MlflowOutput:
    """See `members.MembersFile`. It is written once."""

    def __init__(self, beside: Beside) -> None:
        self._beside = beside
        self._stamp: Stamp | None = None
        self._said = b""

    def is_unchanged(self, descriptor: int) -> bool:
        return self._stamp is not None and settled_stamp(descriptor) == self._stamp

    def continues(self, descriptor: int) -> bool:  # noqa: ARG002 - the next look finds the newer one
        return True

    def find_new(self, descriptor: int) -> Iterator[list[Member]]:
        self._stamp = settled_stamp(descriptor)
        data = pread(descriptor, yaml_values.MAX_NODES, 0)
        try:
            output = yaml_values.mapping_of(data, _META)
        except LogFormatError:
            return
        identity, step = output.get("destination_id"), output.get("step")
        if data == self._said or not isinstance(identity, str) or not _ID.match(identity):
            return
        self._said = data
        folder = f"../../../models/{identity}"
        name = self._name_of(f"{folder}/{_META}") or identity
        path = member_path(
            step if type(step) is int and 0 <= step <= MAX_STEP else 0, f"model-{name}/{_NAME}", ".md"
        )
        yield [Member(path, None, (), data, f"{folder}/artifacts/{_NAME}", covers=("",))]

    def problems(self) -> list[str]:
        return []

    def _name_of(self, meta: str) -> str:
        try:
            name = yaml_values.mapping_of(self._beside(meta), meta).get("name")
        except (OSError, NotServedError, LogFormatError):
            return ""
        return name if isinstance(name, str) else ""


def described(data: bytes, shown: str) -> bytes:
    """An `MLmodel` as Markdown. Raises LogFormatError: it is none."""
    model = yaml_values.mapping_of(data, shown)
    flavors = model.get("flavors")
    if not isinstance(flavors, Mapping):
        raise LogFormatError(shown, "no model of MLflow: it says no flavors")
    facts = {
        "Flavors": ", ".join(_flavor(str(name), said) for name, said in flavors.items()),
        "Logged": model.get("utc_time_created"),
        "Size": f"{size:,} bytes" if type(size := model.get("model_size_bytes")) is int else None,
        "MLflow": model.get("mlflow_version"),
        "Model id": model.get("model_id"),
    }
    lines = [f"- **{name}**: {_text(value)}" for name, value in facts.items() if value]
    signature = model.get("signature")
    parts = signature if isinstance(signature, Mapping) else {}
    for title, key in (("Inputs", "inputs"), ("Outputs", "outputs"), ("Parameters", "params")):
        lines += _part(title, parts.get(key), shown)
    if not parts:
        lines += ["", "It was logged without a signature."]
    return ("\n".join(lines) + "\n").encode(errors="replace")


def _flavor(name: str, said: object) -> str:
    """With the version of its library, as far as it says that."""
    versions = said if isinstance(said, Mapping) else {}
    own = next((str(value) for key, value in versions.items() if key in (f"{name}_version", "version")), "")
    return f"{name} {own}".rstrip()


def _part(title: str, text: object, shown: str) -> list[str]:
    """A table of columns, as the signature has them in JSON."""
    if not isinstance(text, str):
        return []
    try:
        columns = json.loads(text)
    except (ValueError, RecursionError):
        raise LogFormatError(shown, f"the signature's {title.lower()} are no JSON") from None
    if not isinstance(columns, list) or not columns:
        return []
    is_default = title == "Parameters"
    lines = [
        "",
        f"## {title}",
        "",
        f"| Name | Type | {'Default' if is_default else 'Required'} |",
        "|---|---|---|",
    ]
    for number, column in enumerate(columns[:_MAX_COLUMNS]):
        said = column if isinstance(column, dict) else {}
        last = (
            json.dumps(said.get("default"))
            if is_default
            else {True: "yes", False: "no"}.get(said.get("required", True), "")
        )
        lines.append(f"| {_text(said.get('name', number))} | {_text(type_of(said))} | {_text(last)} |")
    if len(columns) > _MAX_COLUMNS:
        lines += ["", f"and {len(columns) - _MAX_COLUMNS:,} more"]
    return lines


def type_of(said: Mapping[str, Any], depth: int = 0) -> str:
    """The type of a column or of what is in it.

    >>> type_of({"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 2]}})
    'float64 (-1, 2)'
    >>> type_of({"type": "array", "items": {"type": "object", "properties": {"a": {"type": "long"}}}})
    'list of {a: long}'
    """
    name = str(said.get("type", "?"))
    inner = said.get("items") or said.get("values")
    fields = said.get("properties")
    tensor = said.get("tensor-spec")
    if depth >= _MAX_DEPTH:
        return "…"
    if isinstance(tensor, Mapping):
        return f"{tensor.get('dtype', '?')} ({', '.join(map(str, tensor.get('shape') or ()))})"
    if isinstance(inner, Mapping):
        return f"{'list' if name == 'array' else name} of {type_of(inner, depth + 1)}"
    if isinstance(fields, Mapping):
        each = (f"{key}: {type_of(of, depth + 1)}" for key, of in fields.items() if isinstance(of, Mapping))
        return f"{{{', '.join(each)}}}"
    shape = said.get("shape")
    return f"{name} {tuple(shape)}" if isinstance(shape, list) else name


def _text(value: object) -> str:
    """As it stands there, whatever it means in Markdown."""
    return _SPECIAL.sub(r"\\\1", " ".join(str(value)[:_MAX_TEXT].split()))
