/*
 * What is kept on the application's own origin, and why:
 *
 *   fblst_KEY   localStorage    the kept token: shows the server who was connected here, where it is sent no cookie
 *   fblo_KEY    localStorage    the visitor logged out here: unknown, without asking, until FB.login succeeds
 *   fbck_KEY    localStorage    API key under which the Connect cookies were written
 *   fbssls_KEY  sessionStorage  the last answer, for this browser session
 *   fbfed_KEY   sessionStorage  the browser itself was asked (FedCM) in this browser session
 *
 * A browser without localStorage gets the mark of the logout as a cookie and goes without the rest.
 */

/* Storage may be missing, forbidden (then the mere look throws) or full. */
function kept(where, name, value) {
  try {
    var storage = window[where + 'Storage'];
    if (value === undefined) {
      return storage.getItem(name + key);
    }
    if (value === null) {
      storage.removeItem(name + key);
    } else {
      storage.setItem(name + key, value);
    }
    return true;
  } catch (error) {
    return null;
  }
}

function keptToken(value) {
  return kept('local', 'fblst_', value);
}

function loggedOutHere() {
  return !!(kept('local', 'fblo_') || readCookie('fblo_' + key));
}

function markLogout(out) {
  if (!out) {
    if (loggedOutHere()) {
      kept('local', 'fblo_', null);
      writeCookie('fblo_' + key, '', -1);
    }
  } else if (!kept('local', 'fblo_', 'y')) {
    writeCookie('fblo_' + key, 'y', 365 * 86400);
  }
}

/* Keeps an answer for this browser session. */
function cache(response, status, connect) {
  var lives = era == 'O' ? response && response.expiresIn : response && response.expires && response.expires - now() / 1000;
  kept('session', 'fbssls_', FB.JSON.stringify({
    era: era,
    status: status,
    response: response,
    connect: connect,
    domain: cookieDomain,
    until: lives ? now() + lives * 1000 : 0
  }));
}

/* The kept answer, unless it is of the other era or connected no longer. */
function cached() {
  var record = parsed(kept('session', 'fbssls_') || '');
  if (!record || record.era != era || !record.status || record.until && record.until <= now()) {
    return null;
  }
  if (record.until && era == 'O' && record.response) {
    record.response.expiresIn = Math.round((record.until - now()) / 1000);
  }
  return record;
}

function forget() {
  kept('session', 'fbssls_', null);
}
