/*
 * The beginning: the one global, the log, and what every other file leans on.
 *
 * The files of this folder are put behind one another into one function, in front of which stands CONFIG: the server's addresses as
 * the page sees them. Syntax is that of 1999, since a browser of 2010 has to read it; what a browser may lack is asked for before use.
 */

if (window.FB) {
  return; // a second script tag changes nothing
}

var FB = window.FB = {};

/* Where the page came from: nobody else is sent an answer. */
var PAGE = location.protocol + '//' + location.host;

/* What FB.init was told, and what follows from it. */
var key = null; // application id or API key
var era = 'O'; // O: authResponse, since the end of 2011; S: session, before
var options = {};
var logging = true;

function each(list, visit) {
  for (var i = 0; i < list.length; i++) {
    visit(list[i], i);
  }
}

function has(object, name) {
  return Object.prototype.hasOwnProperty.call(object, name);
}

/* Members of `source` that `target` lacks; all of them with `overwrite`. */
FB.copy = function (target, source, overwrite) {
  for (var name in source) {
    if (has(source, name) && (overwrite || target[name] === undefined)) {
      target[name] = source[name];
    }
  }
  return target;
};

/* A name that nobody guesses: answers are told apart by it. */
FB.guid = function () {
  var random = '';
  if (window.crypto && crypto.getRandomValues && window.Uint32Array) {
    each(crypto.getRandomValues(new Uint32Array(4)), function (part) {
      random += part.toString(16);
    });
  } else {
    random = (Math.random() * 0x40000000 | 0).toString(16) + (Math.random() * 0x40000000 | 0).toString(16);
  }
  return 'f' + random;
};

function now() {
  return new Date().getTime();
}

function later(work) {
  setTimeout(work, 0);
}

/* Calls what a page gave us. One that throws is told to the console, not to the callers behind it. */
function call(callback, argument) {
  try {
    if (callback) {
      callback(argument);
    }
  } catch (error) {
    later(function () {
      throw error;
    });
  }
}

/* `fb.log` is fired in any case; the console can be silenced, and woken again by the page's address. */
function say(level, message) {
  if (window.console && console[level] && (logging || location.href.indexOf('fb_debug=1') >= 0)) {
    console[level](message);
  }
  FB.Event.fire('fb.log', message);
}

FB.log = function (message) {
  say('log', message);
};
