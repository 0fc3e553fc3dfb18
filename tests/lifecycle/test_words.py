"""The glossary: one meaning a word, beside it on the pages and all together in the guide."""

import re
from pathlib import Path

import pytest
from django.conf import settings
from django.template import Context, Template

from lifecycle.glossary import GLOSSARY, WORDS
from lifecycle.measures import Measure, Strength
from tests.conftest import People


def drawn(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_a_word_stands_in_one_section() -> None:
    assert len(WORDS) == sum(len(words) for _key, _title, words in GLOSSARY)


def test_templates_use_words_that_are_there() -> None:
    used = {
        key
        for path in Path(settings.BASE_DIR, "templates").rglob("*.html")
        for key in re.findall(r'{% term "([^"]+)"', path.read_text(encoding="utf-8"))
    }
    assert len(used) > 30
    assert used <= set(WORDS)


def test_a_word_carries_its_meaning() -> None:
    html = drawn('{% term "gate" %}')
    assert 'popovertarget="word-gate"' in html
    assert 'aria-describedby="word-gate"' in html
    assert f'id="word-gate" popover>{WORDS["gate"].meaning}<' in html
    assert ">Gate</button>" in html
    assert "\n" not in html, "it stands in running text"


def test_a_word_reads_as_its_page_writes_it_and_nothing_is_markup() -> None:
    html = drawn('{% term "active" words place=7 %}', words="<b>Active")
    assert "&lt;b&gt;Active</button>" in html
    assert 'id="word-active-7"' in html


def test_a_strength_has_its_meaning_in_words() -> None:
    for strength in Strength:
        assert drawn("{{ strength|meaning }}", strength=strength) == str(WORDS[strength.value].meaning)
    assert drawn('{{ "nothing"|meaning }}') == ""


@pytest.mark.django_db
def test_the_page_of_words_holds_every_word_and_measure(people: People) -> None:
    page = people.client("viewer").get("/lifecycle/words/").content.decode()
    for word in WORDS.values():
        assert f"<dd>{word.meaning}</dd>".replace("'", "&#x27;") in page
    for measure in Measure:
        assert f'id="measures-{measure.value}"' in page
    assert 'href="/lifecycle/words/"' in people.client("viewer").get("/lifecycle/").content.decode()
