"""A self-signed certificate for this machine, for trying secure listeners."""

import ipaddress
from datetime import timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from kindred_cli.servers.machine import HOST
from kindred_common.clock import Clock, SystemClock

LIFETIME = timedelta(days=30)


def write_certificate(folder: Path, clock: Clock | None = None) -> tuple[Path, Path]:
    """Writes two PEM files: key with certificate for the server, certificate alone for its clients to trust."""
    key = ec.generate_private_key(ec.SECP256R1())
    certificate = _certificate(key, clock or SystemClock()).public_bytes(serialization.Encoding.PEM)
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    server, authority = folder / "server.pem", folder / "authority.pem"
    server.touch(mode=0o600)
    server.write_bytes(private + certificate)
    authority.write_bytes(certificate)
    return server, authority


def _certificate(key: ec.EllipticCurvePrivateKey, clock: Clock) -> x509.Certificate:
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = clock.now()
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address(HOST))]
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
    )
    return builder.sign(key, hashes.SHA256())
