"""Which tensors a pickle of torch holds, read without running it: no object is made and nothing is imported.

The opcodes (`pickletools`) are followed with texts, numbers, lists, tuples and dicts alone; each class and each call
stays a name with its arguments. What torch writes is found by these names (`torch._utils._rebuild_tensor_v2` and the
like, whose first argument names the storage).
"""

from __future__ import annotations

import math
import pickletools
from collections.abc import Iterator
from typing import Any, BinaryIO, NamedTuple

from lavdlike.errors import LogFormatError
from lavdlike.kinds.model_files.tensors import MAX_NAME_LETTERS, Tensor, checked_shape

# A pickle of 20,000 tensors has some 1,000,000.
_MAX_OPCODES = 2_000_000
# What is looked at below the root, however often a pickle names the same.
_MAX_LOOKS = 500_000
_MAX_DEPTH = 40
_MARK = object()
_REBUILD_TENSOR = frozenset({"_rebuild_tensor", "_rebuild_tensor_v2", "_rebuild_tensor_v3"})
_REBUILD_PARAMETER = frozenset({"_rebuild_parameter", "_rebuild_parameter_with_state"})
# Types by their storages' names, and bytes of a number.
_DTYPES = {
    "float": "float32", "double": "float64", "half": "float16", "long": "int64", "int": "int32", "short": "int16",
    "char": "int8", "byte": "uint8", "complexfloat": "complex64", "complexdouble": "complex128",
}  # fmt: skip
_ITEM_BYTES = {
    "float": 4, "double": 8, "half": 2, "long": 8, "int": 4, "short": 2, "char": 1, "byte": 1, "bool": 1,
    "bfloat16": 2, "complexfloat": 8, "complexdouble": 16,
}  # fmt: skip
_PARTS_OF_MODULES = frozenset({"_modules", "_parameters", "_buffers"})
_CONSTANTS = {"NONE": None, "NEWTRUE": True, "NEWFALSE": False}
_EMPTY = {"EMPTY_DICT": dict, "EMPTY_LIST": list, "EMPTY_TUPLE": tuple, "EMPTY_SET": list}
_TUPLES = {"TUPLE1": 1, "TUPLE2": 2, "TUPLE3": 3}
_IGNORED = frozenset({"PROTO", "FRAME", "STOP", "NEXT_BUFFER", "READONLY_BUFFER"})


class _Named(NamedTuple):
    """A class or a function, by its name."""

    name: str


class _Call:
    """What a call or an object would be: its name, its arguments, and what it is filled with."""

    __slots__ = ("arguments", "filled", "name")

    def __init__(self, name: str, arguments: Any) -> None:
        self.name, self.arguments = name, arguments
        self.filled: Any = None


class _Persistent(NamedTuple):
    """What stands beside the pickle: a storage."""

    key: Any


def read(file: BinaryIO, path: str) -> tuple[list[Tensor], dict[str, object]]:
    """The tensors of the pickle that begins here, named by the keys under which they stand, as in `state_dict()`.

    Returns:
        The tensors, and the numbers and texts that stand beside them: the epoch, the step.

    Raises:
        LogFormatError: it is broken, or longer than is read.
    """
    root = _built(file, path)
    beside = root.items() if isinstance(root, dict) else ()
    found: list[Tensor] = []
    _collect(root, path, found)
    return found, {
        str(key): value for key, value in beside if isinstance(value, str | float) or _is_small(value)
    }


def skip(file: BinaryIO, path: str) -> None:
    """Goes behind the pickle that begins here. Raises LogFormatError."""
    for _ in _opcodes(file, path):
        pass


def _opcodes(file: BinaryIO, path: str) -> Iterator[tuple[str, Any]]:
    try:
        for count, (opcode, argument, _) in enumerate(pickletools.genops(file)):
            if count > _MAX_OPCODES:
                raise LogFormatError(path, f"its pickle has more than {_MAX_OPCODES:,} opcodes")
            yield opcode.name, argument
    except (ValueError, EOFError, OverflowError, MemoryError, IndexError) as error:
        raise LogFormatError(path, f"its pickle is broken: {str(error)[:200]}") from None


def _built(file: BinaryIO, path: str) -> Any:
    machine = _Machine()
    try:
        for name, argument in _opcodes(file, path):
            machine.do(name, argument)
        return machine.stack[-1]
    except (IndexError, KeyError, TypeError, ValueError) as error:
        raise LogFormatError(path, f"its pickle is broken: {type(error).__name__}") from None


class _Machine:
    def __init__(self) -> None:
        self.stack: list[Any] = []
        self._memo: dict[int, Any] = {}

    def do(self, name: str, argument: Any) -> None:
        if name in _IGNORED:
            return
        if name in _CONSTANTS:
            self.stack.append(_CONSTANTS[name])
        elif name in _EMPTY:
            self.stack.append(_EMPTY[name]())
        elif name in _TUPLES:
            self.stack.append(tuple(self._pop(_TUPLES[name])))
        elif method := getattr(self, f"_do_{name.lower()}", None):
            method(argument)
        elif argument is not None:  # a number or a text
            self.stack.append(argument)
        else:
            raise ValueError(name)

    def _pop(self, count: int) -> list[Any]:
        if count > len(self.stack):
            raise IndexError(count)
        taken = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        return taken

    def _since_mark(self) -> list[Any]:
        place = len(self.stack) - 1
        while self.stack[place] is not _MARK:
            place -= 1
            if place < 0:
                raise IndexError("no mark")
        taken = self.stack[place + 1 :]
        del self.stack[place:]
        return taken

    def _do_mark(self, _: Any) -> None:
        self.stack.append(_MARK)

    def _do_pop(self, _: Any) -> None:
        self.stack.pop()

    def _do_pop_mark(self, _: Any) -> None:
        self._since_mark()

    def _do_dup(self, _: Any) -> None:
        self.stack.append(self.stack[-1])

    def _do_tuple(self, _: Any) -> None:
        self.stack.append(tuple(self._since_mark()))

    def _do_list(self, _: Any) -> None:
        self.stack.append(self._since_mark())

    def _do_frozenset(self, _: Any) -> None:
        self.stack.append(self._since_mark())

    def _do_dict(self, _: Any) -> None:
        items = self._since_mark()
        self.stack.append({})
        _fill(self.stack[-1], zip(items[::2], items[1::2], strict=True))

    def _do_append(self, _: Any) -> None:
        (item,) = self._pop(1)
        _extend(self.stack[-1], [item])

    def _do_appends(self, _: Any) -> None:
        items = self._since_mark()
        _extend(self.stack[-1], items)

    _do_additems = _do_appends

    def _do_setitem(self, _: Any) -> None:
        _fill(self.stack[-2 - 1], [tuple(self._pop(2))])

    def _do_setitems(self, _: Any) -> None:
        items = self._since_mark()
        _fill(self.stack[-1], zip(items[::2], items[1::2], strict=True))

    def _do_global(self, argument: str) -> None:
        self.stack.append(_Named(argument.replace(" ", ".")))

    def _do_stack_global(self, _: Any) -> None:
        module, name = self._pop(2)
        self.stack.append(_Named(f"{module}.{name}"))

    def _do_reduce(self, _: Any) -> None:
        function, arguments = self._pop(2)
        name = function.name if isinstance(function, _Named) else ""
        self.stack.append(
            {} if name == "collections.OrderedDict" and not arguments else _Call(name, arguments)
        )

    _do_newobj = _do_reduce

    def _do_newobj_ex(self, _: Any) -> None:
        class_, arguments, _keywords = self._pop(3)
        self.stack.append(_Call(class_.name if isinstance(class_, _Named) else "", arguments))

    def _do_obj(self, _: Any) -> None:
        class_, *arguments = self._since_mark()
        self.stack.append(_Call(class_.name if isinstance(class_, _Named) else "", tuple(arguments)))

    def _do_inst(self, argument: str) -> None:
        self.stack.append(_Call(argument.replace(" ", "."), tuple(self._since_mark())))

    def _do_build(self, _: Any) -> None:
        (state,) = self._pop(1)
        if isinstance(self.stack[-1], _Call):
            self.stack[-1].filled = state

    def _do_binpersid(self, _: Any) -> None:
        self.stack.append(_Persistent(self._pop(1)[0]))

    def _do_persid(self, argument: str) -> None:
        self.stack.append(_Persistent(argument))

    def _do_memoize(self, _: Any) -> None:
        self._memo[len(self._memo)] = self.stack[-1]

    def _do_binput(self, argument: int) -> None:
        self._memo[argument] = self.stack[-1]

    _do_long_binput = _do_put = _do_binput

    def _do_binget(self, argument: int) -> None:
        self.stack.append(self._memo[argument])

    _do_long_binget = _do_get = _do_binget


def _extend(target: Any, items: list[Any]) -> None:
    if isinstance(target, list):
        target.extend(items)


def _fill(target: Any, items: Any) -> None:
    if isinstance(target, _Call):  # an object that is a dict as well
        target.filled = dict(_named_items(items))
    elif isinstance(target, dict):
        target.update(_named_items(items))


def _named_items(items: Any) -> Iterator[tuple[Any, Any]]:
    """Only keys that people would read."""
    return ((key, value) for key, value in items if isinstance(key, str) or _is_small(key))


def _is_small(key: object) -> bool:
    """Whether it is a whole number that can be written down."""
    return isinstance(key, int) and abs(key) < 2**63


def _collect(root: Any, path: str, found: list[Tensor]) -> None:
    """The tensors below, depth first, in their order. What stands in several places is listed at each."""
    waiting: list[tuple[str, Any, int]] = [("", root, 0)]
    looks = 0
    while waiting:
        name, value, depth = waiting.pop()
        looks += 1
        if looks > _MAX_LOOKS:
            raise LogFormatError(path, "its pickle names the same things too often")
        if isinstance(value, _Call):
            tensor = _tensor(name, value, path)
            if tensor is not None:
                found.append(tensor)
                continue
            value = value.filled if value.filled is not None else value.arguments
        if depth < _MAX_DEPTH and isinstance(value, dict):
            below = [(_joined(name, str(key)), each) for key, each in value.items()]
        elif depth < _MAX_DEPTH and isinstance(value, list | tuple):
            below = [(_joined(name, str(place)), each) for place, each in enumerate(value)]
        else:
            continue
        waiting.extend((key, each, depth + 1) for key, each in reversed(below))


def _joined(name: str, key: str) -> str:
    """What a module keeps its parameters under is no part of their names."""
    if key in _PARTS_OF_MODULES:
        return name
    return (f"{name}.{key}" if name else key)[:MAX_NAME_LETTERS]


def _function(value: Any) -> str:
    """The last part of what is called."""
    return value.name.rpartition(".")[2] if isinstance(value, _Call) else ""


def _arguments(value: Any) -> tuple[Any, ...]:
    return value.arguments if isinstance(value, _Call) and isinstance(value.arguments, tuple) else ()


def _tensor(name: str, call: _Call, path: str) -> Tensor | None:
    """None: it is another object."""
    arguments = _arguments(call)
    if _function(call) in _REBUILD_PARAMETER and arguments:
        call, arguments = arguments[0], _arguments(arguments[0])
    if _function(call) not in _REBUILD_TENSOR or len(arguments) < 3:
        return None
    shape = checked_shape(arguments[2], path, name)
    key = arguments[0].key if isinstance(arguments[0], _Persistent) else ()
    named = key[1] if isinstance(key, tuple) and len(key) > 1 else None
    if len(arguments) > 6 and isinstance(arguments[6], _Named):  # what `_rebuild_tensor_v3` is given
        named = arguments[6]
    dtype = named.name.rpartition(".")[2].removesuffix("Storage").lower() if isinstance(named, _Named) else ""
    size_bytes = math.prod(shape) * _ITEM_BYTES[dtype] if dtype in _ITEM_BYTES else None
    return Tensor(name, _DTYPES.get(dtype, dtype), shape, size_bytes)
