"""The library: every published version of every form, kept in the database, ready to judge."""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property

from tortoise.transactions import in_transaction

from gridql import clock
from gridql.forms.judge import Judge
from gridql.forms.models import PublishedForm
from gridql.forms.shape import ObjectShape, shape_of, type_names
from gridql.forms.version import FormVersion

_SCHEMAS = ("schemas", "uiSchemas")
"""What `PublishedForm` keeps beside the document, in columns of their own."""

_ROWS_AT_ONCE = 5
"""Each takes milliseconds to write down as JSON, and others are served in between."""


@dataclass(frozen=True)
class Published:
    """A version of a form with its number in the database."""

    id: int
    form: FormVersion
    published_at: datetime
    retired_at: datetime | None

    @cached_property
    def judge(self) -> Judge:
        """What judges answers to it."""
        return Judge(self.form)

    @cached_property
    def shape(self) -> ObjectShape:
        """The typed shape of its answers."""
        return shape_of(self.form)


@dataclass(frozen=True, slots=True)
class NotPublished:
    """A plugin none of whose new forms the library takes, and why."""

    form: FormVersion
    """The first of the plugin's versions that is refused."""
    reason: str
    """What is wrong with each version that is refused."""


class _PublishedOtherwise(Exception):
    """Another server was faster, with other words: nothing of this plugin is kept."""


class Library:
    """The published versions; load it once the tables stand."""

    def __init__(self, reserved: Collection[str] = ()) -> None:
        """`reserved` are names of types that no form may take."""
        self._reserved = frozenset(reserved)
        self._by_id: dict[int, Published] = {}
        self._by_name: dict[str, dict[int, Published]] = {}

    async def publish(self, forms: Iterable[FormVersion]) -> tuple[NotPublished, ...]:
        """Write down what is new among `forms`, and load all; the plugins refused, with reasons.

        Refused is a version whose words have changed since it was published, and one that would
        need a name of a type that another has; and with it everything new of the same plugin, so
        that what it brings is published as a whole or not at all. Older versions stay as they were.
        """
        await self.load()
        of_plugins: dict[str, list[FormVersion]] = {}
        for form in forms:
            of_plugins.setdefault(form.plugin, []).append(form)
        found = [await self._publish(some) for some in of_plugins.values()]
        return tuple(refused for refused in found if refused is not None)

    async def _publish(self, forms: Sequence[FormVersion]) -> NotPublished | None:
        """Take the forms of one plugin, or none of those that are new."""
        new = [form for form in forms if self.get(form.name, form.version) is None]
        refused = await asyncio.to_thread(self._refused, forms, new)
        if refused or not new:
            return refused
        await self._write(new)
        await self.load()
        return self._refused(forms, [])

    async def retire(
        self, excluded: Collection[str], brought: Iterable[FormVersion]
    ) -> tuple[list[Published], list[Published]]:
        """Let what the plugins in `excluded` published take no new answers from now on, and what is
        `brought` take answers again: the versions that this concerns, retired and revived.

        What neither names stays as it is: that a plugin is missing is no decision.
        """
        here = {(form.name, form.version) for form in brought}
        retired, revived = [], []
        for each in self.all():
            is_here = (each.form.name, each.form.version) in here
            if is_here and each.retired_at is not None:
                revived.append(each)
            elif not is_here and each.retired_at is None and each.form.plugin in excluded:
                retired.append(each)
        for some, moment in ((retired, clock.now()), (revived, None)):
            if some:
                rows = PublishedForm.filter(id__in=[each.id for each in some])
                await rows.update(retired_at=moment)
        if retired or revived:
            await self.load()
        return retired, revived

    async def _write(self, new: Sequence[FormVersion]) -> None:
        try:
            async with in_transaction("default") as connection:
                # Another server on the same database may be publishing the same plugins.
                await PublishedForm.bulk_create(
                    [_row(form) for form in new],
                    batch_size=_ROWS_AT_ONCE,
                    ignore_conflicts=True,
                    using_db=connection,
                )
                rows = PublishedForm.filter(name__in=[form.name for form in new])
                found = rows.using_db(connection).values_list("name", "version", "hash")
                kept = {(name, version): hash_ for name, version, hash_ in await found}
                if any(kept[form.name, form.version] != form.hash for form in new):
                    raise _PublishedOtherwise
        except _PublishedOtherwise:
            return

    def _refused(
        self, forms: Sequence[FormVersion], new: Sequence[FormVersion]
    ) -> NotPublished | None:
        shapes: list[ObjectShape] = []
        faults: list[tuple[FormVersion, str]] = []
        for form in forms:
            reason = self._changed(form)
            if form in new:
                shape = shape_of(form)
                reason = self._clash(shape, shapes)
                shapes += [] if reason else [shape]
            if reason:
                faults.append((form, reason))
        if not faults:
            return None
        return NotPublished(faults[0][0], "; ".join(dict.fromkeys(why for _, why in faults)))

    async def load(self) -> None:
        """Take over what stands in the database; versions already loaded stay the same objects."""
        stand = await PublishedForm.all().order_by("id").values_list("id", "retired_at")
        rows = await PublishedForm.filter(
            id__in=[each for each, _ in stand if each not in self._by_id]
        )
        # It takes milliseconds for each, and others are served meanwhile.
        new = await asyncio.to_thread(lambda: {row.id: _published(row) for row in rows})
        known = self._by_id | new
        self._by_id = {each: _as_of(known[each], at) for each, at in stand if each in known}
        self._by_name = {}
        for published in self._by_id.values():
            self._by_name.setdefault(published.form.name, {})[published.form.version] = published

    def get(self, name: str, version: int | None = None) -> Published | None:
        """One version of a form; without a number the newest that still takes answers."""
        versions = self._by_name.get(name, {})
        if version is not None:
            return versions.get(version)
        current = [number for number, each in versions.items() if each.retired_at is None]
        return versions[max(current)] if current else None

    def by_id(self, number: int) -> Published | None:
        """The version with the number `number` in the database."""
        return self._by_id.get(number)

    def all(self) -> list[Published]:
        """Every version, in the order of publication."""
        return list(self._by_id.values())

    def _changed(self, form: FormVersion) -> str | None:
        published = self.get(form.name, form.version)
        if published is None or published.form.hash == form.hash:
            return None
        return (
            f"version {form.version} of {form.name} was published with other words: "
            f"a published version never changes, so make it version {form.version + 1}"
        )

    def _clash(self, shape: ObjectShape, new: list[ObjectShape]) -> str | None:
        try:
            types = type_names([*(each.shape for each in self.all()), *new, shape])
        except ValueError as error:
            return str(error)
        taken = sorted(types.keys() & self._reserved)
        return f"gridql itself has a type {taken[0]}" if taken else None


def _as_of(published: Published, retired_at: datetime | None) -> Published:
    if published.retired_at == retired_at:
        return published
    return replace(published, retired_at=retired_at)


def _row(form: FormVersion) -> PublishedForm:
    document = form.to_document()
    return PublishedForm(
        name=form.name,
        version=form.version,
        kind=form.kind,
        subject=form.subject,
        plugin=form.plugin,
        hash=form.hash,
        title=dict(form.title),
        schema_by_lang=document["schemas"],
        ui_schema_by_lang=document["uiSchemas"],
        document={key: value for key, value in document.items() if key not in _SCHEMAS},
        answers_type=form.type_name,
        published_at=clock.now(),
    )


def _published(row: PublishedForm) -> Published:
    schemas = {"schemas": row.schema_by_lang, "uiSchemas": row.ui_schema_by_lang}
    form = FormVersion.from_document({**row.document, **schemas})
    return Published(row.id, form, row.published_at, row.retired_at)
