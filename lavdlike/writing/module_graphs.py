"""The graph of a model of torch: its modules, what else happens between them, and what flows where.

With inputs the model is run once, as it is (any Python in it may branch): each module without modules in it is a node,
each other one a group, and what is computed outside of the former (`x + y`, `F.relu`) a node as well. Which node a
tensor comes from is known by its identity. Without inputs, modules and their parameters alone are there.
"""

from __future__ import annotations

import itertools
import sys
import threading
import weakref
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any

from lavdlike.kinds.graph_forms.graph import Edge, Graph, GraphGroup, GraphNode

_MAX_DEPTH = 20


def is_module(given: Any) -> bool:
    """Whether it is a module of torch, which then has been imported."""
    module = getattr(getattr(sys.modules.get("torch"), "nn", None), "Module", None)
    return isinstance(module, type) and isinstance(given, module)


def of_module(model: Any, example_inputs: Any = None) -> Graph:
    """The graph of a module.

    The model is run in evaluation mode without gradients, and left as it was, random numbers too.

    Args:
        example_inputs: what the model is called with: a tensor, a tuple of arguments, or a dict of named ones.

    Raises:
        ValueError: the model fails with these inputs.
    """
    graph = Graph()
    model = getattr(model, "_orig_mod", model)  # of `torch.compile`
    if example_inputs is None:
        _add_modules(graph, model)
        return graph
    run = _Run(graph, model)
    arguments, named = _arguments(example_inputs)
    try:
        with _evaluating(model), run.watching():
            outputs = run.start(arguments, named)
            run.finish(model(*arguments, **named))
            del outputs
    except Exception as error:
        message = str(error).strip().splitlines()
        raise ValueError(
            f"the model fails with example_inputs: {type(error).__name__}: {message[0] if message else ''}"
        ) from error
    return graph


def _arguments(given: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    if isinstance(given, Mapping):
        return (), dict(given)
    return (tuple(given), {}) if isinstance(given, (tuple, list)) else ((given,), {})


@contextmanager
def _evaluating(model: Any) -> Iterator[None]:
    """In evaluation mode, without gradients, with random numbers of its own."""
    import torch

    training = [module for module in model.modules() if module.training]
    try:
        with torch.no_grad(), torch.random.fork_rng():
            model.eval()
            yield
    finally:
        for module in training:
            module.training = True


def _add_modules(graph: Graph, model: Any) -> None:
    """Every module, without what flows between them; but those of a Sequential follow each other."""
    for path, module in model.named_modules():
        name = path.replace(".", "/")
        if any(True for _ in module.children()):
            if path:
                graph.add_group(name, GraphGroup(_class_of(module), _about(module)))
        else:
            group, _, label = name.rpartition("/")
            shown = name or _class_of(module)
            graph.add_node(GraphNode(shown, label or shown, _class_of(module), group, _about(module)))
    for path, module in model.named_modules():
        if _class_of(module) == "Sequential":
            names = [f"{path}.{name}".strip(".").replace(".", "/") for name, _ in module.named_children()]
            leaves = [name for name in names if name in graph.nodes]
            for source, target in itertools.pairwise(leaves):
                if names.index(target) == names.index(source) + 1:
                    graph.add_edge(Edge(source, target))


class _Run:
    """One call of a model while it is watched."""

    def __init__(self, graph: Graph, model: Any) -> None:
        self._graph = graph
        self._model = model
        self._modules = {path.replace(".", "/"): module for path, module in model.named_modules()}
        self._paths = {id(module): path for path, module in self._modules.items()}
        self._givers: dict[int, tuple[Any, str]] = {}  # by the tensor's identity: it, weakly, and its node
        self._at = [("", "")]  # the modules that are being called: path, group
        self._inside = 0  # of modules that are nodes
        self._calls: Counter[str] = Counter()
        self._thread = threading.get_ident()

    def start(self, arguments: tuple[Any, ...], named: Mapping[str, Any]) -> list[Any]:
        """Makes the nodes of the inputs."""
        given = [*((f"input {place}", value) for place, value in enumerate(arguments)), *named.items()]
        if len(given) == 1 and arguments:
            given = [("input", arguments[0])]
        for name, value in given:
            tensors = list(_tensors(value))
            if tensors:
                self._gives(self._add(name, "Input", "", {"output": _shapes(tensors)}), tensors)
        return given

    def finish(self, outputs: Any) -> None:
        """Makes the node of what comes out."""
        tensors = list(_tensors(outputs))
        self._takes(self._add("output", "Output", "", {"input": _shapes(tensors)}), tensors)

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Hears of all that the model does."""
        from torch.nn.modules import module as modules
        from torch.overrides import TorchFunctionMode

        run = self

        class Watch(TorchFunctionMode):  # type: ignore[misc,unused-ignore] # torch's types are not there where types are checked
            def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
                del types
                outcome = func(*args, **(kwargs or {}))
                run.function(func, (args, kwargs or {}), outcome)
                return outcome

        # Of all modules, since those that were scripted take none of their own.
        with ExitStack() as stack:
            for handle in (
                modules.register_module_forward_pre_hook(self._enter),
                modules.register_module_forward_hook(self._leave, with_kwargs=True),
            ):
                stack.callback(handle.remove)
            with Watch():
                yield

    def function(self, func: Any, given: Any, outcome: Any) -> None:
        """A function of torch was called: outside of modules that are nodes it is a node itself."""
        tensors = list(_tensors(outcome))
        taken = list(_tensors(given))
        if self._inside or not tensors:
            return
        if all(any(tensor is each for each in taken) for tensor in tensors) and not _changes(func):
            return  # gives what it was given
        name = _name_of(func)
        group = self._at[-1][1]
        node = self._add(f"{group}/{name}" if group else name, name, group, {"output": _shapes(tensors)})
        self._takes(node, taken)
        self._gives(node, tensors)

    def _is_other(self, module: Any) -> bool:
        """Whether it is a module of another model, or called by another thread."""
        return id(module) not in self._paths or threading.get_ident() != self._thread

    def _enter(self, module: Any, args: Any) -> None:
        del args
        if self._is_other(module):
            return
        if self._inside or _is_leaf(module):
            self._inside += 1
        elif module is not self._model:
            above, label = self._place_of(module)
            group = self._unused(f"{above}/{label}" if above else label, self._graph.groups)
            self._graph.add_group(group, GraphGroup(_class_of(module), _about(module)))
            self._at.append((self._paths[id(module)], group))

    def _leave(self, module: Any, args: Any, kwargs: Any, outcome: Any) -> None:
        if self._is_other(module):
            return
        if self._inside:
            self._inside -= 1
            if not self._inside:
                self._add_module(module, (args, kwargs), outcome)
        elif module is not self._model:
            self._at.pop()

    def _place_of(self, module: Any) -> tuple[str, str]:
        """The group that a module is in, and what it is called there.

        Lists of modules, which are never called themselves, are groups as well.
        """
        above, group = self._at[-1]
        path = self._paths[id(module)]
        if not path:
            return group, _class_of(module)
        if above and not path.startswith(f"{above}/"):  # of another one, which lends it
            return group, path.rpartition("/")[2]
        below = path[len(above) :].strip("/").split("/")
        for name in below[:-1]:
            above, group = (f"{each}/{name}" if each else name for each in (above, group))
            if group not in self._graph.groups:
                self._graph.add_group(group, GraphGroup(type(self._modules[above]).__name__))
        return group, below[-1]

    def _add_module(self, module: Any, given: Any, outcome: Any) -> None:
        group, label = self._place_of(module)
        tensors = list(_tensors(outcome))
        about = {**_about(module), "output": _shapes(tensors)}
        node = self._add(f"{group}/{label}" if group else label, _class_of(module), group, about)
        self._takes(node, _tensors(given))
        self._gives(node, tensors)

    def _add(self, name: str, op: str, group: str, attributes: Mapping[str, str]) -> str:
        """Adds a node; what is there again gets a number behind it."""
        node = self._unused(name, self._graph.nodes)
        about = {key: value for key, value in attributes.items() if value}
        self._graph.add_node(GraphNode(node, node.removeprefix(f"{group}/"), op, group, about))
        return node

    def _unused(self, name: str, taken: Mapping[str, Any]) -> str:
        found = name
        while found in taken:
            self._calls[name] += 1
            found = f"{name} ({self._calls[name] + 1})"
        return found

    def _takes(self, node: str, tensors: Any) -> None:
        for tensor in tensors:
            known = self._givers.get(id(tensor))
            if known is not None and known[0]() is tensor:
                self._graph.add_edge(Edge(known[1], node, _shape(tensor)))

    def _gives(self, node: str, tensors: Any) -> None:
        for tensor in tensors:
            self._givers[id(tensor)] = weakref.ref(tensor), node


def _is_leaf(module: Any) -> bool:
    """Whether it is one node: it has no modules in it, or none whose calls can be seen, as of one that was scripted."""
    import torch

    return isinstance(module, torch.jit.ScriptModule) or not any(True for _ in module.children())


def _tensors(value: Any, depth: int = 0) -> Iterator[Any]:
    """The tensors in what a module takes or gives; parameters are said at their modules."""
    import torch

    if isinstance(value, torch.Tensor):
        if not isinstance(value, torch.nn.Parameter):
            yield value
        return
    if depth > _MAX_DEPTH or isinstance(value, (str, bytes)):
        return
    if isinstance(value, Mapping):
        value = value.values()
    elif hasattr(value, "__dataclass_fields__"):
        value = [getattr(value, name, None) for name in value.__dataclass_fields__]
    elif not isinstance(value, (list, tuple, set)):
        return
    for each in list(value):
        yield from _tensors(each, depth + 1)


def _about(module: Any) -> dict[str, str]:
    """What a module says of itself, and its own parameters and buffers."""
    said = {"settings": str(module.extra_repr()).strip()}
    own = [
        *module.named_parameters(recurse=False),
        *((name, each) for name, each in module.named_buffers(recurse=False) if each is not None),
    ]
    said |= {name: _shape(each) for name, each in own}
    count = sum(each.numel() for each in module.parameters() if not _is_lazy(each))
    return {
        key: value for key, value in {**said, "parameters": f"{count:,}" if count else ""}.items() if value
    }


def _class_of(module: Any) -> str:
    """The name of its class, also of one that was scripted."""
    return str(getattr(module, "original_name", type(module).__name__))


def _is_lazy(parameter: Any) -> bool:
    return "Uninitialized" in type(parameter).__name__


def _shapes(tensors: Any) -> str:
    return ", ".join(_shape(tensor) for tensor in tensors)


def _shape(tensor: Any) -> str:
    """`float32 1 × 3 × 224 × 224`."""
    dtype = str(tensor.dtype).removeprefix("torch.")
    shape = "?" if _is_lazy(tensor) else " × ".join(str(int(size)) for size in tensor.shape) or "scalar"
    return f"{dtype} {shape}"


def _name_of(func: Any) -> str:
    """`add` of `Tensor.add`, `T` of the property."""
    name = str(getattr(func, "__name__", "") or type(func).__name__)
    if name == "__get__":
        name = str(getattr(getattr(func, "__self__", None), "__name__", name))
    return name.strip("_") or name


def _changes(func: Any) -> bool:
    """Whether it changes its argument in place, as `relu_` does."""
    name = str(getattr(func, "__name__", ""))
    return (name.endswith("_") and not name.endswith("__")) or (
        name.startswith("__i") and name != "__index__"
    )
