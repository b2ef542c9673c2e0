"""A fourth set of layouts, with which the rules were corrected once they had been tried on it.

They say things in their own words: some of their labels stand in no taxonomy.
"""

import io
from html import escape

import docx

from tests.engines.documents.making import wording as w
from tests.engines.documents.making.made import FORM, INVOICE, REPORT, Writer
from tests.engines.documents.making.pen import A4, LETTER, Pen
from tests.engines.documents.making.truth import Form, Invoice, Report

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def hotel(i: Invoice) -> bytes:
    """A guest's bill: a centred head, facts left and right of the middle, columns far apart."""
    pen = Pen(A4, "Times")
    pen.text(297, 40, "GRAND HOTEL AM SEE", 20, bold=True, align="center")
    pen.text(
        297, 64, "Seestrasse 1 · reservations@grandhotel.example", 9, italic=True, align="center"
    )
    pen.line(80, 84, 515, 84)
    left = (
        ("Invoice number", i.number),
        ("Customer number", i.customer),
        ("Purchase order", i.order),
    )
    right = (
        ("Date of issue", w.dotted_day(i.day)),
        ("Payable by", i.due and w.dotted_day(i.due)),
        ("IBAN", i.iban),
    )
    for x, pairs in ((80, left), (310, right)):
        y = 96.0
        for label, value in pairs:
            if value:
                pen.text(x, y, f"{label}:", 10)
                pen.text(x + 95, y, value, 10, bold=True)
                y += 16
    pen.text(80, 160, f"Client: {i.buyer}", 10)
    y = 200.0
    for at, align, label in (
        (80, "left", "Service"),
        (330, "right", "Quantity"),
        (420, "right", "Price"),
        (515, "right", "Total"),
    ):
        pen.text(at, y, label, 10, italic=True, align=align)
    for item in i.items:
        y += 18
        for at, align, text in (
            (80, "left", item.description),
            (330, "right", str(item.quantity)),
            (420, "right", w.continental(item.price)),
            (515, "right", w.continental(item.amount)),
        ):
            pen.text(at, y, text, 10, align=align)
    y += 30
    pen.line(330, y - 6, 515, y - 6)
    for label, value in (
        ("Net", i.subtotal),
        (f"VAT {i.tax_rate} %", i.tax),
        ("Total amount", i.total),
    ):
        pen.text(330, y, label, 10)
        pen.text(515, y, w.coded(value, "EUR", w.continental), 10, align="right")
        y += 16
    return pen.pdf()


def left_rail(i: Invoice) -> bytes:
    """A dark rail on the left with white facts; goods in cards with thin rules."""
    pen = Pen(LETTER)
    pen.box(0, 0, 180, 792, fill=0.2)
    pen.text(20, 40, i.seller[:20], 13, bold=True, grey=1.0)
    y = 100.0
    for label, value in (
        ("Invoice ID", i.number),
        ("Issued on", w.american_day(i.day)),
        ("Due date", i.due and w.american_day(i.due)),
        ("Order number", i.order),
        ("Client ID", i.customer),
        ("Billed to", i.buyer),
    ):
        if value:
            pen.text(20, y, label.upper(), 7, grey=0.8)
            pen.text(20, y + 10, value, 9, bold=True, grey=1.0)
            y += 34
    pen.text(210, 40, "INVOICE", 24, bold=True)
    y = 90.0
    for at, align, label in (
        (210, "left", "Item"),
        (420, "right", "Hours"),
        (490, "right", "Rate"),
        (580, "right", "Amount"),
    ):
        pen.text(at, y, label, 8, bold=True, align=align, grey=0.5)
    for item in i.items:
        y += 26
        pen.line(210, y - 6, 580, y - 6, 0.2)
        for at, align, text in (
            (210, "left", item.description),
            (420, "right", str(item.quantity)),
            (490, "right", w.english(item.price)),
            (580, "right", w.signed(item.amount, i.currency)),
        ):
            pen.text(at, y, text, 9, align=align)
    y += 36
    for label, value in (
        ("Subtotal", i.subtotal),
        (f"Sales tax ({i.tax_rate}%)", i.tax),
        ("Amount payable", i.total),
    ):
        pen.text(490, y, label, 9, align="right")
        pen.text(580, y, w.signed(value, i.currency), 9, align="right", bold=True)
        y += 18
    return pen.pdf()


def typewriter(i: Invoice) -> bytes:
    """One face, one size, everything in columns of letters."""
    pen = Pen(A4, "Courier")
    facts = (
        ("INVOICE NUMBER", i.number),
        ("DATE", w.short_day(i.day)),
        ("DUE DATE", i.due and w.short_day(i.due)),
        ("YOUR ORDER", i.order),
        ("ACCOUNT", i.customer),
        ("SOLD TO", i.buyer),
    )
    lines = [i.seller, "", *(f"{label:<18}: {value}" for label, value in facts if value), ""]
    lines += [f"{'ARTICLE':<28}{'QTY':>6}{'PRICE':>14}{'AMOUNT':>16}", "-" * 64]
    lines += [
        f"{x.description:<28}{x.quantity:>6}{w.english(x.price):>14}{w.english(x.amount):>16}"
        for x in i.items
    ]
    lines += ["-" * 64]
    lines += [
        f"{label:<44}{w.english(value):>20}"
        for label, value in (
            ("NET TOTAL", i.subtotal),
            (f"VAT {i.tax_rate}%", i.tax),
            (f"GRAND TOTAL {i.currency}", i.total),
        )
    ]
    if i.iban:
        lines += ["", f"IBAN {i.iban}"]
    for number, line in enumerate(lines):
        pen.text(60, 60 + 14 * number, line, 10)
    return pen.pdf()


def spanning(i: Invoice) -> bytes:
    """A drawn table whose header spans two rows, with the unit price under a common title."""
    pen = Pen()
    pen.text(50, 45, "Sales invoice", 17, bold=True)
    pen.text(545, 45, i.seller, 10, align="right")
    rows = [
        ("Document number", i.number, "Invoice date", w.iso_day(i.day)),
        ("Order number", i.order, "Due date", i.due and w.iso_day(i.due)),
        ("Account number", i.customer, "Customer", i.buyer),
    ]
    for number, row in enumerate(rows):
        x = 50.0
        for wide, text in zip((100, 140, 90, 165), row, strict=True):
            pen.box(x, 80 + 19 * number, wide, 19)
            if text:
                pen.text(x + 4, 85 + 19 * number, text, 9)
            x += wide
    y = 165.0
    for x, high, wide, label in (
        (50, 36, 230, "Description"),
        (280, 36, 50, "Units"),
        (330, 18, 215, "Value in " + i.currency),
    ):
        pen.box(x, y, wide, high)
        pen.text(x + wide / 2, y + high / 2 - 5, label, 9, bold=True, align="center")
    for x, wide, label in ((330, 100, "Unit price"), (430, 115, "Line total")):
        pen.box(x, y + 18, wide, 18)
        pen.text(x + wide / 2, y + 22, label, 9, bold=True, align="center")
    y += 36
    for item in i.items:
        for x, wide, text in (
            (50, 230, item.description),
            (280, 50, str(item.quantity)),
            (330, 100, w.english(item.price)),
            (430, 115, w.english(item.amount)),
        ):
            pen.box(x, y, wide, 18)
            pen.text(x + 4, y + 4, text, 9)
        y += 18
    for label, value in (
        ("Total excluding VAT", i.subtotal),
        (f"VAT {i.tax_rate}%", i.tax),
        ("Total including VAT", i.total),
    ):
        pen.box(50, y, 380, 18)
        pen.box(430, y, 115, 18)
        pen.text(54, y + 4, label, 9, bold=True)
        pen.text(434, y + 4, w.english(value), 9)
        y += 18
    if i.iban:
        pen.text(50, y + 20, f"IBAN: {i.iban}", 9)
    return pen.pdf()


def _told(f: Form, names: tuple[str, ...], day: w.Day) -> list[tuple[str, str | None]]:
    salary = f.salary and w.signed(f.salary, f.currency)
    values = (
        f.name,
        day(f.born),
        f.id,
        f.member,
        f.address,
        f.city,
        f.phone,
        f.email,
        f.employer,
        salary,
        f.start and day(f.start),
        f.status,
    )
    return list(zip(names, values, strict=True))


def passport(f: Form) -> bytes:
    """Numbered fields as in a passport: number and label small, the value large below."""
    pen = Pen((500, 380), "Helvetica")
    pen.box(10, 10, 480, 360)
    pen.box(25, 50, 110, 140, fill=0.85)
    names = (
        "Full name",
        "Date of birth",
        "Document number",
        "Registration number",
        "Residential address",
        "City",
        "Phone",
        "E-mail",
        "Employer",
        "Annual income",
        "Valid from",
        "Civil status",
    )
    for number, (label, value) in enumerate(_told(f, names, w.short_day)):
        x, y = 150 + 165 * (number % 2), 40 + 54 * (number // 2)
        pen.text(x, y, f"{number + 1}. {label}", 6.5, grey=0.4)
        if value:
            pen.text(x, y + 10, value, 11, bold=True)
    return pen.pdf()


def brackets(f: Form) -> bytes:
    """Values between brackets, two on a line."""
    pen = Pen(LETTER, "Courier")
    pen.text(306, 50, "ENROLMENT", 14, bold=True, align="center")
    names = (
        "Name",
        "Born",
        "Passport number",
        "Policy number",
        "Address",
        "Town",
        "Telephone",
        "Email",
        "Company",
        "Salary",
        "Start date",
        "Marital status",
    )
    y = 100.0
    for number, (label, value) in enumerate(_told(f, names, w.iso_day)):
        pen.text(40 if number % 2 == 0 else 320, y, f"{label}: [{value or '':<22}]", 8)
        y += 26 * (number % 2)
    return pen.pdf()


def ledger(r: Report) -> bytes:
    """Facts in a drawn table of two columns in the middle of the prose."""
    pen = Pen()
    pen.text(60, 50, "Quarterly review", 19, bold=True)
    y = pen.paragraph(60, 84, 475, r.prose[0]) + 12
    facts = (
        ("Project", r.project),
        ("Commissioned by", r.client),
        ("Report ID", r.number),
        ("Report date", w.long_day(r.day)),
        ("Compiled by", r.author),
        ("Approved by", r.approved),
        ("Version", None if r.version is None else f"{r.version}"),
        ("Budget", r.budget and w.coded(r.budget, r.currency)),
        ("Start of period", r.start and w.long_day(r.start)),
        ("End of period", r.end and w.long_day(r.end)),
    )
    for label, value in facts:
        pen.box(90, y, 140, 18)
        pen.box(230, y, 270, 18)
        pen.text(96, y + 4, label, 10)
        if value:
            pen.text(236, y + 4, value, 10)
        y += 18
    y += 14
    for text in r.prose[1:4]:
        y = pen.paragraph(60, y, 475, text) + 8
    pen.page()
    pen.text(60, 50, "Annex: indicators", 13, bold=True)
    y = 80.0
    for number, row in enumerate(
        [
            ("Indicator", "Target", "Achieved"),
            *((m.name, str(m.planned), str(m.actual)) for m in r.measures),
        ]
    ):
        for x, align, text in (
            (60, "left", row[0]),
            (320, "right", row[1]),
            (420, "right", row[2]),
        ):
            pen.text(x, y, text, 10, align=align, bold=number == 0)
        y += 16
    return pen.pdf()


def certificate(r: Report) -> bytes:
    """Everything in the middle of the page, label and value in one line without a colon."""
    pen = Pen(A4, "Times")
    pen.text(297, 80, "Test Report", 28, bold=True, align="center")
    pen.text(297, 130, f"Report No. {r.number}", 13, align="center")
    y = 170.0
    for label, value in (
        ("Date of issue", w.long_day(r.day)),
        ("Prepared by", r.author),
        ("Checked by", r.approved),
        ("Prepared for", r.client),
        ("Project", r.project),
        ("Revision", None if r.version is None else str(r.version)),
    ):
        if value:
            pen.text(290, y, label, 12, align="right", italic=True)
            pen.text(305, y, value, 12)
            y += 20
    y += 20
    for x, wide, label in ((120, 180, "Parameter"), (300, 90, "Limit"), (390, 90, "Measured")):
        pen.box(x, y, wide, 18)
        pen.text(x + 5, y + 4, label, 10, bold=True)
    for m in r.measures:
        y += 18
        for x, wide, text in (
            (120, 180, m.name),
            (300, 90, str(m.planned)),
            (390, 90, str(m.actual)),
        ):
            pen.box(x, y, wide, 18)
            pen.text(x + 5, y + 4, text, 10)
    return pen.pdf()


def web_invoice(i: Invoice) -> bytes:
    """A page of sections: facts in a list, goods in a table, sums in another."""
    facts = "".join(
        f"<li><strong>{label}:</strong> {escape(value)}</li>"
        for label, value in (
            ("Invoice number", i.number),
            ("Issue date", w.slashed_day(i.day)),
            ("Payment due", i.due and w.slashed_day(i.due)),
            ("PO number", i.order),
            ("Customer number", i.customer),
        )
        if value
    )
    goods = "".join(
        f"<tr><td>{escape(x.description)}<td>{x.quantity}<td>{w.english(x.price)}<td>{w.english(x.amount)}"
        for x in i.items
    )
    sums = "".join(
        f"<tr><th>{label}</th><td>{w.coded(value, i.currency)}</td></tr>"
        for label, value in (
            ("Subtotal", i.subtotal),
            (f"VAT ({i.tax_rate}%)", i.tax),
            ("Total due", i.total),
        )
    )
    bank = f"<p>IBAN: {i.iban}</p>" if i.iban else ""
    return f"<html><body><h1>{escape(i.seller)}</h1><section><ul>{facts}</ul><h3>Bill to</h3><address>{escape(i.buyer)}<br>{i.street}<br>{i.town}</address></section><table><tr><th>Item<th>Qty<th>Unit price<th>Amount{goods}</table><table>{sums}</table>{bank}</body></html>".encode()


def word_minutes(r: Report) -> bytes:
    """A Word file that begins with lines of bold labels."""
    document = docx.Document()
    document.add_heading("Site report", 0)
    for label, value in (
        ("Report no.", r.number),
        ("Date", w.slashed_day(r.day)),
        ("Inspector", r.author),
        ("Signed off by", r.approved),
        ("Site", r.project),
        ("Client", r.client),
        ("Issue", None if r.version is None else str(r.version)),
        ("Approved budget", r.budget and w.signed(r.budget, r.currency)),
        ("Begins", r.start and w.slashed_day(r.start)),
        ("Ends", r.end and w.slashed_day(r.end)),
    ):
        if value:
            paragraph = document.add_paragraph()
            paragraph.add_run(label).bold = True
            paragraph.add_run(f" {value}")
    for text in r.prose:
        document.add_paragraph(text)
    table = document.add_table(rows=1, cols=3)
    for cell, text in zip(table.rows[0].cells, ("Figure", "Expected", "Actual"), strict=True):
        cell.text = text
    for m in r.measures:
        for cell, text in zip(
            table.add_row().cells, (m.name, str(m.planned), str(m.actual)), strict=True
        ):
            cell.text = text
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


WRITERS = (
    Writer(INVOICE, "hotel", hotel),
    Writer(INVOICE, "left rail", left_rail, ("iban",)),
    Writer(INVOICE, "typewriter", typewriter),
    Writer(INVOICE, "spanning", spanning),
    Writer(FORM, "passport", passport),
    Writer(FORM, "brackets", brackets),
    Writer(REPORT, "ledger", ledger),
    Writer(REPORT, "certificate", certificate, ("budget", "period.start", "period.end")),
    Writer(INVOICE, "web invoice", web_invoice, (), "text/html"),
    Writer(REPORT, "word minutes", word_minutes, (), DOCX),
)
