"""A running server as a script asks it: the answers of docs/protocol.md, as the types of `messages`."""

from __future__ import annotations

import hashlib
import urllib.error
import urllib.request
from collections.abc import Sequence
from http.client import HTTPException, HTTPResponse
from typing import Any, TypeVar
from urllib.parse import parse_qs, urldefrag

import msgspec

from lavdlike.errors import NotFoundError
from lavdlike.layout import ExperimentId
from lavdlike.messages import Catalogue, Item, ItemAddress, ItemsPage, ItemsRequest, RootPage
from lavdlike.scalar_messages import (
    ScalarLabels,
    ScalarLabelsPage,
    ScalarLabelsRequest,
    SeriesPage,
    SeriesPoints,
    SeriesRequest,
)

T = TypeVar("T")

_LIMIT_S = 60.0
_BLOCK_BYTES = 2**20
_NOT_FOUND = 404


class Served:
    """The server at an address, which may be the printed link with its token.

    Every method raises NotFoundError: it does not answer, or refuses; the message says how.
    """

    def __init__(self, link: str) -> None:
        address, fragment = urldefrag(link)
        self._address = address if address.endswith("/") else f"{address}/"
        self._headers = {"Accept": "application/json"}
        if token := parse_qs(fragment).get("token"):
            self._headers["Authorization"] = f"Bearer {token[0]}"

    def root(self) -> RootPage:
        return self._get("api/root", RootPage)

    def catalogue(self, experiment: ExperimentId) -> Catalogue:
        return self._get(f"api/experiments/{experiment}", Catalogue)

    def items(self, addresses: Sequence[ItemAddress]) -> list[Item | None]:
        return self._post("api/items", ItemsRequest([*addresses]), ItemsPage).items

    def scalar_labels(self, experiment: ExperimentId) -> ScalarLabels | None:
        page = self._post("api/scalars/labels", ScalarLabelsRequest([experiment]), ScalarLabelsPage)
        return page.experiments[0] if page.experiments else None

    def series(self, experiment: ExperimentId, labels: Sequence[str]) -> list[SeriesPoints]:
        """All points of these labels."""
        asked = SeriesRequest([experiment], [*labels], columns=0)
        return self._post("api/scalars/series", asked, SeriesPage).series

    def digest(self, file: str) -> str | None:
        """Of the bytes of a file, by its id (`layout.file_id`); None if it is not served."""
        try:
            with self._open(f"api/files/{file}") as response:
                digest = hashlib.sha256()
                while data := response.read(_BLOCK_BYTES):
                    digest.update(data)
                return digest.hexdigest()
        except urllib.error.HTTPError as error:
            error.close()
            return None
        except (OSError, HTTPException) as error:
            raise self._silent(error) from None

    def _get(self, path: str, answer: type[T]) -> T:
        return self._ask(path, None, answer)

    def _post(self, path: str, body: Any, answer: type[T]) -> T:
        return self._ask(path, msgspec.json.encode(body), answer)

    def _ask(self, path: str, body: bytes | None, answer: type[T]) -> T:
        try:
            with self._open(path, body) as response:
                return msgspec.json.decode(response.read(), type=answer)
        except urllib.error.HTTPError as error:
            error.close()
            raise NotFoundError(
                f"the server refused {path}: {error.code} {error.reason}. Is this its whole link, with the token?"
            ) from None
        except msgspec.DecodeError:
            raise NotFoundError(f"what {self._address}{path} says is no answer of this version") from None
        except (OSError, HTTPException) as error:
            raise self._silent(error) from None

    def _open(self, path: str, body: bytes | None = None) -> HTTPResponse:
        headers = self._headers | ({} if body is None else {"Content-Type": "application/json"})
        url = f"{self._address}{path}"
        if not url.startswith(("http://", "https://")):
            raise NotFoundError(
                f"{self._address!r} is no address of a server: it begins with http:// or https://"
            )
        request = urllib.request.Request(url, body, headers)  # noqa: S310 - checked above
        opened: HTTPResponse = urllib.request.urlopen(request, timeout=_LIMIT_S)  # noqa: S310
        return opened

    def _silent(self, error: Exception) -> NotFoundError:
        reason = getattr(error, "reason", None) or error
        return NotFoundError(f"the server at {self._address} does not answer: {reason}")
