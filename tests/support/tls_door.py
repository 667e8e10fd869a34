# SPDX-License-Identifier: Apache-2.0
"""A certificate authority of a test's own, and an https door in front of a vendor that speaks http."""
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import warnings
from pathlib import Path

VALID, PAST = ("20200101000000Z", "20991231235959Z"), ("20200101000000Z", "20210101000000Z")
CONFIGURATION = """[ca]
default_ca = own
[own]
database = {folder}/index.txt
serial = {folder}/serial
new_certs_dir = {folder}
default_md = sha256
policy = any
copy_extensions = copy
unique_subject = no
[any]
commonName = supplied
"""
NEW_KEY = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes")


class Authority:
    """ca_file: what a client trusts it by. Use as a context manager."""

    def __init__(self):
        self.folder = Path(tempfile.mkdtemp(prefix="syncline-authority-"))
        self.ca_file = self.folder / "ca.pem"
        (self.folder / "ca.cnf").write_text(CONFIGURATION.format(folder=self.folder))
        (self.folder / "index.txt").write_text("")
        (self.folder / "serial").write_text("01\n")
        self._issued = 0
        openssl("req", "-x509", *NEW_KEY, "-keyout", self.folder / "ca.key", "-out", self.ca_file, "-days", "3650", "-subj", "/CN=Test authority",
                "-addext", "basicConstraints=critical,CA:TRUE", "-addext", "keyUsage=critical,keyCertSign,cRLSign")

    def issue(self, names, valid=VALID):
        """A certificate for these names ("IP:127.0.0.1,DNS:localhost"): the files of certificate and key."""
        self._issued += 1
        request, certificate, key = (self.folder / f"{self._issued}.{kind}" for kind in ("request", "pem", "key"))
        openssl("req", *NEW_KEY, "-keyout", key, "-out", request, "-subj", "/CN=server", "-addext", f"subjectAltName={names}")
        openssl("ca", "-batch", "-notext", "-config", self.folder / "ca.cnf", "-cert", self.ca_file, "-keyfile", self.folder / "ca.key", "-in", request, "-out", certificate,
                "-startdate", valid[0], "-enddate", valid[1])
        return certificate, key

    def __enter__(self):
        return self

    def __exit__(self, *_):
        shutil.rmtree(self.folder)


def openssl(*arguments):
    ended = subprocess.run(["openssl", *map(str, arguments)], capture_output=True, text=True)
    if ended.returncode != 0:
        raise AssertionError(f"openssl {arguments[0]} failed: {ended.stderr}")


class TlsDoor:
    """Speaks TLS with whoever calls, and passes what they say on to 127.0.0.1:port. Use as a context manager.

    heard: how many bytes callers said inside of TLS; calls: how many connections there were, whatever became of them.
    """

    def __init__(self, certificate, key, port, newest=None):
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(certificate, key)
        if newest:
            self._context.set_ciphers("ALL:@SECLEVEL=0")
            with warnings.catch_warnings():  # that an old version is deprecated is the point
                warnings.simplefilter("ignore", DeprecationWarning)
                self._context.minimum_version = ssl.TLSVersion.MINIMUM_SUPPORTED
                self._context.maximum_version = newest
        self._target, self.heard, self.calls = port, 0, 0
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def _accept(self):
        while True:
            try:
                caller, _ = self._listener.accept()
            except OSError:
                return
            self.calls += 1
            threading.Thread(target=self._serve, args=(caller,), daemon=True).start()

    def _serve(self, caller):
        with caller:
            try:
                inside = self._context.wrap_socket(caller, server_side=True)
                vendor = socket.create_connection(("127.0.0.1", self._target))
            except (OSError, ssl.SSLError):
                return
            with inside, vendor:
                threading.Thread(target=self._pass_on, args=(vendor, inside, False), daemon=True).start()
                self._pass_on(inside, vendor, True)

    def _pass_on(self, source, target, count):
        try:
            while part := source.recv(65536):
                self.heard += len(part) if count else 0
                target.sendall(part)
            target.shutdown(socket.SHUT_RDWR)
        except (OSError, ssl.SSLError):
            pass

    def stop(self):
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.stop()
