"""The JSON API: the same verbs as the pages, for programs that come with a token. /api/v1/openapi.json describes it."""

from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import URLPattern, URLResolver
from django.utils.cache import patch_cache_control, patch_vary_headers
from django.utils.translation import gettext as _
from django.views.decorators.http import conditional_page, require_safe
from ninja import NinjaAPI

from metrics.api import people, reading, writing
from metrics.api.bearer import Token
from metrics.api.problems import MEDIA_TYPE, handle, problem

View = Callable[..., HttpResponse]


class Api(NinjaAPI):
    """Its description says of each refusal which media type it has."""

    def get_openapi_schema(self, **kwargs: Any) -> Any:
        """OpenAPI 3.1."""
        schema = super().get_openapi_schema(**kwargs)
        for methods in schema["paths"].values():
            for operation in methods.values():
                for answer in operation["responses"].values():
                    content = answer.get("content", {}).get("application/json")
                    if content and content["schema"].get("$ref", "").endswith("/Problem"):
                        answer["content"] = {MEDIA_TYPE: content}
        return schema


api: Final = Api(
    title="Lifecycle",
    version="1.0.0",
    description="Contributions in, numbers out: one team for each token. Every answer that is no success has the shape "
    "of `Problem`. GET answers carry an ETag.",
    docs_url=None,
    urls_namespace="metrics:api",
    auth=Token(),
)
handle(api)
api.add_router("", reading.router)
api.add_router("", people.router)
api.add_router("", writing.router)


def _answering(view: View) -> View:
    """What holds for every answer: no session opens it, and whoever keeps it asks again before using it."""

    @login_not_required
    @conditional_page
    @wraps(view)
    def answer(request: HttpRequest, *args: object, **kwargs: object) -> HttpResponse:
        asked = request.method
        request.method = "GET" if asked == "HEAD" else asked
        response = view(request, *args, **kwargs)
        request.method = asked
        if response.status_code == 405:
            response = problem(405, _("This address does not know the method."), Allow=response["Allow"])
        patch_cache_control(response, private=True, no_cache=True)
        patch_vary_headers(response, ["Authorization"])
        return response

    return answer


@require_safe
def root(request: HttpRequest, **_kwargs: object) -> HttpResponse:
    """Whoever opens the address of the API itself is shown its description."""
    return redirect("metrics:api:openapi-json")


def urls() -> tuple[list[URLPattern | URLResolver], str, str]:
    """The addresses of the API, for an URLconf."""
    patterns, app, namespace = api.urls
    for pattern in patterns:
        if isinstance(pattern, URLPattern):
            view: View = root if pattern.name == "api-root" else pattern.callback
            pattern.callback = _answering(require_safe(view) if pattern.name == "openapi-json" else view)
    return patterns, app, namespace
