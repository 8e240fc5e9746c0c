/* The whole code of the example: loads the SDK, shows the status and all events as they come, and does what its buttons say. */
(function () {
  'use strict';

  var query = new URLSearchParams(location.search);
  // A server on the page's own host name is on its site too, so that the browser sends its cookies along.
  var server = (query.get('server') || location.protocol + '//' + location.hostname + ':8080').replace(/\/+$/, '');
  var app = query.get('app') || '2001';

  var STATES = {
    asking: { sign: '…', words: 'The page is asking the server who is there.' },
    connected: { sign: '✓', words: 'Logged in, and this application is allowed.' },
    not_authorized: { sign: '!', words: 'Somebody is logged in who has not allowed this application. Log in asks them.' },
    unknown: { sign: '?', words: 'Logged out, or this page may not learn more. Log in finds out.' },
    failed: { sign: '×', words: '' }
  };
  var EVENTS = ['auth.login', 'auth.logout', 'auth.authResponseChange', 'auth.statusChange', 'auth.prompt', 'xfbml.render'];

  function id(name) { return document.getElementById(name); }

  // ---- the state --------------------------------------------------------------------------------

  function show(state, words) {
    id('state').dataset.state = state;
    id('state-name').textContent = state;
    id('sign').textContent = STATES[state].sign;
    id('state-words').replaceChildren.apply(id('state-words'), words || [STATES[state].words]);
    document.querySelectorAll('#states li').forEach(function (item) {
      if (item.dataset.state === state) { item.setAttribute('aria-current', 'true'); } else { item.removeAttribute('aria-current'); }
    });
    id('face').hidden = true;
    id('login').disabled = state === 'connected' || state === 'failed' || state === 'asking';
    id('logout').disabled = id('remove').disabled = state !== 'connected';
    id('again').disabled = state === 'failed' || state === 'asking';
  }

  var asked = null; // the token with which the page last asked who that is

  function status(response) {
    var token = response.status === 'connected' ? response.authResponse.accessToken : null;
    if (token && token === asked) { return; }
    asked = token;
    show(response.status);
    if (token) {
      FB.api('/me', function (me) {
        tell('FB.api(\'/me\')', me);
        // Answers may come late: whoever was asked about must still be there.
        if (token === asked && me && me.id) { greet(me); }
      });
    }
  }

  function greet(me) {
    var name = document.createElement('b'), face = id('face');
    name.textContent = me.name;
    show('connected', [name, document.createElement('br'), 'User ' + me.id + ', logged in, and this application is allowed.']);
    face.onload = function () { face.hidden = id('state').dataset.state !== 'connected'; };
    face.src = server + '/' + encodeURIComponent(me.id) + '/picture?type=large';
  }

  function road(words) {
    id('road').hidden = false;
    id('road').textContent = words;
  }

  // The SDK's own line says how it came to its answer.
  function roadIn(line) {
    var found = /login status: \w+\. (.*?)(?: See docs\S*)?$/.exec(line);
    if (found) { road(found[1]); }
  }

  // ---- what was told ----------------------------------------------------------------------------

  // Tokens open doors: the page shows how they begin.
  function shortened(name, value) {
    var secret = /token|signedRequest|session_key|secret|sig$/i.test(name);
    return secret && typeof value === 'string' && value.length > 12 ? value.slice(0, 10) + '…' : value;
  }

  function written(value) {
    var short = JSON.stringify(value, shortened);
    return short.length <= 60 ? short : JSON.stringify(value, shortened, 1);
  }

  function tell(name, content) {
    var now = new Date();
    var item = document.createElement('li'), time = document.createElement('time'), title = document.createElement('b');
    time.dateTime = now.toISOString();
    time.textContent = now.toTimeString().slice(0, 8) + '.' + String(now.getMilliseconds()).padStart(3, '0');
    title.textContent = name;
    item.append(time, title);
    if (content !== undefined) {
      var text = document.createElement('pre');
      text.textContent = typeof content === 'string' ? content : written(content);
      item.append(text);
    }
    item.classList.toggle('log', name === 'fb.log');
    id('events').prepend(item);
    id('no-events').hidden = true;
  }

  // ---- buttons ----------------------------------------------------------------------------------

  function buttons() {
    id('login').onclick = function () {
      FB.login(function (response) {
        tell('FB.login', response);
        road('Told by the window of FB.login().');
        status(response);
      });
    };
    id('logout').onclick = function () {
      FB.logout(function (response) {
        tell('FB.logout', response);
        road('FB.logout() was called here; nobody is asked until FB.login() succeeds.');
      });
    };
    id('again').onclick = function () {
      FB.getLoginStatus(function (response) { tell('FB.getLoginStatus, forced', response); status(response); }, true);
    };
    id('remove').onclick = function () {
      FB.api({ method: 'auth.revokeAuthorization' }, function (answer) {
        tell('auth.revokeAuthorization', answer);
        if (answer === true) { road('The page has just removed the application.'); }
      });
    };
    id('show-log').onchange = function () { id('events').classList.toggle('short', !this.checked); };
    id('server').value = server;
    id('app').value = app;
  }

  // ---- the SDK ----------------------------------------------------------------------------------

  window.fbAsyncInit = function () {
    FB.Event.subscribe('fb.log', function (line) {
      var text = typeof line === 'string' ? line : JSON.stringify(line);
      tell('fb.log', text);
      roadIn(text);
    });
    EVENTS.forEach(function (name) {
      FB.Event.subscribe(name, function (response) { tell(name, response); });
    });
    FB.Event.subscribe('auth.authResponseChange', status);
    FB.Event.subscribe('auth.statusChange', status);
    FB.init({ appId: app, cookie: true, status: true });
    // Joins the request that FB.init has begun. No event says that the first answer is `unknown`; this callback does.
    FB.getLoginStatus(function (response) { tell('FB.getLoginStatus', response); status(response); });
  };

  show('asking');
  buttons();
  var sdk = document.createElement('script');
  sdk.src = server + '/en_US/all.js';
  sdk.async = true;
  sdk.onerror = function () {
    var command = document.createElement('code');
    command.textContent = 'cargo run -p reconnect';
    show('failed', ['No SDK came from ' + server + '. Start the server with ', command, ', or name another address below.']);
  };
  document.head.append(sdk);
})();
