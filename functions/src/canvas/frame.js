/* A canvas page's script: sends the form that tells the application who is there, and gives the frame the size that the application's
   page asks for (FB.Canvas.setSize). Nobody else's message counts, and no size is taken as it comes. */
(function () {
  'use strict';
  var frame = document.getElementById('iframe_canvas');
  var entry = document.getElementById('entry');

  function pixels(wanted, least, most) {
    var number = Number(wanted);
    return isFinite(number) && number > 0 ? Math.min(Math.max(Math.round(number), least), most) + 'px' : '';
  }

  function hear(event) {
    if (event.source !== frame.contentWindow || event.origin !== frame.getAttribute('data-origin')) { return; }
    var message = null;
    try { message = JSON.parse(event.data); } catch (error) { return; }
    var size = message && message.method === 'setSize' && message.params;
    if (!size) { return; }
    frame.style.height = pixels(size.height, 100, 20000) || frame.style.height;
    frame.style.width = pixels(size.width, 200, 2000) || frame.style.width;
  }

  if (window.addEventListener) { window.addEventListener('message', hear, false); }
  if (entry) {
    entry.hidden = true;
    entry.submit();
  }
}());
