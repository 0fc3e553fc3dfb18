"""A bare page of any size: what Django, a template and a log-in take before a product begins."""

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import include, path
from django.views.decorators.http import require_safe

PAGE = """<!doctype html><html><body><h1>Rows</h1><table>
{% for row in rows %}<tr>{% for cell in row %}<td>{{ cell }}</td>{% endfor %}</tr>{% endfor %}
</table></body></html>"""
CELLS = ("Team of the harbour", "Learning", "closed", 7, "partner", 128, "+12", 2, 34, "2026-10-30")
ROW_BYTES = len("<tr></tr>") + sum(len(f"<td>{cell}</td>") for cell in CELLS)


@require_safe
def bare(request: HttpRequest, size: int) -> HttpResponse:
    """Rows of ten cells, as many as make the size."""
    template = engines["django"].from_string(PAGE)
    return HttpResponse(template.render({"rows": [CELLS] * (size // ROW_BYTES)}, request))


urlpatterns = [path("bare/<int:size>/", bare), path("", include("lifecycle.urls"))]
