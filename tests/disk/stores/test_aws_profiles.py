from __future__ import annotations

from pathlib import Path

from lavdlike.disk.stores.aws_profiles import profile_settings


def home(tmp_path: Path) -> dict[str, str]:
    (tmp_path / ".aws").mkdir()
    (tmp_path / ".aws" / "credentials").write_text(
        "[default]\naws_access_key_id = A\naws_secret_access_key = B%C\n[other]\naws_access_key_id = D\n"
    )
    (tmp_path / ".aws" / "config").write_text(
        "[default]\nregion = eu-west-1\n"
        "[profile other]\nendpoint_url = https://host\n[profile login]\nsso_session = s\n"
    )
    return {"HOME": str(tmp_path)}


def test_both_files_say_what_a_profile_is(tmp_path: Path) -> None:
    environment = home(tmp_path)
    keys = {"access_key_id": "A", "secret_access_key": "B%C", "region": "eu-west-1"}
    assert profile_settings(environment) == (keys, False)
    other = {"access_key_id": "D", "endpoint": "https://host"}
    assert profile_settings(environment | {"AWS_PROFILE": "other"}) == (other, False)
    assert profile_settings(environment | {"AWS_PROFILE": "login"}) == ({}, True)


def test_the_environment_comes_first_and_broken_files_say_nothing(tmp_path: Path) -> None:
    environment = home(tmp_path)
    said = {"AWS_ACCESS_KEY_ID": "E", "AWS_REGION": "us-east-1", "AWS_PROFILE": "login"}
    assert profile_settings(environment | said) == ({}, False)
    (tmp_path / ".aws" / "credentials").write_bytes(b"\xff[")
    assert profile_settings(environment) == ({"region": "eu-west-1"}, False)
    assert profile_settings({"HOME": str(tmp_path / "nothing")}) == ({}, False)
