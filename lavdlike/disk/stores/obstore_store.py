"""Buckets of S3 (and what speaks its protocol), Google and Azure, by the library obstore (extra `remote`).

Credentials are where each provider's tools have them: the environment, `~/.aws`, Google's application default
credentials, Azure's variables, the metadata service of a machine. What the library says when a request fails may hold
signed addresses, so nothing of it is passed on but a status and the store's own code for it.
"""

from __future__ import annotations

import itertools
import json
import os
import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from lavdlike.disk.stores.aws_profiles import profile_settings
from lavdlike.disk.stores.object_store import CREATE, ReadBytes, StoredObject
from lavdlike.errors import (
    MissingLibraryError,
    StoreConflictError,
    StoreError,
    StoreMissingError,
    StoreRightsError,
)

_CONNECT_S, _REQUEST_S = 5.0, 60.0
# Objects that come from the library at once.
_CHUNK_OBJECTS = 1000
# Which are listed one by one where a name is met that the library refuses; the others are said to be unreadable.
_MAX_FOLDERS = 1000
_IMPOSSIBLE = "names that can be no path: empty ones, `.`, `..`, or with control characters"
# Of the parts of one large upload; all other requests are repeated by who asks.
_PART_TRIES = 5

_STATUS = re.compile(r"status code: (\d{3})")
_CODE = re.compile(r"<Code>([A-Za-z]{1,60})</Code>")
_TEMPORARY = {408, 425, 429, 500, 502, 503, 504}
_RIGHTS = {401, 403}
_RIGHTS_CODES = {
    "ExpiredToken",
    "InvalidToken",
    "InvalidAccessKeyId",
    "TokenRefreshRequired",
    "AuthorizationHeaderMalformed",
}


class ObstoreStore:
    """See `object_store.ObjectStore`. Repeats nothing but parts of large uploads.

    Args:
        address: as of `store_addresses.checked_address`.
        request_s: how long one request may take.

    Raises:
        MissingLibraryError: obstore is not installed.
        StoreError: the environment does not say what the store needs.
    """

    has_conditions = True

    def __init__(self, address: str, *, request_s: float = _REQUEST_S) -> None:
        self.address = address
        self._is_google = address.startswith(("gs://", "gcs://"))
        with self._told(""):
            # Of the library's own types, which are not there where it is not.
            self._client: Any = _client(address, tries=0, request_s=request_s)
            self._uploads: Any = _client(address, tries=_PART_TRIES, request_s=request_s)

    def list(self, prefix: str = "", *, after: str = "") -> Iterator[StoredObject]:
        """As of `ObjectStore`; in order, unless the library refuses a name.

        Of a folder with a name in it that can be no path, nothing is told but one object of such a name.
        """
        try:
            for found in self._listed(prefix, after):
                after = found.path
                yield found
        except _ImpossibleNameError:
            folders = itertools.count()
            yield from (found for found in self._by_folders(prefix, folders) if found.path > after)

    def _listed(self, prefix: str, after: str = "") -> Iterator[StoredObject]:
        with self._told(prefix):
            stream = self._client.list(prefix or None, offset=after or None, chunk_size=_CHUNK_OBJECTS)
        while True:
            with self._told(prefix):
                chunk = next(stream, None)
            if chunk is None:
                return
            yield from map(_stored, chunk)

    def _by_folders(self, folder: str, count: Iterator[int]) -> Iterator[StoredObject]:
        """What is in a folder, without those in which the library refuses a name."""
        if next(count) > _MAX_FOLDERS:
            raise StoreError(self._place(folder), f"too many folders hold {_IMPOSSIBLE}")
        try:
            with self._told(folder):
                found = self._client.list_with_delimiter(folder or None)
        except _ImpossibleNameError:
            yield StoredObject(f"{folder}//", 0, "", 0.0)
            return
        yield from map(_stored, found["objects"])
        for below in found["common_prefixes"]:
            try:
                whole = [*self._listed(below)]
            except _ImpossibleNameError:
                yield from self._by_folders(below, count)
            else:
                yield from whole

    def stat(self, path: str) -> StoredObject:
        with self._told(path):
            return _stored(self._client.head(path))

    def read(self, path: str, begin: int = 0, end: int | None = None, *, etag: str = "") -> ReadBytes:
        if end is not None and end <= begin:
            return self._nothing_of(path, etag)
        options: dict[str, Any] = {"if_match": _quoted(etag)} if etag else {}
        if begin or end is not None:
            options["range"] = {"offset": begin} if end is None else (begin, end)
        try:
            with self._told(path):
                result = self._client.get(path, options=options)
                content = bytes(result.bytes())
        except _BehindItsEndError:
            return self._nothing_of(path, etag)
        found = _stored(result.meta)
        if etag and found.etag != etag:  # not every server looks at the condition
            raise StoreConflictError(self._place(path), "it was changed meanwhile")
        return ReadBytes(content, found.etag, found.size_bytes)

    def put(self, path: str, content: bytes | Path, *, condition: str | None = None) -> str:
        if condition is None:
            with self._told(path):
                return _bare(self._uploads.put(path, content)["e_tag"])
        if condition == CREATE:
            with self._told(path):
                return _bare(self._client.put(path, content, mode="create")["e_tag"])
        with self._told(path):
            version = self._version(path, condition)
            return _bare(self._client.put(path, content, mode=version)["e_tag"])

    def delete(self, path: str) -> None:
        try:
            with self._told(path):
                self._client.delete(path)
        except StoreMissingError:
            return

    def _version(self, path: str, etag: str) -> dict[str, str]:
        """What the library compares: at Google the generation, of which lists say nothing."""
        if not self._is_google:
            return {"e_tag": _quoted(etag)}
        meta = self._client.head(path)
        if _bare(meta["e_tag"]) != etag:
            raise StoreConflictError(self._place(path), "it was changed meanwhile")
        version = {"version": meta["version"]} if meta["version"] else {}
        return {"e_tag": _quoted(etag), **version}

    def _nothing_of(self, path: str, etag: str) -> ReadBytes:
        found = self.stat(path)
        if etag and found.etag != etag:
            raise StoreConflictError(self._place(path), "it was changed meanwhile")
        return ReadBytes(b"", found.etag, found.size_bytes)

    def _place(self, path: str) -> str:
        return f"{self.address}/{path}" if path else self.address

    @contextmanager
    def _told(self, path: str) -> Iterator[None]:
        """What the library raises, as one of ours."""
        from obstore import exceptions

        place = self._place(path)
        try:
            yield
        except FileNotFoundError:
            raise StoreMissingError(place, "there is no such object") from None
        except (exceptions.AlreadyExistsError, exceptions.PreconditionError):
            raise StoreConflictError(place, "it is not in the state that was seen") from None
        except (exceptions.PermissionDeniedError, exceptions.UnauthenticatedError) as error:
            raise _rights(place, str(error)) from None
        except (exceptions.NotSupportedError, NotImplementedError):
            raise StoreError(place, "this store does not know such a request") from None
        except (exceptions.BaseError, ValueError, OSError) as error:
            raise _told_error(place, error) from None


class _ImpossibleNameError(StoreError):
    """A name is none that the library takes: a part of it is empty, `.`, `..`, or has a control character."""


class _BehindItsEndError(Exception):
    """The bytes that were asked for begin where the object has ended."""


def _client(address: str, *, tries: int, request_s: float) -> Any:
    try:
        from obstore.store import AzureStore, GCSStore, S3Store
    except ImportError:
        message = f"{address}: to reach it, install obstore: pip install 'lavdlike[remote]'"
        raise MissingLibraryError(message) from None
    scheme, _, rest = address.partition("://")
    host, _, folder = rest.partition("/")
    common: dict[str, Any] = {
        "prefix": folder or None,
        "client_options": {
            "timeout": timedelta(seconds=request_s),
            "connect_timeout": timedelta(seconds=_CONNECT_S),
        },
        "retry_config": {"max_retries": tries, "retry_timeout": timedelta(seconds=4 * request_s)},
    }
    if scheme in ("gs", "gcs"):
        return GCSStore(host, **_google(common))
    if scheme in ("s3", "s3a"):
        return S3Store(host, **_aws(common))
    container, _, account = host.partition("@")
    if account:
        common["account_name"] = account.partition(".")[0]
    return AzureStore(container, **common)


def _aws(common: dict[str, Any]) -> dict[str, Any]:
    """With what files of AWS's tools say; and plain HTTP where the environment names such a store."""
    settings, has_login = profile_settings(os.environ)
    endpoint = (
        settings.get("endpoint")
        or os.environ.get("AWS_ENDPOINT_URL_S3")
        or os.environ.get("AWS_ENDPOINT_URL")
    )
    if endpoint:
        settings["endpoint"] = endpoint
        common["client_options"]["allow_http"] = endpoint.startswith("http://")
    if has_login:
        try:
            from obstore.auth.boto3 import Boto3CredentialProvider
        except ImportError:
            message = (
                "the profile of ~/.aws logs in by other means than keys: install boto3, which knows them"
            )
            raise MissingLibraryError(message) from None
        common["credential_provider"] = Boto3CredentialProvider()
    return {**settings, **common}


def _google(common: dict[str, Any]) -> dict[str, Any]:
    """With an emulator, where the variable of Google's own libraries names one."""
    emulator = os.environ.get("STORAGE_EMULATOR_HOST")
    if not emulator:
        return common
    url = emulator if "://" in emulator else f"http://{emulator}"
    key = dict.fromkeys(("client_email", "private_key", "private_key_id"), "")
    common["service_account_key"] = json.dumps({**key, "gcs_base_url": url, "disable_oauth": True})
    common["client_options"]["allow_http"] = url.startswith("http://")
    return common


def _stored(meta: Mapping[str, Any]) -> StoredObject:
    etag = _bare(meta["e_tag"]) or f"{meta['size']}-{meta['last_modified'].timestamp()}"
    return StoredObject(meta["path"], meta["size"], etag, meta["last_modified"].timestamp())


def _bare(etag: str | None) -> str:
    """Some lists have it without the quotes that it has elsewhere.

    >>> _bare('"abc-2"'), _bare('W/"abc"'), _bare("0x8D"), _bare(None)
    ('abc-2', 'abc', '0x8D', '')
    """
    return (etag or "").removeprefix("W/").strip('"')


def _quoted(etag: str) -> str:
    return f'"{etag}"'


def _told_error(place: str, error: Exception) -> Exception:
    text = str(error)
    status, code = _STATUS.search(text), _CODE.search(text)
    number = int(status[1]) if status else 0
    named = f"{number} {code[1]}" if code else str(number)
    if number == 416:
        return _BehindItsEndError()
    if number in _RIGHTS or (code and code[1] in _RIGHTS_CODES):
        return _rights(place, text)
    if number == 404:
        return StoreMissingError(place, "there is no such bucket")
    if number in (409, 412):
        return StoreConflictError(place, "it is not in the state that was seen")
    if 300 <= number < 400:
        return StoreError(place, f"it is elsewhere ({named}): is the region right (AWS_REGION)?")
    if number:
        return StoreError(place, f"the store answered {named}", is_temporary=number in _TEMPORARY)
    if "invalid path" in text or "parse path" in text:
        return _ImpossibleNameError(place, f"no such name is possible: it is one of the {_IMPOSSIBLE}")
    if "timed out" in text or "TimedOut" in text:
        return StoreError(place, "no answer in time", is_temporary=True)
    if "credential" in text.lower() or "169.254.169.254" in text or "metadata" in text:
        return StoreRightsError(place, "no credentials were found in their usual places (docs/remote.md)")
    if "HTTP error" in text or "error decoding" in text or "sending request" in text:
        return StoreError(place, "no connection, or the answer broke off", is_temporary=True)
    return StoreError(place, f"the request failed ({type(error).__name__})")


def _rights(place: str, text: str) -> StoreRightsError:
    status, code = _STATUS.search(text), _CODE.search(text)
    named = " ".join(found[1] for found in (status, code) if found)
    advice = (
        "is this machine's clock right?"
        if "TooSkewed" in named
        else "wrong or expired credentials, or no right to it"
    )
    return StoreRightsError(
        place, f"the store refused ({named}): {advice}" if named else f"refused: {advice}"
    )
