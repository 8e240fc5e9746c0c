/*
 * FB.init, and the beginning of everything: options in the script's own address, and the page's fbAsyncInit.
 */

var begun = false; // whether FB.init was called
var ownOptions = scriptOptions();

FB.init = function (given) {
  if (begun) {
    FB.log('FB.init has already been called - this could indicate a problem');
  }
  begun = true;
  options = FB.copy(FB.copy({}, given || {}, true), ownOptions);
  // A page of the session way says so, or hands its session over, be it none.
  era = options.oauth === false || options.session !== undefined && !options.oauth ? 'S' : 'O';
  logging = options.logging !== false;
  startFor(options.appId || options.apiKey || null);
  listen();
  cookies = !!options.cookie;
  cookieDomain = typeof options.cookie == 'string' ? ownDomain(options.cookie) : '';
  if (key) {
    (era == 'O' ? beginOAuth : beginSession)();
  }
  if (options.status !== false) {
    FB.getLoginStatus();
  }
  if (options.xfbml) {
    FB.XFBML.parse();
  }
};

/* Another application begins from nothing. */
function startFor(newKey) {
  newKey = newKey && String(newKey);
  if (newKey != key || (era == 'O' ? session : authResponse)) {
    key = newKey;
    authResponse = session = null;
    userID = 0;
    status = 'unknown';
    load = '';
    everAsked = false;
    changes++;
    clearTimeout(refresh);
  }
}

/* A cookie tells the user's id and no more: no status, no event. */
function beginOAuth() {
  if (loggedOutHere()) {
    return;
  }
  if (options.authResponse) {
    FB.Auth.setAuthResponse(options.authResponse, 'connected');
  } else if (!authResponse) {
    userID = cookieUser();
  }
}

function beginSession() {
  var known = loggedOutHere() ? null : options.session || session || cookieSession();
  if (known) {
    FB.Auth.setSession(known, 'connected');
  }
}

/* all.js#xfbml=1&appId=…: what stands there holds where FB.init says nothing. */
function scriptOptions() {
  var found = {}, own = document.currentScript && [document.currentScript] || document.getElementsByTagName('script');
  each(own, function (script) {
    var parts = /\/(?:all|sdk|core)\.js(?:\?[^#]*)?#(.+)$/.exec(script.src || '');
    found = parts ? FB.QS.decode(parts[1].replace(/&amp;/g, '&')) : found;
  });
  for (var name in found) {
    if (has(found, name) && !/^(appId|apiKey|timeout)$/.test(name) && (isTrue(found[name]) || /^(false|0|no|off)$/i.test(found[name]))) {
      found[name] = isTrue(found[name]);
    }
  }
  return found;
}

later(function () {
  if (typeof window.fbAsyncInit == 'function') {
    window.fbAsyncInit();
  }
  if (!begun && (ownOptions.appId || ownOptions.apiKey || ownOptions.xfbml)) {
    FB.init({});
  }
});
