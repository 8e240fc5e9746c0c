/*
 * FB.api: the REST interface for an object, the Graph for a path. Short calls are scripts (JSONP), long ones a request of today.
 */

var LONGEST = 2000; // of an address

/* What the read-only host answers: the name with small letters, its first dot an underscore. */
var READ_ONLY = { fql_query: 1, fql_multiquery: 1, friends_get: 1, notifications_get: 1, stream_get: 1, users_getinfo: 1 };

FB.ApiServer = { _callbacks: {} };

FB.api = function (first) {
  (typeof first == 'string' ? graph : rest).apply(FB, arguments);
};

function rest(params, callback) {
  params = FB.copy({}, params || {});
  if (typeof params.method != 'string') {
    FB.log('FB.api() needs the name of a method: {method: "users.getInfo"}.');
    return;
  }
  var name = params.method.toLowerCase();
  FB.copy(params, { api_key: key, access_token: currentToken() });
  FB.copy(params, { format: 'json-strings', sdk: 'joey', pretty: era == 'O' ? 0 : undefined }, true);
  send({
    address: (has(READ_ONLY, name.replace('.', '_')) ? CONFIG.apiRead : CONFIG.api) + '/restserver.php',
    params: params,
    verb: 'post',
    revokes: name == 'auth.revokeauthorization',
    callback: callback
  });
}

/* A path, then in any order: a verb, an object of arguments, a function. */
function graph(path) {
  var found = { verb: 'get', params: {} }, good = true;
  each(Array.prototype.slice.call(arguments, 1), function (argument) {
    if (typeof argument == 'string' && /^(get|post|put|delete)$/i.test(argument)) {
      found.verb = argument.toLowerCase();
    } else if (typeof argument == 'function') {
      found.callback = argument;
    } else if (argument && typeof argument == 'object') {
      found.params = FB.copy({}, argument);
    } else if (argument !== null && argument !== undefined) {
      FB.log('Invalid argument passed to FB.api(): ' + argument);
      good = false;
    }
  });
  if (!good) {
    return;
  }
  // The addresses of other pages of a list are whole ones.
  path = path.replace(/^https?:\/\/graph\.facebook\.com(?=\/)/, '');
  if (path.indexOf(CONFIG.graph + '/') === 0) {
    path = path.substring(CONFIG.graph.length);
  }
  var query = path.indexOf('?');
  if (query >= 0) {
    FB.copy(found.params, FB.QS.decode(path.substring(query + 1)));
    path = path.substring(0, query);
  }
  FB.copy(found.params, { access_token: currentToken() });
  if (found.verb != 'get') {
    found.params.method = found.verb;
  }
  found.address = CONFIG.graph + path.replace(/^\/*/, '/');
  send(found);
}

/* What is no text travels as JSON. */
function send(asked) {
  var texts = {}, id = FB.guid(), address;
  for (var name in asked.params) {
    if (has(asked.params, name) && asked.params[name] !== null && asked.params[name] !== undefined) {
      texts[name] = typeof asked.params[name] == 'string' ? asked.params[name] : FB.JSON.stringify(asked.params[name]);
    }
  }
  asked.params = texts;
  address = asked.address + '?' + FB.QS.encode(FB.copy({ callback: 'FB.ApiServer._callbacks.' + id }, texts));
  if (address.length <= LONGEST) {
    byScript(address, id, asked);
  } else {
    byPost(asked);
  }
}

function broken() {
  return { error: { type: 'http', message: 'unknown error' } };
}

function byScript(address, id, asked) {
  var script = document.createElement('script'), all = FB.ApiServer._callbacks;
  var end = function (answer) {
    if (all[id]) {
      delete all[id];
      later(function () {
        if (script.parentNode) {
          script.parentNode.removeChild(script);
        }
      });
      deliver(asked, answer);
    }
  };
  // The script calls, or it came and did not, or it never came.
  all[id] = end;
  script.onerror = script.onload = function () {
    end(broken());
  };
  script.onreadystatechange = function () {
    if (/loaded|complete/.test(script.readyState)) {
      setTimeout(script.onload, 100);
    }
  };
  script.src = address;
  (document.getElementsByTagName('head')[0] || document.body).appendChild(script);
}

/* Without credentials. The server answers status 200 whatever comes of it, so that every browser reads the answer. */
function byPost(asked) {
  var http = window.XMLHttpRequest && new XMLHttpRequest(), query = FB.QS.encode(asked.params);
  if (!http || http.withCredentials === undefined) {
    FB.log('FB.api(): the call is longer than ' + LONGEST + ' characters, and this browser has no other way than a script.');
    later(function () {
      deliver(asked, broken());
    });
    return;
  }
  http.onreadystatechange = function () {
    if (http.readyState == 4) {
      var answer = http.status ? parsed(http.responseText) : null;
      deliver(asked, answer === null ? broken() : answer);
    }
  };
  query += '&suppress_http_code=1';
  if (asked.verb == 'get') {
    http.open('GET', asked.address + '?' + query, true);
    http.send(null);
  } else {
    http.open('POST', asked.address, true);
    http.setRequestHeader('Content-Type', 'application/x-www-form-urlencoded');
    http.send(query);
  }
}

/* What an answer says of the login, then the answer itself. */
function deliver(asked, answer) {
  var current = key && asked.params.access_token && asked.params.access_token === currentToken();
  if (current && asked.revokes && answer === true) {
    change(null, 'not_authorized');
  } else if (current && spent(answer)) {
    FB.getLoginStatus(null, true);
  }
  if (asked.callback) {
    asked.callback(answer);
  }
}

/* Whether it says that the token is good no longer. */
function spent(answer) {
  var error = answer && answer.error;
  return answer && (+answer.error_code == 190 || error == 'invalid_token' ||
    error && (error.type == 'invalid_token' || error.type == 'OAuthException' && (!error.code || +error.code == 190)));
}
