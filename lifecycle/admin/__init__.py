"""The admin's pages for the floor: definitions across the stages, suggestions, jobs, and the trail of edits.

The stages themselves are registered in `teams/admin/`, for their page previews what an edit does to gates.
"""

from lifecycle.admin import duties, jobs, suggestions, trail

__all__ = ["duties", "jobs", "suggestions", "trail"]
