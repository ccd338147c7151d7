"""AES-128 in CBC, of whichever library this runs on. One block with an IV of zeros is ECB.

Units: whole blocks of 16 bytes; keys and IVs of 16.
"""

try:
    from cryptolib import aes as _aes
except ImportError:
    from cryptography.hazmat.primitives.ciphers import Cipher
    from cryptography.hazmat.primitives.ciphers.algorithms import AES
    from cryptography.hazmat.primitives.ciphers.modes import CBC

    def encrypt(key, iv, data) -> bytes:
        """Return data under a key."""
        return Cipher(AES(key), CBC(iv)).encryptor().update(data)

    def decrypt(key, iv, data) -> bytes:
        """Return what was encrypted under a key."""
        return Cipher(AES(key), CBC(iv)).decryptor().update(data)

else:

    def encrypt(key, iv, data) -> bytes:
        """Return data under a key. The object keeps the chain, so that each message takes a new one."""
        return _aes(key, 2, iv).encrypt(data)

    def decrypt(key, iv, data) -> bytes:
        """Return what was encrypted under a key."""
        return _aes(key, 2, iv).decrypt(data)
