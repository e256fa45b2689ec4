from pathlib import Path

import pytest

from kindred_common.runtime.settings import ServiceSettings


def test_levels_are_separated_by_two_underscores(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINDRED_KAFKA__SASL_USERNAME", "kindred")

    assert ServiceSettings().kafka.sasl_username == "kindred"


def test_an_empty_variable_counts_as_not_given(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINDRED_KAFKA__SASL_USERNAME", "")
    monkeypatch.setenv("KINDRED_HTTP__PORT", "")

    settings = ServiceSettings()

    assert (settings.kafka.sasl_username, settings.http.port) == (None, 8080)


@pytest.mark.parametrize("beside", [None, ""])
def test_a_value_may_stand_in_a_file_also_beside_an_empty_variable(
    beside: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "password").write_text("secret\n")
    monkeypatch.setenv("KINDRED_KAFKA__SASL_PASSWORD_FILE", str(tmp_path / "password"))
    if beside is not None:
        monkeypatch.setenv("KINDRED_KAFKA__SASL_PASSWORD", beside)

    password = ServiceSettings().kafka.sasl_password

    assert password is not None
    assert password.get_secret_value() == "secret"


def test_a_file_that_is_not_there_is_told_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KINDRED_DATABASE__PASSWORD_FILE", str(tmp_path / "nothing"))

    with pytest.raises(FileNotFoundError):
        ServiceSettings()
