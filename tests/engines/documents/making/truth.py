"""Random contents of documents, the same for the same seed, and what is to be found in them.

A truth knows values, not words: writers of layouts say how they are written.
"""

import random
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

COMPANIES = (
    "Harbour Works Ltd", "Calder Construction", "Northgate Foods plc", "Blue Fern Studio", "Ostrava Tools s.r.o.",
    "Meyer & Sohn GmbH", "Atelier Lumière SARL", "Pinewood Dental Care", "Quarry Lane Bakery", "Solent Marine Supplies",
    "Brightwater Analytics Inc.", "Talavera Cerámica S.L.", "K. Lindqvist AB", "First Avenue Hotel", "Orchard & Vale LLP",
    "Greenline Logistics", "Moss Side Community Trust", "Zephyr Wind Power", "Castle Print Shop", "Delta 4 Systems",
)  # fmt: skip
FIRST = (
    "Anna",
    "Björn",
    "Carla",
    "Dmitri",
    "Elena",
    "Farid",
    "Grace",
    "Hugo",
    "Ines",
    "Jakub",
    "Kwame",
    "Lena",
    "Marta",
    "Noor",
)
LAST = (
    "Kowalski",
    "O'Neill",
    "García",
    "Schmidt",
    "Adeyemi",
    "Tanaka",
    "Novák",
    "Brown",
    "Rossi",
    "van Dijk",
    "Haddad",
    "Lindgren",
)
STREETS = (
    "Mill Lane",
    "Quay Street",
    "Station Road",
    "Park Avenue",
    "High Street",
    "Elm Grove",
    "Canal Walk",
    "Church Hill",
)
TOWNS = (
    "Leeds",
    "Bristol",
    "Cork",
    "Austin",
    "Leipzig",
    "Porto",
    "Utrecht",
    "Gdansk",
    "Lyon",
    "Girona",
    "Malmo",
    "Perth",
)
GOODS = (
    "Steel beam 4 m", "Bolts, box of 100", "Delivery", "Site survey", "Oak flooring", "Consulting hours", "Paint, matt white 10 l",
    "Annual licence", "Repair of pump", "Paper A4", "Copper pipe 22 mm", "Catering for 40 people", "Translation EN-DE", "Router X200",
    "Window cleaning", "Bread rolls", "LED panel", "Training day", "Insurance", "Storage per week", "Safety helmet", "Cable 3 x 1.5",
)  # fmt: skip
MEASURES = (
    "Noise level", "Water use", "Visitors", "Output per day", "Defects", "Energy use", "Sick days", "Response time", "Recycling rate",
    "Complaints", "Deliveries", "Turnover index", "Humidity", "Pressure", "Load factor", "Paper saved",
)  # fmt: skip
PROJECTS = (
    "Riverside Bridge",
    "Quay House Refit",
    "Data Centre North",
    "Line 4 Extension",
    "Old Mill Survey",
    "Harbour Wall Repair",
)


@dataclass(frozen=True)
class Item:
    """A line of an invoice."""

    description: str
    quantity: int
    price: Decimal

    @property
    def amount(self) -> Decimal:
        return self.quantity * self.price


@dataclass(frozen=True)
class Invoice:
    """`None`: this invoice does not say it."""

    number: str
    day: date
    due: date | None
    order: str | None
    customer: str | None
    seller: str
    buyer: str
    street: str
    town: str
    currency: str
    tax_rate: int
    iban: str | None
    items: tuple[Item, ...]

    @property
    def subtotal(self) -> Decimal:
        return sum((item.amount for item in self.items), Decimal("0.00"))

    @property
    def tax(self) -> Decimal:
        return (self.subtotal * self.tax_rate / 100).quantize(Decimal("0.01"))

    @property
    def total(self) -> Decimal:
        return self.subtotal + self.tax

    def expected(self) -> dict[str, Any]:
        """The value of each key; None where there is none."""
        told: dict[str, Any] = {
            "invoice.number": self.number,
            "invoice.date": self.day.isoformat(),
            "invoice.due": self.due.isoformat() if self.due else None,
            "order.number": self.order,
            "customer.number": self.customer,
            "buyer": self.buyer,
            "subtotal": self.subtotal,
            "tax": self.tax,
            "total": self.total,
            "iban": self.iban,
        }
        for number, item in enumerate(self.items, 1):
            told[f"line.{number}.description"] = item.description
            told[f"line.{number}.quantity"] = item.quantity
            told[f"line.{number}.price"] = item.price
            told[f"line.{number}.amount"] = item.amount
        return told


@dataclass(frozen=True)
class Form:
    """An application of one person."""

    name: str
    born: date
    id: str
    member: str | None
    address: str
    city: str
    phone: str | None
    email: str | None
    employer: str | None
    salary: Decimal | None
    start: date | None
    status: str | None
    currency: str

    def expected(self) -> dict[str, Any]:
        """The value of each key; None where there is none."""
        return {
            "name": self.name,
            "born": self.born.isoformat(),
            "id": self.id,
            "member": self.member,
            "address": self.address,
            "city": self.city,
            "phone": self.phone,
            "email": self.email,
            "employer": self.employer,
            "salary": self.salary,
            "start": self.start.isoformat() if self.start else None,
            "status": self.status,
        }


@dataclass(frozen=True)
class Measure:
    """A line of a report's table."""

    name: str
    planned: int
    actual: int


@dataclass(frozen=True)
class Report:
    """A report with some pages of prose."""

    number: str
    day: date
    author: str
    approved: str | None
    project: str
    client: str
    version: int | None
    budget: Decimal | None
    start: date | None
    end: date | None
    currency: str
    measures: tuple[Measure, ...]
    prose: tuple[str, ...] = field(default=())

    def expected(self) -> dict[str, Any]:
        """The value of each key; None where there is none."""
        told: dict[str, Any] = {
            "report.number": self.number,
            "report.date": self.day.isoformat(),
            "author": self.author,
            "approved": self.approved,
            "project": self.project,
            "client": self.client,
            "version": self.version,
            "budget": self.budget,
            "period.start": self.start.isoformat() if self.start else None,
            "period.end": self.end.isoformat() if self.end else None,
        }
        for number, each in enumerate(self.measures, 1):
            told[f"figure.{number}.name"] = each.name
            told[f"figure.{number}.planned"] = each.planned
            told[f"figure.{number}.actual"] = each.actual
        return told


def invoice(seed: int, items: int | None = None) -> Invoice:
    """An invoice."""
    dice = random.Random(f"invoice {seed}")
    day = _day(dice)
    seller, buyer = dice.sample(COMPANIES, 2)
    count = items or dice.randint(2, 7)
    goods = (
        [dice.choice(GOODS) for _ in range(count)]
        if count > len(GOODS)
        else dice.sample(GOODS, count)
    )
    return Invoice(
        number=_number(dice),
        day=day,
        due=day + timedelta(days=dice.choice((14, 30, 45))) if dice.random() < 0.75 else None,
        order=f"{dice.choice(('PO-', 'B', '45'))}{dice.randint(10000, 99999)}"
        if dice.random() < 0.6
        else None,
        customer=f"{dice.choice(('C', 'K-', ''))}{dice.randint(1000, 99999)}"
        if dice.random() < 0.6
        else None,
        seller=seller,
        buyer=buyer,
        street=_street(dice),
        town=dice.choice(TOWNS),
        currency=dice.choice(("EUR", "USD", "GBP")),
        tax_rate=dice.choice((5, 7, 19, 20, 21)),
        iban=_iban(dice) if dice.random() < 0.6 else None,
        items=tuple(
            Item(
                name,
                dice.choice((1, 2, 3, 5, 8, 10, 12, 40)),
                Decimal(dice.randint(150, 250000)) / 100,
            )
            for name in goods
        ),
    )


def form(seed: int) -> Form:
    """A form that somebody filled in."""
    dice = random.Random(f"form {seed}")

    def maybe(value: Any) -> Any:
        return value if dice.random() < 0.8 else None

    first, last = dice.choice(FIRST), dice.choice(LAST)
    return Form(
        name=f"{first} {last}",
        born=date(1950, 1, 1) + timedelta(days=dice.randint(0, 20000)),
        id=f"{dice.choice(('X', 'P', 'AB', ''))}{dice.randint(1000000, 99999999)}",
        member=maybe(f"{dice.choice(('M-', 'POL', ''))}{dice.randint(10000, 999999)}"),
        address=_street(dice),
        city=dice.choice(TOWNS),
        phone=maybe(
            f"+{dice.choice((44, 49, 1, 351))} {dice.randint(20, 999)} {dice.randint(100000, 9999999)}"
        ),
        email=maybe(
            f"{first}.{last}@example.org".lower()
            .replace("ö", "o")
            .replace("'", "")
            .replace("í", "i")
            .replace("á", "a")
            .replace(" ", "")
        ),
        employer=maybe(dice.choice(COMPANIES)),
        salary=maybe(Decimal(dice.randint(18000, 99000))),
        start=maybe(_day(dice)),
        status=maybe(dice.choice(("Single", "Married", "Divorced", "Widowed"))),
        currency=dice.choice(("EUR", "USD", "GBP")),
    )


def report(seed: int) -> Report:
    """A report."""
    dice = random.Random(f"report {seed}")
    day = _day(dice)
    author, approved = (f"{dice.choice(FIRST)} {dice.choice(LAST)}" for _ in range(2))
    period = dice.random() < 0.7
    return Report(
        number=f"{dice.choice(('R-', 'HW/', 'TR'))}{dice.randint(2019, 2025)}-{dice.randint(10, 999):03d}",
        day=day,
        author=author,
        approved=approved if approved != author and dice.random() < 0.7 else None,
        project=dice.choice(PROJECTS),
        client=dice.choice(COMPANIES),
        version=dice.randint(1, 6) if dice.random() < 0.6 else None,
        budget=Decimal(dice.randint(10, 900) * 1000 + dice.choice((0, 500)))
        if dice.random() < 0.7
        else None,
        start=day - timedelta(days=120) if period else None,
        end=day - timedelta(days=30) if period else None,
        currency=dice.choice(("EUR", "USD", "GBP")),
        measures=tuple(
            Measure(name, dice.randint(5, 900), dice.randint(5, 900))
            for name in dice.sample(MEASURES, dice.randint(3, 7))
        ),
        prose=tuple(_prose(dice) for _ in range(dice.randint(4, 9))),
    )


_PHRASES = (
    "The team visited the site twice during the period and spoke with the people in charge",
    "Most of the work went on as planned, although deliveries were late in the second month",
    "A total of twelve samples was taken and sent to the laboratory",
    "The date of the next visit will be agreed with the client",
    "No invoice was raised for the additional survey",
    "Costs stayed within what had been approved, and the reserve was not used",
    "The authors of the earlier study had come to a similar view",
    "We recommend that the drawings be revised before the next phase begins",
    "Weather was dry, with winds of less than 20 km/h on all days",
    "Access to the northern part remained closed until 14:30 on the first day",
)


def _prose(dice: random.Random) -> str:
    return ". ".join(dice.sample(_PHRASES, dice.randint(3, 5))) + "."


def _day(dice: random.Random) -> date:
    return date(2019, 1, 1) + timedelta(days=dice.randint(0, 2500))


def _street(dice: random.Random) -> str:
    return f"{dice.randint(1, 240)} {dice.choice(STREETS)}"


def _number(dice: random.Random) -> str:
    kind = dice.randint(0, 4)
    serial = dice.randint(100, 99999)
    return (
        f"INV-{dice.randint(2019, 2025)}-{serial:05d}",
        f"{dice.randint(2019, 2025)}/{serial}",
        f"{serial:08d}",
        f"RE{serial}",
        f"A-{serial}",
    )[kind]


def _iban(dice: random.Random) -> str:
    """Four by four, with a country's code; its check digits are not true."""
    digits = "".join(str(dice.randint(0, 9)) for _ in range(18))
    grouped = " ".join(digits[at : at + 4] for at in range(0, 18, 4))
    return f"{dice.choice(('DE', 'NL', 'ES'))}{dice.randint(10, 98)} {grouped}"
