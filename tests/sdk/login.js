// FB.login, FB.logout, FB.ui: windows, what they are asked, and what their answers make of the state.
'use strict';

const test = require('node:test');
const assert = require('assert');
const { Browser, WWW, UNKNOWN, authResponse, connected, session, signedRequest, query, plain } = require('./page.js');

const ANN = { access_token: 't', expires_in: 60, signed_request: signedRequest('1001'), base_domain: 'app.example', status_token: 'kept' };
const REFUSED = { error_reason: 'user_denied', error: 'access_denied', error_description: 'The user denied your request.' };

function quiet(more = {}, browser = new Browser(), change) {
  const page = browser.open(change);
  page.FB.init({ appId: '42', status: false, ...more });
  return page;
}

function loginOn(page, opts) {
  const got = [];
  page.FB.login((response) => got.push(plain(response)), opts);
  return got;
}

const back = (page) => query(page.lastWindow.address).redirect_uri;

test('a login is a window in the middle of this one, and tells what came of it after the events', () => {
  const page = quiet({ cookie: true });
  const got = loginOn(page, { scope: 'email, read_stream', auth_type: 'rerequest' });
  const { address, features } = page.lastWindow;
  const { redirect_uri: uri, ...rest } = query(address);
  assert.ok(address.startsWith(`${WWW}/dialog/oauth?`));
  assert.deepStrictEqual(rest, {
    api_key: '42', app_id: '42', auth_type: 'rerequest', client_id: '42', display: 'popup', domain: 'app.example', locale: 'en_US',
    origin: '1', response_type: 'token,signed_request', scope: 'email,read_stream', sdk: 'reconnect',
  });
  assert.match(uri, /&relation=opener&frame=f[0-9a-f]+$/);
  assert.match(features, /^width=627,height=326,left=186,top=189,scrollbars=1,location=1,toolbar=0/);
  page.hear(() => assert.deepStrictEqual(got, []));
  page.arbiter(uri, ANN);
  assert.deepStrictEqual(got, [{
    authResponse: { accessToken: 't', userID: '1001', expiresIn: 60, signedRequest: signedRequest('1001') }, status: 'connected',
  }]);
  assert.strictEqual(page.heardEvents(), 'login, authResponseChange, statusChange');
  assert.ok(page.lastWindow.closed);
  assert.strictEqual(page.browser.local.getItem('fblst_42'), 'kept');
  page.tick(1000);
  assert.deepStrictEqual([got.length, page.timers.length], [1, 0], 'nobody looks at the window any more');
  // The next page of this session knows without a request.
  const next = quiet({ status: true }, page.browser);
  next.tick();
  assert.deepStrictEqual([next.FB.getUserID(), next.requests.length], ['1001', 0]);
});

test('a window that is closed changes nothing and is noticed within a tenth of a second', () => {
  const page = quiet();
  const got = loginOn(page);
  page.hear();
  page.tick(1000);
  page.lastWindow.closed = true;
  page.tick(200);
  assert.deepStrictEqual([got, page.heardEvents()], [[{ authResponse: null, status: 'unknown' }], '']);
  page.FB.Auth.setAuthResponse(authResponse('1001'), 'connected');
  const again = loginOn(page, { scope: 'email' });
  page.lastWindow.closed = true;
  page.tick(200);
  assert.deepStrictEqual(again, [{ authResponse: authResponse('1001'), status: 'connected' }]);
});

test('an answer that was under way when the window closed still counts', () => {
  const page = quiet();
  const got = loginOn(page);
  page.tick(1000);
  page.lastWindow.closed = true;
  page.tick(100);
  page.arbiter(back(page), ANN);
  page.tick(1000);
  assert.deepStrictEqual(got.map((response) => response.status), ['connected']);
});

test('a refusal says what the visitor is now, unless there was a login', () => {
  for (const status of ['not_authorized', 'unknown']) {
    const page = quiet();
    const got = loginOn(page);
    page.hear();
    page.arbiter(back(page), { ...REFUSED, status });
    assert.deepStrictEqual(got, [{ authResponse: null, status }]);
    assert.strictEqual(page.heardEvents(), status === 'unknown' ? '' : 'statusChange');
  }
  const page = quiet({ authResponse: authResponse('1001') });
  const got = loginOn(page, { scope: 'email' });
  page.hear();
  page.arbiter(back(page), { ...REFUSED, status: 'not_authorized' });
  assert.deepStrictEqual([got, page.heardEvents()], [[{ authResponse: authResponse('1001'), status: 'connected' }], '']);
});

test('who is connected already is told so at once, without a window, unless more is asked for', () => {
  const page = quiet({ authResponse: authResponse('1001') });
  assert.deepStrictEqual(loginOn(page), [{ authResponse: authResponse('1001'), status: 'connected' }]);
  assert.deepStrictEqual([page.windows.length, page.lines], [0, ['FB.login() called when user is already connected.']]);
  for (const opts of [{ scope: 'email' }, { perms: 'email' }, { auth_type: 'reauthenticate' }]) loginOn(page, opts);
  assert.strictEqual(page.windows.length, 3);
  assert.strictEqual(query(page.windows[1].address).scope, 'email', 'perms of the session way are the scope');
  assert.ok(page.lines.some((line) => /'perms' should now be called 'scope'/.test(line)));
});

test('a page cannot have us say something else than we would', () => {
  const page = quiet();
  loginOn(page, { redirect_uri: 'http://evil.example/', response_type: 'code', client_id: '7', display: 'none', sdk: 'x', state: 's' });
  const asked = query(page.lastWindow.address);
  assert.deepStrictEqual([asked.client_id, asked.response_type, asked.display, asked.sdk, asked.state],
    ['42', 'token,signed_request', 'popup', 'reconnect', 's']);
  assert.ok(asked.redirect_uri.startsWith(WWW));
});

test('a window that the browser holds back, or that a policy cuts off, is said to be', () => {
  const held = quiet({}, undefined, (window) => { window.open = () => null; });
  const got = loginOn(held);
  held.tick(300);
  assert.deepStrictEqual(got, [{ authResponse: null, status: 'unknown' }]);
  assert.match(held.lines[0], /did not open the window/);
  const cut = quiet();
  loginOn(cut);
  cut.lastWindow.closed = true;
  cut.tick(300);
  assert.match(cut.lines[0], /Cross-Origin-Opener-Policy/);
});

test('a login of the session way', () => {
  const page = quiet({ oauth: false });
  const got = loginOn(page, { perms: 'email,offline_access' });
  assert.ok(page.lastWindow.address.startsWith(`${WWW}/login.php?`));
  const { next, cancel_url: cancel, ...rest } = query(page.lastWindow.address);
  assert.deepStrictEqual(rest, {
    api_key: '42', channel_url: 'http://app.example/page', display: 'popup', fbconnect: '1', locale: 'en_US', method: 'auth.login',
    req_perms: 'email,offline_access', return_session: '1', sdk: 'reconnect', session_version: '3', v: '1.0',
  });
  assert.match(next, /&relation=opener&frame=(f[0-9a-f]+)&result=xxRESULTTOKENxx$/);
  assert.strictEqual(/frame=(\w+)/.exec(next)[1], /frame=(\w+)/.exec(cancel)[1]);
  page.hear();
  page.arbiter(next, { session: JSON.stringify(session(1001)), permissions: '["email"]', status_token: 'kept' });
  assert.deepStrictEqual(got, [{ session: session(1001), status: 'connected', perms: 'email' }]);
  assert.strictEqual(page.heardEvents(), 'statusChange, login, sessionChange');
  assert.strictEqual(page.browser.local.getItem('fblst_42'), 'kept');
  assert.deepStrictEqual([page.FB.getSession().uid, page.FB.getUserID(), page.FB.getAccessToken()], [1001, '1001', 'token-of-1001']);
});

test('a login of the session way that is cancelled changes nothing', () => {
  const page = quiet({ oauth: false });
  const got = loginOn(page);
  page.arbiter(query(page.lastWindow.address).cancel_url, { status: 'not_authorized' });
  assert.deepStrictEqual(got, [{ session: null, status: 'unknown', perms: '' }]);
  assert.deepStrictEqual(loginOn(quiet({ session: session(1001) })), [{ session: session(1001), status: 'connected' }]);
});

test('the signed cookies of the first library are fetched before the caller is told', () => {
  const page = quiet({ oauth: false, connectCookies: true });
  const got = loginOn(page);
  page.arbiter(query(page.lastWindow.address).next, { session: JSON.stringify(session(1001)), status_token: 'kept' });
  assert.deepStrictEqual([got, page.lastRequest.fields.wants, page.lastRequest.fields.input_token], [[], 'connect', 'kept']);
  page.lastRequest.answer(200, { status: 'connected', road: 'kept', connect: { ab_user: '1001', ab: 'sig' } });
  assert.deepStrictEqual(got.map((response) => response.status), ['connected']);
  assert.strictEqual(page.browser.jar.get('ab_user').value, '1001');
  const left = quiet({ oauth: false, connectCookies: true });
  loginOn(left);
  left.arbiter(query(left.lastWindow.address).next, { session: JSON.stringify(session(1001)), status_token: 'kept' });
  left.FB.logout();
  left.arbiter(query(left.lastFrame.src).next, {});
  left.lastRequest.answer(200, { status: 'connected', road: 'kept', connect: { ab_user: '1001', ab: 'sig' } });
  assert.strictEqual(left.browser.jar.get('ab_user'), undefined, 'who has left meanwhile');
});

test('a logout asks the server in a hidden frame, and then nobody is here', () => {
  for (const [more, credential] of [[{ authResponse: authResponse('1001') }, 'access_token'], [{ session: session(1001) }, 'session_key']]) {
    const page = quiet(more), got = [];
    page.browser.local.setItem('fblst_42', 'kept');
    page.browser.session.setItem('fbssls_42', 'the last answer');
    page.hear();
    page.FB.logout((response) => got.push(plain(response)));
    assert.ok(page.lastFrame.src.startsWith(`${WWW}/logout.php?`));
    const { next, ...rest } = query(page.lastFrame.src);
    assert.deepStrictEqual(Object.keys(rest).sort(), [credential, 'api_key', 'app_id', 'display', 'locale', 'sdk'].sort());
    assert.deepStrictEqual([rest.display, got, page.browser.local.getItem('fblst_42')], ['hidden', [], null]);
    page.arbiter(next, {});
    assert.strictEqual(got[0].status, 'unknown');
    assert.strictEqual(page.heardEvents(), more.session ? 'statusChange, logout, sessionChange' : 'logout, authResponseChange, statusChange');
    assert.strictEqual(page.browser.session.getItem('fbssls_42'), null);
  }
});

test('a logout without a login only says so; one that nobody answers is one here', () => {
  const page = quiet();
  page.FB.logout(() => assert.fail('called'));
  const old = quiet({ oauth: false });
  old.FB.logout(() => assert.fail('called'));
  assert.deepStrictEqual([...page.lines, ...old.lines], ['FB.logout() called without an access token.', 'FB.logout() called without a session.']);
  const silent = quiet({ authResponse: authResponse('1001') }), got = [];
  silent.FB.logout((response) => got.push(response.status));
  silent.tick(8000);
  assert.deepStrictEqual([got, silent.FB.getAuthResponse()], [['unknown'], null]);
});

test('after a logout here, what a page or a cookie brings does not count', () => {
  const browser = new Browser();
  quiet({ authResponse: authResponse('1001') }, browser).FB.logout();
  assert.strictEqual(quiet({ authResponse: authResponse('1001') }, browser).FB.getUserID(), 0);
  assert.strictEqual(quiet({ session: session(1001) }, browser).FB.getSession(), null);
});

test('a refusal after a logout here leaves it at unknown', () => {
  const page = quiet({ authResponse: authResponse('1001') });
  page.FB.logout();
  page.arbiter(query(page.lastFrame.src).next, {});
  const got = loginOn(page);
  page.arbiter(back(page), { ...REFUSED, status: 'not_authorized' });
  assert.deepStrictEqual(got, [{ authResponse: null, status: 'unknown' }]);
});

test('FB.ui leads to the same dialogs', () => {
  for (const method of ['oauth', 'permissions.oauth', 'permissions.request', 'auth.login', 'AUTH.LOGIN']) {
    const page = quiet(), got = [];
    page.FB.ui({ method, scope: 'email' }, (response) => got.push(response.status));
    assert.strictEqual(query(page.lastWindow.address).scope, 'email', method);
    assert.strictEqual(query(page.lastWindow.address).method, undefined);
    page.arbiter(back(page), ANN);
    assert.deepStrictEqual(got, ['connected']);
  }
  for (const method of ['auth.status', 'login.status']) {
    const page = quiet(), got = [];
    page.FB.ui({ method }, (response) => got.push(response.status));
    page.lastRequest.answer(200, UNKNOWN);
    assert.deepStrictEqual(got, ['unknown']);
  }
  const page = quiet({ authResponse: authResponse('1001') }), got = [];
  page.FB.ui({ method: 'auth.logout' }, (response) => got.push(response.status));
  page.arbiter(query(page.lastFrame.src).next, {});
  assert.deepStrictEqual(got, ['unknown']);
});

test('FB.ui for a login at the server alone ends in a new status', () => {
  const page = quiet(), got = [];
  page.FB.ui({ method: 'auth.loginToFacebook' }, (response) => got.push(response.status));
  assert.ok(page.lastWindow.address.startsWith(`${WWW}/login.php?`));
  assert.strictEqual(query(page.lastWindow.address).skip_api_login, '1');
  assert.match(page.lastWindow.features, /^width=530,height=287,/);
  page.arbiter(query(page.lastWindow.address).next, {});
  page.lastRequest.answer(200, connected('1001'));
  assert.deepStrictEqual(got, ['connected']);
});

test('FB.ui says what it was not given', () => {
  const page = quiet();
  page.FB.ui({}, () => assert.fail('called'));
  page.FB.ui({ method: 'stream.fly' }, () => assert.fail('called'));
  page.FB.ui({ method: 'constructor' }, () => assert.fail('called'));
  page.FB.ui({ method: 'oauth', display: 'hologram' }, () => assert.fail('called'));
  assert.deepStrictEqual([page.lines.slice(0, 3), page.windows.length], [[
    '"method" is a required parameter for FB.ui().', '"stream.fly" is an unknown method.', '"constructor" is an unknown method.',
  ], 0]);
  assert.match(page.lines[3], /^"display" must be one of /);
  page.FB.ui({ method: 'oauth', display: 'dialog' });
  assert.strictEqual(page.lines[4], '"dialog" mode can only be used when the user is connected.');
  assert.strictEqual(query(page.lastWindow.address).display, 'popup');
});

test('a login fires no auth.prompt', () => {
  const page = quiet();
  page.FB.Event.subscribe('auth.prompt', () => assert.fail('fired'));
  loginOn(page);
  page.arbiter(back(page), ANN);
});

test('in a canvas frame the server is told so', () => {
  const change = (window) => { window.name = 'iframe_canvas'; };
  const page = quiet({}, new Browser(), change);
  loginOn(page);
  assert.strictEqual(query(page.lastWindow.address).origin, '5');
  const old = quiet({ oauth: false }, new Browser(), change);
  loginOn(old);
  assert.strictEqual(query(old.lastWindow.address).fbconnect, '0');
});
