/*
 * JSON and query strings: both as the browser has them, or by hand where it does not, or where a library of the page has bent them.
 */

var ESCAPED = { '"': '\\"', '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function quoted(text) {
  return '"' + text.replace(/["\\\x00-\x1f\u2028\u2029]/g, function (c) {
    return ESCAPED[c] || '\\u' + ('000' + c.charCodeAt(0).toString(16)).slice(-4);
  }) + '"';
}

FB.JSON = {
  /* By hand always: Prototype 1.6 gives arrays a toJSON that makes JSON.stringify write texts of lists. */
  stringify: function (value) {
    var parts = [];
    if (value === null || value === undefined || typeof value == 'function' || value !== value) {
      return 'null';
    }
    if (typeof value == 'string') {
      return quoted(value);
    }
    if (typeof value != 'object') {
      return String(value);
    }
    if (Object.prototype.toString.call(value) == '[object Array]') {
      each(value, function (item) {
        parts.push(FB.JSON.stringify(item));
      });
      return '[' + parts.join(',') + ']';
    }
    for (var name in value) {
      if (has(value, name) && value[name] !== undefined && typeof value[name] != 'function') {
        parts.push(quoted(name) + ':' + FB.JSON.stringify(value[name]));
      }
    }
    return '{' + parts.join(',') + '}';
  },

  /* Throws when it is none. */
  parse: function (text) {
    if (window.JSON && JSON.parse) {
      return JSON.parse(text);
    }
    // What is left when texts, numbers and words are taken away may only be brackets, commas, colons and blanks.
    var bare = text.replace(/"(?:[^"\\\n\r]|\\.)*"|true|false|null|-?\d+(?:\.\d*)?(?:[eE][+\-]?\d+)?/g, '');
    if (!text || /[^\[\]{},:\s]/.test(bare)) {
      throw new Error('no JSON');
    }
    return new Function('return (' + text + ')')();
  }
};

/* The same, null when it is none. */
function parsed(text) {
  try {
    return FB.JSON.parse(text);
  } catch (error) {
    return null;
  }
}

FB.QS = {
  /* Names sorted; what is null or undefined is left out. */
  encode: function (params) {
    var names = [], pairs = [];
    for (var name in params) {
      if (has(params, name) && params[name] !== null && params[name] !== undefined) {
        names.push(name);
      }
    }
    each(names.sort(), function (name) {
      pairs.push(encodeURIComponent(name) + '=' + encodeURIComponent(params[name]));
    });
    return pairs.join('&');
  },

  decode: function (text) {
    var params = {};
    each(text.split('&'), function (pair) {
      var at = pair.indexOf('=');
      try {
        if (at > 0) {
          params[decodeURIComponent(pair.substring(0, at))] = decodeURIComponent(pair.substring(at + 1));
        }
      } catch (error) {
        // a broken escape: the pair is not there
      }
    });
    return params;
  }
};

var BASE64 = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

/* Whom a signed_request names. Not whether it is genuine: that is for who knows the secret. */
function userOf(signedRequest) {
  var payload = String(signedRequest || '').split('.')[1] || '', text = '', bits = 0, held = 0;
  each(payload.split(''), function (c) {
    var value = BASE64.indexOf(c);
    if (value >= 0) {
      held = (held << 6 | value) & 0xffff;
      bits += 6;
      if (bits >= 8) {
        bits -= 8;
        text += String.fromCharCode(held >> bits & 255);
      }
    }
  });
  var read = parsed(text);
  return read && read.user_id ? String(read.user_id) : 0;
}
