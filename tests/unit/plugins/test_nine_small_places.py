"""The checklists of nine small places say what their sources say, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gridql import bundled
from gridql.errors import Text
from gridql.forms.document import Loader
from gridql.forms.version import Category, FormVersion

PLUGIN = bundled.folder("plugins") / "nine_small_places"

GENERAL = {
    "responsiblePerson": ("MINOR", 7, "MANAGEMENT", "FIRE_RESCUE"),
    "rulesPosted": ("MINOR", 7, "MANAGEMENT", "FIRE_RESCUE"),
    "patrolLog": ("MINOR", 7, "MANAGEMENT", "FIRE_RESCUE"),
    "staffKnowHow": ("MINOR", 15, "MANAGEMENT", "FIRE_RESCUE"),
    "planAndDrill": ("MINOR", 15, "MANAGEMENT", "FIRE_RESCUE"),
    "publicCommitment": ("MINOR", 15, "MANAGEMENT", "FIRE_RESCUE"),
    "exitClear": ("SERIOUS", 0, "ESCAPE_ROUTE", "FIRE_RESCUE"),
    "exitCount": ("SERIOUS", 30, "ESCAPE_ROUTE", "FIRE_RESCUE"),
    "windowBars": ("SERIOUS", 7, "ESCAPE_ROUTE", "FIRE_RESCUE"),
    "emergencyLight": ("MINOR", 7, "FIRE_EQUIPMENT", "FIRE_RESCUE"),
    "extinguisherOk": ("SERIOUS", 3, "FIRE_EQUIPMENT", "FIRE_RESCUE"),
    "hydrantOk": ("SERIOUS", 0, "FIRE_EQUIPMENT", "FIRE_RESCUE"),
    "smokeAlarm": ("MINOR", 15, "FIRE_EQUIPMENT", "FIRE_RESCUE"),
    "wiring": ("SERIOUS", 7, "ELECTRICAL", "FIRE_RESCUE"),
    "hotWork": ("SERIOUS", 0, "HOT_WORK", "FIRE_RESCUE"),
    "decorMaterial": ("SERIOUS", 30, "DECORATION", "FIRE_RESCUE"),
    "flammables": ("SUSPECTED_MAJOR", 0, "DANGEROUS_GOODS", "EMERGENCY_MANAGEMENT"),
    "sleepingOnSite": ("SUSPECTED_MAJOR", 0, "LIVING_ON_SITE", "FIRE_RESCUE"),
    "ebikeIndoor": ("SERIOUS", 0, "EBIKE", "FIRE_RESCUE"),
    "fireLane": ("SERIOUS", 0, "FIRE_LANE", "FIRE_RESCUE"),
}
SHOP = {
    "stockHeight": ("MINOR", 3, "STORAGE", "FIRE_RESCUE"),
    "aisleWidth": ("MINOR", 0, "ESCAPE_ROUTE", "FIRE_RESCUE"),
    "storeroomSeparate": ("SERIOUS", 30, "FIRE_SEPARATION", "FIRE_RESCUE"),
    "atticSleep": ("SUSPECTED_MAJOR", 0, "LIVING_ON_SITE", "FIRE_RESCUE"),
    "flammableSmallGoods": ("SERIOUS", 0, "DANGEROUS_GOODS", "FIRE_RESCUE"),
    "freezerSocket": ("MINOR", 7, "ELECTRICAL", "FIRE_RESCUE"),
    "shutterOpenable": ("SERIOUS", 7, "ESCAPE_ROUTE", "FIRE_RESCUE"),
    "powerOffAtClose": ("MINOR", 0, "ELECTRICAL", "FIRE_RESCUE"),
}
RESTAURANT = {
    "gasAlarm": ("SERIOUS", 7, "GAS", "HOUSING_URBAN_CONSTRUCTION"),
    "gasHose": ("SERIOUS", 3, "GAS", "HOUSING_URBAN_CONSTRUCTION"),
    "flameout": ("SERIOUS", 15, "GAS", "HOUSING_URBAN_CONSTRUCTION"),
    "cylinderStore": ("SERIOUS", 0, "GAS", "HOUSING_URBAN_CONSTRUCTION"),
    "noDualFuel": ("SERIOUS", 0, "GAS", "HOUSING_URBAN_CONSTRUCTION"),
    "licensedSupplier": ("MINOR", 7, "GAS", "HOUSING_URBAN_CONSTRUCTION"),
    "hoodCleaned": ("SERIOUS", 7, "KITCHEN", "FIRE_RESCUE"),
    "kitchenSeparated": ("SERIOUS", 30, "FIRE_SEPARATION", "FIRE_RESCUE"),
    "fireBlanket": ("MINOR", 3, "FIRE_EQUIPMENT", "FIRE_RESCUE"),
    "noLiquidAlcohol": ("SERIOUS", 0, "DANGEROUS_GOODS", "FIRE_RESCUE"),
}

ORDER_61 = (
    "Fire Safety Rules for Organisations and Enterprises "
    "(Ministry of Public Security Order 61), art. 31"
)
POINTS = {"MINOR": -2, "SERIOUS": -12, "SUSPECTED_MAJOR": -45}


def load(name: str) -> FormVersion:
    loader = Loader(PLUGIN.name, PLUGIN / "library")
    return loader.load(PLUGIN / "forms" / f"{name}.json")


@pytest.fixture(params=["nineSmallPlacesShop", "nineSmallPlacesRestaurant"])
def form(request: pytest.FixtureRequest) -> FormVersion:
    return load(request.param)


@pytest.mark.parametrize(
    ("name", "code", "own"),
    [("nineSmallPlacesShop", "N01", SHOP), ("nineSmallPlacesRestaurant", "N02", RESTAURANT)],
)
def test_every_item_has_the_severity_and_days_of_the_source(
    name: str, code: str, own: dict[str, tuple[str, int, str, str]]
) -> None:
    form = load(name)

    rules = {
        rule.id: (rule.severity.value, rule.days, rule.category, rule.department)
        for rule in form.findings
    }

    assert rules == GENERAL | own
    assert form.category == Category("nine-small-places-2018", code)


def test_every_item_is_required_and_only_the_remark_is_not(form: FormVersion) -> None:
    schema = form.schema

    assert set(schema["properties"]) - set(schema["required"]) == {"remark"}
    assert {rule.id for rule in form.findings} == set(schema["required"])


def test_a_rule_is_about_the_item_that_it_is_named_after(form: FormVersion) -> None:
    for rule in form.findings:
        assert rule.at == f"/{rule.id}"
        assert rule.when == {
            "properties": {rule.id: {"const": "NOT_OK"}},
            "required": [rule.id],
        }
        assert rule.remark_from == "/remark"


def test_points_follow_severity(form: FormVersion) -> None:
    assert form.score is not None

    points = {weight.id: weight.points for weight in form.score.weights}

    assert points == {rule.id: POINTS[rule.severity.value] for rule in form.findings}


def test_every_rule_names_its_basis(form: FormVersion) -> None:
    basis = {rule.id: [text["en"] for text in rule.basis] for rule in form.findings}

    assert all(basis.values())
    assert basis["exitClear"] == [
        "Fire Protection Law, art. 28",
        "Fire Protection Law, art. 60",
        ORDER_61,
    ]
    assert not [text for texts in basis.values() for text in texts if "://" in text]


def test_every_text_stands_in_both_languages(form: FormVersion) -> None:
    for text in texts(form):
        assert is_chinese(text["zh"]), text
        assert not is_chinese(text["en"]), text


def texts(form: FormVersion) -> Iterator[Text]:
    yield form.title
    if form.description:
        yield form.description
    for rule in form.findings:
        yield rule.title
        yield from rule.basis
    for weight in form.score.weights if form.score else ():
        yield weight.title
    for name in form.schema["properties"]:
        for key in ("title", "description"):
            yield {lang: form.schemas[lang]["properties"][name][key] for lang in ("zh", "en")}
    yield {lang: form.ui_schemas[lang]["remark"]["ui:help"] for lang in ("zh", "en")}


def is_chinese(text: str) -> bool:
    return any("\u4e00" <= character <= "\u9fff" for character in text)
