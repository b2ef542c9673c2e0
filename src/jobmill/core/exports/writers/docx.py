"""Office Open XML (ECMA-376), the least that a word processor opens: paragraphs and line breaks."""

import io
import zipfile
from collections.abc import Iterator, Sequence
from xml.sax.saxutils import escape, quoteattr

from jobmill.core.exports.direction import runs_right_to_left
from jobmill.core.exports.layout import Break, Line

_XML = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_OFFICE = "http://schemas.openxmlformats.org"
_TYPES = (
    f'{_XML}<Types xmlns="{_OFFICE}/package/2006/content-types">'
    '<Default Extension="rels" '
    'ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Override PartName="/word/document.xml" ContentType="application/'
    'vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"/></Types>'
)
_RELATIONS = (
    f'{_XML}<Relationships xmlns="{_OFFICE}/package/2006/relationships">'
    f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument/2006/relationships/officeDocument" '
    'Target="word/document.xml"/></Relationships>'
)
_A4 = '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="709" w:footer="709" w:gutter="0"/>'  # noqa: E501
_LONG_AGO = (1980, 1, 1, 0, 0, 0)


def write_docx(lines: Sequence[Line], language: str | None = None) -> bytes:
    """A paragraph ends at a pause, a sentence or a speaker's change; inside, lines break."""
    body = "".join(_paragraph(group, language) for group in _paragraphs(lines))
    document = (
        f'{_XML}<w:document xmlns:w="{_OFFICE}/wordprocessingml/2006/main">'
        f"<w:body>{body}<w:sectPr>{_A4}</w:sectPr></w:body></w:document>"
    )
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in (
            ("[Content_Types].xml", _TYPES),
            ("_rels/.rels", _RELATIONS),
            ("word/document.xml", document),
        ):
            archive.writestr(zipfile.ZipInfo(name, _LONG_AGO), text.encode())
    return file.getvalue()


def _paragraphs(lines: Sequence[Line]) -> Iterator[list[Line]]:
    group: list[Line] = []
    for line in lines:
        if group and line.opened is not Break.FULL:
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _paragraph(lines: Sequence[Line], language: str | None) -> str:
    turned = runs_right_to_left(lines[0].text, language)
    paragraph = "<w:pPr><w:bidi/></w:pPr>" if turned else ""
    lang = f"<w:lang w:val={quoteattr(language)}/>" if language else ""
    run = f"<w:rPr>{'<w:rtl/>' if turned else ''}{lang}</w:rPr>" if turned or lang else ""
    texts = "<w:br/>".join(f'<w:t xml:space="preserve">{escape(line.text)}</w:t>' for line in lines)
    return f"<w:p>{paragraph}<w:r>{run}{texts}</w:r></w:p>"
