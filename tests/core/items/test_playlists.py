"""Addresses in a playlist."""

from jobmill.core.items import with_addresses

PLAYLIST = """#EXTM3U
#EXT-X-MAP:URI="init.mp4",BYTERANGE="10@0"
#EXTINF:6.000000,
segment-0.m4s

#EXTINF:2.5,
elsewhere.m4s
#EXT-X-ENDLIST
"""


def test_every_file_that_is_known_is_named_by_its_address() -> None:
    known = {"init.mp4": "https://a/1?x=1&y=2", "segment-0.m4s": "https://a/2"}
    told = with_addresses(PLAYLIST, known.get).splitlines()
    assert told[1] == '#EXT-X-MAP:URI="https://a/1?x=1&y=2",BYTERANGE="10@0"'
    assert told[3] == "https://a/2"
    assert told[4] == ""
    assert told[6] == "elsewhere.m4s"


def test_what_is_not_a_name_stays() -> None:
    assert with_addresses(PLAYLIST, lambda name: None) == PLAYLIST
