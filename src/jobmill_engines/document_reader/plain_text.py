"""Plain text as a flow: a line is a paragraph, several spaces in a row are a tab."""

import re

from jobmill_engine import InputRejected, LimitReached
from jobmill_engines.document_reader.flow import Flow, Run
from jobmill_engines.document_reader.hypertext import LARGEST


def read_plain(data: bytes, called: str, flow: Flow) -> None:
    """Put a text into a flow. Raises InputRejected and LimitReached."""
    if len(data) > LARGEST:
        told = f"The text {called} has {len(data) >> 20} MiB: {LARGEST >> 20} are the most"
        raise LimitReached("document_too_large", f"{told}. Split it.")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        told = f"The text {called} is not written in UTF-8 ({error.reason})"
        raise InputRejected("document_damaged", f"{told}. Save it so.") from None
    for number, page in enumerate(text.split("\f")):
        if number:
            flow.page_break()
        for line in page.splitlines():
            flow.paragraph([Run(re.sub(r" {3,}", "\t", line.rstrip()))])
