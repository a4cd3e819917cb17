"""The methods of `Logger` for tables, arrays, vectors and meshes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lavdlike import layout
from lavdlike.kinds import arrays, embeddings, meshes, tables
from lavdlike.writing import pictures
from lavdlike.writing.calls.family import Family
from lavdlike.writing.checks import check_flag, check_size


class DataCalls(Family):
    """Numbers that are looked at as they are."""

    def log_mesh(
        self, vertices: Any, name: str, step: int | None = None, *, faces: Any = None, colors: Any = None
    ) -> None:
        """Log a mesh, or without faces a point cloud, to `<name>.ply`.

        Args:
            vertices: n x 3 numbers: array, tensor or nested lists.
            faces: m x 3 indices of vertices; m x k for faces of k corners.
            colors: of each vertex, n x 3 or (with opacity) n x 4; uint8, or floats in [0, 1].

        >>> corners = [[0, 0, 0], [1, 0, 0], [0, 1, 0], [0, 0, 1]]
        >>> with Logger("example") as logger:
        ...     logger.log_mesh(corners, "points", step=1, colors=[[255, 0, 0]] * 4)
        ...     logger.log_mesh(corners, "tetrahedron", step=1, faces=[[0, 2, 1], [0, 1, 3], [0, 3, 2], [1, 2, 3]])
        """
        writer = self._active
        if writer is not None:
            content = check_size(meshes.encode(vertices, faces, colors), meshes.MAX_BYTES, "vertices")
            writer.replace(self._checked_path(name, step, meshes.SUFFIX), content)

    def log_table(
        self,
        table: Any,
        name: str,
        step: int | None = None,
        *,
        header: Sequence[str] | None = None,
        append: bool = False,
    ) -> None:
        """Log a table to `<name>.csv`. Cells that name a picture beside it (`bird.png`) show it in the viewer.

        Args:
            table: rows, each a sequence of cells or a dict {column: cell}; a dict {column: cells}; or a data frame of
                pandas, whose index is a column if it has a name, or polars.
            header: the columns' names; by default those of the table, or else `0`, `1`, ...
            append: whether its rows come behind those of the file, if there is one, which has the same columns.

        >>> with Logger("example") as logger:
        ...     logger.log_table([["car", 0.93], ["tree", None]], "classes", step=1, header=["class", "precision"])
        ...     logger.log_table([{"epoch": 1, "loss": 0.5}], "history")
        ...     logger.log_table([{"epoch": 2, "loss": 0.25}], "history", append=True)
        """
        writer = self._active
        if writer is None:
            return
        check_flag(append, "append")
        path = self._checked_path(name, step, ".csv")
        names, rows = tables.encode_parts(table, header)
        if append:
            writer.append_to(path, rows, names)
        else:
            writer.replace(path, names + rows)

    def log_embedding(
        self, vectors: Any, name: str, step: int | None = None, *, labels: Any = None, images: Any = None
    ) -> None:
        """Log vectors to `<name>.json` and the files that it names; the viewer shows how near they are to each other.

        Args:
            vectors: n x d numbers: array, tensor or nested lists.
            labels: n of any type, to colour and find them by; or a dict of such, {column: labels}.
            images: n pictures as `log_image` takes them, kept as small ones, 64 pixels at most.

        >>> with Logger("example") as logger:
        ...     logger.log_embedding([[0, 1], [1, 0], [1, 1]], "words", step=1, labels=["cat", "dog", "fox"])
        """
        writer = self._active
        if writer is None:
            return
        path = self._checked_path(name, step, ".json")
        stem = path.name.removesuffix(".json")
        points = embeddings.checked_vectors(vectors)
        content = {
            embeddings.VECTORS: check_size(embeddings.encode_vectors(points), meshes.MAX_BYTES, "vectors")
        }
        if labels is not None:
            content[embeddings.LABELS] = embeddings.encode_labels(labels, len(points))
        if images is not None:
            content[embeddings.SPRITE] = pictures.sprite_sheet(images, len(points))
        files = [""] * 3
        for place, suffix in enumerate((embeddings.VECTORS, embeddings.LABELS, embeddings.SPRITE)):
            if suffix in content:
                files[place] = layout.shown(stem + suffix)
                writer.replace(path.with_name(stem + suffix), content[suffix])
            else:
                writer.remove(path.with_name(stem + suffix))  # an older one's
        writer.merge(path, embeddings.to_json(*files))

    def log_array(self, array: Any, name: str, step: int | None = None) -> None:
        """Log an array or tensor of any shape to `<name>.npy`, as `numpy.save` writes it; records are shown as a table.

        >>> import numpy as np
        >>> with Logger("example") as logger:
        ...     logger.log_array(np.zeros((2, 3, 4)), "activations", step=1)
        ...     logger.log_array(np.array([("cat", 0.5)], [("class", "U9"), ("score", "f4")]), "scores", step=1)
        """
        writer = self._active
        if writer is not None:
            path = self._checked_path(name, step, ".npy")
            checked = arrays.checked(array)
            writer.replace_streamed(path, checked.nbytes, lambda file: arrays.write(checked, file))
