"""Where somebody who is signed in gives a command, or sends a configuration: his role is looked at, and what comes of it is booked."""

import logging
from collections.abc import Callable

from tools.backstop.errors import Refused, Unreachable, Unusable
from tools.backstop.orders import Outcome, check
from tools.console.accounts.accounts import Accounts
from tools.console.accounts.rights import action_of
from tools.console.accounts.sessions import Session
from tools.console.configuring import Configuring
from tools.console.history.database import Trouble
from tools.console.orders.orders import Orders

_log = logging.getLogger(__name__)


class Desk:
    """Every verb raises: Refused, Unreachable, Unusable, each with `message`.

    A book that cannot be written keeps nobody from opening a door: the command goes out, and controllers write down who gave it.
    """

    def __init__(self, accounts: Accounts, orders: Orders, configuring: Configuring):
        self._accounts, self._orders, self._configuring = accounts, orders, configuring

    def give(self, session: Session, action: str, fields: dict) -> Outcome:
        """Give a command; `fields` are those of firmware/core/command.py."""
        outcome = self._tried(session, action, fields, lambda: self._orders.give(session.operator, action, fields))
        self._note(session, action, fields | {"nonce": outcome.nonce}, _result(outcome))
        return outcome

    def change(self, session: Session, area: str, change: dict, reason: str) -> int:
        """Change an area's settings in the site file and send it. Returns the version that is on its way."""
        fields = {"area": area} | change | {"reason": reason}
        version = self._tried(session, "set", fields, lambda: self._configuring.change(session.operator, area, change))
        self._note(session, "set", fields | {"version": version}, f"sent as version {version}")
        return version

    def send(self, session: Session, reason: str) -> int:
        """Send what the site file says now. Returns the version that is on its way."""
        version = self._tried(session, "configure", {"reason": reason}, lambda: self._configuring.send(session.operator))
        self._note(session, "configure", {"reason": reason, "version": version}, f"sent as version {version}")
        return version

    def _tried(self, session: Session, action: str, fields: dict, do: Callable):
        """Do it if the role may, and book what kept it from being done."""
        try:
            if not self._accounts.may(session, action_of(action, fields)):
                raise Refused(f"your role may not {action_of(action, fields).replace('_', ' ')}")
            return do()
        except (Refused, Unreachable, Unusable) as error:
            self._note(session, action, fields, error.message)
            raise

    def _note(self, session: Session, action: str, fields: dict, result: str) -> None:
        about = {key: value for key, value in fields.items() if key != "reason"}
        try:
            self._accounts.note(session, action, about, str(fields.get("reason", "")), result)
        except Trouble as trouble:
            _log.error("%s by %s is not in the book: %s: %s", action, session.operator, trouble, result)


def _result(outcome: Outcome) -> str:
    try:
        check(outcome)
    except (Refused, Unreachable) as error:
        return error.message
    parts = [f"done by {', '.join(outcome.done)}"]
    parts += [f"{name} refused: {reply.refused}" for name, reply in outcome.replies.items() if reply.refused is not None]
    parts += [f"{remark}: {', '.join(names)}" for remark, names in (("no answer", outcome.silent), ("offline", outcome.offline)) if names]
    return "; ".join(parts)
