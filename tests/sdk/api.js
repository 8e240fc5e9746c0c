// FB.api: the addresses that calls go to, how answers come back, and what they say of the login.
'use strict';

const test = require('node:test');
const assert = require('assert');
const vm = require('vm');
const { Browser, CONFIG, authResponse, session, query, plain } = require('./page.js');

function quiet(more = {}, change) {
  const page = new Browser().open(change);
  page.FB.init({ appId: '42', status: false, ...more });
  return page;
}

const ANN = { authResponse: authResponse('1001') };
const address = (script) => script.src.split('?')[0];

// The last script arrives and calls, as JSONP does.
function arrive(page, answer, script = page.scripts[page.scripts.length - 1]) {
  vm.runInContext(`${query(script.src).callback}(${JSON.stringify(answer)})`, page.context);
  script.onload();
}

test('a REST call is a script with json-strings, the key and the token', () => {
  const page = quiet(ANN), got = [];
  const given = { method: 'users.setStatus', status: 'it\'s & <fine>', uids: [1, 2], clear: true, count: 3, empty: '', none: null };
  page.FB.api(given, (r) => got.push(plain(r)));
  const [script] = page.scripts, { callback, ...rest } = query(script.src);
  assert.strictEqual(address(script), `${CONFIG.api}/restserver.php`);
  assert.deepStrictEqual(rest, {
    access_token: 'token-of-1001', api_key: '42', clear: 'true', count: '3', empty: '', format: 'json-strings', method: 'users.setStatus',
    pretty: '0', sdk: 'joey', status: 'it\'s & <fine>', uids: '[1,2]',
  });
  assert.match(callback, /^FB\.ApiServer\._callbacks\.f[0-9a-f]+$/);
  arrive(page, { a: ['1'] });
  assert.deepStrictEqual(got, [{ a: ['1'] }]);
  page.tick();
  assert.deepStrictEqual([script.parentNode, Object.keys(page.FB.ApiServer._callbacks)], [null, []]);
});

test('a token of one\'s own is left as it is, and none is made up', () => {
  const page = quiet(ANN);
  page.FB.api({ method: 'users.getInfo', access_token: 'mine' });
  assert.strictEqual(query(page.scripts[0].src).access_token, 'mine');
  const nobody = quiet();
  nobody.FB.api({ method: 'users.getInfo' });
  assert.strictEqual('access_token' in query(nobody.scripts[0].src), false);
  const old = quiet({ session: session(1001) });
  old.FB.api({ method: 'users.getInfo' });
  assert.strictEqual(query(old.scripts[0].src).access_token, 'token-of-1001');
});

test('what only reads goes to the read-only host', () => {
  const page = quiet();
  for (const method of ['fql.query', 'FQL.multiquery', 'friends.get', 'notifications.get', 'stream.get', 'users.getInfo']) {
    page.FB.api({ method });
    assert.strictEqual(address(page.scripts.pop()), `${CONFIG.apiRead}/restserver.php`, method);
  }
  for (const method of ['users.getLoggedInUser', 'friends.areFriends', 'stream.publish', 'fql.query.x', 'constructor']) {
    page.FB.api({ method });
    assert.strictEqual(address(page.scripts.pop()), `${CONFIG.api}/restserver.php`, method);
  }
});

test('a call longer than 2000 characters is a request without credentials', () => {
  const page = quiet(ANN), got = [];
  page.FB.api({ method: 'stream.publish', message: 'x'.repeat(2000) }, (r) => got.push(plain(r)));
  const request = page.lastRequest;
  assert.deepStrictEqual([page.scripts.length, request.method, request.withCredentials], [0, 'POST', false]);
  assert.strictEqual(request.address, `${CONFIG.api}/restserver.php`);
  assert.strictEqual(request.headers['Content-Type'], 'application/x-www-form-urlencoded');
  assert.deepStrictEqual([request.fields.method, request.fields.suppress_http_code, 'callback' in request.fields], ['stream.publish', '1', false]);
  request.answer(200, '"42_1"');
  assert.deepStrictEqual(got, ['42_1']);
  page.FB.api('/me', { fields: 'x'.repeat(2000) }, (r) => got.push(plain(r)));
  assert.deepStrictEqual([page.lastRequest.method, page.lastRequest.address.indexOf(`${CONFIG.graph}/me?`)], ['GET', 0]);
  page.lastRequest.fail();
  assert.deepStrictEqual(got[1], { error: { type: 'http', message: 'unknown error' } });
  const old = quiet({}, (window) => { window.XMLHttpRequest = class {}; });
  old.FB.api({ method: 'stream.publish', message: 'x'.repeat(2000) }, (r) => got.push(plain(r)));
  assert.strictEqual(got.length, 2, 'never before the caller has gone on');
  old.tick();
  assert.deepStrictEqual(got[2], got[1]);
});

test('the Graph form takes verb, arguments and callback in any order', () => {
  const page = quiet(ANN);
  const asked = (...args) => {
    page.FB.api(...args);
    const { callback, ...rest } = query(page.scripts[page.scripts.length - 1].src);
    return [address(page.scripts.pop()), rest];
  };
  const token = { access_token: 'token-of-1001' };
  assert.deepStrictEqual(asked('/me', () => {}), [`${CONFIG.graph}/me`, token]);
  assert.deepStrictEqual(asked('me', { fields: 'id,name' }), [`${CONFIG.graph}/me`, { ...token, fields: 'id,name' }]);
  assert.deepStrictEqual(asked('/me/friends?limit=5', () => {}, { offset: 10 }),
    [`${CONFIG.graph}/me/friends`, { ...token, limit: '5', offset: '10' }]);
  assert.deepStrictEqual(asked('/me/feed', 'POST', { message: 'hi' }), [`${CONFIG.graph}/me/feed`, { ...token, message: 'hi', method: 'post' }]);
  assert.deepStrictEqual(asked('/1_2', () => {}, 'delete'), [`${CONFIG.graph}/1_2`, { ...token, method: 'delete' }]);
  assert.deepStrictEqual(asked('https://graph.facebook.com/me/friends?offset=5&access_token=t'),
    [`${CONFIG.graph}/me/friends`, { access_token: 't', offset: '5' }]);
  assert.deepStrictEqual(asked(`${CONFIG.graph}/me`), [`${CONFIG.graph}/me`, token]);
});

test('what it cannot understand is only said', () => {
  const page = quiet();
  page.FB.api('/me', 'fly');
  page.FB.api('/me', 7);
  page.FB.api({ no: 'method' });
  assert.deepStrictEqual([page.scripts.length, page.lines.length], [0, 3]);
  assert.strictEqual(page.lines[0], 'Invalid argument passed to FB.api(): fly');
});

test('a script that never calls is an error', () => {
  const page = quiet(), got = [];
  for (const end of ['onload', 'onerror']) {
    page.FB.api('/me', (r) => got.push(plain(r)));
    page.scripts[page.scripts.length - 1][end]();
  }
  assert.deepStrictEqual(got, Array(2).fill({ error: { type: 'http', message: 'unknown error' } }));
});

test('error 190 for the current token asks for the status anew', () => {
  for (const answer of [
    { error_code: '190', error_msg: 'Invalid OAuth 2.0 Access Token' },
    { error: { type: 'OAuthException', code: 190, message: 'x' } },
    { error: { type: 'OAuthException', message: 'x' } },
    { error: 'invalid_token' },
  ]) {
    const page = quiet(ANN), got = [];
    page.FB.api('/me', (r) => got.push(plain(r)));
    arrive(page, answer);
    assert.deepStrictEqual([page.requests.length, got], [1, [answer]]);
    assert.strictEqual(page.FB.getUserID(), '1001', 'until the status says otherwise');
  }
});

test('other errors, and errors of another token, do not', () => {
  const page = quiet(ANN);
  for (const answer of [{ error_code: '200' }, { error: { type: 'OAuthException', code: 10 } }, true, false, null, [], 'x', 0]) {
    page.FB.api('/me');
    arrive(page, answer);
  }
  page.FB.api({ method: 'users.getInfo', access_token: 'old' });
  arrive(page, { error_code: 190 });
  page.FB.api('/me');
  page.FB.Auth.setAuthResponse(authResponse('1001', 'newer'), 'connected');
  arrive(page, { error_code: 190 });
  assert.strictEqual(page.requests.length, 0);
});

test('an application that the visitor removes is authorized no longer, when the server says exactly true', () => {
  for (const [more, status] of [[ANN, 'not_authorized'], [{ session: session(1001) }, 'notConnected']]) {
    for (const [answer, then] of [[true, status], ['1', 'connected'], [1, 'connected'], [{ error_code: 1 }, 'connected'], [false, 'connected']]) {
      const page = quiet(more), got = [];
      page.hear();
      page.FB.api({ method: 'Auth.revokeAuthorization' }, () => got.push(page.heardEvents()));
      arrive(page, answer);
      page.FB.Event.clear('fb.log');
      const events = more.session ? 'statusChange, logout, sessionChange' : 'logout, authResponseChange, statusChange';
      assert.deepStrictEqual(got, [then === 'connected' ? '' : events], 'events come before the caller');
      if (then !== 'connected') assert.strictEqual(JSON.parse(page.browser.session.getItem('fbssls_42')).status, status);
    }
  }
  const page = quiet(), got = [];
  page.hear();
  page.FB.api({ method: 'auth.revokeAuthorization' }, (r) => got.push(r));
  arrive(page, true);
  assert.deepStrictEqual([got, page.heardEvents()], [[true], ''], 'nobody was connected');
});
