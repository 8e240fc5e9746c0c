/*
 * Windows and frames of the server, and the way in which they answer (XD).
 *
 * An address of ours goes along as the place to return to: connect/xd_arbiter.php, whose fragment names a callback. That page posts
 * its fragment, with the answer behind it, to this window. Only messages of the server's own origin and for this page's channel count.
 *
 * Messages without a callback come from what the server shows inside this page: `type=authPrompt&href=ADDRESS` (somebody is asked to
 * log in there) and `type=refreshLoginStatus`.
 */

var channel = FB.guid();
var callbacks = {};
var listening = false;

/* The address to return to. `relation` is how that page gets here: opener or parent. */
function returnAddress(relation, frame, callback, more) {
  var id = FB.guid();
  callbacks[id] = callback;
  return CONFIG.www + '/connect/xd_arbiter.php?version=6#cb=' + id + '&origin=' + encodeURIComponent(PAGE + '/' + channel) +
    '&domain=' + encodeURIComponent(location.hostname) + '&relation=' + relation + '&frame=' + frame + (more || '');
}

function listen() {
  if (!listening && window.postMessage) {
    listening = true;
    if (window.addEventListener) {
      window.addEventListener('message', receive, false);
    } else {
      window.attachEvent('onmessage', receive);
    }
  }
}

function receive(event) {
  var prefix = '_FB_' + channel;
  if (event.origin !== CONFIG.www || typeof event.data != 'string' || event.data.indexOf(prefix) !== 0) {
    return;
  }
  var message = FB.QS.decode(event.data.substring(prefix.length).replace(/^[#?&]+/, ''));
  var callback = has(callbacks, message.cb) && callbacks[message.cb];
  if (callback) {
    delete callbacks[message.cb];
    callback(message);
  } else if (message.type == 'authPrompt') {
    FB.Event.fire('auth.prompt', message.href);
  } else if (message.type == 'refreshLoginStatus') {
    FB.getLoginStatus(null, true);
  }
}

/* Runs when there is a body to add to. */
function whenReady(work) {
  if (document.body && (!document.readyState || document.readyState != 'loading')) {
    later(work);
  } else if (document.addEventListener) {
    document.addEventListener('DOMContentLoaded', work, false);
  } else {
    setTimeout(function () {
      whenReady(work);
    }, 50);
  }
}

/* Where hidden elements go. */
function root() {
  var element = document.getElementById('fb-root');
  if (!element) {
    FB.log('The "fb-root" div has not been created, so it was added: put <div id="fb-root"></div> into the page.');
    element = document.createElement('div');
    element.id = 'fb-root';
    document.body.insertBefore(element, document.body.firstChild);
  }
  return element;
}

/* A frame that nobody sees. Answers a function that takes it away. */
function openFrame(address) {
  var frame = null, gone = false;
  var add = function () {
    if (!gone && !frame) {
      frame = document.createElement('iframe');
      frame.title = 'Login status';
      frame.setAttribute('aria-hidden', 'true');
      frame.tabIndex = -1;
      frame.style.cssText = 'position:absolute;top:-10000px;left:0;width:1px;height:1px;border:0';
      frame.src = address;
      root().appendChild(frame);
    }
  };
  if (document.body) {
    add();
  } else {
    whenReady(add);
  }
  return function () {
    gone = true;
    later(function () {
      if (frame && frame.parentNode) {
        frame.parentNode.removeChild(frame);
      }
    });
  };
}

/* A window in the middle of this one. */
function openWindow(address, width, height) {
  var x = window.screenX === undefined ? window.screenLeft : window.screenX;
  var y = window.screenY === undefined ? window.screenTop : window.screenY;
  var outer = window.outerWidth || document.documentElement.clientWidth;
  var tall = window.outerHeight || document.documentElement.clientHeight;
  return window.open(address, FB.guid(), [
    'width=' + width,
    'height=' + height,
    'left=' + Math.max(0, Math.floor(x + (outer - width) / 2)),
    'top=' + Math.max(0, Math.floor(y + (tall - height) / 2.5)),
    'scrollbars=1,location=1,toolbar=0,resizable=1'
  ].join(','));
}

/*
 * Shows a page of the server in a window and waits: `answered` gets the message, or null when the window was closed without one.
 * `address` makes the page's address from a function that makes addresses to return to.
 */
function askInWindow(address, width, height, answered) {
  var over = false, began = now(), poll, opened, frame = FB.guid();
  var end = function (message) {
    if (!over) {
      over = true;
      clearInterval(poll);
      if (message && opened) {
        opened.close();
      }
      answered(message);
    }
  };
  listen();
  opened = openWindow(address(function (more) {
    return returnAddress('opener', frame, end, more);
  }), width, height);
  if (!opened) {
    FB.log('The browser did not open the window. Call FB.login() and FB.ui() from a click.');
  }
  poll = setInterval(function () {
    if (!opened || opened.closed) {
      clearInterval(poll);
      if (opened && now() - began < 250) {
        FB.log('The window is out of reach at once: a Cross-Origin-Opener-Policy of this page cuts it off. ' +
          'Use same-origin-allow-popups.');
      }
      // A last message of the window may still be on its way.
      setTimeout(function () {
        end(null);
      }, 100);
    }
  }, 100);
}
