"""Identity: every row has a time-ordered UUID (version 7) for the world and a number for the house.

Numbers are given by the database, small and rising; dialects derive their own ids from the two.
"""

import os
import time
import uuid
from typing import NewType

JobId = NewType("JobId", str)
AssetId = NewType("AssetId", str)
JobNumber = NewType("JobNumber", int)
JobRef = JobId | JobNumber
TaskNumber = NewType("TaskNumber", int)
AttemptNumber = NewType("AttemptNumber", int)
AttemptId = NewType("AttemptId", str)
AssetNumber = NewType("AssetNumber", int)
BatchNumber = NewType("BatchNumber", int)
FolderNumber = NewType("FolderNumber", int)
ItemNumber = NewType("ItemNumber", int)
OrganizationNumber = NewType("OrganizationNumber", int)
UserNumber = NewType("UserNumber", int)
TeamNumber = NewType("TeamNumber", int)
WorkerName = NewType("WorkerName", str)
EndpointId = NewType("EndpointId", str)
EndpointNumber = NewType("EndpointNumber", int)
DeliveryId = NewType("DeliveryId", str)
DeliveryNumber = NewType("DeliveryNumber", int)
RunToken = NewType("RunToken", str)
_VARIANT = {digit: "89ab"[int(digit, 16) & 3] for digit in "0123456789abcdef"}


def new_id(unix_ms: int | None = None) -> str:
    """A UUID version 7 (RFC 9562 §5.7): 48 bits of Unix milliseconds, then 74 random bits."""
    ms = int(time.time() * 1000) if unix_ms is None else unix_ms
    rand = int.from_bytes(os.urandom(10), "big")
    high = (ms & (1 << 48) - 1) << 16 | 0x7000 | rand >> 68 & 0xFFF
    low = 0b10 << 62 | rand & (1 << 62) - 1
    text = f"{high << 64 | low:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def new_ids(count: int) -> list[str]:
    """Many of them, of one moment, in rising order: an index takes them at its end."""
    first, chance = f"{int(time.time() * 1000):012x}", os.urandom(10 * count).hex()
    head = f"{first[:8]}-{first[8:]}-7"
    pieces = (chance[at : at + 20] for at in range(0, len(chance), 20))
    return sorted(f"{head}{x[:3]}-{_VARIANT[x[3]]}{x[4:7]}-{x[7:19]}" for x in pieces)


def unix_ms_of(uuid7: str) -> int:
    """The time inside a version 7 UUID, in Unix milliseconds."""
    return uuid.UUID(uuid7).int >> 80


def new_token() -> RunToken:
    """A secret of 128 random bits, for one start of one attempt."""
    return RunToken(os.urandom(16).hex())
