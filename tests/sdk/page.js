// A page for the SDK without a browser: a small window in which the served script runs, with a clock that the test turns, requests that
// it answers, a cookie jar that judges domains, and a console that is written down. The real browsers have tests of their own.
'use strict';

const fs = require('fs');
const vm = require('vm');

const script = fs.readFileSync(process.env.RECONNECT_SDK_SCRIPT, 'utf8');
const CONFIG = JSON.parse(/^var CONFIG = (.*);$/m.exec(script)[1]);
const WWW = CONFIG.www;
const BEGINNING = Date.UTC(2011, 11, 13);

// An element with as much of the DOM as the SDK touches.
class Element {
  constructor(tag, page) {
    Object.assign(this, { tagName: tag.toUpperCase(), page, children: [], parentNode: null, style: {}, attributes: {} });
    Object.assign(this, { className: '', offsetTop: 0, offsetHeight: 0 });
  }
  get firstChild() { return this.children[0] || null; }
  get innerHTML() { return this.children.map((c) => c.text === undefined ? `<${c.tagName}>` : c.text).join(''); }
  get words() { return this.text === undefined ? this.children.map((c) => c.words).join('') : this.text; }
  setAttribute(name, value) { this.attributes[name] = String(value); }
  getAttribute(name) { return name in this.attributes ? this.attributes[name] : null; }
  insertBefore(child, before) {
    if (child.parentNode) child.parentNode.removeChild(child);
    const at = before ? this.children.indexOf(before) : this.children.length;
    this.children.splice(at, 0, child);
    child.parentNode = this;
    this.page.appended(child);
    return child;
  }
  appendChild(child) { return this.insertBefore(child, null); }
  removeChild(child) {
    this.children.splice(this.children.indexOf(child), 1);
    child.parentNode = null;
  }
  all() { return this.children.flatMap((c) => [c, ...(c.all ? c.all() : [])]); }
  getElementsByTagName(tag) { return this.all().filter((e) => e.tagName === tag.toUpperCase()); }
}

// Cookies as a browser keeps them: by name, domain and host, for as long as they say.
class Jar {
  constructor(clock, host) { Object.assign(this, { clock, host, kept: new Map(), written: [] }); }
  write(text) {
    this.written.push(text);
    const [pair, ...rest] = text.split(/;\s*/);
    const at = pair.indexOf('=');
    const said = Object.fromEntries(rest.map((part) => part.split('=')).map(([n, v]) => [n.toLowerCase(), v === undefined ? true : v]));
    const domain = said.domain ? said.domain.replace(/^\./, '') : '';
    if (domain && `.${this.host}`.slice(-domain.length - 1) !== `.${domain}`) return;
    const id = `${pair.substring(0, at)}|${domain}`;
    const expires = said.expires ? Date.parse(said.expires) : Infinity;
    const cookie = { name: pair.substring(0, at), value: pair.substring(at + 1), domain, expires };
    if (cookie.expires <= this.clock.now) this.kept.delete(id);
    else this.kept.set(id, cookie);
  }
  alive() { return [...this.kept.values()].filter((c) => c.expires > this.clock.now); }
  read() { return this.alive().map((c) => `${c.name}=${c.value}`).join('; '); }
  get(name) { return this.alive().find((c) => c.name === name); }
}

class Storage {
  constructor() { this.items = {}; }
  getItem(name) { return name in this.items ? this.items[name] : null; }
  setItem(name, value) { this.items[name] = String(value); }
  removeItem(name) { delete this.items[name]; }
}

// What stays when a visitor goes from page to page: the clock, the jar, the storage.
class Browser {
  constructor(host = 'app.example') {
    this.clock = { now: BEGINNING };
    this.jar = new Jar(this.clock, host);
    this.local = new Storage();
    this.session = new Storage();
    this.host = host;
  }
  // Opens a page and loads the SDK into it. `change` may alter the window before.
  open(change = () => {}, address = `http://${this.host}/page?x=1`) { return new Page(this, change, address); }
}

class Page {
  constructor(browser, change, address) {
    Object.assign(this, { browser, timers: [], nextTimer: 1, requests: [], frames: [], scripts: [], windows: [], lines: [], events: [] });
    this.window = this.makeWindow(new URL(address));
    this.root = this.window.document.body.appendChild(this.element('div', { id: 'fb-root' }));
    change(this.window, this);
    this.context = vm.createContext(this.window);
    this.load();
  }
  load() { vm.runInContext(script, this.context, { filename: 'all.js' }); }
  get FB() { return this.window.FB; }

  makeWindow(url) {
    const page = this, { clock, jar } = this.browser, document = this.makeDocument();
    const window = {
      document, location: { protocol: url.protocol, host: url.host, hostname: url.hostname, pathname: url.pathname, href: url.href },
      localStorage: this.browser.local, sessionStorage: this.browser.session, name: '', navigator: {}, isSecureContext: true,
      screenX: 0, screenY: 0, outerWidth: 1000, outerHeight: 800,
      console: { log: (line) => this.lines.push(String(line)), error: (line) => this.lines.push(`ERROR ${line}`) },
      setTimeout: (work, ms) => this.timer(work, ms || 0, 0), clearTimeout: (id) => this.clear(id),
      setInterval: (work, ms) => this.timer(work, ms, ms), clearInterval: (id) => this.clear(id),
      addEventListener: (name, heard) => { if (name === 'message') this.heard = heard; },
      postMessage() {},
      open: (address, name, features) => {
        const opened = { address, name, features, closed: false, close() { this.closed = true; } };
        this.windows.push(opened);
        return opened;
      },
      Date: class extends Date { constructor(...args) { args.length ? super(...args) : super(clock.now); } },
      XMLHttpRequest: class {
        constructor() { this.withCredentials = false; this.headers = {}; this.readyState = 0; }
        open(method, address) { Object.assign(this, { method, address }); }
        setRequestHeader(name, value) { this.headers[name] = value; }
        send(body) { this.body = body; page.requests.push(this); }
        answer(status, body) {
          Object.assign(this, { status, readyState: 4, responseText: typeof body === 'string' ? body : JSON.stringify(body) });
          this.onreadystatechange();
        }
        fail() { this.answer(0, ''); }
        get fields() { return Object.fromEntries(new URLSearchParams(this.body)); }
      },
    };
    window.window = window.top = window.parent = window.self = window;
    Object.defineProperty(document, 'cookie', { get: () => jar.read(), set: (text) => jar.write(text) });
    return window;
  }

  makeDocument() {
    const html = new Element('html', this), document = { readyState: 'complete', compatMode: 'CSS1Compat', documentElement: html };
    document.head = html.appendChild(new Element('head', this));
    document.body = html.appendChild(new Element('body', this));
    document.createElement = (tag) => new Element(tag, this);
    document.createTextNode = (text) => Object.assign(new Element('#text', this), { text });
    document.getElementById = (id) => html.all().find((e) => e.id === id) || null;
    document.getElementsByTagName = (tag) => html.getElementsByTagName(tag);
    return document;
  }

  element(tag, members = {}, attributes = {}, text = null) {
    const element = Object.assign(new Element(tag, this), members);
    Object.entries(attributes).forEach(([name, value]) => element.setAttribute(name, value));
    if (text !== null) element.appendChild(this.window.document.createTextNode(text));
    return element;
  }
  appended(element) {
    if (element.tagName === 'IFRAME') this.frames.push(element);
    if (element.tagName === 'SCRIPT') this.scripts.push(element);
  }

  // The clock.
  timer(work, ms, every) {
    this.timers.push({ id: this.nextTimer, work, at: this.browser.clock.now + ms, every });
    return this.nextTimer++;
  }
  clear(id) { this.timers = this.timers.filter((timer) => timer.id !== id); }
  tick(ms = 0) {
    const { clock } = this.browser, end = clock.now + ms;
    for (;;) {
      const due = this.timers.filter((t) => t.at <= end).sort((a, b) => a.at - b.at || a.id - b.id)[0];
      if (!due) break;
      clock.now = Math.max(clock.now, due.at);
      if (due.every) due.at += due.every; else this.clear(due.id);
      due.work();
    }
    clock.now = end;
  }

  // What the server's pages do.
  post(data, origin = WWW) { this.heard({ data, origin }); }
  // Leads a window or frame to its address to return to, with an answer behind it, as connect/xd_arbiter.php posts it.
  arbiter(address, answer, change = (message) => message) {
    const fragment = address.substring(address.indexOf('#') + 1);
    const [, origin] = /(?:^|&)origin=([^&]*)/.exec(fragment);
    const channel = decodeURIComponent(origin).substring(this.window.location.protocol.length + 2 + this.window.location.host.length + 1);
    const more = Object.entries(answer).map(([n, v]) => `&${n}=${encodeURIComponent(v)}`).join('');
    const message = change({ data: `_FB_${channel}${fragment}${more}`, origin: WWW });
    this.post(message.data, message.origin);
  }
  get lastRequest() { return this.requests[this.requests.length - 1]; }
  get lastFrame() { return this.frames[this.frames.length - 1]; }
  get lastWindow() { return this.windows[this.windows.length - 1]; }

  // Writes down every auth event, with the status that it told.
  hear(also = () => {}) {
    for (const name of ['login', 'logout', 'authResponseChange', 'sessionChange', 'statusChange', 'prompt']) {
      this.FB.Event.subscribe(`auth.${name}`, (response) => {
        this.events.push(name);
        also(name, response);
      });
    }
  }
  heardEvents() { return this.events.splice(0).join(', '); }
}

// The query or the fragment of an address.
function query(address) { return Object.fromEntries(new URLSearchParams(address.split('?')[1])); }

// A signed_request that names a user; nobody here checks whether it is genuine.
function signedRequest(user) {
  const payload = Buffer.from(JSON.stringify({ algorithm: 'HMAC-SHA256', code: 'c', issued_at: 1, user_id: user })).toString('base64url');
  return `sig.${payload}`;
}

function authResponse(user, token = `token-of-${user}`, expiresIn = 7200) {
  return { accessToken: token, userID: user, expiresIn, signedRequest: signedRequest(user) };
}

function session(uid, sessionKey = `key-${uid}`, expires = BEGINNING / 1000 + 7200) {
  return { session_key: sessionKey, uid, expires, secret: 's', base_domain: 'app.example', access_token: `token-of-${uid}`, sig: 'x' };
}

// An answer of the status address.
function connected(user, more = {}) {
  return { status: 'connected', road: 'cookie', authResponse: authResponse(user), token: `kept-of-${user}`, base_domain: 'app.example', ...more };
}
const UNKNOWN = { status: 'unknown', road: 'none', cookies: false };

// Objects of the page have prototypes of their own.
function plain(value) { return value === undefined ? undefined : JSON.parse(JSON.stringify(value)); }

module.exports = { Browser, CONFIG, WWW, BEGINNING, UNKNOWN, authResponse, session, connected, signedRequest, query, plain, script };
