"""`python -m benchmarks [ROWS ...]`: a table for people, and JSON in the data folder's benchmarks.json."""

import json
import os
import platform
import sys
from dataclasses import asdict

from django.conf import settings
from django.db import connection

from benchmarks import spans
from lifecycle.embedded.servers import Servers

ROWS = "200000"


def main() -> None:
    """Seed a database of its own, measure, print, and leave nothing behind."""
    servers = Servers.of_settings(durable=False)
    servers.join()
    name = connection.settings_dict["NAME"]
    connection.settings_dict["TEST"]["NAME"] = "bench_lifecycle"
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        found = [result for rows in sys.argv[1:] or [ROWS] for result in spans.measure(int(rows))]
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
        servers.leave()
    for one in found:
        print(f"{one.rows:>10,} rows  {one.what:<34} {one.seconds * 1000:>9,.1f} ms  {one.ratio:>8,.1f} x")
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    told = {"machine": platform.platform(), "cores": os.cpu_count(), "results": [asdict(one) for one in found]}
    (settings.DATA_DIR / "benchmarks.json").write_text(json.dumps(told, indent=1), encoding="utf-8")


if __name__ == "__main__":
    main()
