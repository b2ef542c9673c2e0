"""What PyAV cannot hold of many channels, and how to keep it from freeing a list of them twice.

MOV, MP4 and CAF may say the place of each channel one by one (7.1 of professional recorders, 5.1 in
the order of film). FFmpeg keeps such a layout as a list on the heap; each look that PyAV takes at
it, and each frame that it decodes, copies the pointer and frees the list as its own.
"""

from av.container import InputContainer

MOST_PLANES = 7
"""PyAV goes beyond its own tables when a frame has eight planes or more."""

_LISTED = frozenset(" +@")


def settle_layouts(container: InputContainer) -> None:
    """Replace such layouts by the mere number of their channels. Before anything is decoded.

    A layout that has a name of its own ("stereo", "5.1(side)") keeps it.
    """
    for stream in container.streams.audio:
        codec = stream.codec_context
        if codec is None:
            continue
        # The one look: what is set instead takes the list from the codec, so that this frees it.
        declared = codec.layout
        name, channels = declared.name, declared.nb_channels
        if channels and not _LISTED.isdisjoint(name):
            name = f"{channels} channels"
        if channels:
            codec.layout = name
