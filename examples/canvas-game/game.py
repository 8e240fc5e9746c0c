#!/usr/bin/env python3
"""A game on a canvas page: verifies who is there, greets them, and lets them tell their friends apart.

    python3 examples/canvas-game/game.py          and open http://127.0.0.1:8080/apps/dormgame/

Settings, as environment variables: RECONNECT (address of the server), APP_ID, APP_SECRET, CANVAS_NAME, PORT.
"""

import base64
import hashlib
import hmac
import json
import os
import secrets
import urllib.error
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit
from urllib.request import urlopen

RECONNECT = os.environ.get("RECONNECT", "http://127.0.0.1:8080").rstrip("/")
APP_ID = os.environ.get("APP_ID", "2003")
# The secret of the demo world, which everybody knows. One of your own belongs into the environment, never into a file of the program.
APP_SECRET = os.environ.get("APP_SECRET", "5ec2e700000000000000000000002003")
CANVAS = f"{RECONNECT}/apps/{os.environ.get('CANVAS_NAME', 'dormgame')}/"
PORT = int(os.environ.get("PORT", "3001"))
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
    except (ValueError, AttributeError):
        return None


def graph(path, token, fields):
    """Asks the server in the Graph form."""
    query = urlencode({"fields": fields, "access_token": token})
    with urlopen(f"{RECONNECT}{path}?{query}", timeout=5) as answer:
        return json.load(answer)


def why(error):
    """What the server said, instead of an answer."""
    try:
        return json.load(error)["error"]["message"]
    except (ValueError, KeyError, TypeError):
        return f"It answered with status {error.code}."


def face(person, size):
    return f'<img src="{RECONNECT}/{escape(person)}/picture?type=normal" width="{size}" height="{size}" alt="">'


def player(token):
    """The page of somebody who plays."""
    me = graph("/me", token, "name,first_name")
    friends = graph("/me/friends", token, "name,installed")["data"]
    friends.sort(key=lambda friend: (not friend.get("installed"), friend["name"]))
    rows = "".join(
        f'<li class="{"plays" if one.get("installed") else "idle"}">{face(one["id"], 64)}<b>{escape(one["name"])}</b>'
        f'<small>{"plays too" if one.get("installed") else "not yet"}</small></li>' for one in friends)
    playing = sum(1 for one in friends if one.get("installed"))
    quiz = f"""<section class="center" id="quiz" hidden data-friends="{escape(json.dumps(friends))}" data-faces="{RECONNECT}">
      <h2>Who is it?</h2><img id="who" width="150" height="150" alt="A friend of yours"><div id="names"></div>
      <p id="score" role="status">Three names, one face.</p></section>"""
    return f"""<header>{face(me["id"], 88)}<div><h1>Hello, {escape(me.get("first_name") or me["name"])}!</h1>
      <p>{playing} of your {len(friends)} friends play too.</p></div></header>{quiz if len(friends) > 2 else ""}
      <section><h2>Your friends</h2><ul>{rows or "<li>Nobody yet.</li>"}</ul></section>"""


def stranger(who):
    """The page of somebody who has not joined: nothing is known of them but what the server says of everybody."""
    country = escape(str(who.get("user", {}).get("country", "somewhere")).upper())
    login = f"{RECONNECT}/login.php?" + urlencode({"api_key": APP_ID, "v": "1.0", "canvas": "1"})
    # Out of the frame: login pages let nobody frame them.
    return f"""<header><i>?</i><div><h1>Dorm Game</h1><p>How well do you know your floor?</p></div></header>
      <section class="center"><p>See which of your friends play, and tell them apart by their faces.</p>
      <a class="button" href="{escape(login)}" target="_top">Log in and play</a>
      <small>Until then, all we know of you is that you come from {country}.</small></section>"""


def note(title, text):
    return f"""<header><i>!</i><div><h1>{title}</h1><p>{text}
      Start at <a href="{escape(CANVAS)}" target="_top">{escape(CANVAS)}</a>.</p></div></header>"""


def page(signed_request):
    """Status and content."""
    if not signed_request:
        return 200, note("This game lives in a frame", "Here it does not know who you are.")
    who = verified(signed_request)
    if who is None:
        return 403, note("That was not signed by our server", "Somebody changed this request, or made it up.")
    try:
        return 200, player(who["oauth_token"]) if who.get("oauth_token") else stranger(who)
    except urllib.error.HTTPError as error:
        return 502, note("The server does not know you any more", escape(why(error)))
    except (OSError, ValueError):
        return 502, note("Nobody answers", f"Is Reconnect running at {escape(RECONNECT)}?")


class Game(BaseHTTPRequestHandler):
    def do_GET(self):
        self.reply(urlsplit(self.path).query)

    def do_POST(self):
        length = self.headers.get("Content-Length", "")
        self.reply(self.rfile.read(min(int(length) if length.isdecimal() else 0, LARGEST)).decode("utf-8", "replace"))

    def reply(self, arguments):
        if urlsplit(self.path).path != "/game/":
            return self.send_error(404)
        status, body = page(parse_qs(arguments).get("signed_request", [""])[0])
        nonce = secrets.token_urlsafe(16)
        self.send_response(status)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Content-Security-Policy", f"default-src 'none'; img-src {RECONNECT}; style-src 'nonce-{nonce}';"
                         f" script-src 'nonce-{nonce}'; base-uri 'none'; form-action 'none'; frame-ancestors {RECONNECT}")
        self.end_headers()
        self.wfile.write(DOCUMENT.replace("NONCE", nonce).replace("APP_ID", escape(APP_ID)).replace("BODY", body).encode())

    def log_message(self, *_):
        """Nothing: the address of a request may hold a token."""


DOCUMENT = f"""<!DOCTYPE html><html lang="en"><meta charset="utf-8"><title>Dorm Game</title>
<meta name="viewport" content="width=device-width,initial-scale=1"><meta name="color-scheme" content="light dark"><style nonce="NONCE">
""" + """:root{--ground:#fff8f0;--card:#fff;--ink:#2b2430;--quiet:#6f6675;--line:#efe3d6;--hot:#c64a25;--good:#26734a;--soft:#e3f4e8}
@media (prefers-color-scheme:dark){:root{--ground:#1b1722;--card:#262030;--ink:#f2ecf5;--quiet:#b3a8bd;--line:#3a3246;--hot:#f08a63;--good:#7fd6a0;--soft:#1f3a2b}}
*{box-sizing:border-box} html{background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,Arial,sans-serif}
body{margin:0} main{max-width:46rem;margin:0 auto;padding:1.3rem;display:grid;gap:1.3rem} p{margin:.2rem 0 0} a{color:var(--hot)}
h1{font-size:1.7rem;line-height:1.15;margin:0;letter-spacing:-.02em} h1,p,li{overflow-wrap:anywhere} h2{font-size:1.05rem;margin:0 0 .8rem}
small,header p{color:var(--quiet)} header{display:flex;align-items:center;gap:1.1rem;padding:.3rem} img{border-radius:50%;background:var(--line)}
header img,i{flex:none;box-shadow:0 0 0 4px var(--card),0 0 0 6px var(--hot)} section{background:var(--card);border:1px solid var(--line);border-radius:18px;padding:1.25rem}
i{display:grid;place-items:center;width:5.5rem;height:5.5rem;border-radius:50%;background:var(--hot);color:var(--card);font:800 2.6rem/1 system-ui,sans-serif}
ul{list-style:none;margin:0;padding:0;display:grid;grid-template-columns:repeat(auto-fill,minmax(7rem,1fr));gap:1rem .6rem}
li{display:grid;justify-items:center;align-content:start;text-align:center;gap:.3rem;font-size:.92rem;line-height:1.25} li small{padding:.1rem .55rem}
.plays small{background:var(--soft);color:var(--good);border-radius:99px;font-weight:600} .idle img{filter:grayscale(.85);opacity:.75} .idle b{font-weight:500;color:var(--quiet)}
.center{display:grid;justify-items:center;text-align:center;gap:.9rem} .center h2{margin:0} [hidden]{display:none} #names{display:flex;flex-wrap:wrap;justify-content:center;gap:.5rem}
button,.button{font:inherit;font-weight:600;color:var(--ink);background:var(--ground);border:1px solid var(--line);border-radius:99px;padding:.55rem 1.1rem;min-height:2.75rem;cursor:pointer;text-decoration:none}
.button{background:var(--hot);color:var(--card)} button:hover,.button:hover{border-color:var(--ink)} .right{background:var(--soft);color:var(--good)} .wrong{text-decoration:line-through;color:var(--quiet)}
:focus-visible{outline:3px solid var(--hot);outline-offset:2px}</style><div id="fb-root"></div><main>BODY</main>
""" + f'<script nonce="NONCE" src="{RECONNECT}/en_US/all.js"></script>' + """<script nonce="NONCE">
if (window.FB) { FB.init({appId: 'APP_ID', status: false}); FB.Canvas.setAutoResize(); } // the page around the frame makes room
var at = function (id) { return document.getElementById(id); }, quiz = at('quiz'), right = 0, guesses = 0, last;
var friends = quiz ? JSON.parse(quiz.dataset.friends) : [];
function mixed(list) { return list.map(one => [Math.random(), one]).sort((a, b) => a[0] - b[0]).map(pair => pair[1]); }
function ask() {
  var three = mixed(friends.filter(one => one !== last)).slice(0, 3), it = last = three[0];
  at('who').src = quiz.dataset.faces + '/' + it.id + '/picture?type=large';
  at('names').replaceChildren(...mixed(three).map(function (one) {
    var button = Object.assign(document.createElement('button'), {textContent: one.name});
    button.onclick = function () {
      guesses += 1; right += one === it; button.className = one === it ? 'right' : 'wrong'; button.disabled = true;
      at('score').textContent = right + ' right of ' + guesses + (one === it ? '. Well seen!' : '. Try another.');
      if (one === it) { setTimeout(ask, 900); }
    };
    return button;
  }));
}
if (quiz) { quiz.hidden = false; ask(); }
</script>"""

if __name__ == "__main__":
    server = ThreadingHTTPServer(("127.0.0.1", PORT), Game)
    print(f"Dorm Game listens on port {server.server_port}. Open {CANVAS}", flush=True)
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        pass
