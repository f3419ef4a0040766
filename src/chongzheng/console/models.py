"""What does the console keep of its own? Who has signed in here, and the filters that people save; never money."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models

ACTOR_CHARS_MAX = 32
TITLE_CHARS_MAX = 60
ADDRESS_CHARS_MAX = 800
LIST_CHARS_MAX = 40
FILTERS_MAX = 40
"""Saved filters of one person."""


class Person(AbstractBaseUser):
    """A person of the register of actors who has been here. Whether they may do anything is the register's word."""

    actor = models.CharField(max_length=ACTOR_CHARS_MAX, unique=True)

    objects: ClassVar[BaseUserManager[Person]] = BaseUserManager()

    USERNAME_FIELD = "actor"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    def __str__(self) -> str:
        return str(self.actor)


class SavedFilter(models.Model):
    """A view of a list that somebody wants again: its address inside the console."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="filters")
    title = models.CharField(max_length=TITLE_CHARS_MAX)
    address = models.CharField(max_length=ADDRESS_CHARS_MAX)

    class Meta:
        """The newest last."""

        ordering: ClassVar[list[str]] = ["id"]

    def __str__(self) -> str:
        return str(self.title)


class ListColumns(models.Model):
    """The columns that a person wants of a list, by their names, in their order."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="columns")
    list = models.CharField(max_length=LIST_CHARS_MAX)
    columns = models.CharField(max_length=ADDRESS_CHARS_MAX)

    class Meta:
        """One choice a list."""

        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "list"], name="columns_of_a_list")
        ]

    def __str__(self) -> str:
        return f"{self.list}: {self.columns}"
