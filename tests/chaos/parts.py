"""The processes that the chaos tests run."""

from dataclasses import replace

from tests.system import Part

from kindred_common.contracts.vocabulary import Service

_QUICK = {"KINDRED_KAFKA__SESSION_TIMEOUT_MS": "6000"}
"""The shortest time after which the broker lets a new process take a dead one's partitions."""

SURVEY_API = Part(Service.SURVEY, "api")
SURVEY_WORKER = Part(Service.SURVEY, "worker", settings=_QUICK)
PROFILE_API = Part(Service.PROFILE, "api")
PROFILE_WORKERS = tuple(Part(Service.PROFILE, "worker", n, _QUICK) for n in (1, 2))
STREAMS = tuple(Part(Service.PROFILE, "stream", n, _QUICK) for n in (1, 2))
MATCHING_API = Part(Service.MATCHING, "api")
MATCHING_WORKER = Part(Service.MATCHING, "worker", settings=_QUICK)
INVITATIONS_API = Part(Service.INVITATIONS, "api")
INVITATIONS_WORKER = Part(Service.INVITATIONS, "worker", settings=_QUICK)
OUTREACH_API = Part(Service.OUTREACH, "api")
OUTREACH_WORKER = Part(
    Service.OUTREACH, "worker", settings={**_QUICK, "KINDRED_QUIET_HOURS__ENABLED": "false"}
)
FEEDBACK_WORKER = Part(Service.FEEDBACK, "worker", settings=_QUICK)


def changed(part: Part, **settings: object) -> Part:
    """The same process with other settings: ``smtp__port=25`` is ``KINDRED_SMTP__PORT``."""
    others = {f"KINDRED_{name.upper()}": str(value) for name, value in settings.items()}
    return replace(part, settings={**part.settings, **others})
