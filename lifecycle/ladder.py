"""Keeping the numbers of stages and items in order after an edit: 1, 2, 3 without a gap, exactly one last stage."""

from collections.abc import Iterable

from django.db import transaction

from lifecycle.models import Stage
from lifecycle.models.definitions import Item


def settle_stages() -> None:
    """Number the stages as they stand, retired ones behind the others, and mark the highest in use as the last."""
    with transaction.atomic():
        stages = Stage.objects.select_for_update(no_key=True).order_by("retired", "order", "id")
        for number, stage in enumerate(stages, 1):
            if stage.order != number:
                Stage.objects.filter(pk=stage.pk).update(order=number)
        mark_last()


def mark_last() -> None:
    """Exactly one stage is the last, and it is the highest in use."""
    highest = Stage.objects.filter(retired=False).order_by("-order").first()
    last = Stage.objects.filter(is_last=True)
    # Away from the old one first: the database suffers no two, not even for a moment.
    (last.exclude(pk=highest.pk) if highest else last).update(is_last=False)
    if highest and not highest.is_last:
        Stage.objects.filter(pk=highest.pk).update(is_last=True)


def settle_items(items: Iterable[Item]) -> None:
    """Number the items of one facet as they stand: children behind their parent, retired ones behind the others."""
    rows = list(items)
    place = {item.pk: (item.retired, item.order, item.pk) for item in rows}

    def key(item: Item) -> tuple[object, ...]:
        parent_id = getattr(item, "parent_id", None)
        own = place[item.pk]
        return (item.retired, *place[parent_id], 1, *own) if parent_id in place else (item.retired, *own, 0, *own)

    for number, item in enumerate(sorted(rows, key=key), 1):
        if item.order != number:
            item.order = number
            item.save(update_fields=["order"])
