"""Puts access rules on a cluster."""

from collections.abc import Sequence

from aiokafka.admin import AIOKafkaAdminClient
from aiokafka.errors import for_code
from aiokafka.protocol.admin import CreateAclsRequest

from kindred_cli.kafka_access import Access, Operation
from kindred_common.messaging.kafka import create_admin
from kindred_common.messaging.settings import KafkaSettings

# The numbers of the Kafka protocol.
RESOURCES = {"topic": 2, "group": 3}
LITERAL, PREFIXED = 3, 4
OPERATIONS = {
    Operation.READ: 3,
    Operation.WRITE: 4,
    Operation.DESCRIBE: 8,
}
ALLOW = 3


async def apply_access(settings: KafkaSettings, rules: Sequence[Access]) -> None:
    """Adds the rules; those that are there already stay as they are.

    Raises:
        aiokafka.errors.KafkaError: the cluster refused, for example because it has no authorizer.
    """
    admin = create_admin(settings)
    await admin.start()
    try:
        for rule in rules:
            for operation in rule.operations:
                await _add(admin, rule, operation)
    finally:
        await admin.close()


async def _add(admin: AIOKafkaAdminClient, rule: Access, operation: Operation) -> None:
    request = CreateAclsRequest(
        RESOURCES[rule.resource],
        rule.name,
        PREFIXED if rule.prefixed else LITERAL,
        f"User:{rule.principal}",
        "*",
        OPERATIONS[operation],
        ALLOW,
    )
    # The client has no public call for access rules; this is the one its own calls go through.
    response = await admin._send_request(request)  # noqa: SLF001 - no public call exists
    for code, message in response.creation_responses:
        if code != 0:
            raise for_code(code)(message)
