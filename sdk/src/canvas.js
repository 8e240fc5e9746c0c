/*
 * FB.Canvas: how large the frame of an application shall be. The page around it is the server's; nobody else is told.
 */

var growing = null;
var lastHeight = 0;

FB.Canvas = {
  /* {width, height}, both in pixels; without a height, as high as the page is. */
  setSize: function (size) {
    size = size || {};
    var params = { height: Math.round(size.height || pageHeight()), frame: window.name || 'iframe_canvas' };
    if (size.width) {
      params.width = Math.round(size.width);
    }
    if (window.parent != window && window.postMessage) {
      parent.postMessage(FB.JSON.stringify({ method: 'setSize', params: params }), CONFIG.www);
    }
  },

  /* Follows the page's height: (), (true), (milliseconds), (true, milliseconds); (false) ends it. */
  setAutoResize: function (on, interval) {
    clearInterval(growing);
    growing = null;
    if (typeof on == 'number') {
      interval = on;
    }
    if (on !== false) {
      lastHeight = 0;
      growing = setInterval(follow, interval || 100);
      follow();
    }
  },

  setUrl: function (path) {
    FB.log('FB.Canvas.setUrl() changes no address here: ' + path);
  }
};

FB.Canvas.setAutoGrow = FB.Canvas.setAutoResize; // its name since 2012

function follow() {
  var height = pageHeight();
  if (height && height != lastHeight) {
    lastHeight = height;
    FB.Canvas.setSize({ height: height });
  }
}

/* Of the content, so that a frame may become lower again. */
function pageHeight() {
  var body = document.body, html = document.documentElement;
  if (!body) {
    return 0;
  }
  return document.compatMode == 'BackCompat' ? body.scrollHeight : Math.max(html.offsetHeight, body.offsetTop + body.offsetHeight);
}
