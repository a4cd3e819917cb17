"""What `~/.aws/credentials` and `~/.aws/config` say of a profile, where AWS's own tools would look.

Format: "Configuration and credential file settings in the AWS CLI", AWS documentation.
"""

from __future__ import annotations

import configparser
from collections.abc import Mapping
from pathlib import Path

# By the name of the key in the files: what obstore calls it.
_KEYS = {
    "aws_access_key_id": "access_key_id",
    "aws_secret_access_key": "secret_access_key",
    "aws_session_token": "session_token",
    "region": "region",
    "endpoint_url": "endpoint",
}
# The environment says who asks: the files say nothing then.
_IN_ENVIRONMENT = (
    "AWS_ACCESS_KEY_ID",
    "AWS_WEB_IDENTITY_TOKEN_FILE",
    "AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
)
# Of profiles whose credentials somebody else has to get.
_LOGINS = ("sso_session", "sso_start_url", "role_arn", "credential_process", "login_session")


def profile_settings(environment: Mapping[str, str]) -> tuple[dict[str, str], bool]:
    """What the files say, under obstore's names, without what the environment says itself.

    Returns:
        The settings, and whether the profile logs in by other means than keys, which boto3 knows.
    """
    name = environment.get("AWS_PROFILE") or "default"
    home = Path(environment.get("HOME") or "~").expanduser() / ".aws"
    config = _section(Path(environment.get("AWS_CONFIG_FILE") or home / "config"), name, f"profile {name}")
    keys = _section(Path(environment.get("AWS_SHARED_CREDENTIALS_FILE") or home / "credentials"), name)
    said = config | keys
    settings = {ours: said[theirs] for theirs, ours in _KEYS.items() if said.get(theirs)}
    if "AWS_REGION" in environment or "AWS_DEFAULT_REGION" in environment:
        settings.pop("region", None)
    if "AWS_ENDPOINT_URL" in environment or "AWS_ENDPOINT_URL_S3" in environment:
        settings.pop("endpoint", None)
    is_in_environment = any(each in environment for each in _IN_ENVIRONMENT)
    if is_in_environment:
        for each in ("access_key_id", "secret_access_key", "session_token"):
            settings.pop(each, None)
    has_login = (
        not is_in_environment and "access_key_id" not in settings and any(each in said for each in _LOGINS)
    )
    return settings, has_login


def _section(path: Path, *names: str) -> dict[str, str]:
    parser = configparser.RawConfigParser(strict=False, interpolation=None)
    try:
        parser.read(path, encoding="utf-8")
    except (configparser.Error, OSError, UnicodeDecodeError):
        return {}  # who asks is then refused, and told so by the store
    found: dict[str, str] = {}
    for name in names:
        if parser.has_section(name):
            found |= dict(parser.items(name))
    return found
