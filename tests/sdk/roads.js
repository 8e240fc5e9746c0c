// The roads of a status beside the request with credentials: hidden frames, the browser itself (FedCM); and whose messages count.
'use strict';

const test = require('node:test');
const assert = require('assert');
const { Browser, WWW, UNKNOWN, authResponse, connected, session, signedRequest, query, plain } = require('./page.js');

// A page that asks at once; `change` may take from the window what an old browser lacks.
function asking(more = {}, change) {
  const page = new Browser().open(change), got = [];
  page.FB.init({ appId: '42', status: false, ...more });
  page.FB.getLoginStatus((response) => got.push(plain(response)));
  return Object.assign(page, { got });
}

function without(window) {
  window.XMLHttpRequest = class { open() {} };
}

const ANSWER = { access_token: 'a+b=c', expires_in: 60, signed_request: signedRequest('1001'), code: 'c', base_domain: 'app.example' };

test('when the request fails, a hidden frame asks as the SDK of the time did', () => {
  const page = asking();
  page.lastRequest.fail();
  const frame = page.lastFrame, asked = query(frame.src);
  assert.ok(frame.src.startsWith(`${WWW}/dialog/oauth?`));
  const { redirect_uri: back, ...rest } = asked;
  assert.deepStrictEqual(rest, {
    api_key: '42', app_id: '42', client_id: '42', display: 'none', domain: 'app.example', locale: 'en_US', origin: '1',
    response_type: 'token,signed_request,code', sdk: 'reconnect',
  });
  assert.match(back, new RegExp(`^${WWW}/connect/xd_arbiter\\.php\\?version=6#cb=f[0-9a-f]+&origin=http%3A%2F%2Fapp\\.example%2Ff[0-9a-f]+` +
    '&domain=app\\.example&relation=parent&frame=f[0-9a-f]+$'));
  assert.strictEqual(frame.parentNode, page.root);
  assert.match(frame.style.cssText, /-10000px/);
  page.arbiter(back, { ...ANSWER, status_token: 'kept' });
  assert.deepStrictEqual(page.got, [{
    authResponse: { accessToken: 'a+b=c', userID: '1001', expiresIn: 60, signedRequest: signedRequest('1001') }, status: 'connected',
  }]);
  assert.match(page.lines[0], /connected\. Told by a hidden frame of http.*, since the request failed\./);
  assert.strictEqual(page.browser.local.getItem('fblst_42'), 'kept');
  page.tick();
  assert.strictEqual(frame.parentNode, null, 'gone when it has answered');
});

test('a browser without such requests asks by a frame at once', () => {
  for (const error of ['unknown', 'not_authorized']) {
    const page = asking({}, without);
    assert.strictEqual(page.requests.length, 0);
    page.arbiter(query(page.lastFrame.src).redirect_uri, { error });
    assert.deepStrictEqual(page.got, [{ authResponse: null, status: error }]);
    assert.match(page.lines[0], /since this browser has no requests with credentials\./);
  }
});

test('an answer that names nobody is an error, not a login', () => {
  for (const answer of [{ access_token: 't' }, { access_token: 't', signed_request: 'x.y' }, { error: 'server_error', error_description: 'Oh' }]) {
    const page = asking({}, without);
    page.arbiter(query(page.lastFrame.src).redirect_uri, answer);
    assert.deepStrictEqual(page.got, [{ authResponse: null, status: 'unknown' }]);
    assert.match(page.lines[0], /^ERROR .*unknown\./);
  }
});

test('the session way asks the page of 2009 in such a frame', () => {
  for (const [name, answer, status] of [
    ['ok_session', { session: JSON.stringify(session(1001)) }, 'connected'],
    ['no_session', {}, 'notConnected'],
    ['no_user', {}, 'unknown'],
  ]) {
    const page = asking({ oauth: false }, without), asked = query(page.lastFrame.src);
    assert.ok(page.lastFrame.src.startsWith(`${WWW}/extern/login_status.php?`));
    assert.deepStrictEqual([asked.api_key, asked.extern, asked.method, asked.session_version], ['42', '2', 'auth.status', '3']);
    page.arbiter(asked[name], answer);
    assert.deepStrictEqual(page.got, [{ session: answer.session ? session(1001) : null, status }]);
  }
});

test('only the server, and only for this page, is heard', () => {
  const page = asking();
  page.lastRequest.fail();
  const { redirect_uri: back } = query(page.lastFrame.src);
  for (const change of [
    (m) => ({ ...m, origin: 'http://evil.example' }),
    (m) => ({ ...m, origin: `${WWW}.evil.example` }),
    (m) => ({ ...m, origin: 'null' }),
    (m) => ({ ...m, data: m.data.replace(/^_FB_f[0-9a-f]/, (start) => start.slice(0, -1) + (start.endsWith('0') ? '1' : '0')) }),
    (m) => ({ ...m, data: m.data.replace(/^_FB_f[0-9a-f]+/, '') }),
    (m) => ({ ...m, data: m.data.replace(/cb=f[0-9a-f]+/, 'cb=f0') }),
    (m) => ({ ...m, data: m.data.replace(/cb=f[0-9a-f]+/, 'cb=__defineGetter__') }),
    (m) => ({ ...m, data: { toString: () => m.data } }),
  ]) {
    page.arbiter(back, ANSWER, change);
    assert.deepStrictEqual(page.got, []);
  }
  page.arbiter(back, ANSWER);
  assert.strictEqual(page.got.length, 1);
  page.arbiter(back, { ...ANSWER, access_token: 'again' });
  assert.strictEqual(page.FB.getAccessToken(), 'a+b=c', 'an address to return to works once');
});

test('a frame that never answers goes with the time-out', () => {
  const page = asking({}, without), frame = page.lastFrame;
  page.tick(8001);
  assert.deepStrictEqual([page.got[0].status, frame.parentNode], ['unknown', null]);
});

test('what comes after the time-out begins nothing more', () => {
  const asked = [];
  const late = asking({}, federated(null, asked));
  late.tick(8001);
  late.lastRequest.fail();
  assert.strictEqual(late.frames.length, 0);
  const frame = asking({}, (window) => {
    without(window);
    federated(null, asked)(window);
  });
  frame.tick(8001);
  frame.arbiter(query(frame.lastFrame.src).redirect_uri, { error: 'unknown' });
  assert.deepStrictEqual(asked, []);
});

test('what the server shows in the page may ask for a login or a new status, and only it fires auth.prompt', () => {
  const page = asking();
  const prompts = [];
  page.FB.Event.subscribe('auth.prompt', (href) => prompts.push(href));
  page.lastRequest.fail();
  const channel = /%2F(f[0-9a-f]+)&/.exec(query(page.lastFrame.src).redirect_uri)[1];
  page.post(`_FB_${channel}type=authPrompt&href=http%3A%2F%2Fapp.example%2Fpost`, 'http://evil.example');
  assert.deepStrictEqual(prompts, []);
  page.post(`_FB_${channel}type=authPrompt&href=http%3A%2F%2Fapp.example%2Fpost`);
  assert.deepStrictEqual(prompts, ['http://app.example/post']);
  const before = page.requests.length;
  page.post(`_FB_${channel}type=refreshLoginStatus`);
  assert.strictEqual(page.requests.length, before + 1);
});

// A browser with FedCM that answers with this.
function federated(answer, asked = []) {
  return (window) => {
    window.IdentityCredential = class {};
    window.navigator = { credentials: { get: (options) => {
      asked.push(plain(options));
      return { then: (yes, no) => (answer === undefined ? undefined : answer === null ? no(new Error('NetworkError')) : yes(answer)) };
    } } };
  };
}

test('when all of it says unknown, the browser is asked silently, once a browser session', () => {
  const asked = [];
  const page = asking({}, federated({ token: JSON.stringify(connected('1001')) }, asked));
  page.lastRequest.answer(200, UNKNOWN);
  const { nonce } = asked[0].identity.providers[0].params;
  assert.match(nonce, /^f[0-9a-f]{8,}$/);
  assert.deepStrictEqual(asked, [{
    identity: { providers: [{ configURL: `${WWW}/fed_cm/config.json`, clientId: '42', params: { nonce } }], mode: 'passive' }, mediation: 'silent',
  }]);
  assert.deepStrictEqual(page.got, [{ authResponse: authResponse('1001'), status: 'connected' }]);
  assert.match(page.lines[0], /connected\. Told by the browser \(FedCM\)/);
  assert.strictEqual(page.browser.local.getItem('fblst_42'), 'kept-of-1001');
  page.FB.getLoginStatus(null, true);
  page.lastRequest.answer(200, UNKNOWN);
  assert.deepStrictEqual([asked.length, page.FB.getUserID(), page.browser.session.getItem('fbfed_42')], [1, 0, 'y']);
});

test('a browser that answers late changes the status after the callers, with its events', () => {
  let answer;
  const page = asking({}, (window) => {
    federated()(window);
    window.navigator.credentials.get = () => ({ then: (yes) => { answer = yes; } });
  });
  page.lastRequest.answer(200, UNKNOWN);
  page.tick(500);
  assert.deepStrictEqual(page.got, [{ authResponse: null, status: 'unknown' }]);
  answer({ token: JSON.stringify(connected('1001')) });
  assert.strictEqual(page.lastRequest.fields.input_token, 'kept-of-1001');
  page.lastRequest.answer(200, connected('1001'));
  assert.deepStrictEqual([page.FB.getUserID(), page.got.length], ['1001', 1]);
});

test('it is not asked when somebody is known, nor on a page that is not secure', () => {
  for (const [answer, secure] of [[{ status: 'not_authorized', road: 'cookie' }, true], [connected('1001'), true], [UNKNOWN, false],
    [{ ...UNKNOWN, cookies: true }, true]]) {
    const asked = [];
    const page = asking({}, (window) => {
      federated(null, asked)(window);
      window.isSecureContext = secure;
    });
    page.lastRequest.answer(200, answer);
    assert.deepStrictEqual([asked.length, page.got.length], [0, 1]);
  }
});

test('a browser that knows nobody, lies or keeps silent leaves it at unknown', () => {
  for (const answer of [null, { token: 'no JSON' }, { token: '{}' }, { token: JSON.stringify({ status: 'connected' }) }]) {
    const page = asking({}, federated(answer));
    page.lastRequest.answer(200, UNKNOWN);
    assert.deepStrictEqual(page.got, [{ authResponse: null, status: 'unknown' }]);
    assert.match(page.lines[0], /FB\.login\(\) works all the same/);
  }
  const throwing = asking({}, (window) => {
    federated()(window);
    window.navigator.credentials.get = () => { throw new TypeError('mode'); };
  });
  throwing.lastRequest.answer(200, UNKNOWN);
  assert.strictEqual(throwing.got.length, 1);
  const silent = asking({}, federated());
  silent.lastRequest.answer(200, UNKNOWN);
  assert.strictEqual(silent.got.length, 0);
  silent.tick(500);
  assert.strictEqual(silent.got.length, 1);
  assert.match(silent.lines[0], /FB\.login\(\) works all the same/, 'the server had answered; the browser had not');
});

test('the session way fetches its session by the token that the browser brought', () => {
  const page = asking({ oauth: false }, federated({ token: JSON.stringify(connected('1001')) }));
  page.lastRequest.answer(200, UNKNOWN);
  assert.deepStrictEqual([page.requests.length, page.lastRequest.fields.input_token], [2, 'kept-of-1001']);
  page.lastRequest.answer(200, { status: 'connected', road: 'kept', token: 'k', session: session(1001) });
  assert.deepStrictEqual(page.got, [{ session: session(1001), status: 'connected' }]);
});
