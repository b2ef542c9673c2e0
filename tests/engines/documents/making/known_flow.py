"""Layouts without pages that the rules were written with: DOCX and HTML."""

import io
from html import escape

import docx

from tests.engines.documents.making import wording as w
from tests.engines.documents.making.made import FORM, INVOICE, REPORT, Writer
from tests.engines.documents.making.truth import Form, Invoice, Report

DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
HTML = "text/html"


def word_invoice(i: Invoice) -> bytes:
    """Paragraphs with tabs, a table of goods, totals in merged cells."""
    document = docx.Document()
    document.add_heading("Invoice", 0)
    for label, value in (
        ("Invoice number", i.number),
        ("Date of issue", w.long_day(i.day)),
        ("Due date", i.due and w.long_day(i.due)),
        ("Purchase order", i.order),
        ("Customer ID", i.customer),
    ):
        if value:
            paragraph = document.add_paragraph()
            paragraph.add_run(f"{label}:\t").bold = True
            paragraph.add_run(value)
    document.add_paragraph(f"Bill to: {i.buyer}")
    table = document.add_table(rows=1, cols=4)
    for cell, text in zip(
        table.rows[0].cells, ("Description", "Quantity", "Unit price", "Amount"), strict=True
    ):
        cell.text = text
    for item in i.items:
        for cell, text in zip(
            table.add_row().cells,
            (item.description, str(item.quantity), w.english(item.price), w.english(item.amount)),
            strict=True,
        ):
            cell.text = text
    for label, value in (("Subtotal", i.subtotal), ("VAT", i.tax), ("Total", i.total)):
        cells = table.add_row().cells
        cells[0].merge(cells[2]).text = label
        cells[3].text = w.signed(value, i.currency)
    if i.iban:
        document.add_paragraph(f"IBAN: {i.iban}")
    data = io.BytesIO()
    document.save(data)
    return data.getvalue()


def web_form(f: Form) -> bytes:
    """A list of terms and what they are."""
    pairs = (
        ("Full name", f.name),
        ("Date of birth", w.long_day(f.born)),
        ("Passport number", f.id),
        ("Member number", f.member),
        ("Address", f.address),
        ("City", f.city),
        ("Phone number", f.phone),
        ("E-mail", f.email),
        ("Employer", f.employer),
        ("Annual income", f.salary and w.signed(f.salary, f.currency)),
        ("Start date", f.start and w.long_day(f.start)),
        ("Marital status", f.status),
    )
    rows = "".join(
        f"<dt>{escape(label)}</dt><dd>{escape(value or '')}</dd>" for label, value in pairs
    )
    return f"<!DOCTYPE html><html><head><title>Form</title><style>dt {{color: red}}</style></head><body><h1>Registration</h1><dl>{rows}</dl></body></html>".encode()


def web_report(r: Report) -> bytes:
    """A table of facts, prose, a table of figures."""
    pairs = (
        ("Report no.", r.number),
        ("Publication date", w.american_day(r.day)),
        ("Author", r.author),
        ("Reviewed by", r.approved),
        ("Project", r.project),
        ("Client", r.client),
        ("Version", None if r.version is None else str(r.version)),
        ("Budget", r.budget and w.signed(r.budget, r.currency)),
        ("Start date", r.start and w.american_day(r.start)),
        ("End date", r.end and w.american_day(r.end)),
    )
    facts = "".join(
        f"<tr><th>{escape(label)}</th><td>{escape(value)}</td></tr>"
        for label, value in pairs
        if value
    )
    prose = "".join(
        f"<h2>Section {n}</h2><p>{escape(text)}</p>" for n, text in enumerate(r.prose, 1)
    )
    rows = "".join(
        f"<tr><td>{m.name}</td><td>{m.planned}</td><td>{m.actual}</td></tr>" for m in r.measures
    )
    return f"<html><body><h1>Annual report</h1><table>{facts}</table>{prose}<table><tr><th>Indicator</th><th>Target</th><th>Achieved</th></tr>{rows}</table></body></html>".encode()


WRITERS = (
    Writer(INVOICE, "word invoice", word_invoice, (), DOCX),
    Writer(FORM, "web form", web_form, (), HTML),
    Writer(REPORT, "web report", web_report, (), HTML),
)
