"""The first tables."""

from orjson import loads
from tortoise import fields, migrations
from tortoise.fields.base import OnDelete
from tortoise.fields.data import JSON_DUMPS
from tortoise.indexes import Index
from tortoise.migrations import operations as ops

from gridql.access.roles import Role
from gridql.domain.areas.rules import AreaLevel, GridKind
from gridql.domain.hazards.rules import HazardStatus, Severity
from gridql.domain.people.rules import Gender
from gridql.domain.visits.rules import VisitKind, VisitOutcome
from gridql.domain.workers.rules import Duty, WorkerKind
from gridql.forms.version import FormKind, SubjectKind
from gridql.rows import DocumentField, UtcField


class Migration(migrations.Migration):
    initial = True

    operations = [
        ops.CreateModel(
            name="Account",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True,
                        primary_key=True,
                        unique=True,
                        db_index=True,
                        description="Number of the row.",
                    ),
                ),
                (
                    "name",
                    fields.CharField(description="Who it is, for people to read.", max_length=100),
                ),
                (
                    "role",
                    fields.CharEnumField(
                        description="What it may be.", enum_type=Role, max_length=20
                    ),
                ),
                (
                    "scopes",
                    DocumentField(
                        description="Codes of the areas and grids that it is for.",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                (
                    "department",
                    fields.CharField(
                        null=True,
                        description="For DEPARTMENT: whose hazards it sees.",
                        max_length=40,
                    ),
                ),
                (
                    "created_at",
                    UtcField(description="When it was made.", auto_now=False, auto_now_add=False),
                ),
                (
                    "disabled_at",
                    UtcField(
                        null=True,
                        description="Since when none of its tokens is valid.",
                        auto_now=False,
                        auto_now_add=False,
                    ),
                ),
            ],
            options={
                "table": "account",
                "app": "gridql",
                "pk_attr": "id",
                "table_description": "Somebody, or another system, that may ask: a role, and the areas that it holds for.",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Area",
            fields=[
                (
                    "code",
                    fields.CharField(
                        primary_key=True,
                        unique=True,
                        db_index=True,
                        description="Administrative code: 6 digits for a district, 9 for a street or town, 12 for a community or village.",
                        max_length=12,
                    ),
                ),
                (
                    "name",
                    fields.CharField(description="Official name, in Chinese.", max_length=100),
                ),
                (
                    "name_en",
                    fields.CharField(
                        null=True,
                        description="Name in English, where there is one.",
                        max_length=100,
                    ),
                ),
                (
                    "level",
                    fields.CharEnumField(
                        db_index=True,
                        description="How far down the tree it stands.",
                        enum_type=AreaLevel,
                        max_length=10,
                    ),
                ),
                (
                    "parent",
                    fields.ForeignKeyField(
                        "gridql.Area",
                        source_field="parent_code",
                        null=True,
                        db_index=True,
                        description="The area right above, null at the top of what is known here.",
                        db_constraint=True,
                        to_field="code",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "boundary",
                    DocumentField(
                        null=True,
                        description="Outline as a GeoJSON geometry in WGS 84, null where not surveyed.",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
            ],
            options={
                "table": "area",
                "app": "gridql",
                "pk_attr": "code",
                "table_description": "A node of the administrative tree: province, city, district, street or town, community.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="Chain",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True,
                        primary_key=True,
                        unique=True,
                        db_index=True,
                        description="Number of the row.",
                    ),
                ),
                (
                    "position",
                    fields.BigIntField(
                        description="Position of the last numbered entry, 0 for none."
                    ),
                ),
                (
                    "hash",
                    fields.CharField(description="Hash of the last numbered entry.", max_length=64),
                ),
            ],
            options={
                "table": "chain",
                "app": "gridql",
                "pk_attr": "id",
                "table_description": "The end of the chain: a single row, which also shows when the last entries were cut off.",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Entry",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True,
                        primary_key=True,
                        unique=True,
                        db_index=True,
                        description="Number of the row.",
                    ),
                ),
                (
                    "position",
                    fields.BigIntField(
                        null=True,
                        unique=True,
                        description="Place in the journal, given once it is committed.",
                    ),
                ),
                (
                    "hash",
                    fields.CharField(
                        null=True,
                        description="Seals this entry and, with it, all before it.",
                        max_length=64,
                    ),
                ),
                (
                    "occurred_at",
                    UtcField(description="When it happened.", auto_now=False, auto_now_add=False),
                ),
                (
                    "actor_id",
                    fields.BigIntField(
                        null=True, description="The account, null for the operator."
                    ),
                ),
                (
                    "actor_role",
                    fields.CharField(description="The role that it acted in.", max_length=20),
                ),
                (
                    "subject_type",
                    fields.CharField(description="What kind of thing changed.", max_length=40),
                ),
                (
                    "subject_id",
                    fields.BigIntField(description="Which one: its number or its code."),
                ),
                (
                    "grid_code",
                    fields.CharField(
                        null=True, description="The grid or area that it lies in.", max_length=15
                    ),
                ),
                ("kind", fields.CharField(description="What happened to it.", max_length=40)),
                (
                    "from_state",
                    fields.CharField(null=True, description="Its state before.", max_length=20),
                ),
                (
                    "to_state",
                    fields.CharField(null=True, description="Its state since.", max_length=20),
                ),
                (
                    "revision",
                    fields.IntField(null=True, description="Counts the changes of the subject."),
                ),
                (
                    "note",
                    fields.TextField(
                        null=True, description="What the actor said about it.", unique=False
                    ),
                ),
                (
                    "changes",
                    DocumentField(
                        null=True,
                        description="Further columns that changed, and to what.",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
            ],
            options={
                "table": "entry",
                "app": "gridql",
                "indexes": [
                    Index(fields=["subject_type", "subject_id", "id"], name="entry_subject"),
                    Index(fields=["grid_code", "position"], name="entry_grid_position"),
                ],
                "pk_attr": "id",
                "table_description": "What one action did to one subject: appended, never changed, free of personal data.",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Grid",
            fields=[
                (
                    "code",
                    fields.CharField(
                        primary_key=True,
                        unique=True,
                        db_index=True,
                        description="Code of the grid: its community's 12 digits and 3 more.",
                        max_length=15,
                    ),
                ),
                (
                    "name",
                    fields.CharField(
                        description="What the grid is called, in Chinese.", max_length=100
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        default=GridKind.BASIC,
                        description="BASIC for homes and streets, DEDICATED for one institution.",
                        enum_type=GridKind,
                        max_length=10,
                    ),
                ),
                (
                    "community",
                    fields.ForeignKeyField(
                        "gridql.Area",
                        source_field="community_code",
                        db_index=True,
                        description="The community or village that the grid is part of.",
                        db_constraint=True,
                        to_field="code",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "boundary",
                    DocumentField(
                        null=True,
                        description="Outline as a GeoJSON geometry in WGS 84, null where not surveyed.",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
            ],
            options={
                "table": "grid",
                "app": "gridql",
                "pk_attr": "code",
                "table_description": "The unit of work below a community: some 300 to 500 households, or one institution.",
            },
            bases=["Model"],
        ),
        ops.CreateModel(
            name="GridWorker",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True,
                        primary_key=True,
                        unique=True,
                        db_index=True,
                        description="Number of the row.",
                    ),
                ),
                (
                    "grid",
                    fields.ForeignKeyField(
                        "gridql.Grid",
                        source_field="grid_code",
                        description="The grid that it lies in.",
                        db_constraint=True,
                        to_field="code",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name", fields.CharField(description="Name of the grid worker.", max_length=50)),
                (
                    "kind",
                    fields.CharEnumField(
                        db_index=True,
                        description="How the grid worker is employed.",
                        enum_type=WorkerKind,
                        max_length=10,
                    ),
                ),
                (
                    "duty",
                    fields.CharEnumField(
                        default=Duty.MEMBER,
                        description="What falls to them in their grid.",
                        enum_type=Duty,
                        max_length=10,
                    ),
                ),
                (
                    "active",
                    fields.BooleanField(default=True, description="False once they have left."),
                ),
                (
                    "account",
                    fields.OneToOneField(
                        "gridql.Account",
                        source_field="account_id",
                        null=True,
                        description="The account with which they sign what they do.",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
            ],
            options={
                "table": "grid_worker",
                "app": "gridql",
                "pk_attr": "id",
                "table_description": "Somebody who works a grid: visits homes, inspects places, reports hazards.",
            },
            bases=["GridRow"],
        ),
        ops.CreateModel(
            name="Household",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True,
                        primary_key=True,
                        unique=True,
                        db_index=True,
                        description="Number of the row.",
                    ),
                ),
                (
                    "grid",
                    fields.ForeignKeyField(
                        "gridql.Grid",
                        source_field="grid_code",
                        description="The grid that it lies in.",
                        db_constraint=True,
                        to_field="code",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "address",
                    fields.CharField(
                        description="Where it is, below the community.", max_length=200
                    ),
                ),
                (
                    "vacant",
                    fields.BooleanField(
                        default=False, description="True while nobody lives there."
                    ),
                ),
                (
                    "last_visited_at",
                    UtcField(
                        null=True,
                        description="When somebody was last met there on a visit, null if never.",
                        auto_now=False,
                        auto_now_add=False,
                    ),
                ),
                (
                    "last_attempted_at",
                    UtcField(
                        null=True,
                        description="When somebody last called there, whatever came of it, null if never.",
                        auto_now=False,
                        auto_now_add=False,
                    ),
                ),
            ],
            options={
                "table": "household",
                "app": "gridql",
                "indexes": [
                    Index(fields=["grid_code", "id"]),
                    Index(fields=["grid_code", "vacant", "last_visited_at", "last_attempted_at"]),
                ],
                "pk_attr": "id",
                "table_description": "A home: an address where people live, or could.",
            },
            bases=["GridRow"],
        ),
        ops.CreateModel(
            name="Place",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True,
                        primary_key=True,
                        unique=True,
                        db_index=True,
                        description="Number of the row.",
                    ),
                ),
                (
                    "grid",
                    fields.ForeignKeyField(
                        "gridql.Grid",
                        source_field="grid_code",
                        description="The grid that it lies in.",
                        db_constraint=True,
                        to_field="code",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name", fields.CharField(description="Name over the door.", max_length=100)),
                (
                    "scheme",
                    fields.CharField(
                        description="The list of categories in use, with its year, they differ by province.",
                        max_length=40,
                    ),
                ),
                (
                    "category",
                    fields.CharField(
                        description="Code within the scheme, such as N01 for a shop.", max_length=20
                    ),
                ),
                (
                    "address",
                    fields.CharField(
                        null=True, description="Where it is, below the community.", max_length=200
                    ),
                ),
                (
                    "location",
                    DocumentField(
                        null=True,
                        description="GeoJSON Point in WGS 84, null where not surveyed.",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                (
                    "responsible_person",
                    fields.CharField(
                        null=True,
                        description="Who answers for fire safety there, hidden from partners and auditors.",
                        max_length=50,
                    ),
                ),
            ],
            options={
                "table": "place",
                "app": "gridql",
                "indexes": [
                    Index(fields=["grid_code", "id"]),
                    Index(fields=["scheme", "category"]),
                ],
                "pk_attr": "id",
                "table_description": "A shop, restaurant, workshop or other premises that is inspected.",
            },
            bases=["GridRow"],
        ),
        ops.CreateModel(
            name="PublishedForm",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True,
                        primary_key=True,
                        unique=True,
                        db_index=True,
                        description="Number of the row.",
                    ),
                ),
                (
                    "name",
                    fields.CharField(
                        description="What the form is called, in all its versions.", max_length=60
                    ),
                ),
                ("version", fields.IntField(description="Number of the version, from 1.")),
                (
                    "kind",
                    fields.CharEnumField(
                        description="INSPECTION finds what is wrong, SURVEY asks people, RECORD writes down.",
                        enum_type=FormKind,
                        max_length=20,
                    ),
                ),
                (
                    "subject",
                    fields.CharEnumField(
                        description="What the form is filled in about.",
                        enum_type=SubjectKind,
                        max_length=20,
                    ),
                ),
                (
                    "plugin",
                    fields.CharField(description="The plugin that brought it.", max_length=60),
                ),
                (
                    "hash",
                    fields.CharField(
                        description="SHA-256 of all that the version says.", max_length=64
                    ),
                ),
                (
                    "title",
                    DocumentField(
                        description="What people call the form, in each language.",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                (
                    "schema_by_lang",
                    DocumentField(
                        description="The questions as JSON Schema 2020-12, complete in itself, in each language.",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                (
                    "ui_schema_by_lang",
                    DocumentField(
                        description="How to show the questions, after react-jsonschema-form, in each language.",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                (
                    "document",
                    DocumentField(
                        description="All the rest: findings, score, measures, category, in each language.",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                (
                    "answers_type",
                    fields.CharField(
                        description="The GraphQL type of this version's answers.", max_length=80
                    ),
                ),
                (
                    "published_at",
                    UtcField(
                        description="When it was published.", auto_now=False, auto_now_add=False
                    ),
                ),
                (
                    "retired_at",
                    UtcField(
                        null=True,
                        description="Since when it takes no new answers, null: never.",
                        auto_now=False,
                        auto_now_add=False,
                    ),
                ),
            ],
            options={
                "table": "form_version",
                "app": "gridql",
                "unique_together": (("name", "version"),),
                "pk_attr": "id",
                "table_description": "A version of a form as it was published: it never changes, and old answers refer to it.",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Resident",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True,
                        primary_key=True,
                        unique=True,
                        db_index=True,
                        description="Number of the row.",
                    ),
                ),
                (
                    "grid",
                    fields.ForeignKeyField(
                        "gridql.Grid",
                        source_field="grid_code",
                        description="The grid that it lies in.",
                        db_constraint=True,
                        to_field="code",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "household",
                    fields.ForeignKeyField(
                        "gridql.Household",
                        source_field="household_id",
                        db_index=True,
                        description="The home they live in.",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                ("name", fields.CharField(description="Name of the resident.", max_length=50)),
                (
                    "birth_year",
                    fields.IntField(null=True, description="Year of birth, null where not known."),
                ),
                (
                    "gender",
                    fields.CharEnumField(
                        null=True, description="As registered.", enum_type=Gender, max_length=10
                    ),
                ),
                (
                    "care_groups",
                    DocumentField(
                        description="Why they are looked in on more often, empty for most.",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                (
                    "seal_id",
                    fields.UUIDField(
                        description="What the sealed columns of this row are bound to."
                    ),
                ),
                (
                    "phone_sealed",
                    fields.TextField(null=True, description="Telephone, sealed.", unique=False),
                ),
                (
                    "phone_masked",
                    fields.CharField(
                        null=True, description="Telephone with its middle hidden.", max_length=20
                    ),
                ),
                (
                    "phone_index",
                    fields.CharField(
                        null=True,
                        db_index=True,
                        description="Blind index of the telephone.",
                        max_length=64,
                    ),
                ),
                (
                    "id_number_sealed",
                    fields.TextField(
                        null=True, description="Identity number, sealed.", unique=False
                    ),
                ),
                (
                    "id_number_masked",
                    fields.CharField(
                        null=True,
                        description="Identity number with all but its ends hidden.",
                        max_length=20,
                    ),
                ),
                (
                    "id_number_index",
                    fields.CharField(
                        null=True,
                        db_index=True,
                        description="Blind index of the identity number.",
                        max_length=64,
                    ),
                ),
            ],
            options={
                "table": "resident",
                "app": "gridql",
                "indexes": [Index(fields=["grid_code", "id"])],
                "pk_attr": "id",
                "table_description": "Somebody who lives in a household.",
            },
            bases=["GridRow"],
        ),
        ops.CreateModel(
            name="Token",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True,
                        primary_key=True,
                        unique=True,
                        db_index=True,
                        description="Number of the row.",
                    ),
                ),
                (
                    "account",
                    fields.ForeignKeyField(
                        "gridql.Account",
                        source_field="account_id",
                        description="Whose.",
                        db_constraint=True,
                        to_field="id",
                        related_name="tokens",
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "digest",
                    fields.CharField(
                        unique=True, description="SHA-256 of it, in hex.", max_length=64
                    ),
                ),
                ("label", fields.CharField(description="What it is used for.", max_length=100)),
                (
                    "created_at",
                    UtcField(description="When it was made.", auto_now=False, auto_now_add=False),
                ),
                (
                    "expires_at",
                    UtcField(
                        null=True,
                        description="From when on it is no longer valid.",
                        auto_now=False,
                        auto_now_add=False,
                    ),
                ),
                (
                    "revoked_at",
                    UtcField(
                        null=True,
                        description="When it was withdrawn.",
                        auto_now=False,
                        auto_now_add=False,
                    ),
                ),
            ],
            options={
                "table": "token",
                "app": "gridql",
                "pk_attr": "id",
                "table_description": "A bearer token, known only by its digest.",
            },
            bases=["Row"],
        ),
        ops.CreateModel(
            name="Visit",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True,
                        primary_key=True,
                        unique=True,
                        db_index=True,
                        description="Number of the row.",
                    ),
                ),
                (
                    "grid",
                    fields.ForeignKeyField(
                        "gridql.Grid",
                        source_field="grid_code",
                        description="The grid that it lies in.",
                        db_constraint=True,
                        to_field="code",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "client_id",
                    fields.UUIDField(
                        null=True,
                        unique=True,
                        description="The id that the device gave it, sent twice, kept once.",
                    ),
                ),
                (
                    "kind",
                    fields.CharEnumField(
                        description="What the visit was for.", enum_type=VisitKind, max_length=10
                    ),
                ),
                (
                    "outcome",
                    fields.CharEnumField(
                        description="How it ended.", enum_type=VisitOutcome, max_length=15
                    ),
                ),
                (
                    "visited_at",
                    UtcField(description="When it took place.", auto_now=False, auto_now_add=False),
                ),
                (
                    "note",
                    fields.TextField(
                        null=True, description="What the grid worker wrote down.", unique=False
                    ),
                ),
                (
                    "household",
                    fields.ForeignKeyField(
                        "gridql.Household",
                        source_field="household_id",
                        null=True,
                        description="The home that was visited, if it was one.",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "place",
                    fields.ForeignKeyField(
                        "gridql.Place",
                        source_field="place_id",
                        null=True,
                        description="The place that was visited, if it was one.",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "worker",
                    fields.ForeignKeyField(
                        "gridql.GridWorker",
                        source_field="worker_id",
                        null=True,
                        description="Who went, null for staff who are no grid workers, and outside of your scope.",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
            ],
            options={
                "table": "visit",
                "app": "gridql",
                "indexes": [
                    Index(fields=["grid_code", "visited_at"]),
                    Index(fields=["household_id", "visited_at"]),
                    Index(fields=["place_id", "visited_at"]),
                    Index(fields=["worker_id", "visited_at"]),
                ],
                "pk_attr": "id",
                "table_description": "A grid worker called at a home or a place, or walked a round.",
            },
            bases=["GridRow"],
        ),
        ops.CreateModel(
            name="Submission",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True,
                        primary_key=True,
                        unique=True,
                        db_index=True,
                        description="Number of the row.",
                    ),
                ),
                (
                    "area_code",
                    fields.CharField(
                        db_index=True,
                        description="Code of the grid, or of the area, that it is about.",
                        max_length=15,
                    ),
                ),
                (
                    "grid",
                    fields.ForeignKeyField(
                        "gridql.Grid",
                        source_field="grid_code",
                        null=True,
                        description="The grid that the subject lies in, null for a subject that is an area.",
                        db_constraint=True,
                        to_field="code",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "client_id",
                    fields.UUIDField(
                        unique=True,
                        description="The id that the device gave it, sent twice, kept once.",
                    ),
                ),
                (
                    "form",
                    fields.ForeignKeyField(
                        "gridql.PublishedForm",
                        source_field="form_id",
                        db_index=True,
                        description="The version of the form that was answered.",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "place",
                    fields.ForeignKeyField(
                        "gridql.Place",
                        source_field="place_id",
                        null=True,
                        db_index=True,
                        description="The place that it is about, if it is one.",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "household",
                    fields.ForeignKeyField(
                        "gridql.Household",
                        source_field="household_id",
                        null=True,
                        db_index=True,
                        description="The household that it is about, if it is one.",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "resident",
                    fields.ForeignKeyField(
                        "gridql.Resident",
                        source_field="resident_id",
                        null=True,
                        db_index=True,
                        description="The resident that it is about, if it is one.",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "worker",
                    fields.ForeignKeyField(
                        "gridql.GridWorker",
                        source_field="worker_id",
                        null=True,
                        description="Who filled it in, null for staff who are no grid workers.",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "visit",
                    fields.ForeignKeyField(
                        "gridql.Visit",
                        source_field="visit_id",
                        null=True,
                        description="The visit during which it was filled in, if there was one.",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "answers",
                    DocumentField(
                        description="The whole document of answers.",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                (
                    "score",
                    DocumentField(
                        null=True,
                        description="What the form's rules made of the answers.",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                (
                    "observed_at",
                    UtcField(
                        description="When the answers were true, by the device's clock.",
                        auto_now=False,
                        auto_now_add=False,
                    ),
                ),
                (
                    "submitted_at",
                    UtcField(
                        description="When the server took them.", auto_now=False, auto_now_add=False
                    ),
                ),
                (
                    "location",
                    DocumentField(
                        null=True,
                        description="Where the device was: GeoJSON Point in WGS 84.",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
            ],
            options={
                "table": "submission",
                "app": "gridql",
                "indexes": [Index(fields=["area_code", "submitted_at"])],
                "pk_attr": "id",
                "table_description": "Answers to one version of a form, about one subject.",
            },
            bases=["ScopedRow"],
        ),
        ops.CreateModel(
            name="Hazard",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True,
                        primary_key=True,
                        unique=True,
                        db_index=True,
                        description="Number of the row.",
                    ),
                ),
                (
                    "grid",
                    fields.ForeignKeyField(
                        "gridql.Grid",
                        source_field="grid_code",
                        description="The grid that it lies in.",
                        db_constraint=True,
                        to_field="code",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "client_id",
                    fields.UUIDField(
                        null=True,
                        unique=True,
                        description="The id that the device gave it, sent twice, kept once.",
                    ),
                ),
                (
                    "title",
                    fields.CharField(description="What is wrong, in a line.", max_length=200),
                ),
                (
                    "description",
                    fields.TextField(
                        null=True, description="What else whoever found it wrote.", unique=False
                    ),
                ),
                (
                    "severity",
                    fields.CharEnumField(
                        description="How grave it is.", enum_type=Severity, max_length=20
                    ),
                ),
                (
                    "status",
                    fields.CharEnumField(
                        default=HazardStatus.REPORTED,
                        description="Where it stands on its way to being closed.",
                        enum_type=HazardStatus,
                        max_length=12,
                    ),
                ),
                (
                    "category",
                    fields.CharField(
                        description="What it is about, as the form's rule names it.", max_length=40
                    ),
                ),
                (
                    "department",
                    fields.CharField(
                        null=True,
                        description="Code of the department that puts it right, null if not known.",
                        max_length=40,
                    ),
                ),
                (
                    "place",
                    fields.ForeignKeyField(
                        "gridql.Place",
                        source_field="place_id",
                        null=True,
                        db_index=True,
                        description="The place where it was found, if it was one.",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "submission",
                    fields.ForeignKeyField(
                        "gridql.Submission",
                        source_field="submission_id",
                        null=True,
                        db_index=True,
                        description="The answers that it was found in, null if it was reported by itself.",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "reported_by",
                    fields.ForeignKeyField(
                        "gridql.GridWorker",
                        source_field="reported_by_id",
                        null=True,
                        description="The grid worker who reported it, null for others, or outside of your scope.",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.RESTRICT,
                    ),
                ),
                (
                    "reported_at",
                    UtcField(
                        description="When it was reported.", auto_now=False, auto_now_add=False
                    ),
                ),
                (
                    "due_at",
                    UtcField(
                        null=True,
                        description="By when it has to be put right, null if not set.",
                        auto_now=False,
                        auto_now_add=False,
                    ),
                ),
                (
                    "closed_at",
                    UtcField(
                        null=True,
                        description="When it was closed, null while it is open.",
                        auto_now=False,
                        auto_now_add=False,
                    ),
                ),
                ("revision", fields.IntField(default=1, description="Counts its changes, from 1.")),
            ],
            options={
                "table": "hazard",
                "app": "gridql",
                "indexes": [
                    Index(fields=["grid_code", "reported_at"]),
                    Index(fields=["grid_code", "status", "severity"]),
                    Index(fields=["status", "severity", "reported_at"]),
                    Index(fields=["reported_at", "id"]),
                ],
                "pk_attr": "id",
                "table_description": "Something that could hurt people, from the moment it was found until it is put right.",
            },
            bases=["GridRow"],
        ),
        ops.CreateModel(
            name="Finding",
            fields=[
                (
                    "id",
                    fields.BigIntField(
                        generated=True,
                        primary_key=True,
                        unique=True,
                        db_index=True,
                        description="Number of the row.",
                    ),
                ),
                (
                    "area_code",
                    fields.CharField(
                        db_index=True,
                        description="Code of the grid, or of the area, that it is about.",
                        max_length=15,
                    ),
                ),
                (
                    "submission",
                    fields.ForeignKeyField(
                        "gridql.Submission",
                        source_field="submission_id",
                        db_index=True,
                        description="The answers that it was found in.",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.CASCADE,
                    ),
                ),
                (
                    "rule",
                    fields.CharField(description="Id of the rule within the form.", max_length=80),
                ),
                (
                    "path",
                    fields.CharField(
                        null=True,
                        description="JSON Pointer to the answer it is about.",
                        max_length=200,
                    ),
                ),
                (
                    "severity",
                    fields.CharEnumField(
                        description="How grave it is.", enum_type=Severity, max_length=20
                    ),
                ),
                ("category", fields.CharField(description="What it is about.", max_length=40)),
                ("days", fields.IntField(description="Days to put it right, 0 means on the spot.")),
                (
                    "department",
                    fields.CharField(
                        null=True, description="Code of the department for it.", max_length=40
                    ),
                ),
                (
                    "basis",
                    DocumentField(
                        description="Laws and rules that it offends against.",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                (
                    "title",
                    DocumentField(
                        description="What is wrong, in each language.",
                        encoder=JSON_DUMPS,
                        decoder=loads,
                    ),
                ),
                (
                    "remark",
                    fields.TextField(
                        null=True, description="What the grid worker added.", unique=False
                    ),
                ),
                (
                    "hazard",
                    fields.ForeignKeyField(
                        "gridql.Hazard",
                        source_field="hazard_id",
                        null=True,
                        db_index=True,
                        description="The hazard that follows it up.",
                        db_constraint=True,
                        to_field="id",
                        related_name=False,
                        on_delete=OnDelete.SET_NULL,
                    ),
                ),
            ],
            options={
                "table": "finding",
                "app": "gridql",
                "pk_attr": "id",
                "table_description": "One thing that a form's rule found in the answers.",
            },
            bases=["ScopedRow"],
        ),
        # Lists ordered by a moment that may not be set sort by this expression (graph/keyset.py).
        ops.RunSQL(
            [
                "CREATE INDEX hazard_due ON hazard "
                "(coalesce(due_at, '9999-12-31T00:00:00+00:00'), id)",
                "CREATE INDEX household_last_visited ON household "
                "(coalesce(last_visited_at, '9999-12-31T00:00:00+00:00'), id)",
            ],
            ["DROP INDEX hazard_due", "DROP INDEX household_last_visited"],
        ),
    ]
