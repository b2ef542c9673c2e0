"""What a person should look at first. Pure."""

from typing import Any

from jobmill_engines.documents.model import TABLE, Zone, Zones

SURE = 0.9


def doubts_of(zones: Zones) -> list[dict[str, Any]]:
    """Each zone that is not sure: {path, confidence, why}, the least sure first."""
    unsure = [
        (zone.confidence, number)
        for number, zone in enumerate(zones.zones)
        if zone.confidence < SURE
    ]
    return [
        {
            "path": f"/zones/{number}",
            "confidence": round(sure, 4),
            "why": _why(zones.zones[number]),
        }
        for sure, number in sorted(unsure)
    ]


def _why(zone: Zone) -> str:
    if zone.type == TABLE and not any(line.confidence for c in zone.cells for line in c.lines):
        return "The table has no drawn lines: its columns were told by how its words stand."
    return "Some of its text was hard to recognise."
