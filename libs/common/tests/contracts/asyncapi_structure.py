"""What AsyncAPI 3.0.0 says of the objects we use. Anything else in a document is a mistake, but for `x-` extensions.

https://www.asyncapi.com/docs/reference/specification/v3.0.0
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

Name = Annotated[str, Field(pattern=r"^[a-zA-Z0-9._-]+$")]


class Strict(BaseModel):
    """An object with no fields but these and extensions."""

    model_config = ConfigDict(extra="allow", strict=True)

    @model_validator(mode="after")
    def only_extensions(self) -> "Strict":
        strangers = [name for name in self.model_extra or {} if not name.startswith("x-")]
        if strangers:
            raise ValueError(f"AsyncAPI knows no {', '.join(strangers)} here")
        return self


class Reference(Strict):
    ref: str = Field(alias="$ref", pattern="^#/")


class License(Strict):
    name: str


class Info(Strict):
    title: str
    version: str
    description: str
    license: License


class Variable(Strict):
    description: str
    default: str


class Server(Strict):
    host: str
    protocol: Literal["kafka", "kafka-secure"]
    description: str
    variables: dict[Name, Variable]


class Tag(Strict):
    name: str


class KafkaChannel(Strict):
    topic: str
    partitions: int = Field(gt=0)
    topicConfiguration: dict[str, int | list[Literal["compact", "delete"]]]  # noqa: N815 - AsyncAPI's name
    bindingVersion: Literal["0.5.0"]  # noqa: N815 - AsyncAPI's name


class ChannelBindings(Strict):
    kafka: KafkaChannel


class Channel(Strict):
    address: str
    title: str
    description: str
    messages: dict[Name, Reference]
    tags: list[Tag]
    bindings: ChannelBindings


class Operation(Strict):
    action: Literal["send", "receive"]
    title: str
    channel: Reference
    messages: list[Reference] = Field(min_length=1)
    tags: list[Tag]


class KafkaMessage(Strict):
    key: dict[str, object]
    bindingVersion: Literal["0.5.0"]  # noqa: N815 - AsyncAPI's name


class MessageBindings(Strict):
    kafka: KafkaMessage


class Example(Strict):
    name: str
    headers: dict[str, object]
    payload: dict[str, object]


class Message(Strict):
    name: str
    title: str
    summary: str
    description: str | None = None
    contentType: str  # noqa: N815 - AsyncAPI's name
    headers: dict[str, object]
    payload: dict[str, object]
    bindings: MessageBindings
    examples: list[Example] = Field(min_length=1)


class Components(Strict):
    messages: dict[Name, Message]
    schemas: dict[Name, dict[str, object]]


class Document(Strict):
    asyncapi: Literal["3.0.0"]
    id: str = Field(pattern="^urn:")
    info: Info
    defaultContentType: str  # noqa: N815 - AsyncAPI's name
    servers: dict[Name, Server]
    channels: dict[Name, Channel]
    operations: dict[Name, Operation]
    components: Components
