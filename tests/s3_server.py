"""A store that speaks S3's protocol on this machine: moto's server, in a process of its own."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

BUCKET = "bucket"
_PROGRAM = f"""
import logging, sys
import boto3
from moto.server import ThreadedMotoServer
logging.getLogger("werkzeug").setLevel(logging.ERROR)
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
host, port = server.get_host_and_port()
keys = dict(aws_access_key_id="key", aws_secret_access_key="secret", region_name="us-east-1")
boto3.client("s3", endpoint_url=f"http://127.0.0.1:{{port}}", **keys).create_bucket(Bucket={BUCKET!r})
print(port, flush=True)
sys.stdin.read()
server.stop()
"""


@contextmanager
def s3_server() -> Iterator[str]:
    """Yields the address of its protocol, with an empty bucket of the name `BUCKET` in it."""
    program = [sys.executable, "-W", "ignore", "-c", _PROGRAM]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        port = process.stdout.readline().strip()
        assert port, "moto's server did not start"
        try:
            yield f"http://127.0.0.1:{port}"
        finally:
            process.communicate()


def s3_environment(url: str) -> dict[str, str]:
    """What says where the store is and who asks, to whoever looks for credentials in the environment."""
    return {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "key",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "us-east-1",
    }
