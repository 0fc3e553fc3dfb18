"""Days on pages carry their date in digits too, from which the browser tells how long ago they are."""

import re
from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings
from django.template import Context, Template


def drawn(source: str, **context: object) -> str:
    return Template(source).render(Context(context))


def test_a_day_and_a_moment_read_as_words_and_carry_digits() -> None:
    then = datetime(2026, 3, 9, 23, 59, tzinfo=UTC)
    assert drawn("{{ then|day }}", then=then.date()) == '<time datetime="2026-03-09">9 Mar 2026</time>'
    assert drawn("{{ then|day }}", then=then) == '<time datetime="2026-03-09T23:59:00+00:00">9 Mar 2026</time>'
    assert drawn("{{ then|moment }}", then=then).endswith(">9 Mar 2026 23:59</time>")
    assert drawn("{{ then|day }}{{ then|moment }}", then=None) == ""


def test_a_day_stands_in_a_sentence() -> None:
    source = "{% blocktranslate with day=then|day %}since {{ day }}{% endblocktranslate %}"
    assert drawn(source, then=date(2026, 3, 9)) == 'since <time datetime="2026-03-09">9 Mar 2026</time>'


def test_no_template_writes_a_day_without_its_digits() -> None:
    for path in Path(settings.BASE_DIR, "templates").rglob("*.html"):
        bare = re.findall(r"<time(?![^>]*datetime=)[^>]*>", path.read_text(encoding="utf-8"))
        assert not bare, path
