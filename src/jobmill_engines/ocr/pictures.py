"""Which files are pictures that can be read, by their first bytes. Opens nothing."""

_STARTS = (
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff",
    b"II*\0",
    b"MM\0*",
    b"BM",
    b"GIF87a",
    b"GIF89a",
    *(b"P%d" % kind for kind in range(1, 7)),
)


def is_picture(head: bytes) -> bool:
    """Whether a file that starts with these 16 bytes is a picture of a kind that is read."""
    return head.startswith(_STARTS) or (head[:4] == b"RIFF" and head[8:12] == b"WEBP")


def no_image(called: str) -> str:
    """What to do about an input that is no picture."""
    return (
        f"The input {called} is no picture that can be read (PNG, JPEG, TIFF, WebP, BMP, GIF). Cut"
        " a video into frames with `chunker` (template frame) first; turn a PDF into pictures."
    )
