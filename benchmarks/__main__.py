"""`make bench`: run every bench, or those named, and print one JSON line per figure."""

import importlib
import sys

BENCHES = ("drain", "latency", "idle", "parts", "listing", "batches", "webhooks", "scan")


def main(names: list[str]) -> int:
    """Run them one after the other, so that none disturbs another."""
    if {"-h", "--help"} & set(names):
        print(f"python -m benchmarks [NAME …]\n\nRuns all of them, or: {', '.join(BENCHES)}")
        return 0
    unknown = [name for name in names if name not in BENCHES]
    if unknown:
        print(f"No bench {unknown[0]!r}; there are: {', '.join(BENCHES)}.", file=sys.stderr)
        return 2
    for name in names or BENCHES:
        print(f"{name} …", file=sys.stderr)
        for figure in importlib.import_module(f"benchmarks.{name}").measure():
            figure.show()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
