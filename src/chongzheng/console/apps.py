"""Under which name does Django know the console's own tables?"""

from django.apps import AppConfig


class Console(AppConfig):
    """The desk."""

    name = "chongzheng.console"
    label = "console"
