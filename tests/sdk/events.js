// Drives the table of events: reads rows {way, from, to} as JSON from standard input, prints for each the events that went off, in order.
'use strict';

const fs = require('fs');
const assert = require('assert');
const { Browser, authResponse, session, signedRequest, plain } = require('./page.js');

const OPTIONS = {
  documented: {},
  shipped: { shippedEvents: true },
  session: { oauth: false },
  'session shipped': { oauth: false, shippedEvents: true },
};

// Brings a page into a state: `connected A`, `connected A, new token`, `unknown`, `not_authorized` …
function set(page, way, state) {
  const [, status, user, renewed] = /^(\w+)(?: ([AB]))?(, new token|, new key)?$/.exec(state);
  const uid = { A: '1001', B: '1002' }[user];
  const { Auth } = page.FB;
  if (way.startsWith('session')) return Auth.setSession(uid ? session(uid, renewed ? 'another key' : `key-${uid}`) : null, status);
  return Auth.setAuthResponse(uid ? authResponse(uid, renewed ? 'another token' : `token-of-${uid}`) : null, status);
}

function drive({ way, from, to }) {
  const browser = new Browser();
  const named = from === 'unknown, cookie names A';
  if (named) browser.jar.write(`fbsr_42=${signedRequest('1001')}; path=/`);
  const page = browser.open();
  page.FB.init({ appId: '42', status: false, ...OPTIONS[way] });
  if (named) assert.strictEqual(page.FB.getUserID(), '1001');
  else set(page, way, from);
  const told = [];
  page.hear((name, response) => told.push(response));
  const answer = set(page, way, to);
  told.forEach((response) => assert.deepStrictEqual(plain(response), plain(answer), 'events tell what callbacks are told'));
  return page.heardEvents();
}

const rows = JSON.parse(fs.readFileSync(0, 'utf8'));
process.stdout.write(JSON.stringify(rows.map(drive)));
