// The cookies that the SDK writes on the site itself: names, values, domains, when they come and go.
'use strict';

const test = require('node:test');
const assert = require('assert');
const { Browser, BEGINNING, authResponse, connected, session, signedRequest, plain } = require('./page.js');

const SECONDS = BEGINNING / 1000;

function quiet(more, browser = new Browser('www.app.example'), address) {
  const page = browser.open(undefined, address);
  page.FB.init({ appId: '42', status: false, ...more });
  return page;
}

function told(page, answer) {
  page.FB.getLoginStatus(null, true);
  page.lastRequest.answer(200, answer);
}

const cookie = (page, name) => {
  const found = page.browser.jar.get(name);
  return found && [found.value, found.domain, found.expires === Infinity ? 0 : found.expires / 1000 - SECONDS];
};

test('a connected visitor of the OAuth way has a signed request, with the domain beside it', () => {
  const page = quiet({ cookie: true });
  page.hear(() => assert.ok(cookie(page, 'fbsr_42'), 'written before the events'));
  told(page, connected('1001'));
  assert.deepStrictEqual(cookie(page, 'fbsr_42'), [signedRequest('1001'), 'app.example', 7200]);
  assert.deepStrictEqual(cookie(page, 'fbm_42'), ['base_domain%3D.app.example', 'app.example', 7200]);
  assert.match(page.browser.jar.written[0], /^fbsr_42=; path=\/; expires=Thu, 01 Jan 1970/, 'the one of this host alone goes first');
  // The next page knows whom it is about, and where to delete.
  const next = quiet({ cookie: true }, page.browser);
  assert.deepStrictEqual([next.FB.getUserID(), next.FB.getAuthResponse()], ['1001', null]);
  told(next, { status: 'not_authorized', road: 'cookie' });
  assert.deepStrictEqual([cookie(next, 'fbsr_42'), cookie(next, 'fbm_42')], [undefined, undefined]);
});

test('a token that never expires makes a cookie of the browser session', () => {
  const page = quiet({ cookie: true, authResponse: authResponse('1001', 't', 0) });
  assert.deepStrictEqual(cookie(page, 'fbsr_42'), [signedRequest('1001'), '', 0]);
  assert.strictEqual(cookie(page, 'fbm_42'), undefined, 'without a domain there is nothing to remember');
});

test('without the option nothing is written, and what is there is still read', () => {
  const page = quiet({});
  told(page, connected('1001'));
  assert.deepStrictEqual(page.browser.jar.written, []);
  const old = quiet({ oauth: false });
  told(old, { status: 'connected', road: 'cookie', session: session(1001) });
  assert.deepStrictEqual(old.browser.jar.written, []);
  page.browser.jar.write(`fbsr_42=${signedRequest('1002')}; path=/`);
  assert.strictEqual(quiet({}, page.browser).FB.getUserID(), '1002');
});

test('the page may name the domain, and none that is not its own is used', () => {
  const page = quiet({ cookie: '.www.app.example' });
  told(page, connected('1001'));
  assert.strictEqual(cookie(page, 'fbsr_42')[1], 'www.app.example');
  for (const base of ['other.example', 'evilapp.example', 'example', 'pp.example', '']) {
    const other = quiet({ cookie: true });
    told(other, connected('1001', { base_domain: base }));
    assert.deepStrictEqual(cookie(other, 'fbsr_42'), [signedRequest('1001'), '', 7200], base);
  }
  const local = quiet({ cookie: true }, new Browser('127.0.0.1'));
  told(local, connected('1001', { base_domain: '0.0.1' }));
  assert.strictEqual(cookie(local, 'fbsr_42')[1], '');
});

test('over https cookies are for https alone, and in a frame of another site are declared for it', () => {
  const browser = new Browser('www.app.example');
  quiet({ cookie: true, authResponse: authResponse('1001') }, browser, 'https://www.app.example/');
  assert.match(browser.jar.written.pop(), /; secure$/);
  const framed = browser.open((window) => { window.top = {}; }, 'https://www.app.example/');
  framed.FB.init({ appId: '42', status: false, cookie: true, authResponse: authResponse('1001') });
  assert.match(browser.jar.written.pop(), /; SameSite=None; secure$/);
  quiet({ cookie: true, authResponse: authResponse('1001') }, browser, 'http://www.app.example/');
  assert.doesNotMatch(browser.jar.written.pop(), /secure/i);
});

test('a session of the session way is a query in quotes, names in order', () => {
  const page = quiet({ oauth: false, cookie: true });
  const told1 = { ...session(1001), secret: 'a b&c' };
  told(page, { status: 'connected', road: 'cookie', session: told1 });
  assert.deepStrictEqual(cookie(page, 'fbs_42'), [
    `"access_token=token-of-1001&base_domain=app.example&expires=${SECONDS + 7200}&secret=a%20b%26c&session_key=key-1001&sig=x&uid=1001"`,
    'app.example', 7200,
  ]);
  const written = page.browser.jar.written.length;
  told(page, { status: 'connected', road: 'cookie', session: told1 });
  assert.strictEqual(page.browser.jar.written.length, written, 'written only when the session is another');
  // The next page is connected at once by it.
  const next = quiet({ oauth: false, cookie: true }, page.browser);
  assert.deepStrictEqual(plain(next.FB.getSession()), { ...told1, uid: '1001' });
  told(next, { status: 'unknown', road: 'none' });
  assert.strictEqual(cookie(next, 'fbs_42'), undefined);
});

test('an expired or broken session cookie is none; an infinite one lives with the browser', () => {
  const browser = new Browser('www.app.example');
  for (const value of ['""', '"uid=1"', `"session_key=k&uid=1&expires=${SECONDS - 1}"`, '"%"', 'x']) {
    browser.jar.write(`fbs_42=${value}; path=/`);
    assert.strictEqual(quiet({ oauth: false }, browser).FB.getSession(), null, value);
  }
  browser.jar.write(`fbs_42=${encodeURIComponent(`"session_key=k&uid=1&expires=${SECONDS + 1}"`)}; path=/`);
  assert.strictEqual(quiet({ oauth: false }, browser).FB.getUserID(), '1', 'as servers of the time wrote it');
  browser.jar.write('fbm_42=base_domain%3D%; path=/');
  browser.jar.write('fbsr_42=a.!%; path=/');
  assert.strictEqual(quiet({}, browser).FB.getUserID(), 0);
  const page = quiet({ session: session(1001, 'k', 0), cookie: true });
  assert.strictEqual(cookie(page, 'fbs_42')[2], 0);
});

const CONNECT = { ab12_user: '1001', ab12_session_key: 'k-1001', ab12_expires: String(SECONDS + 60), ab12_ss: 's', ab12: 'sig' };

test('the cookies of the first library are written as they were signed, and all go with the session', () => {
  const page = quiet({ oauth: false, cookie: true, connectCookies: true });
  told(page, { status: 'connected', road: 'cookie', session: session(1001), connect: CONNECT, base_domain: 'app.example' });
  for (const [name, value] of Object.entries(CONNECT)) assert.deepStrictEqual(cookie(page, name), [value, 'app.example', 60], name);
  assert.deepStrictEqual(cookie(page, 'base_domain_ab12'), ['app.example', 'app.example', 60]);
  // A later page deletes them too, though it was not told the API key.
  const next = quiet({ oauth: false, cookie: true, connectCookies: true }, page.browser);
  assert.ok(cookie(next, 'ab12'));
  told(next, { status: 'not_authorized', road: 'cookie' });
  assert.deepStrictEqual(next.browser.jar.alive().map((c) => c.name), []);
});

test('a page without cookies still writes those of the first library when it asks for them', () => {
  const page = quiet({ oauth: false, connectCookies: true });
  told(page, { status: 'connected', road: 'cookie', session: session(1001), connect: { ...CONNECT, ab12_expires: '0' } });
  assert.deepStrictEqual(cookie(page, 'ab12'), ['sig', 'app.example', 0]);
  assert.strictEqual(cookie(page, 'fbs_42'), undefined);
});
