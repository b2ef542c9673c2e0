"""`make bench`: run every bench, or those named, and print one JSON line per figure."""

import argparse
import importlib
import inspect
import sys

BENCHES = (
    "drain",
    "latency",
    "idle",
    "parts",
    "workers",
    "listing",
    "batches",
    "ingest",
    "webhooks",
    "graphql",
    "scan",
    "transcription",
    "documents",
    "motion",
    "motion_levels",
)


def main(words: list[str]) -> int:
    """Run them one after the other, so that none disturbs another."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks")
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"of {', '.join(BENCHES)}")
    parser.add_argument("--minutes", type=float, help="length of the media, where a bench takes it")
    given = parser.parse_args(words)
    unknown = [name for name in given.names if name not in BENCHES]
    if unknown:
        print(f"No bench {unknown[0]!r}; there are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    for name in given.names or BENCHES:
        print(f"{name} …", file=sys.stderr)
        measure = importlib.import_module(f"benchmarks.{name}").measure
        takes = given.minutes is not None and "minutes" in inspect.signature(measure).parameters
        for figure in measure(minutes=given.minutes) if takes else measure():
            figure.show()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
