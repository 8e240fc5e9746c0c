/*
 * Who is here: the state, and the events that tell of its changes. The requests that lead to a change are in status.js and login.js.
 *
 * Two ways of telling. O (since the end of 2011): authResponse, and connected, not_authorized or unknown. S (before): session, and
 * connected, notConnected or unknown.
 */

var status = 'unknown';
var authResponse = null; // O
var session = null; // S
var userID = 0; // O; may be known from a cookie before any status is
var refresh = null; // the timer
var changes = 0; // counts what makes a status on its way out of date: login, logout, removal

var REFRESH = 20 * 60 * 1000;

FB.Auth = {
  /* Sets the state of the O way and fires what follows. Answers what callbacks get. `unsure`: nobody could be asked; cookies stay. */
  setAuthResponse: function (response, newStatus, unsure) {
    var before = authResponse, user = response ? userIn(response) : 0;
    var told = { authResponse: response || null, status: newStatus };
    var fired = authEvents(before, userID, response, user);
    fired.statusChange = newStatus != status;
    authResponse = response || null;
    userID = user;
    status = newStatus;
    if (!unsure) {
      writeSignedRequest(response);
    }
    keepFresh();
    fireAuth(['logout', 'login', 'authResponseChange', 'statusChange'], fired, told);
    return told;
  },

  /* The same of the S way: a session came, went, or was renewed when its key is another. */
  setSession: function (newSession, newStatus, unsure) {
    var before = session, told = { session: newSession || null, status: newStatus };
    var other = !before || !newSession || String(before.uid) != String(newSession.uid);
    var fired = { statusChange: newStatus != status, logout: before && other, login: newSession && other };
    fired.sessionChange = (before || newSession) && (other || before.session_key != newSession.session_key);
    session = newSession || null;
    status = newStatus;
    if (!unsure && fired.sessionChange) {
      writeSession(newSession);
    }
    if (!unsure && !newSession) {
      deleteConnect();
    }
    keepFresh();
    fireAuth(['statusChange', 'logout', 'login', 'sessionChange'], fired, told);
    return told;
  }
};

function userIn(response) {
  return response.userID ? String(response.userID) : userOf(response.signedRequest);
}

/*
 * Which events a change from one answer to another fires, as they were documented; with the option `shippedEvents` as the builds of
 * early 2012 did it: a logout before every first login, no login for a user whom a cookie had named, nothing for a new token.
 */
function authEvents(before, userBefore, response, user) {
  var gone = !response && userBefore, other = response && userBefore != user;
  if (options.shippedEvents) {
    return { logout: gone || other, login: other, authResponseChange: gone || other };
  }
  var gained = response && (other || !before);
  var renewed = response && before && response.accessToken != before.accessToken;
  return { logout: gone || other && userBefore, login: gained, authResponseChange: gone || gained || renewed };
}

function fireAuth(names, fired, told) {
  each(names, function (name) {
    if (fired[name]) {
      FB.Event.fire('auth.' + name, told);
    }
  });
}

/* Every update starts the twenty minutes anew, once somebody has asked for the status. */
function keepFresh() {
  clearTimeout(refresh);
  refresh = null;
  if (everAsked && (authResponse || session && +session.expires)) {
    refresh = setTimeout(function () {
      FB.getLoginStatus(null, true);
    }, REFRESH);
  }
}

/* The state as callbacks get it. */
function present() {
  return era == 'O' ? { authResponse: authResponse, status: status } : { session: session, status: status };
}

function connected() {
  return status == 'connected' && !!(authResponse || session);
}

function currentToken() {
  return (authResponse ? authResponse.accessToken : session && session.access_token) || null;
}

/* Into the words of this page's way. */
function statusName(name) {
  return era == 'S' && name == 'not_authorized' ? 'notConnected' : name == 'notConnected' && era == 'O' ? 'not_authorized' : name;
}

function setState(response, newStatus, unsure) {
  return FB.Auth[era == 'O' ? 'setAuthResponse' : 'setSession'](response, statusName(newStatus), unsure);
}

/* A change that the visitor made: what was asked before it is out of date, and what was kept for this browser session too. */
function change(response, newStatus) {
  changes++;
  if (loggedOutHere()) {
    forget();
  } else {
    cache(response, statusName(newStatus));
  }
  return setState(response, newStatus);
}

FB.getAuthResponse = function () {
  if (era == 'S') {
    FB.log('FB.getAuthResponse() called on a page of the session way (oauth: false). Use FB.getSession().');
  }
  return authResponse;
};

FB.getSession = function () {
  if (era == 'O') {
    FB.log('FB.getSession() called on a page of the OAuth way. Use FB.getAuthResponse(), or FB.init({oauth: false}).');
  }
  return session;
};

FB.getUserID = function () {
  return era == 'O' ? userID : session ? String(session.uid) : 0;
};

FB.getAccessToken = currentToken;
