"""The JSON Schema of site files, for editors."""

from pydantic.json_schema import GenerateJsonSchema

from tools.site.model import Site


class _Untitled(GenerateJsonSchema):
    """Keys speak for themselves: no titles made of them. A table of names takes no names that are no ids."""

    def field_title_should_be_set(self, schema) -> bool:
        return False

    def dict_schema(self, schema) -> dict:
        made = super().dict_schema(schema)
        return made | {"additionalProperties": False} if "patternProperties" in made else made


def schema() -> dict:
    """The schema as JSON data."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$comment": "A Backstop site, TOML or JSON"}
    return head | Site.model_json_schema(mode="validation", schema_generator=_Untitled)
