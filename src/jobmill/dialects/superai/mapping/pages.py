"""The vendor's two forms of a page: of jobs and apps, and of data and ground truth."""

from collections.abc import Sequence
from typing import Any


def pages_of(total: int, page: int, size: int) -> dict[str, int]:
    """What stands beside the rows of jobs and apps; an empty list has one page."""
    return {
        "total": total,
        "pageSize": size,
        "pageNumber": page,
        "pages": max(1, -(-total // size)),
    }


def content_page(content: Sequence[Any], total: int, page: int, size: int) -> dict[str, Any]:
    """A page of data or of ground truth; `last` from the last one on."""
    order = {"unsorted": False, "sorted": True, "empty": False}
    pages = -(-total // size)
    return {
        "content": list(content),
        "pageable": {
            "sort": order,
            "pageSize": size,
            "pageNumber": page,
            "offset": page * size,
            "paged": True,
            "unpaged": False,
        },
        "last": page + 1 >= pages,
        "totalElements": total,
        "totalPages": pages,
        "sort": order,
        "first": page == 0,
        "numberOfElements": len(content),
        "size": size,
        "number": page,
        "empty": not content,
    }
