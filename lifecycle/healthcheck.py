"""Asks the web process of this container whether it is ready; exit 0 if so. Run by path: it imports nothing of ours."""

import os
import sys
import urllib.request


def host() -> str:
    """A name that the web process accepts as its own."""
    first = os.environ.get("ALLOWED_HOSTS", "localhost").split(",")[0].strip()
    return "localhost" if first == "*" else first.lstrip(".")


def main() -> int:
    """0 when `readyz` answers 200."""
    address = sys.argv[1] if len(sys.argv) > 1 else "127.0.0.1:8000"
    request = urllib.request.Request(f"http://{address}/readyz", headers={"Host": host()})
    try:
        with urllib.request.urlopen(request, timeout=8) as answer:  # noqa: S310
            return 0 if answer.status == 200 else 1
    except OSError as error:  # refused, timed out, or an answer that says no
        sys.stderr.write(f"{error}\n")
        return 1


if __name__ == "__main__":
    sys.exit(main())
