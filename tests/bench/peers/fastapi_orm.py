"""Peer: the usual way. FastAPI, Pydantic, SQLAlchemy's ORM unit of work; an answer and an outbox row in one transaction."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from uuid import UUID

import uvicorn
from fastapi import FastAPI
from pydantic import BaseModel
from sqlalchemy import BigInteger, LargeBinary, func
from sqlalchemy.ext.asyncio import AsyncAttrs, async_sessionmaker, create_async_engine
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column
from tests.bench.peers.settings import PeerSettings


class Model(AsyncAttrs, DeclarativeBase):
    pass


class AnswerRow(Model):
    __tablename__ = "answer"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    customer_id: Mapped[UUID]
    survey_id: Mapped[UUID]
    question_id: Mapped[str]
    value: Mapped[float]
    answered_at: Mapped[datetime] = mapped_column(server_default=func.now())


class OutboxRow(Model):
    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(BigInteger, primary_key=True)
    key: Mapped[str]
    body: Mapped[bytes] = mapped_column(LargeBinary)


class GivenAnswer(BaseModel):
    question_id: str
    value: float


class Answers(BaseModel):
    customer_id: UUID
    survey_id: UUID
    answers: list[GivenAnswer]


settings = PeerSettings()
engine = create_async_engine(settings.database, pool_size=20)
sessions = async_sessionmaker(engine, expire_on_commit=False)


@asynccontextmanager
async def lifespan(_: FastAPI) -> AsyncIterator[None]:
    async with engine.begin() as connection:
        await connection.run_sync(Model.metadata.create_all)
    yield


app = FastAPI(lifespan=lifespan)


@app.post("/v1/answers", status_code=201)
async def answer(given: Answers) -> dict[str, int]:
    async with sessions.begin() as session:
        for one in given.answers:
            session.add(
                AnswerRow(
                    customer_id=given.customer_id,
                    survey_id=given.survey_id,
                    question_id=one.question_id,
                    value=one.value,
                )
            )
        session.add(OutboxRow(key=str(given.customer_id), body=given.model_dump_json().encode()))
    return {"answers": len(given.answers)}


if __name__ == "__main__":
    uvicorn.run(app, port=settings.port, access_log=False, log_level="warning")
