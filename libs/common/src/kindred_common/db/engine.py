"""The one way to open a database engine."""

import ssl

from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from kindred_common.db.settings import DatabaseSettings


def create_engine(settings: DatabaseSettings, *, application: str) -> AsyncEngine:
    """Opens a pooled engine whose sessions give up waiting for locks and statements instead of hanging.

    ``application`` is the name the server shows for these sessions.
    """
    tls = ssl.create_default_context(cafile=str(settings.tls_ca)) if settings.tls_ca else None
    arguments: dict[str, object] = {
        "server_settings": {
            "application_name": application,
            "lock_timeout": "10000",
            "idle_in_transaction_session_timeout": "60000",
            "statement_timeout": "60000",
            "timezone": "UTC",
        },
        "timeout": 5,
    }
    if tls is not None:
        arguments["ssl"] = tls
    return create_async_engine(
        settings.address(),
        pool_size=settings.pool_size,
        max_overflow=0,  # a connection opened for one request costs more than waiting for the next free one
        pool_pre_ping=False,
        pool_recycle=1800,
        pool_timeout=5,
        connect_args=arguments,
    )
