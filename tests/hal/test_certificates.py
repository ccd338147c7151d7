"""Certificates as files are: in PEM, as tools.broker writes them, or in DER."""

import os
import time

from firmware.hal import certificates

FILE = "/tmp/backstop-certificate-%d" % time.time_ns()  # of this process: others run the same tests
DER = bytes(range(256)) * 2
BASE64 = """AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8gISIjJCUmJygpKissLS4vMDEyMzQ1Njc4OTo7PD0+P0BBQkNERUZHSElK
S0xNTk9QUVJTVFVWV1hZWltcXV5fYGFiY2RlZmdoaWprbG1ub3BxcnN0dXZ3eHl6e3x9fn+AgYKDhIWGh4iJiouMjY6PkJGSk5SVlpeYmZqbnJ2en6ChoqOkpaanqKmqq6yt
rq+wsbKztLW2t7i5uru8vb6/wMHCw8TFxsfIycrLzM3Oz9DR0tPU1dbX2Nna29zd3t/g4eLj5OXm5+jp6uvs7e7v8PHy8/T19vf4+fr7/P3+/w=="""
HALF = DER[:256]


def read(data):
    """What is read of a file that holds this."""
    with open(FILE, "wb") as file:
        file.write(data)
    try:
        return certificates.der(FILE)
    finally:
        os.remove(FILE)


def pem(what="CERTIFICATE", text=BASE64):
    return ("-----BEGIN %s-----\n%s\n-----END %s-----\n" % (what, text, what)).encode()


def test_der_is_left_as_it_is():
    assert read(DER) == DER


def test_of_pem_the_first_thing_is_read():
    assert read(pem()) == HALF and read(pem("EC PRIVATE KEY")) == HALF
    assert read(b"This is ours:\r\n" + pem().replace(b"\n", b"\r\n")) == HALF
    assert read(pem() + pem(text="AAAA")) == HALF


def test_pem_without_an_end_is_no_certificate():
    for cut in (pem()[:11], pem()[:40], pem()[:-20], pem(text="A")):
        try:
            found = read(cut)
        except ValueError:
            continue
        raise AssertionError(found)


class Context:
    """A TLS context that writes down what it is told."""

    def __init__(self):
        self.told = []

    def load_verify_locations(self, data):
        self.told.append(("trust", data))

    def load_cert_chain(self, certificate, key):
        self.told.append(("be", certificate, key))


def test_a_context_gets_bytes_and_no_paths():
    with open(FILE, "wb") as file:
        file.write(pem())
    context = Context()
    certificates.load(context, {"ca": FILE})
    certificates.load(context, {"ca": FILE, "cert": FILE, "key": FILE})
    os.remove(FILE)
    assert context.told == [("trust", HALF), ("trust", HALF), ("be", HALF, HALF)]
