"""What a browser holds of a session, and how forms show that they come from the console's own pages.

The cookie is not sent with anything that another site begins (SameSite=Strict), scripts cannot read it (HttpOnly), and over
HTTPS it belongs to this host alone (__Host-). A form carries a token of the session besides; before there is a session, the
browser's own word on where a form comes from must do.
"""

import hashlib
import hmac
from urllib.parse import urlsplit

from tools.console.accounts.sessions import LONGEST_MS


def name(is_https: bool) -> str:
    return "__Host-backstop" if is_https else "backstop"


def flags(token: str, is_https: bool) -> dict:
    """Arguments of Starlette's Response.set_cookie."""
    return {
        "key": name(is_https), "value": token, "max_age": LONGEST_MS // 1000, "path": "/", "secure": is_https,
        "httponly": True, "samesite": "strict",
    }  # fmt: skip


def form_token(token: str) -> str:
    """What a form of this session carries."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()


def is_own_form(token: str, given: str) -> bool:
    return isinstance(given, str) and hmac.compare_digest(form_token(token).encode(), given.encode(errors="replace"))


def is_own_origin(origin: str | None, host: str) -> bool:
    """Whether a POST or a web socket comes from a page of this host. Every browser says where from; what does not is no browser."""
    if not origin or origin == "null":
        return False
    try:
        return urlsplit(origin).netloc.lower() == host.lower() != ""
    except ValueError:
        return False
