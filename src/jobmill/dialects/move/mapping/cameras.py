"""Lenses and rigs that the vendor's clients name. Nothing here depends on one of them: the lens of
several cameras is what their engine is told, and the rig of every skeleton is the one it has."""

LENSES = (
    "goprohero9-fhd",
    "goprohero10-fhd",
    "goprohero10-2-7k",
    "blackmagic-ea-4k-24mm",
    "panasonic-lumix-dc-bgh1-4k-12mm",
    "optitrackprimecolor12mm-fhd",
    "sony-synced-fhd",
)
RIGS = ("move_mo", "move_ve")
