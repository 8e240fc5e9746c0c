// Hands the fragment of this page to the window that it names, at the origin that it names. ES3: frames of 2010 run it too.
(function () {
  // Not location.hash: browsers of the time decode it.
  var at = location.href.indexOf('#');
  var text = at < 0 ? '' : location.href.substring(at + 1);
  var pairs = text.split('&');
  var params = {};
  var origins = 0;
  for (var i = 0; i < pairs.length; i++) {
    var cut = pairs[i].indexOf('=');
    if (cut < 0) { continue; }
    try {
      var name = decodeURIComponent(pairs[i].substring(0, cut)).replace(/^\?+/, '');
      params[name] = decodeURIComponent(pairs[i].substring(cut + 1));
      if (name === 'origin') { origins++; }
    } catch (e) { /* not ours */ }
  }

  // parent, opener, top, frames[name], with dots between them.
  function related(path) {
    var target = window;
    var steps = path.split('.');
    for (var i = 0; target && i < steps.length; i++) {
      var frame = /^frames\[['"]?([\w-]+)['"]?\]$/.exec(steps[i]);
      if (frame) {
        target = target.frames[frame[1]];
      } else if (steps[i] === 'parent' || steps[i] === 'opener' || steps[i] === 'top') {
        target = target[steps[i]];
      } else {
        return null;
      }
    }
    return target === window ? null : target;
  }

  var origin = /^(https?:\/\/[^\/?#@\\]+)(?:\/([^?#]*))?/i.exec(params.origin || '');
  var target = null;
  try { target = related(params.relation || 'parent'); } catch (e) { /* a window that is gone */ }
  if (origins === 1 && origin && target && target.postMessage) {
    target.postMessage((marked ? '_FB_' + (origin[2] || '') : '') + text, origin[1]);
  }
  if (window.parent === window) {
    document.getElementById('closing').removeAttribute('hidden');
    // The opener closes this window when it has read the message; when it has gone, or cannot, the window closes itself.
    setTimeout(function () { window.close(); }, 1000);
  }
})();
