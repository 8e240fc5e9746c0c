/*
 * FB.getLoginStatus: one answer for all who ask, and the roads to it.
 *
 *   the mark of FB.logout          unknown, nobody is asked
 *   the answer kept for the session  unless `force`
 *   a request with credentials     the server's own cookie decides, else the token that this origin keeps
 *   a hidden frame                 for browsers without such requests, or when one fails
 *   FedCM, silently                once a browser session, when all of it says unknown
 *
 * Each answer ends in one line on the console: the status, who told it, and why.
 */

var everAsked = false; // whether anybody ever did
var load = ''; // '', 'loading' or 'loaded'
var waiting = []; // callbacks
var turns = 0, lastTurn = 0; // requests begun; the last one whose answer counted
var federated = false; // whether the browser itself was asked on this page
var PROMPT = 500; // within so many milliseconds FedCM says whom it knows, if it knows anybody

FB.getLoginStatus = function (callback, force) {
  if (!key) {
    FB.log('FB.getLoginStatus() called before calling FB.init().');
    return;
  }
  if (callback && !force && load == 'loaded') {
    callback(present());
    return;
  }
  if (callback) {
    waiting.push(callback);
  }
  if (force || load != 'loading') {
    load = 'loading';
    everAsked = true;
    request(force);
  }
};

/* Finds an answer: {status, response, why} or {failed, why}. It never comes before the caller has gone on. */
function request(force) {
  var turn = ++turns, age = changes, whose = key, timer, ask = { done: false };
  ask.end = function (answer) {
    if (!ask.done) {
      ask.done = true;
      clearTimeout(timer);
      if (ask.clean) {
        ask.clean();
      }
      if (whose == key) {
        settle(answer, turn, age);
      }
    }
  };
  var record = !force && fitting(cached());
  if (loggedOutHere()) {
    later(function () {
      ask.end({ status: 'unknown', why: 'FB.logout() was called here; nobody is asked until FB.login() succeeds.', old: true });
    });
  } else if (record) {
    later(function () {
      record.why = 'Told by the answer kept for this browser session (sessionStorage); force asks again.';
      record.old = true;
      ask.end(record);
    });
  } else {
    timer = setTimeout(function () {
      ask.end(ask.soFar || { failed: true, why: 'No answer of ' + CONFIG.www + ' within ' + patience() + ' ms.' + mixed() });
    }, patience());
    byRequest(ask);
  }
}

/* Not when the page knows of somebody else: its own server may have led a visitor through a login meanwhile. */
function fitting(record) {
  var user = FB.getUserID();
  var told = record && record.response && String(record.response.userID || record.response.uid);
  return record && (!user || user == told) ? record : null;
}

/* The commonest reason why nothing comes. */
function mixed() {
  return location.protocol == 'https:' && CONFIG.www.indexOf('http:') === 0 ?
    ' Browsers let no page of https ask a server of http.' : '';
}

function patience() {
  return +options.timeout || 8000;
}

/* The state first, with its events; then the callers, in their order. */
function settle(answer, turn, age) {
  var told = null, late = turn < lastTurn, level = answer.error ? 'error' : 'log';
  if (late || age != changes) {
    answer.why = 'What was asked before was overtaken by a later answer.';
  } else {
    lastTurn = turn;
    if (answer.failed && !waiting.length) {
      // A silent refresh that reaches nobody changes nothing.
      answer.why += ' The page goes on with what it knew.';
      keepFresh();
    } else {
      told = accept(answer);
    }
  }
  load = late ? load : 'loaded';
  told = told || present();
  say(level, '[Reconnect] login status: ' + status + '. ' + answer.why + ' See docs/LOGIN-STATUS.md');
  var callers = late ? [] : waiting;
  waiting = late ? waiting : [];
  each(callers, function (callback) {
    call(callback, told);
  });
}

/* Makes an answer the state, and keeps what later requests need. */
function accept(answer) {
  if (answer.failed) {
    return setState(null, 'unknown', true);
  }
  learnDomain(answer.domain || answer.response && answer.response.base_domain);
  if (!answer.old) {
    keptToken(answer.token || null);
    cache(answer.response, statusName(answer.status), answer.connect);
  }
  if (answer.connect) {
    writeConnect(answer.connect);
  }
  return setState(answer.response, answer.status);
}

/* A request with credentials, readable because the server names this origin in its answer. */
function byRequest(ask) {
  var failed = postToServer(wants(), function (code, told) {
    if (ask.done) {
      return;
    }
    if (!code) {
      byFrame(ask, 'the request failed');
    } else if (told && told.error) {
      ask.end({ failed: true, error: true, why: told.error.message });
    } else {
      answered(ask, read(told, code), told);
    }
  });
  if (failed) {
    byFrame(ask, 'this browser has no requests with credentials');
  }
}

function wants() {
  return era == 'O' ? 'signed_request' : options.connectCookies ? 'session,connect' : 'session';
}

/* Calls back with the code of the answer (0: none) and what it says. True when this browser cannot ask. */
function postToServer(wanted, callback) {
  var http = window.XMLHttpRequest && new XMLHttpRequest();
  if (!http || http.withCredentials === undefined) {
    return true;
  }
  http.onreadystatechange = function () {
    if (http.readyState == 4) {
      callback(http.status, parsed(http.responseText));
    }
  };
  http.open('POST', CONFIG.www + '/x/oauth/status', true);
  http.withCredentials = true;
  http.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
  http.send(FB.QS.encode({ client_id: key, input_token: keptToken() || undefined, wants: wanted, sdk: 'reconnect' }));
  return false;
}

/* What the server said, into the state's words. */
function read(told, code) {
  var response = told && (era == 'O' ? told.authResponse : told.session) || null;
  if (!told || !told.status || told.status == 'connected' && !response) {
    return { failed: true, error: true, why: CONFIG.www + ' answered ' + (code || '') + ' without a login status.' };
  }
  return {
    status: told.status,
    response: told.status == 'connected' ? response : null,
    token: told.token,
    domain: told.base_domain,
    connect: told.connect,
    why: reason(told)
  };
}

/* Who told it, and what of the browser's doing is behind it. */
function reason(told) {
  switch (told.road) {
  case 'cookie':
    return 'Told by the login cookie of ' + CONFIG.www + '.';
  case 'partitioned':
    return 'Told by the cookie that ' + CONFIG.www + ' has for this site alone (partitioned).';
  case 'kept':
    return 'Told by this application\'s kept token: the browser sent no cookie of ' + CONFIG.www +
      ' (third-party cookies are blocked or partitioned).';
  }
  return told.cookies ?
    'The browser sent the cookies of ' + CONFIG.www + ': nobody is logged in.' :
    'The browser sent no cookie of ' + CONFIG.www + ' and no token is kept here: nobody is logged in, or third-party cookies ' +
    'are blocked or partitioned. FB.login() works all the same.';
}

/* The last road, when the others know nobody. */
function answered(ask, answer, said) {
  if (ask.done || answer.failed || answer.status != 'unknown' || said && said.cookies || !mayFederate()) {
    ask.end(answer);
    return;
  }
  var age = changes;
  federated = true;
  kept('session', 'fbfed_', 'y');
  ask.soFar = answer;
  // Browsers take their time to say no, on purpose. The callers get what is known so far.
  setTimeout(function () {
    ask.end(answer);
  }, PROMPT);
  byBrowser(function (told) {
    var better = told && read(told), late = ask.done;
    if (!better || age != changes) {
      ask.end(answer);
    } else if (told.token && (late || better.failed)) {
      // Too late for the callers, or without what the session way needs: the token tells it once more.
      keptToken(told.token);
      if (late) {
        FB.log('[Reconnect] Told late by the browser (FedCM); the server is asked once more.');
        FB.getLoginStatus(null, true);
      } else {
        byRequest(ask);
      }
    } else {
      better.why = 'Told by the browser (FedCM), silently, since the visitor had agreed to this application before.';
      ask.end(better.failed ? answer : better);
    }
  });
}

/* Not where the server's cookies flow: those said it all. And once: a browser writes its refusals on the console. */
function mayFederate() {
  return window.IdentityCredential && window.isSecureContext && window.navigator && navigator.credentials &&
    !sameSite() && !federated && !kept('session', 'fbfed_') && !loggedOutHere();
}

/* Surely the same site: more cannot be known here. */
function sameSite() {
  return CONFIG.www.replace(/^(https?:\/\/[^\/:]+).*$/, '$1') == location.protocol + '//' + location.hostname;
}

function byBrowser(callback) {
  var nobody = function () {
    callback(null);
  };
  try {
    navigator.credentials.get({
      identity: {
        providers: [{ configURL: CONFIG.www + '/fed_cm/config.json', clientId: String(key), params: { nonce: FB.guid() } }],
        mode: 'passive'
      },
      mediation: 'silent'
    }).then(function (credential) {
      callback(credential && parsed(credential.token));
    }, nobody);
  } catch (error) {
    nobody();
  }
}

/* The road of the time: a hidden page of the server, led back to an address that posts the answer to this window. */
function byFrame(ask, because) {
  if (!window.postMessage) {
    ask.end({ failed: true, why: 'This browser can be told nothing by another site (it has no postMessage).' });
    return;
  }
  var why = 'Told by a hidden frame of ' + CONFIG.www + ', since ' + because + '.';
  var back = function (message) {
    answered(ask, era == 'O' ? fromDialog(message, why) : fromSessionPage(message, why));
  };
  listen();
  ask.clean = openFrame(era == 'O' ? oauthAddress('none', 'token,signed_request,code', 'parent', back) : sessionPage(back));
}

/* An answer of dialog/oauth. */
function fromDialog(message, why) {
  var response = responseOf(message);
  if (!response && message.error != 'unknown' && message.error != 'not_authorized') {
    return { failed: true, error: true, why: message.error_description || message.error || 'The answer names nobody.' };
  }
  return {
    status: response ? 'connected' : message.error,
    response: response,
    token: message.status_token || keptToken(),
    domain: message.base_domain,
    why: why
  };
}

/* The page of 2009 that leads back to one of three addresses. */
function sessionPage(back) {
  var frame = FB.guid();
  var address = function (name) {
    return returnAddress('parent', frame, function (message) {
      message.status = name;
      back(message);
    });
  };
  return CONFIG.www + '/extern/login_status.php?' + FB.QS.encode({
    api_key: key,
    app_id: key,
    display: 'hidden',
    extern: inCanvas() ? 0 : 2,
    locale: CONFIG.locale,
    method: 'auth.status',
    no_session: address('not_authorized'),
    no_user: address('unknown'),
    ok_session: address('connected'),
    sdk: 'reconnect',
    session_version: 3
  });
}

function fromSessionPage(message, why) {
  var told = parsed(message.session || '');
  if (message.status == 'connected' && !told) {
    return { failed: true, error: true, why: 'The answer names nobody.' };
  }
  return { status: message.status, response: told, token: message.status_token || keptToken(), why: why };
}
