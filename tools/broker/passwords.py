"""Lines of mosquitto's password file, in its own format.

Layout: user:$7$ITERATIONS$SALT$HASH, salt and PBKDF2-HMAC-SHA512 in base64.
Source: mosquitto 2.0, src/password_mosq.c.
"""

import base64
import hashlib
import hmac
import secrets

# mosquitto's own default. Stretching protects short passwords; ours are random and long, and 64 boards may connect at once.
_ITERATIONS = 101
# mosquitto refuses any other length.
_SALT_LEN = 12


def file(words: dict[str, str], earlier: bytes) -> bytes:
    """The file for {user: password}. Lines of an earlier one that still hold stay: a file changes only with its meaning."""
    old = {text.partition(":")[0]: text for text in earlier.decode(errors="replace").splitlines()}
    kept = {user: old[user] for user, word in words.items() if is_for(old.get(user, ""), user, word)}
    lines = [kept.get(user) or line(user, word, secrets.token_bytes(_SALT_LEN)) for user, word in words.items()]
    return "".join(f"{text}\n" for text in lines).encode()


def line(user: str, password: str, salt: bytes) -> str:
    """The line for a user."""
    return f"{user}:$7${_ITERATIONS}${_text(salt)}${_text(_hash(password, salt, _ITERATIONS))}"


def is_for(text: str, user: str, password: str) -> bool:
    """Whether a line lets this user in with this password."""
    try:
        name, _, rest = text.partition(":")
        _, kind, iterations, salt, digest = rest.split("$")
        found = _hash(password, base64.b64decode(salt, validate=True), int(iterations))
        return (name, kind) == (user, "7") and hmac.compare_digest(_text(found), digest)
    except ValueError:
        return False


def _hash(password: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", password.encode(), salt, iterations)


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
