"""A model as Keras describes it (`model.to_json()`), as event files hold it: its layers, and what each takes.

Keras 3 names what a layer takes by tensors with a history (`saving/serialization_lib.py`), Keras 2 by lists of the
layer's name and two numbers. A model in a model is a group; edges lead to and from the layers in it.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple

from lavdlike.kinds.graph_forms.graph import MAX_DEPTH, Edge, Graph, GraphGroup, GraphNode, group_path, scoped

# Of a layer's configuration: what stands elsewhere, or is the same for all of a model.
_NOT_SHOWN = frozenset({"name", "trainable", "dtype", "layers", "input_layers", "output_layers"})
_MAX_NUMBERS = 20


class _Ends(NamedTuple):
    """The nodes that a layer's inputs lead to, and those that its outputs come from; one each but of models."""

    inputs: Sequence[str]
    outputs: Sequence[str]


class _Source(NamedTuple):
    """A layer's output."""

    layer: str
    output: int


def read(document: object) -> Graph:
    """The graph of a model; nothing of its numbers.

    Raises:
        ValueError: it is none.
    """
    if not isinstance(document, dict) or not _layers_of(document):
        raise ValueError("no model with layers, as Keras describes one")
    graph = Graph()
    _add_model(graph, document, "", 0)
    return graph


def _add_model(graph: Graph, model: Mapping[str, Any], path: str, depth: int) -> _Ends:
    """All of its layers. `path`: of its group."""
    ends: dict[str, _Ends] = {}
    takes: list[tuple[str, list[list[_Source]]]] = []
    for place, layer in enumerate(_layers_of(model)):
        name = _name_of(layer) or f"layer {place}"
        ends[name] = _add_layer(graph, layer, f"{path}/{name}" if path else name, depth)
        takes.append((name, [list(_sources_in(call)) for call in _list(layer.get("inbound_nodes"))]))
    config = model["config"]
    said_inputs, said_outputs = (
        list(_sources_in(config.get(key))) if isinstance(config, dict) else []
        for key in ("input_layers", "output_layers")
    )
    in_order = list(ends)
    if not said_outputs:  # layers one after the other
        chained = itertools.pairwise(in_order)
        takes = [(name, [[_Source(before, 0)]]) for before, name in chained]
        said_inputs, said_outputs = [_Source(in_order[0], 0)], [_Source(in_order[-1], 0)]
    for source, target in dict.fromkeys(_edges(ends, takes)):
        graph.add_edge(Edge(source, target), path)
    inputs = [end for each in said_inputs if each.layer in ends for end in ends[each.layer].inputs]
    return _Ends(inputs, [end for each in said_outputs if (end := _output(ends, each)) is not None])


def _add_layer(graph: Graph, layer: Mapping[str, Any], path: str, depth: int) -> _Ends:
    op = str(layer.get("class_name") or "")
    if _layers_of(layer) and depth < MAX_DEPTH:
        graph.add_group(path, GraphGroup(op))
        return _add_model(graph, layer, path, depth + 1)
    group, label = scoped(path)
    graph.add_node(GraphNode(path, label, op, group_path(group), dict(_attributes(layer))), path)
    return _Ends([path], [path])


def _edges(
    ends: Mapping[str, _Ends], takes: Iterable[tuple[str, list[list[_Source]]]]
) -> Iterator[tuple[str, str]]:
    """A layer that is called several times has the edges of all its calls."""
    for name, calls in takes:
        for call in calls:
            for place, source in enumerate(call):
                found = _output(ends, source)
                inputs = ends[name].inputs
                if found is not None and inputs:
                    yield found, inputs[min(place, len(inputs) - 1)]


def _output(ends: Mapping[str, _Ends], source: _Source) -> str | None:
    outputs = ends[source.layer].outputs if source.layer in ends else ()
    return outputs[min(source.output, len(outputs) - 1)] if outputs else None


def _sources_in(value: object) -> Iterator[_Source]:
    """All outputs of layers that are named in it, in their order."""
    waiting = [value]
    while waiting:
        given = waiting.pop()
        match given:
            case {
                "class_name": "__keras_tensor__",
                "config": {"keras_history": [str(name), int(), int(output)]},
            }:
                yield _Source(name, max(output, 0))
            case [str(name), int(), int(output), *rest]:
                yield _Source(name, max(output, 0))
                waiting += reversed(rest)
            case list():
                waiting += reversed(given)
            case dict():
                waiting += reversed(list(given.values()))


def _layers_of(model: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Those of a model; of a single layer none. Sequential models of old had them as their configuration."""
    config = model.get("config")
    layers = config.get("layers") if isinstance(config, dict) else config
    return [
        each for each in _list(layers) if isinstance(each, dict) and isinstance(each.get("class_name"), str)
    ]


def _name_of(layer: Mapping[str, Any]) -> str:
    config = layer.get("config")
    name = layer.get("name") or (config.get("name") if isinstance(config, dict) else None)
    return name if isinstance(name, str) else ""


def _attributes(layer: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What was chosen for the layer, and the shape of what it takes."""
    build = layer.get("build_config")
    if isinstance(build, dict) and build.get("input_shape") is not None:
        yield "input shape", _text(build["input_shape"])
    config = layer.get("config")
    for key, value in config.items() if isinstance(config, dict) else ():
        if key not in _NOT_SHOWN and value is not None and not isinstance(value, dict):
            yield str(key), _text(value)


def _text(value: object) -> str:
    """A shape is `? × 8`: a question mark is a size that is not known."""
    if isinstance(value, list):
        if value and all(each is None or type(each) is int for each in value[:_MAX_NUMBERS]):
            return " × ".join("?" if each is None else str(each) for each in value[:_MAX_NUMBERS])
        return ", ".join(_text(each) for each in value[:_MAX_NUMBERS] if not isinstance(each, dict))
    return {True: "true", False: "false"}[value] if isinstance(value, bool) else str(value)


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
