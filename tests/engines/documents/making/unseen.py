"""Layouts that the rules were not written with, and that no rule may be tuned on.

What is found in them is what a stranger may expect. They say things in their own words: some of
their labels stand in no taxonomy.
"""

from html import escape

from tests.engines.documents.making import wording as w
from tests.engines.documents.making.made import FORM, INVOICE, REPORT, Writer
from tests.engines.documents.making.pen import A4, LETTER, Pen
from tests.engines.documents.making.truth import Form, Invoice, Report


def freight(i: Invoice) -> bytes:
    """Two address blocks side by side, facts in a strip at the foot, goods in the middle."""
    pen = Pen(LETTER)
    pen.text(306, 30, "FREIGHT INVOICE", 16, bold=True, align="center")
    for x, title, lines in (
        (40, "Shipper", (i.seller, "Pier 4", "Rotterdam")),
        (320, "Bill to", (i.buyer, i.street, i.town)),
    ):
        pen.box(x, 60, 250, 80)
        pen.text(x + 6, 64, title, 8, bold=True)
        for row, text in enumerate(lines):
            pen.text(x + 6, 78 + 14 * row, text, 10)
    y = 165.0
    pen.line(40, y, 570, y, 1)
    for at, align, label in (
        (40, "left", "Qty"),
        (90, "left", "Goods"),
        (450, "right", "Price each"),
        (570, "right", "Sum"),
    ):
        pen.text(at, y + 4, label, 9, bold=True, align=align)
    pen.line(40, y + 18, 570, y + 18, 1)
    y += 24
    for item in i.items:
        for at, align, text in (
            (40, "left", str(item.quantity)),
            (90, "left", item.description),
            (450, "right", w.english(item.price)),
            (570, "right", w.english(item.amount)),
        ):
            pen.text(at, y, text, 9, align=align)
        y += 15
    pen.line(40, y, 570, y, 1)
    for label, value in (
        ("Total before tax", i.subtotal),
        (f"VAT at {i.tax_rate}%", i.tax),
        ("Please pay", i.total),
    ):
        y += 14
        pen.text(450, y, label, 9, align="right")
        pen.text(570, y, w.coded(value, i.currency), 9, align="right")
    facts = (
        ("Invoice number", i.number),
        ("Dated", w.short_day(i.day)),
        ("Payment due date", i.due and w.short_day(i.due)),
        ("Customer order", i.order),
        ("Account", i.customer),
    )
    for number, (label, value) in enumerate(facts):
        x = 40 + 106 * number
        pen.box(x, 700, 106, 34)
        pen.text(x + 4, 703, label, 7)
        if value:
            pen.text(x + 4, 716, value, 10, bold=True)
    if i.iban:
        pen.text(40, 750, f"Bank transfer: IBAN {i.iban} (quote the invoice number)", 8)
    return pen.pdf()


def lawyers(i: Invoice) -> bytes:
    """A letter: date on the right, a subject line, work listed with dots, sums in the text block."""
    pen = Pen(A4, "Times")
    pen.text(545, 60, w.long_day(i.day), 11, align="right")
    for row, text in enumerate((i.buyer, i.street, i.town)):
        pen.text(60, 90 + 14 * row, text, 11)
    pen.text(60, 160, f"Invoice No. {i.number}", 13, bold=True)
    y = 184.0
    for label, value in (
        ("Your order", i.order),
        ("Client number", i.customer),
        ("Payable by", i.due and w.long_day(i.due)),
    ):
        if value:
            pen.text(60, y, f"{label}: {value}", 11)
            y += 15
    y = (
        pen.paragraph(
            60,
            y + 14,
            475,
            "For professional services we take the liberty of invoicing as follows:",
            11,
        )
        + 8
    )
    for at, align, label in (
        (60, "left", "Service"),
        (360, "right", "Hours"),
        (450, "right", "Rate"),
        (535, "right", "Amount"),
    ):
        pen.text(at, y, label, 11, align=align, italic=True)
    for item in i.items:
        y += 17
        end = pen.text(60, y, item.description, 11)
        pen.text(end + 3, y, "." * int((320 - end) / 2.75), 11)
        for at, text in (
            (360, str(item.quantity)),
            (450, w.english(item.price)),
            (535, w.english(item.amount)),
        ):
            pen.text(at, y, text, 11, align="right")
    y += 28
    for label, value in (
        ("Net amount", i.subtotal),
        (f"{i.tax_rate}% VAT", i.tax),
        ("Invoice total", i.total),
    ):
        pen.text(60, y, label, 11)
        pen.text(535, y, w.coded(value, i.currency), 11, align="right")
        y += 16
    if i.iban:
        pen.text(60, y + 20, f"Account: IBAN {i.iban}", 10)
    return pen.pdf()


def clinic(f: Form) -> bytes:
    """Sections with grey titles, three pairs in a row, values in italics right below labels."""
    pen = Pen(A4)
    pen.text(50, 40, "PATIENT INTAKE", 16, bold=True)
    salary = f.salary and w.coded(f.salary, f.currency)
    sections = (
        (
            "Identity",
            (("Full name", f.name), ("Date of birth", w.slashed_day(f.born)), ("Passport", f.id)),
        ),
        ("Contact", (("Street", f.address), ("City", f.city), ("Phone number", f.phone))),
        (
            "Insurance",
            (
                ("Policy number", f.member),
                ("E-mail", f.email),
                ("Effective from", f.start and w.slashed_day(f.start)),
            ),
        ),
        ("Work", (("Employer", f.employer), ("Annual income", salary), ("Civil status", f.status))),
    )
    y = 80.0
    for title, pairs in sections:
        pen.box(50, y, 495, 16, fill=0.8)
        pen.text(54, y + 3, title, 9, bold=True)
        for number, (label, value) in enumerate(pairs):
            x = 54 + 165 * number
            pen.text(x, y + 24, label, 9)
            if value:
                pen.text(x, y + 37, value, 9, italic=True)
        y += 62
    return pen.pdf()


def registry(f: Form) -> bytes:
    """A long drawn table: number, question, answer."""
    pen = Pen(LETTER, "Times")
    pen.text(60, 40, "Register of members", 16, bold=True)
    salary = f.salary and w.signed(f.salary, f.currency)
    pairs = (
        ("Applicant name", f.name),
        ("Born on", w.american_day(f.born)),
        ("National ID", f.id),
        ("Membership number", f.member),
        ("Postal address", f.address),
        ("Town or city", f.city),
        ("Daytime telephone", f.phone),
        ("E-mail address", f.email),
        ("Employed by", f.employer),
        ("Gross salary", salary),
        ("Start date", f.start and w.american_day(f.start)),
        ("Marital status", f.status),
    )
    for number, (label, value) in enumerate((("Question", "Answer"), *pairs)):
        y = 80 + 22 * number
        for x, wide, text in ((60, 30, str(number or "")), (90, 170, label), (260, 290, value)):
            pen.box(x, y, wide, 22)
            if text:
                pen.text(x + 5, y + 6, text, 11, bold=number == 0)
    return pen.pdf()


def survey(r: Report) -> bytes:
    """A letterhead, a table of facts in four columns without rules, results drawn in a grid."""
    pen = Pen(A4)
    pen.text(545, 36, r.client, 9, align="right", grey=0.4)
    pen.text(50, 60, "Survey report", 20, bold=True)
    left = (
        ("Reference", r.number),
        ("Site", r.project),
        ("Client", r.client),
        ("Approved budget", r.budget and w.signed(r.budget, r.currency)),
        ("Start date", r.start and w.slashed_day(r.start)),
    )
    right = (
        ("Date issued", w.slashed_day(r.day)),
        ("Inspector", r.author),
        ("Checked by", r.approved),
        ("Revision", None if r.version is None else str(r.version)),
        ("End date", r.end and w.slashed_day(r.end)),
    )
    for row, (one, other) in enumerate(zip(left, right, strict=True)):
        y = 100 + 18 * row
        for x, (label, value) in ((50, one), (310, other)):
            pen.text(x, y, label, 9, grey=0.4)
            if value:
                pen.text(x + 90, y, value, 10)
    y = 210.0
    for text in r.prose[:4]:
        y = pen.paragraph(50, y, 495, text, 10) + 8
    for number, row in enumerate(
        [
            ("Measure", "Planned", "Measured"),
            *((m.name, str(m.planned), str(m.actual)) for m in r.measures),
        ]
    ):
        x = 50.0
        for wide, text in zip((220, 100, 100), row, strict=True):
            pen.box(x, y + 17 * number, wide, 17)
            pen.text(x + wide / 2, y + 4 + 17 * number, text, 9, align="center", bold=number == 0)
            x += wide
    return pen.pdf()


def web_page(r: Report) -> bytes:
    """Facts in a grid of divisions, prose in articles, a table with a caption."""
    pairs = (
        ("Report number", r.number),
        ("Report date", w.long_day(r.day)),
        ("Written by", r.author),
        ("Approver", r.approved),
        ("Project name", r.project),
        ("Commissioned by", r.client),
        ("Version", None if r.version is None else str(r.version)),
        ("Total budget", r.budget and w.coded(r.budget, r.currency)),
        ("Period from", r.start and w.long_day(r.start)),
        ("Period to", r.end and w.long_day(r.end)),
    )
    facts = "".join(
        f"<div><b>{label}</b>: {escape(value)}</div>" for label, value in pairs if value
    )
    prose = "".join(
        f"<article><h4>Part {n}</h4><p>{escape(text)}</p></article>"
        for n, text in enumerate(r.prose, 1)
    )
    rows = "".join(
        f"<tr><th scope=row>{m.name}</th><td>{m.planned}</td><td>{m.actual}</td></tr>"
        for m in r.measures
    )
    return f"<!doctype html><html><body><h1>Report</h1><div class=grid>{facts}</div>{prose}<table><caption>Figures</caption><thead><tr><th>Indicator</th><th>Target</th><th>Result</th></tr></thead><tbody>{rows}</tbody></table></body></html>".encode()


WRITERS = (
    Writer(INVOICE, "freight", freight),
    Writer(INVOICE, "lawyers", lawyers, ("buyer",)),
    Writer(FORM, "clinic", clinic),
    Writer(FORM, "registry", registry),
    Writer(REPORT, "survey", survey),
    Writer(REPORT, "web page", web_page, (), "text/html"),
)
