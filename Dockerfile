# One image for web, worker, beat, dispatcher and migrate (docker-compose.yml names the commands).
# The base is pinned by tag; a deployment that wants more pins its digest: FROM python:3.13.9-slim-bookworm@sha256:...

FROM python:3.13.9-slim-bookworm AS packages
COPY requirements.lock .
# Wheels only: no compiler, here or below.
RUN python -m venv /opt/venv \
    && /opt/venv/bin/pip install --no-cache-dir --only-binary=:all: --require-hashes -r requirements.lock

FROM python:3.13.9-slim-bookworm
ENV PATH=/opt/venv/bin:$PATH \
    PYTHONUNBUFFERED=1 \
    PYTHONDONTWRITEBYTECODE=1 \
    PRODUCTION=true \
    DATA_DIR=/data
COPY --from=packages /opt/venv /opt/venv
WORKDIR /app
COPY . .
# The static files are root's and part of the image; only the uploads are the program's to write.
RUN SECRET_KEY=only-for-this-line-which-starts-nothing-and-signs-nothing \
        ERASURE_KEY=only-for-this-line-which-starts-nothing-and-erases-nobody \
        DATABASE_URL=postgresql://nobody@nowhere/none REDIS_URL=redis://nowhere/0 \
        python manage.py collectstatic --noinput \
    && python -m compileall -q /app \
    && groupadd --system --gid 10001 lifecycle \
    && useradd --system --uid 10001 --gid lifecycle --no-create-home --home-dir /nonexistent lifecycle \
    && mkdir -p /data/uploads/tmp \
    && chown -R lifecycle:lifecycle /data/uploads
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=10s --start-period=30s --retries=3 \
    CMD ["python", "-I", "lifecycle/healthcheck.py"]
CMD ["gunicorn", "lifecycle.wsgi", "--bind", "0.0.0.0:8000"]
