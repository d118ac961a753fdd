"""AWS's binary framing of events, as `vnd.amazon.eventstream` bodies carry them.

A message is: total length, headers' length (each 4 bytes, big endian), CRC-32 of these eight bytes,
headers, payload, CRC-32 of all before. A header is: length of its name, name, type 7 (string), length (2
bytes), value.
"""

import json
import struct
import zlib
from collections.abc import Mapping
from typing import Any

_STRING = 7


def event(kind: str, content: Mapping[str, Any]) -> bytes:
    """Frame one event of a stream: `kind` is the name of its member in the service model."""
    headers = {":message-type": "event", ":event-type": kind, ":content-type": "application/json"}
    return _message(headers, json.dumps(content, separators=(",", ":")).encode())


def _message(headers: Mapping[str, str], payload: bytes) -> bytes:
    framed = b"".join(_header(name, value) for name, value in headers.items())
    lengths = struct.pack("!II", 16 + len(framed) + len(payload), len(framed))
    body = lengths + struct.pack("!I", zlib.crc32(lengths)) + framed + payload
    return body + struct.pack("!I", zlib.crc32(body))


def _header(name: str, value: str) -> bytes:
    encoded = value.encode()
    return struct.pack("!B", len(name)) + name.encode() + struct.pack("!BH", _STRING, len(encoded)) + encoded
