/*
 * XFBML: <fb:login-button> and <div class="fb-login-button">, as buttons of the page itself: nothing is loaded for them.
 *
 * Attributes (the div's with data- in front): size, length, scope or perms, onlogin, autologoutlink. What the element holds is the
 * button's text.
 */

var SIZES = { icon: 11, small: 11, medium: 13, large: 16, xlarge: 20 };

FB.XFBML = {
  /* Draws what stands in `dom`, or in the page; then calls back and fires xfbml.render. */
  parse: function (dom, callback) {
    whenReady(function () {
      var within = dom || document.body, found = [];
      each(within.getElementsByTagName('fb:login-button'), function (element) {
        found.push(element);
      });
      if (!found.length) {
        // Old browsers cut the prefix off.
        each(within.getElementsByTagName('login-button'), function (element) {
          found.push(element);
        });
      }
      each(within.getElementsByTagName('div'), function (element) {
        if (/(^|\s)fb-login-button(\s|$)/.test(element.className)) {
          found.push(element);
        }
      });
      each(found, function (element) {
        if (!element.fbDrawn) {
          element.fbDrawn = true;
          drawLoginButton(element);
        }
      });
      call(callback);
      FB.Event.fire('xfbml.render');
    });
  }
};

function attribute(element, name) {
  return element.getAttribute(name) || element.getAttribute('data-' + name) || '';
}

function isTrue(text) {
  return /^(true|1|yes|on)$/i.test(text);
}

function drawLoginButton(element) {
  var button = document.createElement('button'), size = SIZES[attribute(element, 'size')] || SIZES.medium;
  var leaves = isTrue(attribute(element, 'autologoutlink') || attribute(element, 'auto-logout-link'));
  var words = document.createElement('span'), own = /\S/.test(element.innerHTML);
  button.setAttribute('type', 'button');
  button.className = 'fb_button';
  button.style.cssText = 'font:bold ' + size + 'px/1.4 sans-serif;padding:.3em .7em;border:1px solid #1c3a6e;border-radius:3px;' +
    'background:#2f5597;color:#fff;cursor:pointer';
  while (element.firstChild) {
    words.appendChild(element.firstChild);
  }
  var label = own ? null : attribute(element, 'length') == 'long' ? 'Log In with Reconnect' : 'Log In';
  var draw = function () {
    var out = leaves && connected();
    while (button.firstChild) {
      button.removeChild(button.firstChild);
    }
    button.appendChild(out || label ? document.createTextNode(out ? 'Log Out' : label) : words);
  };
  button.onclick = function () {
    pressed(element, leaves);
    return false;
  };
  draw();
  element.appendChild(button);
  if (leaves) {
    FB.Event.subscribe('auth.statusChange', draw);
  }
}

function pressed(element, leaves) {
  var done = function () {
    runAttribute(element.getAttribute('onlogin') || '', element.getAttribute('data-onlogin') || '');
  };
  if (leaves && connected()) {
    FB.logout(done);
    return;
  }
  FB.login(function (response) {
    if (response.status == 'connected') {
      done();
    }
  }, { scope: attribute(element, 'scope') || attribute(element, 'perms') });
}

/*
 * `onlogin` is script of the page, or the name of a function of it; a strict policy of the page lets only the name through.
 * `data-onlogin` is a name alone: what cleans the text of strangers takes attributes that begin with "on" away, but leaves this one.
 */
function runAttribute(code, named) {
  var target = window, name = /^[\w$.]+$/.test(code) ? code : named;
  try {
    if (code && name != code) {
      new Function(code).call(window);
    } else if (/^[\w$.]+$/.test(name)) {
      each(name.split('.'), function (part) {
        target = target[part];
      });
      target(present());
    }
  } catch (error) {
    FB.log('onlogin of a login button: ' + error);
  }
}
