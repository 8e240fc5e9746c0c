/*
 * Cookies of the site itself, from which its server sees who is there: fbsr_KEY with fbm_KEY (a signed request), fbs_KEY (a session)
 * and those of the first JavaScript library, APIKEY_user and so on.
 */

var cookies = false; // whether FB.init asked for them
var cookieDomain = ''; // without the dot in front; '' is this host alone

function readCookie(name) {
  var found = null;
  each(document.cookie.split(/;\s*/), function (pair) {
    if (found === null && pair.indexOf(name + '=') === 0) {
      found = pair.substring(name.length + 1);
    }
  });
  return found;
}

/* `seconds` to live: 0 is this browser session, less deletes. */
function writeCookie(name, value, seconds, domain) {
  var cookie = name + '=' + value + '; path=/';
  if (seconds) {
    cookie += '; expires=' + new Date(seconds < 0 ? 0 : now() + seconds * 1000).toUTCString();
  }
  if (domain) {
    cookie += '; domain=.' + domain;
  }
  if (location.protocol == 'https:') {
    // In a canvas frame the browser takes a cookie only if it is declared for that.
    cookie += (window.top == window ? '' : '; SameSite=None') + '; secure';
  }
  document.cookie = cookie;
}

function deleteCookie(name, domain) {
  writeCookie(name, '', -1);
  if (domain) {
    writeCookie(name, '', -1, domain);
  }
}

/* A domain that may stand in a cookie of this page: a browser refuses any other, and the cookie with it. */
function ownDomain(domain) {
  var host = '.' + location.hostname, tail = '.' + String(domain || '').replace(/^\./, '');
  return /.\.[a-z][^.]*$/i.test(tail) && host.slice(-tail.length) == tail ? tail.substring(1) : '';
}

/* What the server says of the domain, unless the page said it. */
function learnDomain(domain) {
  if (typeof options.cookie != 'string') {
    cookieDomain = ownDomain(domain) || cookieDomain;
  }
}

function secondsUntil(expires) {
  return +expires ? Math.max(1, expires - Math.floor(now() / 1000)) : 0;
}

/* Without its escapes; as it is where they are broken. */
function unescaped(text) {
  try {
    return decodeURIComponent(text);
  } catch (error) {
    return text;
  }
}

/* The user whom the cookie of an earlier page names; fbm_ says which domain to use when it goes. */
function cookieUser() {
  var meta = unescaped((readCookie('fbm_' + key) || '').replace(/"/g, ''));
  if (meta.indexOf('base_domain=') === 0) {
    learnDomain(meta.substring(12));
  }
  return userOf(readCookie('fbsr_' + key));
}

function writeSignedRequest(response) {
  if (!cookies) {
    return;
  }
  deleteCookie('fbsr_' + key, response ? '' : cookieDomain);
  deleteCookie('fbm_' + key, response ? '' : cookieDomain);
  if (response && response.signedRequest) {
    writeCookie('fbsr_' + key, response.signedRequest, response.expiresIn, cookieDomain);
    if (cookieDomain) {
      writeCookie('fbm_' + key, encodeURIComponent('base_domain=.' + cookieDomain), response.expiresIn, cookieDomain);
    }
  }
}

/* Read even when FB.init did not ask for cookies. Servers of the time escaped all of it once more, quotes included. */
function cookieSession() {
  var value = readCookie('fbs_' + key) || '';
  value = (/^%22/.test(value) ? unescaped(value) : value).replace(/"/g, '');
  var session = value && FB.QS.decode(value);
  if (!session || !session.session_key || +session.expires && +session.expires < now() / 1000) {
    return null;
  }
  session.expires = +session.expires;
  learnDomain(session.base_domain);
  return session;
}

function writeSession(session) {
  learnDomain(session && session.base_domain);
  if (!cookies) {
    return;
  }
  if (session) {
    writeCookie('fbs_' + key, '"' + FB.QS.encode(session) + '"', secondsUntil(session.expires), cookieDomain);
  } else {
    deleteCookie('fbs_' + key, cookieDomain);
  }
}

/* As the server signed them: a map of names to values, in which the API key alone names the signature. */
function writeConnect(values) {
  var apiKey = '', seconds;
  for (var name in values) {
    if (has(values, name) && (!apiKey || name.length < apiKey.length)) {
      apiKey = name; // all others are longer by a suffix
    }
  }
  seconds = secondsUntil(values[apiKey + '_expires']);
  for (name in values) {
    if (has(values, name)) {
      writeCookie(name, encodeURIComponent(values[name]), seconds, cookieDomain);
    }
  }
  if (cookieDomain) {
    writeCookie('base_domain_' + apiKey, cookieDomain, seconds, cookieDomain);
  }
  kept('local', 'fbck_', apiKey);
}

/* Readers check whatever begins with the API key, so all of it goes. */
function deleteConnect() {
  var apiKey = kept('local', 'fbck_');
  if (apiKey) {
    var domain = ownDomain(readCookie('base_domain_' + apiKey));
    each(['', '_user', '_session_key', '_expires', '_ss'], function (suffix) {
      deleteCookie(apiKey + suffix, domain);
    });
    deleteCookie('base_domain_' + apiKey, domain);
    kept('local', 'fbck_', null);
  }
}
