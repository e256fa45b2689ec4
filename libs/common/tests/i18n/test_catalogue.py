import re
from pathlib import Path

from babel.messages.pofile import read_po

from kindred_common.i18n import extraction
from kindred_common.i18n.extraction import texts, untranslated

REPOSITORY = Path(__file__).parents[4]
FOLDERS = (REPOSITORY / "libs", REPOSITORY / "services")
PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|\{\w*\}")


def test_every_text_has_a_dutch_translation() -> None:
    missing = [f"{text.place}: {text.message}" for text in untranslated(FOLDERS)]

    assert missing == []


def test_texts_in_code_and_templates_are_found(tmp_path: Path) -> None:
    code, templates = tmp_path / "src" / "x", tmp_path / "src" / "x" / "templates"
    templates.mkdir(parents=True)
    (code / "a.py").write_text('gettext("in code"); translatable("marked"); other("not this")')
    (templates / "a.html").write_text("{{ _('in a page') }}{% trans %}\n long\n text{% endtrans %}")
    (templates / "a.txt").write_text("{{ ngettext('one mail', '%(num)s mails', 2) }}")

    found = {text.message for text in texts([tmp_path])}

    assert found == {"in code", "marked", "in a page", "long text", "one mail"}
    assert {text.message for text in untranslated([tmp_path])} == found


def test_translations_keep_placeholders_and_nothing_is_left_over() -> None:
    path = Path(extraction.__file__).with_name("nl.po")
    with path.open("rb") as file:
        catalogue = read_po(file, locale="nl")
    used = {text.message for text in texts(FOLDERS)}

    for message in catalogue:
        if not message.id:
            continue
        ids = forms(message.id)
        strings = forms(message.string)
        placeholders = set(PLACEHOLDER.findall(ids[-1]))
        for string in strings:
            assert set(PLACEHOLDER.findall(string)) <= placeholders, ids[0]
        assert ids[0] in used, f"nothing uses this text any more: {ids[0]}"


def forms(text: object) -> tuple[str, ...]:
    """One form, or singular and plural."""
    return tuple(map(str, text)) if isinstance(text, tuple | list) else (str(text),)
