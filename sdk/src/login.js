/*
 * FB.login and FB.logout, and FB.ui for the dialogs of login. Nothing here fires auth.prompt.
 */

var OF_OURS = { scope: 1, perms: 1, method: 1, display: 1, redirect_uri: 1, response_type: 1, client_id: 1, app_id: 1, api_key: 1,
  next: 1, cancel_url: 1, channel_url: 1, sdk: 1, access_token: 1 };

function inCanvas() {
  return /iframe_canvas|app_runner/.test(window.name || '');
}

/* A list of permissions as pages write it: a text with commas or blanks, or a list. Undefined when it is empty. */
function permissions(list) {
  return String(list || '').split(/[\s,]+/).join(',').replace(/^,|,$/g, '') || undefined;
}

/* What a page asked for beyond what we set ourselves goes along. */
function passed(opts) {
  var rest = {};
  for (var name in opts) {
    if (has(opts, name) && !OF_OURS[name] && opts[name] !== '') {
      rest[name] = typeof opts[name] == 'object' ? FB.JSON.stringify(opts[name]) : opts[name];
    }
  }
  return rest;
}

/* dialog/oauth, led back to this window. */
function oauthAddress(display, wanted, relation, back, opts, to) {
  var params = passed(opts);
  return CONFIG.www + '/dialog/oauth?' + FB.QS.encode(FB.copy(params, {
    api_key: key,
    app_id: key,
    client_id: key,
    display: display,
    domain: location.hostname,
    locale: CONFIG.locale,
    origin: inCanvas() ? 5 : 1,
    redirect_uri: to ? to() : returnAddress(relation, FB.guid(), back),
    response_type: wanted,
    scope: opts && permissions(opts.scope),
    sdk: 'reconnect'
  }, true));
}

/* The authResponse in a message, if it is one that names somebody. */
function responseOf(message) {
  var user = message.access_token ? userOf(message.signed_request) : 0;
  return user ? {
    accessToken: message.access_token,
    userID: user,
    expiresIn: +message.expires_in || 0,
    signedRequest: message.signed_request
  } : null;
}

FB.login = function (callback, opts) {
  if (!key) {
    FB.log('FB.login() called before ' + (era == 'O' ? '' : 'calling ') + 'FB.init().');
    return;
  }
  opts = FB.copy({}, opts || {});
  if (era == 'O' && opts.perms && !opts.scope) {
    FB.log('OAuth2 specification states that \'perms\' should now be called \'scope\'. Please update.');
    opts.scope = opts.perms;
  }
  if (connected() && !opts.scope && !opts.perms && !opts.auth_type) {
    FB.log('FB.login() called when user is already connected.');
    if (callback) {
      callback(present());
    }
    return;
  }
  (era == 'O' ? loginByDialog : loginBySession)(callback, opts);
};

function loginByDialog(callback, opts) {
  askInWindow(function (to) {
    return oauthAddress('popup', 'token,signed_request', 'opener', null, opts, to);
  }, 627, 326, function (message) {
    var response = message && responseOf(message);
    if (response) {
      learnDomain(message.base_domain);
      loggedIn(message, response);
    } else if (message) {
      refused(message);
    }
    call(callback, present());
  });
}

/* Whoever had a login keeps it; else the server says what the visitor is now, unless a logout here hides that. */
function refused(message) {
  if (message.error != 'access_denied') {
    FB.log('[Reconnect] login: ' + (message.error_description || message.error || 'the answer names nobody') + '.');
  }
  if (!authResponse && message.status) {
    change(null, loggedOutHere() ? 'unknown' : message.status);
  }
}

function loggedIn(message, response) {
  keptToken(message.status_token || null);
  markLogout(false);
  change(response, 'connected');
}

function loginBySession(callback, opts) {
  askInWindow(function (to) {
    return CONFIG.www + '/login.php?' + FB.QS.encode(FB.copy(passed(opts), {
      api_key: key,
      cancel_url: to('&result=xxRESULTTOKENxx'),
      channel_url: PAGE + location.pathname,
      display: 'popup',
      fbconnect: inCanvas() ? 0 : 1,
      locale: CONFIG.locale,
      method: 'auth.login',
      next: to('&result=xxRESULTTOKENxx'),
      req_perms: permissions(opts.perms || opts.scope),
      return_session: 1,
      sdk: 'reconnect',
      session_version: 3,
      v: '1.0'
    }, true));
  }, 627, 326, function (message) {
    var told = message && parsed(message.session || '');
    var end = function () {
      var response = present();
      response.perms = granted(message);
      call(callback, response);
    };
    if (told && told.session_key) {
      loggedIn(message, told);
    }
    if (told && options.connectCookies) {
      fetchConnect(end);
    } else {
      end();
    }
  });
}

function granted(message) {
  var list = message && parsed(message.permissions || message.result || '');
  return list && list.join ? list.join(',') : '';
}

/* The dialog's answer lacks the signed cookies of the first library; the token that came with it fetches them. */
function fetchConnect(then) {
  var age = changes;
  var failed = postToServer('connect', function (code, told) {
    if (told && told.connect && age == changes) {
      writeConnect(told.connect);
    }
    then();
  });
  if (failed) {
    then();
  }
}

FB.logout = function (callback) {
  if (!key) {
    FB.log('FB.logout() called before calling FB.init().');
    return;
  }
  if (!authResponse && !session) {
    FB.log('FB.logout() called without ' + (era == 'O' ? 'an access token.' : 'a session.'));
    return;
  }
  var over = false, timer, remove;
  var end = function () {
    if (!over) {
      over = true;
      clearTimeout(timer);
      remove();
      call(callback, change(null, 'unknown'));
    }
  };
  listen();
  // Whatever comes of the request: here the visitor is out.
  markLogout(true);
  keptToken(null);
  timer = setTimeout(function () {
    FB.log('[Reconnect] logout: no answer of ' + CONFIG.www + ' within ' + patience() + ' ms. The visitor is logged out here alone.');
    end();
  }, patience());
  remove = openFrame(CONFIG.www + '/logout.php?' + FB.QS.encode({
    api_key: key,
    app_id: key,
    access_token: era == 'O' ? currentToken() : undefined,
    session_key: session ? session.session_key : undefined,
    display: 'hidden',
    locale: CONFIG.locale,
    next: returnAddress('parent', FB.guid(), end),
    sdk: 'reconnect'
  }));
};

var DISPLAYS = ' popup dialog iframe touch async hidden none page wap ';

var METHODS = {
  'oauth': FB.login,
  'permissions.oauth': FB.login,
  'permissions.request': FB.login,
  'auth.login': FB.login,
  'auth.logout': function (callback) {
    FB.logout(callback);
  },
  'auth.status': function (callback) {
    FB.getLoginStatus(callback, true);
  },
  'login.status': function (callback) {
    FB.getLoginStatus(callback, true);
  },
  'auth.loginToFacebook': loginToServer
};

/* A login at the server alone, without this application; then the status is another. */
function loginToServer(callback) {
  if (!key) {
    FB.log('FB.ui() called before FB.init().');
    return;
  }
  askInWindow(function (to) {
    return CONFIG.www + '/login.php?' + FB.QS.encode({
      api_key: key,
      display: 'popup',
      locale: CONFIG.locale,
      next: to(),
      cancel_url: to(),
      sdk: 'reconnect',
      skip_api_login: 1
    });
  }, 530, 287, function () {
    FB.getLoginStatus(callback, true);
  });
}

FB.ui = function (params, callback) {
  params = FB.copy({}, params || {});
  var method = String(params.method || '').toLowerCase(), run = null;
  if (!method) {
    FB.log('"method" is a required parameter for FB.ui().');
    return;
  }
  for (var name in METHODS) {
    if (has(METHODS, name) && name.toLowerCase() == method) {
      run = METHODS[name];
    }
  }
  if (!run) {
    FB.log('"' + method + '" is an unknown method.');
    return;
  }
  if (params.display && DISPLAYS.indexOf(' ' + params.display + ' ') < 0) {
    FB.log('"display" must be one of "popup", "dialog", "iframe", "touch", "async", "hidden", or "none".');
    return;
  }
  if (params.display == 'dialog' && !connected()) {
    FB.log('"dialog" mode can only be used when the user is connected.');
  }
  run(callback, params);
};
