"""Visdom's calls for networks of nodes, and for vectors in a plane."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from lavdlike.compat.visdom import projecting
from lavdlike.compat.visdom.given_options import array_of, check, options_of
from lavdlike.compat.visdom.sending import Opts, Sending

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[Any]


class NetworkCalls(Sending):
    """Things and what is between them."""

    register_event_handler: Callable[[Callable[[Any], object], str, str | None], None]
    win_data: dict[str, Any]

    def graph(
        self,
        edges: Sequence[Sequence[int]],
        edgeLabels: Sequence[Any] | None = None,
        nodeLabels: Sequence[Any] | None = None,
        opts: Opts = None,
        env: str | None = None,
        win: str | None = None,
    ) -> Any:
        """Draw a network of nodes that are numbered from 0."""
        pairs = [(int(source), int(target)) for source, target in edges]
        nodes = sorted({node for pair in pairs for node in pair})
        check(edgeLabels is None or len(edgeLabels) == len(pairs), "edgeLabels must be one for each edge")
        check(nodeLabels is None or len(nodeLabels) == len(nodes), "nodeLabels must be one for each node")
        if nodes != list(range(len(nodes))):
            missing = next(place for place, node in enumerate(nodes) if place != node)
            raise RuntimeError(f"nodes must be numbered from 0 without gaps: {missing} is in no edge")
        options = options_of(opts, directed=False, showVertexLabels=False, showEdgeLabels=False)
        options = {"height": 500, "width": 500, "scheme": "same", **options}
        is_coloured = options["scheme"] == "different"
        content = {
            "nodes": [
                {"name": node, "label": str(node if nodeLabels is None else nodeLabels[node])}
                | ({"club": node} if is_coloured else {})
                for node in nodes
            ],
            "edges": [
                {
                    "source": source,
                    "target": target,
                    "label": f"{source}-{target}" if edgeLabels is None else str(edgeLabels[place]),
                }
                for place, (source, target) in enumerate(pairs)
            ],
        }
        return self._send_content("network", content, options, win, env)

    def embeddings(
        self,
        features: Any,
        labels: Any,
        data_getter: Callable[[int], str] | None = None,
        data_type: str | None = None,
        win: str | None = None,
        env: str | None = None,
        opts: Opts = None,
    ) -> Any:
        """Draw vectors, n x d, in the plane: by t-SNE if openTSNE or scikit-learn is there, else by principal axes.

        Args:
            labels: one for each.
            data_getter: the HTML that is shown for one of them, by its place, asked for when it is picked in the page.
        """
        vectors = array_of(features, "features")
        names = labels.tolist() if hasattr(labels, "tolist") else list(labels)
        check(
            vectors.ndim == 2 and len(vectors) == len(names), "features must be n x d, with a label for each"
        )
        options = options_of(opts)
        drawn = [_entities(vectors, names, list(range(len(names))))]
        content = {"data": drawn[0], "selected": None}
        win = self._send_content("embeddings", content, options, win, env)

        def answer(event: Mapping[str, Any]) -> None:
            if event["event_type"] == "EntitySelected":
                preview = (
                    data_getter(int(event["idx"])) if data_getter and data_type in ("html", None) else ""
                )
                selected = {"html": preview or "<div>No preview</div>", "entityId": event.get("entityId")}
                data: dict[str, Any] = {"update_type": "EntitySelected", "selected": selected}
            elif event["event_type"] == "RegionSelected":
                chosen = [int(place) for place in event["selectedIdxs"]]
                if chosen:
                    drawn.append(_entities(vectors[chosen], names, chosen))
                elif len(drawn) > 1:  # the page asks for what was drawn before
                    drawn.pop()
                data = {
                    "update_type": "RegionSelected",
                    "points": drawn[-1],
                    "has_previous": len(drawn) > 1,
                }
            else:
                return
            self._send({"data": data, "win": event["target"], "eid": env, "opts": options}, "update")

        if isinstance(win, str) and options.get("register_embedding_events", True):
            self.win_data[win] = {"features": features, "labels": labels, "data": data_getter, "env": env}
            self.register_event_handler(answer, win, env)
        return win


def _entities(vectors: Array, labels: Sequence[Any], places: Sequence[int]) -> list[dict[str, Any]]:
    groups = {label: group for group, label in enumerate(dict.fromkeys(labels))}
    return [
        {
            "group": groups[labels[place]],
            "name": f"Entity {place}",
            "label": labels[place],
            "position": position,
            "idx": place,
        }
        for place, position in zip(places, projecting.in_plane(vectors), strict=True)
    ]
