"""A scenario file: read, checked whole, and either a Scenario or the list of its faults."""

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from zoneinfo import ZoneInfo

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, ValidationError

from host_sim.script.fields import Closed, is_tag
from host_sim.script.local_time import unix_ms
from host_sim.script.names import unknown_names
from host_sim.script.steps import Step
from tools.site import Site, SiteError, parse
from tools.site import load as load_site
from tools.site.source import read

SEED_MAX = 2**63 - 1
_WORDS = {"extra_forbidden": "unknown key", "missing": "missing", "model_type": "not a table of keys"}


class ScenarioError(Exception):
    """A file that is no scenario. `faults` says each of them: "file: key: why"."""

    def __init__(self, faults: list):
        super().__init__("\n".join(faults))
        self.faults = faults


@dataclass(frozen=True)
class Scenario:
    """A valid scenario: every name in its steps exists in its site."""

    file: str
    title: str
    start_ms: int
    seed: int
    site: Site
    steps: list


def _local(value: Any) -> datetime:
    """A local date and time of the site."""
    try:
        at = datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise ValueError("no date and time; write it like 2026-01-05T09:00:00") from None
    if at.tzinfo:
        raise ValueError("this is local time of the site; leave the offset away")
    if not 2001 <= at.year <= 2090:
        raise ValueError("the year must be 2001 to 2090")
    return at


def _path_or_table(value: Any) -> Any:
    if not isinstance(value, str | dict):
        raise ValueError("give a site as a table, or the path of a site file")
    return value


class Header(Closed):
    """The keys of the file. Steps are checked one by one, so that each fault is told."""

    title: Annotated[str, Field(strict=True)] = ""
    start: Annotated[datetime, BeforeValidator(_local)]
    seed: Annotated[int, Field(strict=True, ge=0, le=SEED_MAX)] = 1
    site: Annotated[Any, AfterValidator(_path_or_table)]
    steps: Annotated[list, Field(strict=True)]


def load(file: str) -> Scenario:
    """The scenario in a file. Raises: ScenarioError with every fault found."""
    try:
        data = read(Path(file))
    except SiteError as error:
        raise ScenarioError([f"{file}: {fault.message}" for fault in error.faults]) from None
    header, faults = _valid(Header, data, "")
    steps, wrong = _steps(data.get("steps"))
    site, broken = _site(Path(file), data.get("site"))
    faults += wrong + (unknown_names(site, steps) if site else [])
    if faults or broken:
        raise ScenarioError([f"{file}: {fault}" for fault in faults + broken])
    start_ms = unix_ms(header.start, ZoneInfo(site.timezone))
    return Scenario(file, header.title, start_ms, header.seed, site, steps)


def _steps(data: Any) -> tuple:
    """(steps, faults); a step that is none is None."""
    made = [_valid(Step, raw, f"steps[{index}]") for index, raw in enumerate(data if isinstance(data, list) else [])]
    steps = [step for step, _ in made]
    return steps, [fault for _, faults in made for fault in faults] + _too_early(steps)


def _too_early(steps: list) -> list:
    """Faults of the steps whose `at` lies before that of an earlier step."""
    faults = []
    latest = 0
    for index, step in enumerate(steps):
        if step and step.at < latest:
            faults.append(f"steps[{index}].at: {step.at:g} after {latest:g}; steps stand in the order of time")
        latest = max(latest, step.at) if step else latest
    return faults


def _site(file: Path, value: Any) -> tuple:
    """(the site, []) or (None, its faults). A text is a path relative to the scenario."""
    try:
        if isinstance(value, str):
            return load_site(file.parent / value), []
        if isinstance(value, dict):
            return parse(value, "site"), []
    except SiteError as error:
        return None, [fault.line(error.name) for fault in error.faults]
    return None, []


def _valid(model: type[BaseModel], data: Any, where: str) -> tuple:
    """(the model, []) or (None, its faults)."""
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, [_told(where, fault) for fault in error.errors(include_url=False, include_input=False)]


def _told(where: str, fault: dict) -> str:
    """One fault in words: the key, then why."""
    key = where
    for part in fault["loc"]:
        if isinstance(part, int):
            key += f"[{part}]"
        elif not is_tag(part):
            key += f".{part}" if key else part
    why = _WORDS.get(fault["type"], fault["msg"].removeprefix("Value error, "))
    return f"{key}: {why}" if key else why
