"""The library of published versions, on both databases."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from gridql import clock
from gridql.forms import FormVersion
from gridql.forms.library import Library
from gridql.forms.models import PublishedForm
from gridql.hooks import discover


@pytest.fixture(scope="module")
def forms() -> list[FormVersion]:
    """The forms of the bundled plugins."""
    return discover().forms()


@pytest.mark.usefixtures("database")
async def test_what_is_published_can_be_rebuilt_without_its_files(
    forms: list[FormVersion],
) -> None:
    with clock.using(clock.HeldClock(datetime(2026, 5, 1, tzinfo=UTC))):
        assert await Library().publish(forms) == ()

    library = Library()
    await library.load()

    assert [each.form for each in library.all()] == forms
    shop = library.get("nineSmallPlacesShop", 1)
    assert shop is not None
    assert shop is library.by_id(shop.id)
    assert shop.published_at == datetime(2026, 5, 1, tzinfo=UTC)
    assert shop.judge.judge({}).faults
    assert shop.shape.name == "NineSmallPlacesShopV1"


@pytest.mark.usefixtures("database")
async def test_publishing_again_changes_nothing(forms: list[FormVersion]) -> None:
    library = Library()
    await library.publish(forms)
    before = {each.form.type_name: each.id for each in library.all()}
    shop = library.get("nineSmallPlacesShop")

    await library.publish(forms)

    assert {each.form.type_name: each.id for each in library.all()} == before
    assert library.get("nineSmallPlacesShop") is shop


@pytest.mark.usefixtures("database")
async def test_other_words_under_an_old_number_are_refused(forms: list[FormVersion]) -> None:
    library = Library()
    await library.publish(forms)
    changed = replace(forms[0], title={"zh": "改过", "en": "Changed"})

    (refused,) = await library.publish([changed, *forms[1:]])

    assert refused.form is changed
    assert "a published version never changes, so make it version 2" in refused.reason
    kept = library.get(forms[0].name, 1)
    assert kept is not None
    assert kept.form.title == forms[0].title


@pytest.mark.usefixtures("database")
async def test_the_newest_version_that_is_not_retired_is_the_one(
    forms: list[FormVersion],
) -> None:
    library = Library()
    newer = replace(forms[0], version=2)
    await library.publish([forms[0], newer])
    assert library.get(newer.name) is library.get(newer.name, 2)

    await PublishedForm.filter(name=newer.name, version=2).update(retired_at=clock.now())
    await library.load()

    assert library.get(newer.name) is library.get(newer.name, 1)
    retired = library.get(newer.name, 2)
    assert retired is not None
    assert retired.retired_at is not None
    assert library.get("none") is None
    assert library.get(newer.name, 3) is None


@pytest.mark.usefixtures("database")
async def test_two_servers_may_publish_at_once(forms: list[FormVersion]) -> None:
    one, two = Library(), Library()
    await one.load()
    await two.load()

    await one.publish(forms)
    await two.publish(forms)

    assert {each.id for each in one.all()} == {each.id for each in two.all()}
    assert await PublishedForm.all().count() == len(forms)


@pytest.mark.usefixtures("database")
async def test_a_form_that_needs_the_name_of_anothers_type_is_refused(
    forms: list[FormVersion],
) -> None:
    library = Library()
    await library.publish(forms)
    shared = next(form for form in forms if "CheckAnswer" in form.shared)
    other = replace(shared, name="other", shared={**shared.shared, "CheckAnswer": "rival:check"})

    (refused,) = await library.publish([other])

    assert "would both make the type CheckAnswer" in refused.reason
    assert library.get("other") is None


@pytest.mark.usefixtures("database")
async def test_a_form_cannot_take_the_name_of_a_type_of_gridqls_own(
    forms: list[FormVersion],
) -> None:
    refused = await Library(reserved={"CheckAnswer", "Hazard"}).publish(forms)

    sharing = {form.plugin for form in forms if "CheckAnswer" in form.shared}
    assert {each.form.plugin for each in refused} == sharing
    assert {each.reason for each in refused} == {"gridql itself has a type CheckAnswer"}


@pytest.mark.usefixtures("database")
async def test_a_plugin_is_published_as_a_whole_or_not_at_all(forms: list[FormVersion]) -> None:
    library = Library()
    shop = next(form for form in forms if form.name == "nineSmallPlacesShop")
    await library.publish([shop])
    changed = replace(shop, title={"zh": "改过", "en": "Changed"})
    rest = [form for form in forms if form is not shop]
    clashing = replace(shop, name="other", shared={**shop.shared, "CheckAnswer": "rival:check"})

    (refused,) = await library.publish([changed, *rest, clashing])

    assert refused.form is changed
    assert "so make it version 2; " in refused.reason
    assert "would both make the type CheckAnswer" in refused.reason
    others = {form.name for form in rest if form.plugin != shop.plugin}
    assert others
    assert {each.form.name for each in library.all()} == {shop.name, *others}


@pytest.mark.usefixtures("database")
async def test_nothing_of_a_plugin_stays_where_another_server_was_faster(
    forms: list[FormVersion], monkeypatch: pytest.MonkeyPatch
) -> None:
    some = [form for form in forms if form.plugin == "nine_small_places"]
    changed = replace(some[-1], title={"zh": "改过", "en": "Changed"})
    fast, slow = Library(), Library()
    load = slow.load

    async def loaded_before_the_other_published() -> None:
        await load()
        if not fast.all():
            await fast.publish([changed])

    monkeypatch.setattr(slow, "load", loaded_before_the_other_published)
    (refused,) = await slow.publish(some)

    assert refused.form is some[-1]
    assert [each.form for each in slow.all()] == [changed]
