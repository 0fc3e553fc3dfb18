"""How the web process serves, in `manage.py demo` and in production alike; the address comes from the command."""

import logging
import os

from lifecycle.logs import Masking

workers = 2
threads = 4
keepalive = 75  # seconds: longer than the proxy in front keeps an idle connection
timeout = 60
max_requests = 5000
max_requests_jitter = 500
accesslog = "-"
control_socket_disable = True
# A worker's sign of life must not wait for a slow disk.
worker_tmp_dir = "/dev/shm" if os.path.isdir("/dev/shm") else None  # noqa: S108 (an unlinked file)
# No key that stands in an address is written down, nor what somebody searched for.
logging.getLogger("gunicorn.access").addFilter(Masking())
