"""What operations ask every process: does it live, is it ready, how is it doing."""

from fastapi import APIRouter
from fastapi.responses import JSONResponse, Response

from kindred_common.observability.health import Health
from kindred_common.observability.metrics import Metrics
from kindred_common.web.routing import open_router

LIVE, READY, METRICS = "/health/live", "/health/ready", "/metrics"


def probes_router(metrics: Metrics, health: Health) -> APIRouter:
    """The probes, for an orchestrator and Prometheus; an ingress should not pass them on."""
    router = open_router()

    @router.get(LIVE)
    async def live() -> JSONResponse:
        report = health.live()
        return JSONResponse(report.as_json(), report.status)

    @router.get(READY)
    async def ready() -> JSONResponse:
        report = health.ready()
        return JSONResponse(report.as_json(), report.status)

    @router.get(METRICS)
    async def measured() -> Response:
        return Response(metrics.render(), media_type="text/plain; version=0.0.4; charset=utf-8")

    return router
