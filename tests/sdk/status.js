// FB.getLoginStatus: queue, answer kept for the session, force, mark of the logout, time-out, refresh, roads, lines on the console.
'use strict';

const test = require('node:test');
const assert = require('assert');
const { Browser, WWW, UNKNOWN, BEGINNING, authResponse, connected, session, signedRequest, query, plain } = require('./page.js');

const MINUTES = 60 * 1000;

// A page whose FB.init asks for nothing by itself.
function quiet(browser = new Browser(), more = {}, change) {
  const page = browser.open(change);
  page.FB.init({ appId: '42', status: false, ...more });
  return page;
}

// Asks, and answers the request with this.
function told(page, answer, force) {
  const got = [];
  page.FB.getLoginStatus((response) => got.push(response), force);
  page.lastRequest.answer(200, answer);
  return plain(got[0]);
}

test('before FB.init it only says so', () => {
  const page = new Browser().open();
  page.FB.getLoginStatus(() => assert.fail('called'));
  page.FB.login(() => assert.fail('called'));
  page.FB.logout(() => assert.fail('called'));
  page.tick(60 * MINUTES);
  assert.deepStrictEqual(page.lines, [
    'FB.getLoginStatus() called before calling FB.init().',
    'FB.login() called before FB.init().',
    'FB.logout() called before calling FB.init().',
  ]);
});

test('one request serves all callers, in their order, with one and the same answer', () => {
  const page = quiet(), got = [];
  page.hear(() => assert.deepStrictEqual(got, [], 'events come before callers'));
  for (const n of [1, 2, 3]) page.FB.getLoginStatus((response) => got.push([n, response]));
  assert.strictEqual(page.requests.length, 1);
  assert.deepStrictEqual(got, []);
  page.lastRequest.answer(200, connected('1001'));
  assert.deepStrictEqual(got.map(([n]) => n), [1, 2, 3]);
  assert.ok(got[0][1] === got[1][1] && got[1][1] === got[2][1]);
  assert.deepStrictEqual(plain(got[0][1]), { authResponse: authResponse('1001'), status: 'connected' });
  assert.strictEqual(page.heardEvents(), 'login, authResponseChange, statusChange');
  // Loaded: at once, and without a request.
  let now = null;
  page.FB.getLoginStatus((response) => { now = response; });
  assert.deepStrictEqual(plain(now), plain(got[0][1]));
  assert.strictEqual(page.requests.length, 1);
});

test('a callback that throws takes nobody along', () => {
  const page = quiet(), got = [];
  page.FB.getLoginStatus(() => { throw new Error('of the page'); });
  page.FB.getLoginStatus((response) => got.push(response.status));
  page.lastRequest.answer(200, UNKNOWN);
  assert.deepStrictEqual(got, ['unknown']);
  assert.throws(() => page.tick(), /of the page/);
});

test('who asks from an event or a callback is answered as well', () => {
  const page = quiet(), got = [];
  page.FB.Event.subscribe('auth.login', () => page.FB.getLoginStatus((r) => got.push(`event ${r.status}`)));
  page.FB.getLoginStatus(() => page.FB.getLoginStatus((r) => got.push(`forced ${r.status}`), true));
  page.lastRequest.answer(200, connected('1001'));
  assert.deepStrictEqual(got, ['event connected']);
  page.lastRequest.answer(200, { status: 'not_authorized', road: 'cookie' });
  assert.deepStrictEqual(got, ['event connected', 'forced not_authorized']);
});

test('force while loading starts a second request; the first answer serves all, the second fires its events', () => {
  const page = quiet(), got = [];
  page.hear();
  page.FB.getLoginStatus((r) => got.push(`first ${r.status}`));
  page.FB.getLoginStatus((r) => got.push(`forced ${r.status}`), true);
  const [first, second] = page.requests;
  first.answer(200, connected('1001'));
  assert.deepStrictEqual(got.splice(0), ['first connected', 'forced connected']);
  page.heardEvents();
  second.answer(200, connected('1002'));
  assert.deepStrictEqual(got, []);
  assert.strictEqual(page.heardEvents(), 'logout, login, authResponseChange');
});

test('an older answer that comes later does not count', () => {
  const page = quiet();
  page.FB.getLoginStatus();
  page.FB.getLoginStatus(null, true);
  const [first, second] = page.requests;
  second.answer(200, connected('1001'));
  page.hear();
  first.answer(200, UNKNOWN);
  assert.strictEqual(page.heardEvents(), '');
  assert.strictEqual(page.FB.getUserID(), '1001');
});

test('an older answer that comes later does not serve those who wait for a new one', () => {
  const page = quiet(), got = [];
  page.FB.getLoginStatus();
  page.FB.getLoginStatus(null, true);
  const [first, second] = page.requests;
  second.answer(200, connected('1001'));
  page.FB.getLoginStatus((response) => got.push(response.status), true);
  first.answer(200, UNKNOWN);
  page.FB.getLoginStatus((response) => got.push(response.status));
  assert.deepStrictEqual(got, []);
  page.lastRequest.answer(200, { status: 'not_authorized', road: 'cookie' });
  assert.deepStrictEqual(got, ['not_authorized', 'not_authorized']);
});

test('a login overtakes a status on its way', () => {
  const page = quiet(), got = [];
  page.FB.getLoginStatus((r) => got.push(r.status));
  page.FB.login();
  const { redirect_uri: back } = query(page.lastWindow.address);
  page.arbiter(back, { access_token: 't', expires_in: 60, signed_request: signedRequest('1001'), status_token: 'kept' });
  page.lastRequest.answer(200, UNKNOWN);
  assert.deepStrictEqual(got, ['connected']);
  assert.strictEqual(page.FB.getAccessToken(), 't');
  assert.strictEqual(page.browser.local.getItem('fblst_42'), 'kept');
});

test('the request is one that needs no preflight, with credentials and with the kept token', () => {
  const page = quiet();
  told(page, connected('1001'));
  const [first] = page.requests;
  assert.deepStrictEqual([first.method, first.address, first.withCredentials], ['POST', `${WWW}/x/oauth/status`, true]);
  assert.deepStrictEqual(first.headers, { 'Content-Type': 'application/x-www-form-urlencoded' });
  assert.deepStrictEqual(first.fields, { client_id: '42', sdk: 'reconnect', wants: 'signed_request' });
  page.FB.getLoginStatus(null, true);
  assert.strictEqual(page.lastRequest.fields.input_token, 'kept-of-1001');
  page.lastRequest.answer(200, UNKNOWN);
  assert.strictEqual(page.browser.local.getItem('fblst_42'), null, 'a token that the server knows no longer goes');
  const old = quiet(new Browser(), { oauth: false });
  old.FB.getLoginStatus();
  assert.strictEqual(old.lastRequest.fields.wants, 'session');
  const older = quiet(new Browser(), { oauth: false, connectCookies: true });
  older.FB.getLoginStatus();
  assert.strictEqual(older.lastRequest.fields.wants, 'session,connect');
});

test('the answer is kept for the browser session; force goes round it and writes it anew', () => {
  const browser = new Browser(), first = quiet(browser);
  told(first, connected('1001'));
  browser.clock.now += 1000 * 1000;
  const second = quiet(browser), got = [];
  second.hear();
  second.FB.getLoginStatus((response) => got.push(plain(response)));
  assert.deepStrictEqual(got, [], 'never before the caller has gone on');
  second.tick();
  assert.deepStrictEqual(got, [{ authResponse: { ...authResponse('1001'), expiresIn: 6200 }, status: 'connected' }]);
  assert.strictEqual(second.heardEvents(), 'login, authResponseChange, statusChange');
  assert.strictEqual(second.requests.length, 0);
  assert.deepStrictEqual(told(second, { status: 'not_authorized', road: 'cookie' }, true).status, 'not_authorized');
  const third = quiet(browser);
  third.FB.getLoginStatus((response) => got.push(response.status));
  third.tick();
  assert.deepStrictEqual([got[1], third.requests.length], ['not_authorized', 0]);
});

test('a kept answer that is connected no longer, of another way or of another user is not used', () => {
  const browser = new Browser();
  told(quiet(browser), connected('1001'));
  const other = quiet(browser, { oauth: false });
  other.FB.getLoginStatus();
  assert.strictEqual(other.requests.length, 1, 'the session way needs a session');
  browser.jar.write(`fbsr_42=${signedRequest('1002')}; path=/`);
  const cookie = quiet(browser);
  cookie.FB.getLoginStatus();
  assert.strictEqual(cookie.requests.length, 1, 'the cookie of the site names somebody else');
  browser.jar.write('fbsr_42=; path=/; expires=Thu, 01 Jan 1970 00:00:00 GMT');
  browser.clock.now += 7200 * 1000;
  const late = quiet(browser);
  late.FB.getLoginStatus();
  assert.strictEqual(late.requests.length, 1, 'expired');
});

test('a session that the page brings is not undone by an unknown that was kept', () => {
  const browser = new Browser();
  told(quiet(browser, { oauth: false }), UNKNOWN);
  const page = quiet(browser, { session: session(1001), status: true });
  page.tick();
  assert.strictEqual(page.FB.getSession().uid, 1001);
  assert.strictEqual(page.requests.length, 1);
});

test('failures are not kept', () => {
  const browser = new Browser();
  const page = quiet(browser);
  page.FB.getLoginStatus();
  page.lastRequest.answer(500, 'oops');
  assert.strictEqual(browser.session.getItem('fbssls_42'), null);
});

for (const storage of [true, false]) {
  test(`after FB.logout nobody is asked, forced or not, until FB.login succeeds (${storage ? 'storage' : 'cookie'})`, () => {
    const browser = new Browser();
    const change = (window) => storage || Object.defineProperty(window, 'localStorage', { get() { throw new Error('SecurityError'); } });
    const page = quiet(browser, { cookie: true }, change), got = [];
    told(page, connected('1001'));
    page.FB.logout((response) => got.push(plain(response)));
    page.arbiter(query(page.lastFrame.src).next, {});
    assert.deepStrictEqual(got, [{ authResponse: null, status: 'unknown' }]);
    assert.strictEqual(!!browser.jar.get('fblo_42'), !storage);
    const requests = page.requests.length;
    page.FB.getLoginStatus((response) => got.push(response.status), true);
    page.tick();
    const next = quiet(browser, { status: true }, change);
    next.FB.getLoginStatus((response) => got.push(response.status));
    next.tick();
    assert.deepStrictEqual(got.slice(1), ['unknown', 'unknown']);
    assert.strictEqual(page.requests.length + next.requests.length, requests);
    next.FB.login();
    next.arbiter(query(next.lastWindow.address).redirect_uri, { access_token: 't', signed_request: signedRequest('1001'), expires_in: 9 });
    next.FB.getLoginStatus(null, true);
    assert.strictEqual(next.requests.length, 1);
    assert.strictEqual(browser.jar.get('fblo_42'), undefined);
  });
}

test('an answer that never comes is unknown after the time-out, and comes too late then', () => {
  const page = quiet(new Browser(), { timeout: 3000 }), got = [];
  page.FB.getLoginStatus((response) => got.push(response.status));
  page.tick(2999);
  assert.deepStrictEqual(got, []);
  page.tick(1);
  assert.deepStrictEqual(got, ['unknown']);
  assert.match(page.lines[0], /login status: unknown\. No answer of http.* within 3000 ms/);
  page.lastRequest.answer(200, connected('1001'));
  assert.strictEqual(page.FB.getAuthResponse(), null);
  assert.strictEqual(page.lines.length, 1);
  const usual = quiet();
  usual.FB.getLoginStatus((response) => got.push(response.status));
  usual.tick(8000);
  assert.deepStrictEqual(got, ['unknown', 'unknown']);
});

test('a page of https is told that it cannot ask a server of http', () => {
  const page = new Browser().open(undefined, 'https://app.example/');
  page.FB.init({ appId: '42' });
  page.tick(8000);
  assert.match(page.lines[0], /Browsers let no page of https ask a server of http\./);
});

test('a silent refresh that reaches nobody changes nothing; a caller is told unknown', () => {
  const page = quiet(new Browser(), { cookie: true });
  told(page, connected('1001'));
  page.hear();
  page.FB.getLoginStatus(null, true);
  page.tick(8000);
  assert.deepStrictEqual([page.heardEvents(), page.FB.getUserID()], ['', '1001']);
  page.FB.getLoginStatus((response) => assert.strictEqual(response.status, 'unknown'), true);
  page.tick(8000);
  assert.strictEqual(page.heardEvents(), 'logout, authResponseChange, statusChange');
  assert.ok(page.browser.jar.get('fbsr_42'), 'nobody said that the visitor left');
});

test('twenty minutes after the last update the status is asked for again, while somebody is connected', () => {
  const page = quiet();
  told(page, connected('1001'));
  page.tick(19 * MINUTES);
  told(page, connected('1001', { token: 'newer' }), true);
  page.tick(19 * MINUTES);
  assert.strictEqual(page.requests.length, 2, 'each update starts the time anew');
  page.tick(1 * MINUTES);
  assert.strictEqual(page.requests.length, 3);
  page.lastRequest.answer(200, { status: 'not_authorized', road: 'cookie' });
  page.tick(60 * MINUTES);
  assert.strictEqual(page.requests.length, 3);
});

test('who never asked for the status is not refreshed, nor an infinite session', () => {
  const page = quiet(new Browser(), { authResponse: authResponse('1001') });
  page.tick(60 * MINUTES);
  assert.strictEqual(page.requests.length, 0);
  const old = quiet(new Browser(), { oauth: false });
  told(old, { status: 'connected', road: 'cookie', session: session(1001, 'k', 0) });
  old.tick(60 * MINUTES);
  assert.strictEqual(old.requests.length, 1);
});

test('what the server refuses is an error on the console, in its words', () => {
  const page = quiet(), got = [];
  page.FB.getLoginStatus((response) => got.push(response.status));
  page.lastRequest.answer(400, { error: { message: 'http://app.example is no address of this application.', type: 'OAuthException', code: 191 } });
  assert.deepStrictEqual(got, ['unknown']);
  assert.deepStrictEqual(page.lines, [
    'ERROR [Reconnect] login status: unknown. http://app.example is no address of this application. See docs/LOGIN-STATUS.md',
  ]);
});

test('each status ends in one line that says who told it and why', () => {
  const lines = {};
  for (const answer of [
    connected('1001'),
    connected('1001', { road: 'partitioned' }),
    connected('1001', { road: 'kept' }),
    { status: 'not_authorized', road: 'kept' },
    { status: 'unknown', road: 'none', cookies: true },
    UNKNOWN,
  ]) {
    const page = quiet();
    told(page, answer);
    assert.strictEqual(page.lines.length, 1);
    lines[`${answer.status} ${answer.road} ${answer.cookies}`] = page.lines[0];
  }
  const line = (status, why) => `[Reconnect] login status: ${status}. ${why} See docs/LOGIN-STATUS.md`;
  const keptWhy = `Told by this application's kept token: the browser sent no cookie of ${WWW} (third-party cookies are blocked or partitioned).`;
  assert.deepStrictEqual(lines, {
    'connected cookie undefined': line('connected', `Told by the login cookie of ${WWW}.`),
    'connected partitioned undefined': line('connected', `Told by the cookie that ${WWW} has for this site alone (partitioned).`),
    'connected kept undefined': line('connected', keptWhy),
    'not_authorized kept undefined': line('not_authorized', keptWhy),
    'unknown none true': line('unknown', `The browser sent the cookies of ${WWW}: nobody is logged in.`),
    'unknown none false': line('unknown', `The browser sent no cookie of ${WWW} and no token is kept here: nobody is logged in, ` +
      'or third-party cookies are blocked or partitioned. FB.login() works all the same.'),
  });
});

test('logging: false silences the console but not fb.log; fb_debug=1 in the address wakes it', () => {
  for (const [address, lines] of [['http://app.example/', 0], ['http://app.example/?fb_debug=1', 1]]) {
    const page = new Browser().open(undefined, address), logged = [];
    page.FB.Event.subscribe('fb.log', (line) => logged.push(line));
    page.FB.init({ appId: '42', status: false, logging: false });
    told(page, UNKNOWN);
    assert.deepStrictEqual([page.lines.length, logged.length], [lines, 1]);
  }
});

test('FB.init asks by itself, unless it shall not', () => {
  const asking = new Browser().open();
  asking.FB.init({ apiKey: 'abc' });
  assert.deepStrictEqual([asking.requests.length, asking.requests[0].fields.client_id], [1, 'abc']);
  asking.FB.getLoginStatus(() => {});
  assert.strictEqual(asking.requests.length, 1);
  assert.strictEqual(quiet().requests.length, 0);
});

test('another application begins from nothing, and what was asked for the first is nothing to it', () => {
  const page = quiet(), got = [];
  told(page, connected('1001'));
  page.FB.getLoginStatus(null, true);
  const old = page.lastRequest;
  page.FB.init({ appId: '43', status: false });
  assert.deepStrictEqual([page.FB.getUserID(), page.FB.getAuthResponse()], [0, null]);
  page.FB.getLoginStatus((response) => got.push(response.status));
  old.answer(200, connected('1001'));
  assert.deepStrictEqual([got, page.browser.local.getItem('fblst_43')], [[], null]);
  page.lastRequest.answer(200, UNKNOWN);
  assert.deepStrictEqual(got, ['unknown']);
});

test('the clock of the page is where the tests believe it', () => {
  assert.strictEqual(new Date(BEGINNING).toISOString(), '2011-12-13T00:00:00.000Z');
});
