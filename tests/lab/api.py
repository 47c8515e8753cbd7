"""HTTP over a Unix socket, as dunlin-node's command line speaks it."""
import http.client
import json
import socket


class _UnixConnection(http.client.HTTPConnection):
    def __init__(self, path, timeout):
        super().__init__("localhost", timeout=timeout)
        self.path = str(path)

    def connect(self):
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(self.timeout)
        self.sock.connect(self.path)


def call(socket_path, method, path, timeout=5):
    """(status code, parsed body). Raises OSError when nobody listens."""
    connection = _UnixConnection(socket_path, timeout)
    try:
        connection.request(method, path, headers={"Content-Length": "0"} if method == "POST" else {})
        response = connection.getresponse()
        body = response.read()
        return response.status, json.loads(body) if body else None
    except (http.client.HTTPException, json.JSONDecodeError) as error:
        raise OSError(f"{path}: {error}") from error
    finally:
        connection.close()


def get(socket_path, path):
    """The body, or None while nobody answers."""
    try:
        code, body = call(socket_path, "GET", path)
    except OSError:
        return None
    return body if code == 200 else None


def post(socket_path, path, timeout=30):
    return call(socket_path, "POST", path, timeout)
