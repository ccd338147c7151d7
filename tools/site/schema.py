"""The JSON Schema of site files, for editors."""

from tools.site.model import Site


def schema() -> dict:
    """The schema as JSON data."""
    head = {"$schema": "https://json-schema.org/draft/2020-12/schema", "$comment": "A Backstop site, TOML or JSON"}
    return head | Site.model_json_schema(mode="validation")
