"""Keys and signatures as TUF writes them (specification 4.1, 4.2), made by python3-cryptography: nothing of dunlin's own."""
import hashlib

from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, padding, rsa


def canonical(value):
    """OLPC canonical JSON: members sorted, no white space, only backslash and quote escaped."""
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if value is True or value is False or value is None:
        return {True: "true", False: "false", None: "null"}[value]
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return "[" + ",".join(canonical(each) for each in value) + "]"
    if isinstance(value, dict):
        return "{" + ",".join(canonical(key) + ":" + canonical(value[key]) for key in sorted(value)) + "}"
    raise TypeError(f"canonical JSON has no {type(value).__name__}")


def pem_of(private):
    return private.public_key().public_bytes(serialization.Encoding.PEM,
                                             serialization.PublicFormat.SubjectPublicKeyInfo).decode()


class Key:
    """A private key and what metadata says of it; `extra` are members of the key object nobody knows."""

    def __init__(self, keytype, scheme, public, sign, extra=None, keyid=None):
        self.json = {"keytype": keytype, "scheme": scheme, "keyval": {"public": public}, **(extra or {})}
        self.sign = sign
        self.id = keyid or hashlib.sha256(canonical(self.json).encode()).hexdigest()


def ed25519_key(form="hex", **more):
    private = ed25519.Ed25519PrivateKey.generate()
    raw = private.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return Key("ed25519", "ed25519", raw.hex() if form == "hex" else pem_of(private), private.sign, **more)


def ecdsa_key(bits=256, form="pem", keytype="ecdsa", **more):
    curve, digest = {256: (ec.SECP256R1(), hashes.SHA256()), 384: (ec.SECP384R1(), hashes.SHA384())}[bits]
    private = ec.generate_private_key(curve)
    points = {"hex": serialization.PublicFormat.UncompressedPoint, "short": serialization.PublicFormat.CompressedPoint}
    public = pem_of(private)
    if form in points:
        public = private.public_key().public_bytes(serialization.Encoding.X962, points[form]).hex()
    return Key(keytype, f"ecdsa-sha2-nistp{bits}", public, lambda data: private.sign(data, ec.ECDSA(digest)), **more)


def rsa_key(bits=2048, salt=32, **more):
    private = rsa.generate_private_key(65537, bits)
    pss = padding.PSS(padding.MGF1(hashes.SHA256()), salt)
    return Key("rsa", "rsassa-pss-sha256", pem_of(private), lambda data: private.sign(data, pss, hashes.SHA256()), **more)
