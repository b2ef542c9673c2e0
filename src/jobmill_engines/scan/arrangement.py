"""How channels belong together (pairs, 5.1 groups, single ones) and what a mix of them is called.

| what sounds                                            | label            |
|--------------------------------------------------------|------------------|
| nothing                                                | `silence`        |
| one channel, or a pair whose channels are the same     | `mono`           |
| a pair whose channels differ                           | `stereo`         |
| a pair of which only the first / second channel sounds | `left-only` / `right-only` |
| a group of six, of which more than its front pair      | `5.1`            |
| a group of six, of which only the front pair           | as that pair     |
| 5.1 and a pair or channel beside it                    | `5.1 Stereo`, `5.1 Mono` |
| a pair and 5.1; a pair and one channel                 | `Stereo 5.1`, `Stereo Mono` |
| two of these and one more channel                      | `5.1 Stereo.1`, `Stereo 5.1.1` |
| several pairs                                          | `Stereo Pairs`   |
| two programmes, the second marked as another language | `Stereo SAP`, `5.1 SAP` |
| or as made for people who cannot see                   |                  |

A group that is silent is left out of the name, so the name says what a listener would find. All
other mixes are named by their parts in order ("Mono Mono").
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Kind = Literal["single", "pair", "surround"]


@dataclass(frozen=True, slots=True)
class Group:
    """Channels that belong together: `width` of them from number `first` (from 0) on."""

    kind: Kind
    first: int

    @property
    def width(self) -> int:
        return {"single": 1, "pair": 2, "surround": 6}[self.kind]


Arrangement = tuple[Group, ...]


def arrangements(channels: int, layout: str) -> list[Arrangement]:
    """The arrangements that so many channels may have, the usual one first.

    Where the file declares 5.1 or has one or two channels there is one; else the sound decides.
    """
    if channels < 6:
        return [_pairs(0, channels)]
    if channels == 6 and layout.startswith("5.1"):
        return [(Group("surround", 0),)]
    first = (Group("surround", 0), *_pairs(6, channels))
    found = [first, _pairs(0, channels)]
    if channels >= 8:
        found.insert(1, (Group("pair", 0), Group("surround", 2), *_pairs(8, channels)))
    return found


def _pairs(first: int, channels: int) -> Arrangement:
    pairs = [Group("pair", index) for index in range(first, channels - 1, 2)]
    odd = (channels - first) % 2
    return (*pairs, *([Group("single", channels - 1)] if odd else []))


_WORDS = {"5.1": "5.1", "stereo": "Stereo"}


def name_of(labels: Sequence[str], second_programme: bool = False) -> str:
    """What is heard when groups with these labels sound together, in the order of their channels.

    Silent groups ("silence" or "") are left out. `second_programme`: the second of two groups that
    sound is known to be another programme of the same pictures.
    """
    live = [label for label in labels if label not in ("", "silence")]
    if len(live) < 2:
        return live[0] if live else "silence"
    words = [_WORDS.get(label, "Mono") for label in live]
    if second_programme and len(words) == 2 and words[0] != "Mono":
        return f"{words[0]} SAP"
    if set(words) == {"Stereo"}:
        return "Stereo Pairs"
    if len(words) == 3 and words[2] == "Mono" and "5.1" in words[:2] and "Mono" not in words[:2]:
        return f"{words[0]} {words[1]}.1"
    return " ".join(words)
