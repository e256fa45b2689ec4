# One image for each service: docker build --build-arg SERVICE=survey --tag kindred-survey .
# No server is in it; it needs a Kafka and a Postgres. All versions come from requirements.lock.
FROM python:3.11-slim-bookworm AS build
ARG SERVICE
WORKDIR /build
RUN python -m venv /opt/kindred
COPY requirements-setup.lock requirements.lock ./
RUN pip install --no-cache-dir --require-hashes --requirement requirements-setup.lock
COPY libs/common libs/common
COPY services/${SERVICE} services/${SERVICE}
RUN uv pip install --python /opt/kindred/bin/python --no-cache --no-sources --constraint requirements.lock \
      ./libs/common ./services/${SERVICE} \
 && /opt/kindred/bin/python -m compileall -q /opt/kindred/lib
# Compiled for any processor, so that the image finds it on every host, and every host gives the same bits.
ENV NUMBA_CPU_NAME=generic
RUN [ "${SERVICE}" != matching ] || /opt/kindred/bin/python -m kindred_matching compile

FROM python:3.11-slim-bookworm
ARG SERVICE
LABEL org.opencontainers.image.title="kindred-${SERVICE}" org.opencontainers.image.licenses="Apache-2.0"
RUN useradd --system --uid 10001 --no-create-home kindred
COPY --from=build /opt/kindred /opt/kindred
ENV PATH=/opt/kindred/bin:$PATH NUMBA_CPU_NAME=generic PYTHONUNBUFFERED=1 PYTHONDONTWRITEBYTECODE=1 \
    KINDRED_SERVICE=${SERVICE} KINDRED_HTTP__HOST=0.0.0.0 KINDRED_HTTP__PORT=8080
USER 10001
EXPOSE 8080
HEALTHCHECK --interval=30s --timeout=3s --start-period=60s \
  CMD ["python", "-c", "import urllib.request; urllib.request.urlopen('http://127.0.0.1:8080/health/live', timeout=2)"]
ENTRYPOINT ["/bin/sh", "-c", "exec python -m kindred_${KINDRED_SERVICE} \"$@\"", "kindred"]
CMD ["all"]
