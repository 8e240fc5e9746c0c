/*
 * Events. FB.EventProvider may be copied into any object, which then has a list of its own.
 */

FB.EventProvider = {
  subscribers: function () {
    if (!this._subscribers) {
      this._subscribers = {};
    }
    return this._subscribers;
  },

  /* The same function twice is called twice. */
  subscribe: function (name, callback) {
    var all = this.subscribers(), list = '$' + name;
    (all[list] = all[list] || []).push(callback);
  },

  /* Entries become null and keep their places, so that a callback may take itself away. */
  unsubscribe: function (name, callback) {
    var list = this.subscribers()['$' + name] || [];
    each(list, function (entry, i) {
      if (entry == callback) {
        list[i] = null;
      }
    });
  },

  clear: function (name) {
    delete this.subscribers()['$' + name];
  },

  /* Asks at once, and at every event, until the answer is true. */
  monitor: function (name, callback) {
    if (callback()) {
      return;
    }
    var self = this;
    var asked = function () {
      if (callback.apply(callback, arguments)) {
        self.unsubscribe(name, asked);
      }
    };
    self.subscribe(name, asked);
  },

  /* In the order of subscription. What a callback throws goes to whoever fires. */
  fire: function (name) {
    var list = this.subscribers()['$' + name] || [], rest = Array.prototype.slice.call(arguments, 1);
    for (var i = 0, count = list.length; i < count; i++) {
      if (list[i]) {
        list[i].apply(this, rest);
      }
    }
  }
};

FB.Event = FB.copy({}, FB.EventProvider);
