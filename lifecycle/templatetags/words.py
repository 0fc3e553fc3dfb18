"""The meaning of a word beside the word, in any template."""

from django import template
from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.text import capfirst

from lifecycle.glossary import WORDS

register = template.Library()


@register.simple_tag
def term(key: str, text: object = "", *, place: object = "") -> SafeString:
    """A word of the glossary that tells its meaning on hover, focus and touch; `text` is how it reads here.

    Once a page: what stands in a loop, or in two parts of one page, says its `place`.
    """
    word = WORDS[key]
    identity = f"word-{key}-{place}" if place else f"word-{key}"
    context = {"word": word, "text": text or capfirst(str(word.name)), "identity": identity}
    # The file ends with a line; the word stands in running text.
    return mark_safe(render_to_string("components/_term.html", context).strip())  # noqa: S308 (our own template)


@register.filter
def meaning(key: object) -> str:
    """What a word means, as plain text; "" for what the glossary does not hold."""
    word = WORDS.get(str(key))
    return str(word.meaning) if word else ""
