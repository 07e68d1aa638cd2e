# polysense as a server: docker build -t polysense . && docker run -p 127.0.0.1:8765:8765 -v polysense:/data polysense
#
# Not run: neither the build nor the image, on either architecture. What was checked: hadolint; the variables, the port and the command
# (tests/test_deploy.py); that the server, started with these variables, answers the health check and ends on SIGTERM;
# that what pyproject.toml names resolves to wheels for arm64 (Python 3.11), and that most of it was
# looked at for libraries that the slim image lacks, on amd64.
#
# Both architectures: docker buildx build --platform linux/amd64,linux/arm64 -t polysense .

ARG PYTHON=3.11-slim-bookworm

FROM python:${PYTHON} AS build
# More options for pip, such as --index-url or --extra-index-url; with the extra `models`, an index whose torch is for the CPU makes a small image.
ARG PIP_OPTIONS=""
# Extras of polysense: milvus is the client of the cluster in compose.yaml, metrics and trace are for those who watch over it.
ARG EXTRAS="milvus,metrics,trace"
ENV PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1
RUN python -m venv /opt/polysense
WORKDIR /build
COPY pyproject.toml README.md LICENSE ./
COPY src ./src
# hadolint ignore=SC2086
RUN /opt/polysense/bin/pip install ${PIP_OPTIONS} ".[${EXTRAS}]"

FROM python:${PYTHON}
LABEL org.opencontainers.image.title="polysense" \
      org.opencontainers.image.description="Index any file, ask with any modality, get a cited answer." \
      org.opencontainers.image.licenses="Apache-2.0"

# A user of its own, with a number that orchestrators can check (runAsNonRoot) and that volumes can be given to
RUN groupadd --system --gid 10001 polysense \
 && useradd --system --uid 10001 --gid polysense --home-dir /data --no-create-home --shell /usr/sbin/nologin polysense \
 && install --directory --owner=polysense --group=polysense --mode=0700 /data /data/tmp
COPY --from=build /opt/polysense /opt/polysense

# HOME and XDG_DATA_HOME: what polysense and its libraries keep for a user is in the volume too
ENV PATH=/opt/polysense/bin:$PATH \
    PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1 \
    HOME=/data \
    XDG_DATA_HOME=/data \
    TMPDIR=/data/tmp \
    POLYSENSE_LIBRARY=/data/kb \
    POLYSENSE_CACHE=/data/cache \
    POLYSENSE_SERVE_HOST=0.0.0.0 \
    POLYSENSE_SERVE_PORT=8765 \
    POLYSENSE_SERVE_HOME=/data/serve

# Settings that are not variables: mount a file at /data/polysense.toml
WORKDIR /data
VOLUME /data
USER 10001:10001
EXPOSE 8765
STOPSIGNAL SIGTERM
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s --retries=3 \
    CMD ["python", "-c", "import os, urllib.request as r; r.urlopen('http://127.0.0.1:' + os.environ['POLYSENSE_SERVE_PORT'] + '/health', timeout=4)"]
ENTRYPOINT ["polysense", "serve"]
