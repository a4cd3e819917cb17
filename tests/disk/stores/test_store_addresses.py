from __future__ import annotations

from pathlib import Path

import pytest

from lavdlike.disk.stores.store_addresses import (
    address_of_path,
    checked_address,
    is_store_address,
    path_of_address,
    shown_place,
)
from lavdlike.errors import UsageError


@pytest.mark.parametrize(
    ("text", "address"),
    [
        ("s3://bucket", "s3://bucket"),
        ("S3://bucket/a//b/", "s3://bucket/a/b"),
        (
            "abfs://container@account.dfs.core.windows.net/a",
            "abfs://container@account.dfs.core.windows.net/a",
        ),
        ("webhdfs://user@host:9870/logs", "webhdfs://user@host:9870/logs"),
        ("memory:///logs", "memory:///logs"),
        ("hf://buckets/me/logs", "hf://buckets/me/logs"),
    ],
)
def test_an_address_has_one_form_and_goes_through_a_path(text: str, address: str) -> None:
    assert checked_address(text) == address
    assert is_store_address(text)
    if not address.startswith("memory:///"):
        assert address_of_path(path_of_address(text)) == address
        assert shown_place(path_of_address(text)) == address


@pytest.mark.parametrize(
    "text",
    [
        "s3://key:secret@bucket/logs",
        "s3://key@bucket/logs",
        "sftp://me:secret@host/logs",
        "s3://bucket/logs?AWS_SECRET_ACCESS_KEY=secret",
        "az://container/logs?sig=secret",
        "gs://bucket#secret",
    ],
)
def test_credentials_are_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(UsageError, match="key, password or token") as raised:
        checked_address(text)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(
    "text", ["s3://", "s3:///logs", "s3://bucket/../x", "s3://bucket/a\nb", "zip::s3://bucket", "logs"]
)
def test_what_leads_nowhere_is_refused(text: str) -> None:
    with pytest.raises(UsageError):
        checked_address(text)


@pytest.mark.parametrize("path", ["/logs/s3:/bucket", "/", "logs", "", "c:/logs", "./logs/s3:"])
def test_paths_of_this_machine_carry_no_address(path: str) -> None:
    assert address_of_path(Path(path)) is None
    assert not is_store_address(path)
