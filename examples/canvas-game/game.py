#!/usr/bin/env python3
"""A game on a canvas page: verifies who is there, greets them, and lets them tell their friends apart.

    python3 examples/canvas-game/game.py          and open http://127.0.0.1:8080/apps/dormgame/

Settings, as environment variables: RECONNECT (address of the server), APP_ID, APP_SECRET, PORT.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import urllib.error
import urllib.parse
import urllib.request
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

RECONNECT = os.environ.get("RECONNECT", "http://127.0.0.1:8080").rstrip("/")
APP_ID = os.environ.get("APP_ID", "2003")
# The secret of the demo world, which everybody knows. One of your own belongs into the environment, never into a file of the program.
APP_SECRET = os.environ.get("APP_SECRET", "5ec2e700000000000000000000002003")
PORT = int(os.environ.get("PORT", "3001"))
STYLE = (Path(__file__).parent / "game.css").read_text()
SCRIPT = (Path(__file__).parent / "game.js").read_text()
LARGEST = 64 << 10


def decoded(text):
    """base64url without its padding, as it travels."""
    return base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))


def verified(signed_request):
    """What the server says of the visitor; None unless our secret signed it."""
    try:
        signature, payload = signed_request.split(".", 1)
        expected = hmac.new(APP_SECRET.encode(), payload.encode(), hashlib.sha256).digest()
        # In constant time: how long a wrong guess takes must not tell how wrong it is.
        if not hmac.compare_digest(decoded(signature), expected):
            return None
        data = json.loads(decoded(payload))
        return data if data.get("algorithm", "").upper() == "HMAC-SHA256" else None
    except (ValueError, AttributeError, UnicodeError):
        return None


def graph(path, token, **arguments):
    """Asks the server in the Graph form."""
    query = urllib.parse.urlencode({**arguments, "access_token": token})
    with urllib.request.urlopen(f"{RECONNECT}{path}?{query}", timeout=5) as answer:
        return json.load(answer)


def face(person, size, name=""):
    kind = "large" if size > 100 else "normal"
    return f'<img src="{RECONNECT}/{escape(str(person))}/picture?type={kind}" width="{size}" height="{size}" alt="{escape(name)}">'


def player(token):
    """The page of somebody who plays."""
    me = graph("/me", token, fields="id,name,first_name")
    friends = graph("/me/friends", token, fields="id,name,installed")["data"]
    friends.sort(key=lambda friend: (not friend.get("installed"), friend["name"]))
    rows = "".join(
        f'<li class="{"plays" if friend.get("installed") else "idle"}">{face(friend["id"], 64)}'
        f'<b>{escape(friend["name"])}</b><small>{"plays too" if friend.get("installed") else "not yet"}</small></li>'
        for friend in friends
    )
    playing = sum(1 for friend in friends if friend.get("installed"))
    quiz = f"""<section class="quiz" id="quiz" hidden data-friends="{escape(json.dumps(friends))}" data-faces="{RECONNECT}">
      <h2>Who is it?</h2><img id="who" width="160" height="160" alt="A friend of yours"><div id="names"></div>
      <p id="score" role="status">Three names, one face.</p></section>"""
    return f"""<header>{face(me["id"], 88)}<div><h1>Hello, {escape(me.get("first_name") or me["name"])}!</h1>
      <p>{playing} of your {len(friends)} friends on the floor play too.</p></div></header>
      {quiz if len(friends) >= 3 else ""}
      <section><h2>Your floor</h2><ul>{rows or "<li>Nobody yet.</li>"}</ul></section>"""


def stranger(who):
    """The page of somebody who has not joined; nothing is known of them but what the server says of everybody."""
    country = escape(str(who.get("user", {}).get("country", "")).upper())
    login = f"{RECONNECT}/login.php?{urllib.parse.urlencode({'api_key': APP_ID, 'v': '1.0', 'canvas': '1'})}"
    # Out of the frame: login pages let nobody frame them.
    return f"""<header><span class="mark">?</span><div><h1>Dorm Game</h1><p>How well do you know your floor?</p></div></header>
      <section class="join"><p>See which of your friends play, and tell them apart by their faces.</p>
      <a class="button" href="{escape(login)}" target="_top">Log in and play</a>
      <p><small>Until then, all we know of you is that you come from {country or "somewhere"}.</small></p></section>"""


def note(title, text):
    return f'<header><span class="mark">!</span><div><h1>{title}</h1><p>{text}</p></div></header>'


CANVAS = f'<a href="{escape(RECONNECT)}/apps/dormgame/" target="_top">{escape(RECONNECT)}/apps/dormgame/</a>'
FORGED = note("That was not signed by us", f"Somebody changed this request, or made it up. Nothing was shown. Start again at {CANVAS}.")
DIRECT = note("This game lives in a frame", f"Open it at {CANVAS}.")


def page(signed_request):
    """Status and content."""
    if not signed_request:
        return 200, DIRECT
    who = verified(signed_request)
    if who is None:
        return 403, FORGED
    if not who.get("oauth_token"):
        return 200, stranger(who)
    try:
        return 200, player(who["oauth_token"])
    except urllib.error.HTTPError as error:
        told = json.load(error).get("error", {}).get("message", "It did not say why.")
        return 502, note("The server does not know you any more", f"{escape(told)} Start again at {CANVAS}.")
    except OSError:
        return 502, note("Nobody answers", f"Is Reconnect running at {escape(RECONNECT)}?")


class Game(BaseHTTPRequestHandler):
    def do_GET(self):
        self.answer(urllib.parse.urlsplit(self.path).query)

    def do_POST(self):
        length = int(self.headers.get("Content-Length") or 0)
        self.answer(self.rfile.read(min(length, LARGEST)).decode("utf-8", "replace"))

    def answer(self, arguments):
        if not urllib.parse.urlsplit(self.path).path.startswith("/game"):
            return self.send_error(404)
        status, body = page(urllib.parse.parse_qs(arguments).get("signed_request", [""])[0])
        nonce = secrets.token_urlsafe(16)
        sdk = f'<script nonce="{nonce}" src="{RECONNECT}/en_US/all.js"></script>'
        document = f"""<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Dorm Game</title>
          <meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark">
          <style nonce="{nonce}">{STYLE}</style><body><div id="fb-root"></div><main>{body}</main>
          {sdk}<script nonce="{nonce}" data-app="{escape(APP_ID)}" id="game">{SCRIPT}</script>"""
        policy = (
            f"default-src 'none'; img-src {RECONNECT}; style-src 'nonce-{nonce}'; script-src 'nonce-{nonce}'; base-uri 'none';"
            f" connect-src {RECONNECT}; frame-src {RECONNECT}; form-action 'none'; frame-ancestors {RECONNECT}"
        )
        self.send_response(status)
        for name, value in [
            ("Content-Type", "text/html; charset=utf-8"),
            ("Content-Security-Policy", policy),
            ("Cache-Control", "no-store"),
            ("Referrer-Policy", "no-referrer"),
            ("X-Content-Type-Options", "nosniff"),
        ]:
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(document.encode())

    def log_message(self, *_):
        """Addresses of requests may hold a token."""


if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", PORT), Game)
    print(f"Dorm Game listens on port {server.server_port}. Open {RECONNECT}/apps/dormgame/", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
