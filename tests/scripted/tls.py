"""A certificate that nobody trusts, for loopback: what a server with a self-signed one looks like. Guards nothing."""

from __future__ import annotations

import ssl
import tempfile
from pathlib import Path

_SELF_SIGNED = """\
-----BEGIN PRIVATE KEY-----
MIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgjI1wRVlRAu7lb3Xx
t4jPpM7BJd/dNlJjolA/elWvRRGhRANCAATy7O5pwQ999aWCRk/G5PualWsTzoQ4
MznxmeA4dNanfe795svBAcs++LMvYICwGw3jHNzg+Tdc6B/Jir3E3sue
-----END PRIVATE KEY-----
-----BEGIN CERTIFICATE-----
MIIBjzCCATagAwIBAgIUeDGOlrNU1s3t33xqpWFGpwnYpB0wCgYIKoZIzj0EAwIw
FDESMBAGA1UEAwwJMTI3LjAuMC4xMCAXDTI2MTEyNjAxMDEzN1oYDzIxMjYxMTAy
MDEwMTM3WjAUMRIwEAYDVQQDDAkxMjcuMC4wLjEwWTATBgcqhkjOPQIBBggqhkjO
PQMBBwNCAATy7O5pwQ999aWCRk/G5PualWsTzoQ4MznxmeA4dNanfe795svBAcs+
+LMvYICwGw3jHNzg+Tdc6B/Jir3E3sueo2QwYjAdBgNVHQ4EFgQUAkmXSySqeOBO
GJkewKjcfkSiMC4wHwYDVR0jBBgwFoAUAkmXSySqeOBOGJkewKjcfkSiMC4wDwYD
VR0TAQH/BAUwAwEB/zAPBgNVHREECDAGhwR/AAABMAoGCCqGSM49BAMCA0cAMEQC
IFQktz8HhEcxE4g7BORUiAv0XgAokz+Z9pxTtBptm452AiANnI+bLJaeYvKkaZN9
01JU+Ji8NoLlhR3HcZeWPkyR2g==
-----END CERTIFICATE-----
"""
"""Made for these tests alone: `CN=127.0.0.1`, valid for a hundred years."""


CERTIFICATE = _SELF_SIGNED[_SELF_SIGNED.index("-----BEGIN CERTIFICATE") :]
"""What a client has to be given to trust it."""


def self_signed() -> ssl.SSLContext:
    """For a server on loopback whose certificate no client knows."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "self-signed.pem")
        file.write_text(_SELF_SIGNED, "ascii")
        context.load_cert_chain(file)
    return context
