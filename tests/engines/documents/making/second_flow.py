"""Reports, and documents without pages, that the rules were corrected with."""

import io
import zipfile
from html import escape

import docx

from tests.engines.documents.making import wording as w
from tests.engines.documents.making.made import FORM, INVOICE, REPORT, Writer
from tests.engines.documents.making.pen import A4, LETTER, Pen
from tests.engines.documents.making.truth import Form, Invoice, Report

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def title_block(r: Report) -> bytes:
    """An engineer's sheet: a drawn block of facts at the foot of the first page."""
    pen = Pen(A4)
    pen.text(60, 60, "TECHNICAL REPORT", 20, bold=True)
    y = 100.0
    for text in r.prose[:3]:
        y = pen.paragraph(60, y, 475, text) + 10
    rows = (
        ("Project", r.project, "Document ID", r.number),
        ("Client", r.client, "Issue date", w.slashed_day(r.day)),
        ("Author", r.author, "Rev.", None if r.version is None else str(r.version)),
        ("Approver", r.approved, "Project cost", r.budget and w.coded(r.budget, r.currency)),
    )
    for number, row in enumerate(rows):
        x = 60.0
        for column, (wide, text) in enumerate(zip((75, 180, 85, 135), row, strict=True)):
            pen.box(x, 700 + 20 * number, wide, 20)
            if text:
                pen.text(
                    x + 4,
                    706 + 20 * number,
                    text,
                    8 if column % 2 == 0 else 9,
                    grey=0.4 if column % 2 == 0 else 0,
                )
            x += wide
    pen.page()
    if r.start and r.end:
        pen.text(60, 60, f"Start of period: {w.slashed_day(r.start)}", 10)
        pen.text(300, 60, f"End of period: {w.slashed_day(r.end)}", 10)
    pen.text(60, 90, "Table 1. Targets and results", 11, bold=True)
    pen.line(60, 108, 535, 108, 1)
    for x, align, label in (
        (60, "left", "Indicator"),
        (330, "center", "Target"),
        (460, "center", "Result"),
    ):
        pen.text(x, 112, label, 10, align=align, bold=True)
    pen.line(60, 126, 535, 126, 0.5)
    y = 132.0
    for m in r.measures:
        pen.text(60, y, m.name)
        pen.text(330, y, str(m.planned), align="center")
        pen.text(460, y, str(m.actual), align="center")
        y += 17
    pen.line(60, y, 535, y, 1)
    return pen.pdf()


def two_columns(r: Report) -> bytes:
    """A paper in two columns below a head that spans both."""
    pen = Pen(LETTER, "Times")
    pen.text(306, 50, r.project, 20, bold=True, align="center")
    pen.text(306, 78, f"Prepared by: {r.author}", 11, align="center")
    pen.text(306, 94, f"Commissioned by: {r.client}", 11, align="center")
    pen.text(
        306, 110, f"Report {r.number}  |  Published: {w.american_day(r.day)}", 11, align="center"
    )
    if r.approved:
        pen.text(306, 126, f"Signed off by: {r.approved}", 11, align="center")
    for column, texts in enumerate((r.prose[:3], r.prose[3:6])):
        y = 160.0
        for number, text in enumerate(texts):
            pen.text(
                60 + 256 * column, y, ("Background", "Method", "Findings")[number], 12, bold=True
            )
            y = pen.paragraph(60 + 256 * column, y + 17, 236, text, 10) + 8
    pen.page()
    pen.text(60, 60, "Key facts", 12, bold=True)
    y = 84.0
    for label, value in (
        ("Approved budget", r.budget and w.signed(r.budget, r.currency)),
        ("Reporting period from", r.start and w.american_day(r.start)),
        ("Reporting period to", r.end and w.american_day(r.end)),
        ("Version", None if r.version is None else str(r.version)),
    ):
        if value:
            pen.text(70, y, f"• {label}: {value}", 11)
            y += 16
    y += 12
    for x, label in ((60, "Measure"), (300, "Planned"), (420, "Actual")):
        pen.text(x, y, label, 10, bold=True)
    for m in r.measures:
        y += 15
        for x, text in ((60, m.name), (300, str(m.planned)), (420, str(m.actual))):
            pen.text(x, y, text, 10)
    return pen.pdf()


def in_prose(r: Report) -> bytes:
    """Hard: sentences say what other reports put in a table."""
    pen = Pen(A4, "Times")
    pen.text(60, 60, r.project, 18, bold=True)
    told = f"This report ({r.number}) was written by {r.author} for {r.client} and is dated {w.long_day(r.day)}."
    if r.budget:
        told += f" The total budget is {w.coded(r.budget, r.currency)}."
    y = pen.paragraph(60, 95, 475, told, 11) + 10
    for text in r.prose:
        y = pen.paragraph(60, y, 475, text, 11) + 8
    return pen.pdf()


def word_report(r: Report) -> bytes:
    """A Word file: facts in a table of two columns, headings, a table with a style."""
    document = docx.Document()
    document.add_heading(r.project, 0)
    facts = document.add_table(rows=0, cols=2)
    facts.style = "Table Grid"
    pairs = (
        ("Our reference", r.number),
        ("Date issued", w.long_day(r.day)),
        ("Lead author", r.author),
        ("Reviewed by", r.approved),
        ("Site", r.project),
        ("Prepared for", r.client),
        ("Revision", None if r.version is None else str(r.version)),
        ("Total cost", r.budget and w.coded(r.budget, r.currency)),
        ("Period start", r.start and w.long_day(r.start)),
        ("Period end", r.end and w.long_day(r.end)),
    )
    for label, value in pairs:
        cells = facts.add_row().cells
        cells[0].text, cells[1].text = label, value or ""
    for number, text in enumerate(r.prose, 1):
        document.add_heading(f"Chapter {number}", 1)
        document.add_paragraph(text)
    table = document.add_table(rows=1, cols=3)
    for cell, text in zip(table.rows[0].cells, ("Metric", "Plan", "Reading"), strict=True):
        cell.text = text
    for m in r.measures:
        for cell, text in zip(
            table.add_row().cells, (m.name, str(m.planned), str(m.actual)), strict=True
        ):
            cell.text = text
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def mail_invoice(i: Invoice) -> bytes:
    """A mail: tables inside of tables, one for each part."""
    rows = "".join(
        f"<tr><td>{escape(x.description)}</td><td align=right>{x.quantity}</td><td align=right>{w.signed(x.price, i.currency)}</td><td align=right>{w.signed(x.amount, i.currency)}</td></tr>"
        for x in i.items
    )
    facts = "".join(
        f"<tr><td><b>{label}</b></td><td>{escape(value)}</td></tr>"
        for label, value in (
            ("Invoice ID", i.number),
            ("Billing date", w.long_day(i.day)),
            ("Payable by", i.due and w.long_day(i.due)),
            ("Order reference", i.order),
            ("Account", i.customer),
        )
        if value
    )
    sums = "".join(
        f"<tr><td colspan=3 align=right>{label}</td><td align=right>{w.signed(value, i.currency)}</td></tr>"
        for label, value in (
            ("Net total", i.subtotal),
            ("VAT", i.tax),
            ("Total including VAT", i.total),
        )
    )
    bank = f"<p>Please transfer to <b>IBAN</b> {i.iban}</p>" if i.iban else ""
    return (
        f"<html><body><table width=600><tr><td><h2>{escape(i.seller)}</h2></td></tr><tr><td>Hello,<br>here is your invoice.</td></tr><tr><td><table>{facts}</table></td></tr>"
        f"<tr><td><div>Client</div><div>{escape(i.buyer)}</div></td></tr><tr><td><table border=1><thead><tr><th>Product<th>Quantity<th>Price each<th>Sum</tr></thead>{rows}{sums}</table></td></tr></table>{bank}</body></html>"
    ).encode()


def word_form(f: Form) -> bytes:
    """A Word file: a table with merged section titles, two pairs in a row."""
    document = docx.Document()
    document.add_heading("Application", 1)
    table = document.add_table(rows=0, cols=4)
    table.style = "Table Grid"

    def section(title: str) -> None:
        cells = table.add_row().cells
        cells[0].merge(cells[3]).text = title

    def pair(*texts: str | None) -> None:
        for cell, text in zip(table.add_row().cells, texts, strict=True):
            cell.text = text or ""

    section("Personal details")
    pair("Applicant", f.name, "Date of birth", w.dotted_day(f.born))
    pair("Passport", f.id, "Member number", f.member)
    section("Contact")
    pair("Postal address", f.address, "Town", f.city)
    pair("Telephone", f.phone, "E-mail", f.email)
    section("Occupation")
    pair("Employed by", f.employer, "Income", f.salary and w.coded(f.salary, f.currency))
    pair("From", f.start and w.dotted_day(f.start), "Status", f.status)
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def book_report(r: Report) -> bytes:
    """An ePub with a title page, chapters and a table."""
    pairs = (
        ("Report ID", r.number),
        ("Publication date", w.long_day(r.day)),
        ("Written by", r.author),
        ("Checked by", r.approved),
        ("Project title", r.project),
        ("On behalf of", r.client),
        ("Budget", r.budget and w.coded(r.budget, r.currency)),
    )
    front = "".join(
        f"<p><strong>{label}</strong> {escape(value)}</p>" for label, value in pairs if value
    )
    rows = "".join(
        f"<tr><td>{m.name}</td><td>{m.planned}</td><td>{m.actual}</td></tr>" for m in r.measures
    )
    pages = {
        "front.xhtml": f"<h1>{escape(r.project)}</h1>{front}",
        "body.xhtml": "".join(
            f"<h2>{n}</h2><p>{escape(text)}</p>" for n, text in enumerate(r.prose, 1)
        ),
        "table.xhtml": f"<table><tr><th>Measure</th><th>Expected</th><th>Measured</th></tr>{rows}</table>",
    }
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr(
            "META-INF/container.xml",
            '<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>',
        )
        items = "".join(
            f'<item id="i{n}" href="{name}" media-type="application/xhtml+xml"/>'
            for n, name in enumerate(pages)
        )
        spine = "".join(f'<itemref idref="i{n}"/>' for n in range(len(pages)))
        archive.writestr(
            "OEBPS/book.opf",
            f'<package xmlns="http://www.idpf.org/2007/opf"><manifest>{items}</manifest><spine>{spine}</spine></package>',
        )
        for name, body in pages.items():
            archive.writestr(
                f"OEBPS/{name}",
                f'<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml"><body>{body}</body></html>',
            )
    return data.getvalue()


WRITERS = (
    Writer(REPORT, "title block", title_block),
    Writer(REPORT, "two columns", two_columns, ("project",)),
    Writer(
        REPORT,
        "in prose",
        in_prose,
        (
            "approved",
            "project",
            "version",
            "period.start",
            "period.end",
            "name",
            "planned",
            "actual",
        ),
    ),
    Writer(REPORT, "word report", word_report, (), DOCX),
    Writer(INVOICE, "mail invoice", mail_invoice, (), "text/html"),
    Writer(FORM, "word form", word_form, (), DOCX),
    Writer(
        REPORT,
        "book report",
        book_report,
        ("version", "period.start", "period.end"),
        "application/epub+zip",
    ),
)
