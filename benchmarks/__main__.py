"""The command: a table for people, JSON in the data folder, and with --write docs/benchmarks.md."""

import argparse
from collections.abc import Callable, Mapping

from benchmarks import (
    batches,
    changes,
    days,
    delivery,
    git,
    hooks,
    incremental,
    memory,
    pages,
    perceval,
    report,
    server,
    space,
    spans,
    users,
)
from benchmarks.line import Line
from benchmarks.stock import Stock

#: In the order of the table. Space comes first: later lines leave rows behind in this run's copy.
LINES: Mapping[str, Callable[[Stock], list[Line]]] = {
    "space": space.measure,
    "spans": spans.measure,
    "rebuild": spans.rebuild,
    "incremental": incremental.measure,
    "changes": changes.measure,
    "points": changes.points,
    "days": days.measure,
    "pages": pages.measure,
    "users": users.measure,
    "batches": batches.measure,
    "import": delivery.measure,
    "memory": memory.measure,
    "hooks": hooks.measure,
    "git": git.measure,
    "perceval": perceval.measure,
}


def main() -> None:
    """Measure what is asked for, print, and keep."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"{', '.join(LINES)}; all by default")
    parser.add_argument("--rows", type=int, default=10_000_000, help="contributions; a tenth of it is the small size")
    parser.add_argument("--teams", type=int, default=2_000)
    parser.add_argument("--fresh", action="store_true", help="make the organisations anew")
    parser.add_argument("--write", action="store_true", help="write docs/benchmarks.md")
    asked = parser.parse_args()
    if unknown := set(asked.names) - set(LINES):
        parser.error(f"no such line: {', '.join(sorted(unknown))}")
    servers = server.servers()
    servers.join()
    try:
        stock = Stock(asked.rows, asked.teams, fresh=asked.fresh)
        lines: list[Line] = []
        try:
            for name, measure in LINES.items():
                if not asked.names or name in asked.names:
                    found = measure(stock)
                    print(report.table(found), flush=True)
                    lines += found
            told = report.told(stock, lines)
        finally:
            stock.leave()
        print(f"\n{report.keep(told)}")
        if asked.write:
            report.write(told, lines)
    finally:
        servers.leave()


if __name__ == "__main__":
    main()
