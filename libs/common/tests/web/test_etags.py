import pytest

from kindred_common.web.etags import etag, required_version, stale_version
from kindred_common.web.problems import Problem


def test_a_version_comes_back_as_it_went() -> None:
    assert etag(7) == '"7"'
    assert required_version(' "7" ') == 7


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (None, 428),
        ("", 412),
        ("7", 412),
        ('W/"7"', 412),
        ("*", 412),
        ('"7", "8"', 412),
        ('"seven"', 412),
        ('"' + "9" * 40 + '"', 412),
    ],
)
def test_an_update_must_name_the_version_it_changes(sent: str | None, status: int) -> None:
    with pytest.raises(Problem) as raised:
        required_version(sent)

    assert raised.value.status_code == status


def test_an_update_of_something_older_is_refused() -> None:
    assert stale_version().status_code == 412
