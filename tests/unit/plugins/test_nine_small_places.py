"""The checklists of nine small places say what their sources say, in both languages."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gridql import bundled
from gridql.errors import Text
from gridql.forms.document import Loader, form_files
from gridql.forms.source import read_object, read_source
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

HOTEL = {
    "roomPlan": ("MINOR", 7, "ESCAPE_ROUTE", "FIRE_RESCUE"),
    "escapeMask": ("MINOR", 15, "FIRE_EQUIPMENT", "FIRE_RESCUE"),
    "roomSmokeAlarm": ("SERIOUS", 15, "FIRE_EQUIPMENT", "FIRE_RESCUE"),
    "twoStairs": ("SERIOUS", 30, "ESCAPE_ROUTE", "FIRE_RESCUE"),
    "stairFree": ("SERIOUS", 0, "ESCAPE_ROUTE", "FIRE_RESCUE"),
    "nightDuty": ("SERIOUS", 0, "MANAGEMENT", "FIRE_RESCUE"),
    "linenRoom": ("MINOR", 0, "OPEN_FLAME", "FIRE_RESCUE"),
    "windowOpenable": ("SERIOUS", 7, "ESCAPE_ROUTE", "FIRE_RESCUE"),
    "noSmokingSign": ("MINOR", 7, "OPEN_FLAME", "FIRE_RESCUE"),
}
ENTERTAINMENT = {
    "floorAllowed": ("SUSPECTED_MAJOR", 30, "SITING", "FIRE_RESCUE"),
    "preOpenCheck": ("SERIOUS", 30, "MANAGEMENT", "FIRE_RESCUE"),
    "overCapacity": ("SERIOUS", 0, "MANAGEMENT", "FIRE_RESCUE"),
    "twoExits": ("SERIOUS", 30, "ESCAPE_ROUTE", "FIRE_RESCUE"),
    "noFireworks": ("SERIOUS", 0, "OPEN_FLAME", "FIRE_RESCUE"),
    "soundFoam": ("SUSPECTED_MAJOR", 30, "DECORATION", "FIRE_RESCUE"),
    "avWarning": ("MINOR", 15, "FIRE_EQUIPMENT", "FIRE_RESCUE"),
    "noLpg": ("SERIOUS", 0, "GAS", "HOUSING_URBAN_CONSTRUCTION"),
    "roomSign": ("MINOR", 7, "ESCAPE_ROUTE", "FIRE_RESCUE"),
}
LEISURE = {
    "saunaHeater": ("SERIOUS", 7, "ELECTRICAL", "FIRE_RESCUE"),
    "moxaFire": ("SERIOUS", 0, "OPEN_FLAME", "FIRE_RESCUE"),
    "aerosol": ("MINOR", 0, "DANGEROUS_GOODS", "FIRE_RESCUE"),
    "ironTools": ("MINOR", 0, "ELECTRICAL", "FIRE_RESCUE"),
    "charcoal": ("SERIOUS", 0, "OPEN_FLAME", "FIRE_RESCUE"),
    "ashtray": ("MINOR", 0, "OPEN_FLAME", "FIRE_RESCUE"),
    "netCafeWiring": ("SERIOUS", 7, "ELECTRICAL", "FIRE_RESCUE"),
    "noLpg": ("SERIOUS", 0, "GAS", "HOUSING_URBAN_CONSTRUCTION"),
}
MEDICAL = {
    "bedriddenGround": ("SERIOUS", 7, "ESCAPE_ROUTE", "FIRE_RESCUE"),
    "oxygen": ("SERIOUS", 0, "DANGEROUS_GOODS", "FIRE_RESCUE"),
    "alcoholStore": ("SERIOUS", 0, "DANGEROUS_GOODS", "FIRE_RESCUE"),
    "electricBlanket": ("SERIOUS", 0, "ELECTRICAL", "FIRE_RESCUE"),
    "nightStaff": ("SERIOUS", 0, "MANAGEMENT", "FIRE_RESCUE"),
    "doorOpen": ("SERIOUS", 0, "ESCAPE_ROUTE", "FIRE_RESCUE"),
    "wardSmokeAlarm": ("SERIOUS", 15, "FIRE_EQUIPMENT", "FIRE_RESCUE"),
    "kitchenSeparated": ("SERIOUS", 30, "FIRE_SEPARATION", "FIRE_RESCUE"),
    "chargingSupervised": ("MINOR", 0, "ELECTRICAL", "FIRE_RESCUE"),
}
SCHOOL = {
    "childFloor": ("SUSPECTED_MAJOR", 30, "SITING", "FIRE_RESCUE"),
    "twoExits": ("SERIOUS", 30, "ESCAPE_ROUTE", "FIRE_RESCUE"),
    "dormOpenFlame": ("SERIOUS", 0, "OPEN_FLAME", "FIRE_RESCUE"),
    "windowObstacle": ("SERIOUS", 7, "ESCAPE_ROUTE", "FIRE_RESCUE"),
    "monthlyCheck": ("MINOR", 30, "MANAGEMENT", "FIRE_RESCUE"),
    "staffTraining": ("MINOR", 30, "MANAGEMENT", "FIRE_RESCUE"),
    "extinguisherDensity": ("MINOR", 15, "FIRE_EQUIPMENT", "FIRE_RESCUE"),
    "kitchenGas": ("SERIOUS", 7, "GAS", "HOUSING_URBAN_CONSTRUCTION"),
    "napWatch": ("SERIOUS", 0, "MANAGEMENT", "FIRE_RESCUE"),
    "sharedBuilding": ("SERIOUS", 30, "FIRE_SEPARATION", "FIRE_RESCUE"),
}
WORKSHOP = {
    "dormInWorkshop": ("SUSPECTED_MAJOR", 0, "LIVING_ON_SITE", "FIRE_RESCUE"),
    "dust": ("SERIOUS", 3, "DUST", "FIRE_RESCUE"),
    "rawStack": ("MINOR", 3, "STORAGE", "FIRE_RESCUE"),
    "solvent": ("SERIOUS", 0, "DANGEROUS_GOODS", "FIRE_RESCUE"),
    "machineGround": ("SERIOUS", 7, "ELECTRICAL", "FIRE_RESCUE"),
    "hotWorkPermit": ("SERIOUS", 0, "HOT_WORK", "FIRE_RESCUE"),
    "sandwichPanel": ("SERIOUS", 30, "DECORATION", "FIRE_RESCUE"),
    "exitLockedWorktime": ("SERIOUS", 0, "ESCAPE_ROUTE", "FIRE_RESCUE"),
    "compressor": ("MINOR", 15, "MANAGEMENT", "MARKET_SUPERVISION"),
    "wasteOil": ("MINOR", 3, "STORAGE", "FIRE_RESCUE"),
}
DANGEROUS_GOODS = {
    "licence": ("SUSPECTED_MAJOR", 0, "DANGEROUS_GOODS", "EMERGENCY_MANAGEMENT"),
    "noDwelling": ("SUSPECTED_MAJOR", 0, "DANGEROUS_GOODS", "EMERGENCY_MANAGEMENT"),
    "noMixedStorage": ("SERIOUS", 0, "DANGEROUS_GOODS", "EMERGENCY_MANAGEMENT"),
    "explosionProof": ("SERIOUS", 15, "ELECTRICAL", "FIRE_RESCUE"),
    "ventilation": ("SERIOUS", 7, "FIRE_EQUIPMENT", "FIRE_RESCUE"),
    "antistatic": ("SERIOUS", 15, "ELECTRICAL", "FIRE_RESCUE"),
    "noIgnition": ("SERIOUS", 0, "OPEN_FLAME", "FIRE_RESCUE"),
    "quantityLimit": ("SERIOUS", 0, "DANGEROUS_GOODS", "EMERGENCY_MANAGEMENT"),
    "distance": ("SERIOUS", 30, "FIRE_SEPARATION", "FIRE_RESCUE"),
    "staffCertified": ("MINOR", 15, "MANAGEMENT", "EMERGENCY_MANAGEMENT"),
}
OWN = {
    "nineSmallPlacesShop": ("N01", SHOP),
    "nineSmallPlacesRestaurant": ("N02", RESTAURANT),
    "nineSmallPlacesHotel": ("N03", HOTEL),
    "nineSmallPlacesEntertainment": ("N04", ENTERTAINMENT),
    "nineSmallPlacesLeisure": ("N05", LEISURE),
    "nineSmallPlacesMedical": ("N06", MEDICAL),
    "nineSmallPlacesSchool": ("N07", SCHOOL),
    "nineSmallPlacesWorkshop": ("N08", WORKSHOP),
    "nineSmallPlacesDangerousGoods": ("N09", DANGEROUS_GOODS),
}

ORDER_61 = (
    "Fire Safety Rules for Organisations and Enterprises "
    "(Ministry of Public Security Order 61), art. 31"
)
POINTS = {"MINOR": -2, "SERIOUS": -12, "SUSPECTED_MAJOR": -45}


def load(name: str) -> FormVersion:
    loader = Loader(PLUGIN.name, PLUGIN / "library")
    return loader.load(PLUGIN / "forms" / f"{name}.json")


@pytest.fixture(params=list(OWN))
def form(request: pytest.FixtureRequest) -> FormVersion:
    return load(request.param)


def test_there_are_nine_forms_with_20_general_and_83_specific_items() -> None:
    forms = [load(path.stem) for path in form_files(PLUGIN / "forms")]

    assert {form.name for form in forms} == set(OWN)
    general = read_object(PLUGIN / "library" / "general.json")
    shared = set(general["$defs"]) - {"remark"}
    items = [set(form.schema["required"]) for form in forms]
    assert len(shared) == 20
    assert all(shared <= asked for asked in items)
    assert sum(len(asked - shared) for asked in items) == 83


def test_every_item_has_the_severity_and_days_of_the_source(form: FormVersion) -> None:
    code, own = OWN[form.name]

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
    assert [(grade.at_least, grade.grade) for grade in form.score.grades] == [
        (90, "A"),
        (75, "B"),
        (60, "C"),
        (0, "D"),
    ]


def test_every_rule_names_its_basis(form: FormVersion) -> None:
    basis = {rule.id: [text["en"] for text in rule.basis] for rule in form.findings}

    assert all(basis.values())
    assert basis["exitClear"] == [
        "Fire Protection Law, art. 28",
        "Fire Protection Law, art. 60",
        ORDER_61,
    ]
    assert not [text for texts in basis.values() for text in texts if "://" in text]


@pytest.mark.parametrize("year", [2018, 2024])
def test_a_scheme_names_the_form_for_each_of_its_nine_categories(year: int) -> None:
    source = read_source(PLUGIN / "schemes" / f"nine-small-places-{year}.json")

    assert source.faults == ()
    assert source.raw["scheme"] == source.path.stem
    zh, en = (source.by_lang[lang]["categories"] for lang in ("zh", "en"))
    assert len({each["code"] for each in zh}) == 9
    # As long as a place's category may be.
    assert all(len(each["code"]) <= 20 for each in zh)
    assert all(is_chinese(each["title"]) for each in zh)
    assert not any(is_chinese(each["title"]) for each in en)
    assert {each["form"] for each in zh} <= set(OWN)


def test_the_scheme_of_2018_is_that_of_the_forms() -> None:
    scheme = read_object(PLUGIN / "schemes" / "nine-small-places-2018.json")

    assert {each["form"]: each["code"] for each in scheme["categories"]} == {
        name: code for name, (code, _) in OWN.items()
    }


def test_the_scheme_of_2024_maps_to_eight_of_the_forms() -> None:
    scheme = read_object(PLUGIN / "schemes" / "nine-small-places-2024.json")

    assert {each["code"]: each["form"] for each in scheme["categories"]} == {
        "SMALL_SCHOOL": "nineSmallPlacesSchool",
        "SMALL_MEDICAL": "nineSmallPlacesMedical",
        "SMALL_SHOP": "nineSmallPlacesShop",
        "SMALL_CATERING": "nineSmallPlacesRestaurant",
        "SMALL_HOTEL": "nineSmallPlacesHotel",
        "SMALL_ENTERTAINMENT": "nineSmallPlacesEntertainment",
        "SMALL_NETCAFE": "nineSmallPlacesLeisure",
        "SMALL_BEAUTY_BATH": "nineSmallPlacesLeisure",
        "SMALL_WORKSHOP": "nineSmallPlacesWorkshop",
    }


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
