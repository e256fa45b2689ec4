import pytest
from tests.architecture import pages
from tests.architecture.sources import ROOT

from kindred_common.contracts.vocabulary import Service

SERVICES = [service for service in Service if service is not Service.OUTSIDE]
OVERVIEW = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_s_page_tells_every_topic_that_it_reads_or_writes(service: Service) -> None:
    page = (ROOT / "services" / service / "README.md").read_text()

    assert pages.service_faults(service, page) == []


def test_a_topic_that_a_service_s_page_leaves_out_or_makes_up_is_found() -> None:
    page = (
        "| reads | for |\n|---|---|\n| `customer-profiles`, `event-catalogue` | scores |\n"
        "| `rematch-requests`, `survey-answers` | a fresh look |\n\n"
        "| writes | when |\n|---|---|\n"
    )

    assert pages.service_faults(Service.MATCHING, page) == [
        "matching reads: invitation-records is not told",
        "matching reads: survey-answers is told and not so",
        "matching writes: customer-matches is not told",
    ]


def test_the_overview_tells_who_writes_and_reads_every_topic() -> None:
    assert pages.overview_faults(OVERVIEW) == []


def test_what_the_overview_leaves_out_or_makes_up_is_found() -> None:
    lines = OVERVIEW.splitlines(keepends=True)
    wrong = "".join(line for line in lines if not line.startswith("| live-signals"))
    wrong = wrong.replace("| matching | invitations | matches", "| matching | survey | matches")

    assert pages.overview_faults(wrong) == [
        "topics: live-signals is not told",
        "customer-matches is read by: invitations is not told",
        "customer-matches is read by: survey is told and not so",
    ]
