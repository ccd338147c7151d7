"""What the schema library finds, in the words of site files: one Fault per error, with the key and the remedy."""

import types
import typing
from collections.abc import Iterator

from pydantic import BaseModel, ValidationError

from tools.site.errors import Fault, key_path, shown, suggestion
from tools.site.model import Site

_KINDS = {
    "string_type": ("text", "Write it in quotes"),
    "string_unicode": ("text", "Write it in plain Unicode"),
    "int_type": ("a whole number", "Write it in digits, without quotes"),
    "int_from_float": ("a whole number", "Leave out the fraction"),
    "int_parsing_size": ("a sensible number", "Use a smaller one"),
    "float_type": ("a number", "Write it in digits, without quotes"),
    "bool_type": ("true or false", "Write true or false, without quotes"),
    "list_type": ("a list", "Put it into [ ]"),
    "dict_type": ("a table", "Write keys and values"),
    "model_type": ("a table", "Write keys and values"),
    "model_attributes_type": ("a table", "Write keys and values"),
}
_LIMITS = {
    "greater_than_equal": ("is too small", "Use {ge:g} or more"),
    "less_than_equal": ("is too large", "Use {le:g} or less"),
    "too_long": ("has too many entries", "Use at most {max_length}"),
    "too_short": ("has too few entries", "Use at least {min_length}"),
    "string_too_long": ("is too long", "Use at most {max_length} characters"),
    "string_too_short": ("is too short", "Use at least {min_length} characters"),
}


def faults(error: ValidationError) -> list[Fault]:
    """Every error of one validation, in the order of the file."""
    return [_fault(found) for found in error.errors(include_url=False)]


def place(found: dict) -> tuple:
    """Where an error is in the file: without the mark the library adds where a key itself is wrong."""
    is_of_key = found["loc"][-1:] == ("[key]",) and found["type"] != "extra_forbidden"
    return found["loc"][:-1] if is_of_key else found["loc"]


def _fault(found: dict) -> Fault:
    where = place(found)
    key = key_path(where)
    kind, context, value = found["type"], found.get("ctx", {}), found.get("input")
    if kind == "site":
        return Fault(key, context["message"], context["remedy"])
    if kind == "extra_forbidden":
        return Fault(key, "this key is unknown", _known_keys(where))
    if kind == "missing":
        return Fault(key, "this key is missing", f"Write `{where[-1]} = …`")
    if kind == "literal_error":
        return Fault(key, f"{shown(value)} is none of the choices", f"Use {context['expected']}")
    if kind in _LIMITS:
        message, remedy = _LIMITS[kind]
        return Fault(key, f"{shown(value)} {message}", remedy.format(**context))
    what, remedy = _KINDS.get(kind, ("what belongs here", "See the table of keys"))
    return Fault(key, f"{shown(value)} is not {what}", remedy)


def _known_keys(where: tuple) -> str:
    names = sorted(_model_at(where[:-1]).model_fields)
    close = suggestion(str(where[-1]), names)
    return f"Did you mean `{close}`?" if close else "Known here: " + ", ".join(names)


def _model_at(where: tuple) -> type[BaseModel]:
    """The model that describes a place of the file."""
    annotation = Site
    for part in where:
        annotation = _model_in(annotation)
        if isinstance(annotation, type) and issubclass(annotation, BaseModel):
            annotation = annotation.model_fields[part].annotation
        else:
            annotation = typing.get_args(annotation)[-1]
    found = _model_in(annotation)
    return found if isinstance(found, type) else Site


def _model_in(annotation):
    """A model or container out of Annotated and unions."""
    return next((option for option in _options(annotation) if _is_container(option)), annotation)


def _options(annotation) -> Iterator:
    if typing.get_origin(annotation) is typing.Annotated:
        yield from _options(typing.get_args(annotation)[0])
    elif typing.get_origin(annotation) in (typing.Union, types.UnionType):
        for option in typing.get_args(annotation):
            yield from _options(option)
    else:
        yield annotation


def _is_container(option) -> bool:
    return typing.get_origin(option) in (dict, list) or (isinstance(option, type) and issubclass(option, BaseModel))
