"""Where somebody who is signed in gives a command: his role is looked at, and whatever comes of it is in the book."""

import logging

from tools.backstop.errors import Refused, Unreachable, Unusable
from tools.backstop.orders import Outcome, check
from tools.console.accounts.accounts import Accounts
from tools.console.accounts.rights import action_of
from tools.console.accounts.sessions import Session
from tools.console.history.database import Trouble
from tools.console.orders.orders import Orders

_log = logging.getLogger(__name__)


class Desk:
    def __init__(self, accounts: Accounts, orders: Orders):
        self._accounts, self._orders = accounts, orders

    def give(self, session: Session, action: str, fields: dict) -> Outcome:
        """Give a command; `fields` are those of firmware/core/command.py. Raises: Refused, Unreachable, Unusable, each with `message`.

        A book that cannot be written keeps nobody from opening a door: the command goes out, and controllers write down who gave it.
        """
        try:
            outcome = self._given(session, action, fields)
        except (Refused, Unreachable, Unusable) as error:
            self._note(session, action, fields, error.message)
            raise
        self._note(session, action, fields | {"nonce": outcome.nonce}, _result(outcome))
        return outcome

    def _given(self, session: Session, action: str, fields: dict) -> Outcome:
        if not self._accounts.may(session, action_of(action, fields)):
            raise Refused(f"your role may not {action_of(action, fields).replace('_', ' ')}")
        return self._orders.give(session.operator, action, fields)

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
