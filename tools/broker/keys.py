"""The certificates of a site, from the files there are: kept where they still serve, made where they do not."""

import datetime
from collections.abc import Iterable
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import serialization

from tools.broker import authority
from tools.broker.authority import Pair, pem
from tools.site.errors import Fault, SiteError

CA, CA_KEY, CRL = "ca/ca.crt", "ca/ca.key", "broker/crl.pem"


class Keys:
    """old: {path: content} of the files there are, under the folder `out`. Methods give what the new files hold."""

    def __init__(self, out: Path, old: dict[str, bytes], now: datetime.datetime):
        self.out, self.old, self.now = out, old, now
        self.authority: Pair | None = None

    def begin(self, site: str, is_new: bool) -> dict[str, bytes]:
        """The site's authority, which is never replaced: every console knows it. Raises: SiteError."""
        found = authority.new_authority(site, self.now) if is_new else self._read_pair(CA_KEY, CA)
        if found is None or found.certificate.public_key() != found.key.public_key():
            raise self._refused(CA_KEY, "the site's authority is not here", "Put the copy of the folder `ca` back")
        if found.certificate.not_valid_after_utc < self.now:
            raise self._refused(CA, "the site's authority has ended", "Name a new --out and give all clients new files")
        self.authority = found
        return {CA_KEY: pem(found.key), CA: pem(found.certificate)}

    def pair(self, path: str, name: str, days: int, hosts: Iterable[str] = (), is_renewed: bool = False) -> dict[str, bytes]:
        """What there is, or a new certificate for the key there is, or both new. Raises: SiteError."""
        pair = None if is_renewed else self._read_pair(f"{path}.key", f"{path}.crt")
        if pair is None or not authority.is_good(pair, self.authority, self.now, hosts):
            key = pair.key if pair else authority.new_key()
            days = min(days, (self.authority.certificate.not_valid_after_utc - self.now).days)
            pair = Pair(key, authority.issue(self.authority, key, name, self.now, days, sorted(hosts)))
        return {f"{path}.key": pem(pair.key), f"{path}.crt": pem(pair.certificate)}

    def revoked(self, new: dict[str, bytes]) -> bytes:
        """The list of all certificates of clients that are gone, or have another key now. Raises: SiteError."""
        paths = [path for path in self.old if path.startswith("clients/") and path.endswith("/client.crt")]
        lost = [path for path in paths if self.old.get(_key(path)) != new.get(_key(path))]
        serials = {self._read(path, x509.load_pem_x509_certificate).serial_number for path in lost}
        earlier = self._read(CRL, x509.load_pem_x509_crl) if CRL in self.old else None
        return pem(authority.revocations(self.authority, serials, earlier, self.now))

    def _read_pair(self, key: str, certificate: str) -> Pair | None:
        """What is there, None where a file is missing."""
        if key not in self.old or certificate not in self.old:
            return None
        found = self._read(key, lambda data: serialization.load_pem_private_key(data, None))
        return Pair(found, self._read(certificate, x509.load_pem_x509_certificate))

    def _read(self, path: str, load):
        try:
            return load(self.old[path])
        except (ValueError, TypeError):
            raise self._refused(path, "this cannot be read any more", "Put its copy back") from None

    def _refused(self, path: str, message: str, remedy: str) -> SiteError:
        return SiteError(str(self.out / path), [Fault("", message, remedy)])


def _key(certificate: str) -> str:
    return certificate.removesuffix("crt") + "key"
