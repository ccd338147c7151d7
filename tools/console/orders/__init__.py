"""Orders: commands of who is signed in, over the console's one link.

    desk = Desk(accounts, Orders(switchboard, heard))
    outcome = desk.give(session, "clear", {"area": "office", "user": "kim", "reason": "held the door"})
"""

from tools.console.orders.desk import Desk
from tools.console.orders.orders import Orders

__all__ = ["Desk", "Orders"]
