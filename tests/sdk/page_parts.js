// The rest of the page: how the SDK begins, FB.Event, JSON and query strings, login buttons, the canvas frame.
'use strict';

const test = require('node:test');
const assert = require('assert');
const { Browser, WWW, UNKNOWN, authResponse, query, plain } = require('./page.js');

// A page whose script stands at this address.
function loadedBy(src, change = () => {}) {
  return new Browser().open((window, page) => {
    window.document.head.appendChild(page.element('script', { src }));
    page.scripts.length = 0;
    change(window, page);
  });
}

test('fbAsyncInit is called when the page has gone on', () => {
  let calls = 0;
  const page = new Browser().open((window) => { window.fbAsyncInit = () => { calls += 1; }; });
  assert.strictEqual(calls, 0);
  page.tick();
  assert.strictEqual(calls, 1);
});

test('a second script tag changes nothing', () => {
  let calls = 0;
  const page = new Browser().open((window) => { window.fbAsyncInit = () => { calls += 1; }; });
  const { FB } = page;
  page.tick();
  page.load();
  page.tick();
  assert.ok(page.FB === FB && calls === 1);
});

test('FB is the only thing that it leaves behind', () => {
  let before;
  const page = new Browser().open((window) => { before = Object.keys(window); });
  assert.deepStrictEqual(Object.keys(page.window).filter((name) => !before.includes(name)), ['FB']);
});

test('options may stand behind the address of the script', () => {
  const page = loadedBy(`${WWW}/en_US/all.js#xfbml=1&appId=42&status=0&cookie=1&version=v2.0`);
  const button = page.window.document.body.appendChild(page.element('fb:login-button'));
  page.tick();
  assert.deepStrictEqual([page.requests.length, button.words], [0, 'Log In']);
  page.FB.Auth.setAuthResponse(authResponse('1001'), 'connected');
  assert.ok(page.browser.jar.get('fbsr_42'));
});

test('what FB.init says goes before them, and one FB.init is enough', () => {
  const page = loadedBy(`${WWW}/en_US/sdk.js#appId=42&status=1`, (window) => {
    window.fbAsyncInit = () => window.FB.init({ status: false, logging: true });
  });
  page.tick();
  assert.deepStrictEqual([page.requests.length, page.lines], [0, []]);
  page.FB.getLoginStatus();
  assert.strictEqual(page.lastRequest.fields.client_id, '42');
  const other = loadedBy('http://other.example/all.json#appId=42');
  other.tick();
  assert.strictEqual(other.requests.length, 0, 'another script');
});

test('a second FB.init works, and is said to be one', () => {
  const page = new Browser().open();
  page.FB.init({ appId: '42', status: false });
  page.FB.init({ appId: '42' });
  assert.match(page.lines[0], /FB\.init has already been called/);
  assert.strictEqual(page.requests.length, 1);
});

test('a page without fb-root is told so and works', () => {
  const page = new Browser().open();
  page.window.document.body.removeChild(page.root);
  page.FB.init({ appId: '42' });
  page.lastRequest.fail();
  assert.strictEqual(page.lastFrame.parentNode.id, 'fb-root');
  assert.match(page.lines[0], /"fb-root" div has not been created/);
});

test('sessions and authResponses each belong to a way of their own', () => {
  const page = new Browser().open();
  page.FB.init({ appId: '42', status: false });
  assert.deepStrictEqual([page.FB.getSession(), page.FB.getAuthResponse(), page.FB.getUserID(), page.FB.getAccessToken()], [null, null, 0, null]);
  assert.match(page.lines[0], /^FB\.getSession\(\) called/);
  for (const options of [{ oauth: false }, { session: null }, { session: false }]) {
    const old = new Browser().open();
    old.FB.init({ appId: '42', status: false, ...options });
    assert.strictEqual(old.FB.getAuthResponse(), null);
    assert.match(old.lines[0], /^FB\.getAuthResponse\(\) called/);
  }
  const both = new Browser().open();
  both.FB.init({ appId: '42', status: false, session: null, oauth: true });
  both.FB.getAuthResponse();
  assert.deepStrictEqual(both.lines, []);
});

test('events: order, doubles, arguments, and callbacks that take themselves away', () => {
  const { FB } = new Browser().open(), got = [];
  const twice = (...args) => got.push(['twice', ...args]);
  const once = () => { got.push('once'); FB.Event.unsubscribe('x', once); };
  FB.Event.subscribe('x', twice);
  FB.Event.subscribe('x', once);
  FB.Event.subscribe('x', twice);
  FB.Event.fire('x', 1, 2);
  FB.Event.fire('x');
  assert.deepStrictEqual(got.splice(0), [['twice', 1, 2], 'once', ['twice', 1, 2], ['twice'], ['twice']]);
  FB.Event.unsubscribe('x', twice);
  FB.Event.fire('x');
  FB.Event.subscribe('x', twice);
  FB.Event.clear('x');
  FB.Event.fire('x');
  for (const name of ['constructor', '__proto__', 'never']) FB.Event.fire(name);
  assert.deepStrictEqual(got, []);
  FB.Event.subscribe('x', () => { throw new Error('through'); });
  assert.throws(() => FB.Event.fire('x'), /through/);
});

test('events: monitor asks until the answer is true', () => {
  const { FB } = new Browser().open(), got = [];
  FB.Event.monitor('x', (...args) => { got.push(args); return args[0] === 'enough'; });
  FB.Event.fire('x', 'more');
  FB.Event.fire('x', 'enough');
  FB.Event.fire('x', 'late');
  assert.deepStrictEqual(got, [[], ['more'], ['enough']]);
  FB.Event.monitor('y', () => { got.push('at once'); return true; });
  FB.Event.fire('y');
  assert.strictEqual(got.length, 4);
});

test('events: each object that takes the provider has its own list', () => {
  const { FB } = new Browser().open(), got = [];
  const [a, b] = [FB.copy({}, FB.EventProvider), FB.copy({}, FB.EventProvider)];
  a.subscribe('x', () => got.push('a'));
  b.subscribe('x', () => got.push('b'));
  b.fire('x');
  FB.Event.fire('x');
  assert.deepStrictEqual(got, ['b']);
});

test('JSON is written and read as everywhere, also where a library has bent it or a browser has none', () => {
  const values = [null, true, 1.5, 'a"\\\n\u2028é', [], [1, [2]], { a: { b: [null] }, 'c d': '' }];
  for (const change of [() => {}, (window) => { window.JSON = undefined; }]) {
    const page = new Browser().open(change);
    for (const value of values) {
      const text = page.FB.JSON.stringify(value);
      assert.deepStrictEqual(JSON.parse(text), value);
      assert.deepStrictEqual(plain(page.FB.JSON.parse(text)), value);
    }
    for (const bad of ['', 'alert(1)', '{"a":b}', '[1', '"a" + "b"', 'a=1', '(1)']) assert.throws(() => page.FB.JSON.parse(bad), bad);
  }
  const bent = new Browser().open();
  bent.window.Array = Array;
  const list = Object.assign([1], { toJSON: () => '"[1]"' });
  assert.strictEqual(bent.FB.JSON.stringify({ list, f() {}, u: undefined, n: NaN }), '{"list":[1],"n":null}');
});

test('query strings: names in order, everything escaped, + is a plus', () => {
  const { FB } = new Browser().open();
  assert.strictEqual(FB.QS.encode({ b: 'x y&=', a: 1, n: null, u: undefined, e: '' }), 'a=1&b=x%20y%26%3D&e=');
  assert.deepStrictEqual(plain(FB.QS.decode('a=1&b=x%20y%26%3D&c=d=e+f&bad=%&&=x&flag')), { a: '1', b: 'x y&=', c: 'd=e+f' });
});

// Draws one button on a page and answers both.
function drawn(attributes, text = null, more = {}, tag = 'fb:login-button', members = {}) {
  const page = new Browser().open();
  page.FB.init({ appId: '42', status: false, ...more });
  const element = page.window.document.body.appendChild(page.element(tag, members, attributes, text));
  page.FB.XFBML.parse();
  page.tick();
  return [page, element, element.getElementsByTagName('button')[0]];
}

test('a login button is a button with words, drawn once, and says when it is there', () => {
  const page = new Browser().open(), got = [];
  page.window.document.body.appendChild(page.element('fb:login-button'));
  page.FB.Event.subscribe('xfbml.render', () => got.push('render'));
  page.FB.init({ appId: '42', status: false, xfbml: true });
  page.tick();
  page.FB.XFBML.parse(page.window.document.body, () => got.push('callback'));
  page.tick();
  assert.deepStrictEqual(got, ['render', 'callback', 'render']);
  const buttons = page.window.document.getElementsByTagName('button');
  assert.deepStrictEqual([buttons.length, buttons[0].words, buttons[0].getAttribute('type')], [1, 'Log In', 'button']);
  assert.strictEqual(page.window.document.getElementsByTagName('img').length, 0);
});

test('a login button keeps its own words, its size and its permissions', () => {
  const [page, , button] = drawn({ size: 'large', perms: 'email,publish_stream' }, 'Come in');
  assert.strictEqual(button.words, 'Come in');
  assert.match(button.style.cssText, /bold 16px/);
  button.onclick();
  assert.strictEqual(query(page.lastWindow.address).scope, 'email,publish_stream');
  assert.strictEqual(drawn({ length: 'long' }, ' \n ')[2].words, 'Log In with Reconnect');
  const [div, , other] = drawn({ 'data-scope': 'email' }, null, {}, 'div', { className: 'x fb-login-button' });
  other.onclick();
  assert.strictEqual(query(div.lastWindow.address).scope, 'email');
});

test('onlogin runs after a login, as script or by name, and not after a refusal', () => {
  for (const code of ['window.ran = (window.ran || 0) + 1', 'app.onlogin']) {
    const [page, , button] = drawn({ onlogin: code });
    page.window.app = { onlogin: (response) => { page.window.ran = response.status === 'connected' ? 1 : 0; } };
    button.onclick();
    page.lastWindow.closed = true;
    page.tick(1000);
    assert.strictEqual(page.window.ran, undefined);
    page.FB.Auth.setAuthResponse(authResponse('1001'), 'connected');
    button.onclick();
    assert.strictEqual(page.window.ran, 1);
  }
  // Text of strangers may bring data- attributes along, so that one is a name and no script.
  for (const [code, ran] of [['window.ran = 1', undefined], ['app.onlogin', 1]]) {
    const [page, , button] = drawn({ 'data-onlogin': code }, null, { authResponse: authResponse('1001') }, 'div', { className: 'fb-login-button' });
    page.window.app = { onlogin: () => { page.window.ran = 1; } };
    button.onclick();
    assert.strictEqual(page.window.ran, ran, code);
  }
  const [broken, , button] = drawn({ onlogin: 'no.such.thing' }, null, { authResponse: authResponse('1001') });
  button.onclick();
  assert.match(broken.lines.pop(), /^onlogin of a login button: /);
});

test('with autologoutlink it is the way out as well', () => {
  const [page, , button] = drawn({ autologoutlink: 'true', onlogin: 'window.ran = true' });
  page.FB.Auth.setAuthResponse(authResponse('1001'), 'connected');
  assert.strictEqual(button.words, 'Log Out');
  button.onclick();
  page.arbiter(query(page.lastFrame.src).next, {});
  assert.deepStrictEqual([button.words, page.window.ran], ['Log In', true]);
});

// A page in a frame of somebody else, and what it posts there.
function framed() {
  const posted = [];
  const page = new Browser().open((window) => {
    window.parent = { postMessage: (data, origin) => posted.push([JSON.parse(data), origin]) };
    window.top = window.parent;
    window.document.documentElement.offsetHeight = 300;
  });
  return [page, posted];
}

test('the canvas page, and nobody else, is told how large the frame shall be', () => {
  const [page, posted] = framed();
  page.FB.Canvas.setSize({ width: 760.4, height: 1200 });
  page.FB.Canvas.setSize();
  assert.deepStrictEqual(posted, [
    [{ method: 'setSize', params: { width: 760, height: 1200, frame: 'iframe_canvas' } }, WWW],
    [{ method: 'setSize', params: { height: 300, frame: 'iframe_canvas' } }, WWW],
  ]);
  const alone = new Browser().open((window) => { window.postMessage = () => assert.fail('posted to itself'); });
  alone.FB.Canvas.setSize({ height: 1 });
});

test('the frame follows the page until it shall not', () => {
  const [page, posted] = framed();
  page.FB.Canvas.setAutoResize();
  page.tick(1000);
  assert.strictEqual(posted.length, 1, 'only when the height is another');
  page.window.document.documentElement.offsetHeight = 200;
  page.tick(100);
  assert.deepStrictEqual(posted.map(([message]) => message.params.height), [300, 200]);
  page.FB.Canvas.setAutoResize(false);
  page.window.document.documentElement.offsetHeight = 100;
  page.tick(1000);
  assert.strictEqual(posted.length, 2);
  page.FB.Canvas.setAutoGrow(500);
  page.tick(499);
  page.window.document.documentElement.offsetHeight = 50;
  page.tick(1);
  assert.strictEqual(posted.length, 4);
  page.FB.Canvas.setUrl('/x');
  assert.match(page.lines[0], /setUrl/);
});

test('FB.init without an application says what is missing', () => {
  const page = new Browser().open();
  page.FB.init({ xfbml: true });
  assert.deepStrictEqual([page.lines, page.requests.length], [['FB.getLoginStatus() called before calling FB.init().'], 0]);
});

test('options that have no bearing here are taken', () => {
  const page = new Browser().open();
  page.FB.init({ appId: 42, channelUrl: '/c', frictionlessRequests: true, music: true, useCachedDialogs: false, hideFlashCallback() {} });
  page.lastRequest.answer(200, UNKNOWN);
  assert.deepStrictEqual([page.lastRequest.fields.client_id, page.lines.length], ['42', 1]);
});
