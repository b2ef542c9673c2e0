"""How values are written: dates and sums in the ways of several countries."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal

MONTHS = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
SIGNS = {"EUR": "€", "USD": "$", "GBP": "£"}

Day = Callable[[date], str]
Sum = Callable[[Decimal], str]


def long_day(day: date) -> str:
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"


def american_day(day: date) -> str:
    return f"{MONTHS[day.month - 1]} {day.day}, {day.year}"


def short_day(day: date) -> str:
    return f"{day.day:02d}-{MONTHS[day.month - 1][:3]}-{day.year}"


def iso_day(day: date) -> str:
    return day.isoformat()


def dotted_day(day: date) -> str:
    return day.strftime("%d.%m.%Y")


def slashed_day(day: date) -> str:
    return day.strftime("%d/%m/%Y")


def english(value: Decimal) -> str:
    return f"{value:,.2f}"


def continental(value: Decimal) -> str:
    return f"{value:,.2f}".translate(str.maketrans(",.", ".,"))


def spaced(value: Decimal) -> str:
    return f"{value:,.2f}".replace(",", " ").replace(".", ",")


def signed(value: Decimal, currency: str, write: Sum = english) -> str:
    """$1,200.00 or 1.200,00 €."""
    sign = SIGNS[currency]
    return f"{write(value)} {sign}" if write is not english else f"{sign}{write(value)}"


def coded(value: Decimal, currency: str, write: Sum = english) -> str:
    return f"{currency} {write(value)}" if write is english else f"{write(value)} {currency}"
