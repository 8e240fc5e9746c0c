/* The game itself: one face, three names. And the frame is as high as the page, for which the SDK asks the page around it. */
(function () {
  'use strict';
  var quiz = document.getElementById('quiz');
  if (window.FB) {
    FB.init({ appId: document.getElementById('game').getAttribute('data-app'), status: false });
    FB.Canvas.setAutoResize();
  }
  if (!quiz) { return; }

  var friends = JSON.parse(quiz.getAttribute('data-friends'));
  var who = document.getElementById('who'), names = document.getElementById('names'), score = document.getElementById('score');
  var right = 0, asked = 0, last = null;

  function shuffled(list) {
    return list.map(function (one) { return [Math.random(), one]; }).sort(function (a, b) { return a[0] - b[0]; }).map(function (pair) { return pair[1]; });
  }

  function ask() {
    var three = shuffled(friends.filter(function (friend) { return friend !== last; })).slice(0, 3);
    var it = last = three[0];
    who.src = quiz.getAttribute('data-faces') + '/' + it.id + '/picture?type=large';
    names.textContent = '';
    shuffled(three).forEach(function (friend) {
      var button = document.createElement('button');
      button.textContent = friend.name;
      button.onclick = function () { judge(button, friend === it); };
      names.appendChild(button);
    });
  }

  function judge(button, isRight) {
    asked += 1;
    right += isRight ? 1 : 0;
    button.className = isRight ? 'right' : 'wrong';
    button.disabled = true;
    score.textContent = right + ' right, ' + asked + (asked === 1 ? ' guess' : ' guesses') + (isRight ? '. Well seen!' : '. Try another.');
    if (isRight) { setTimeout(ask, 900); }
  }

  quiz.hidden = false;
  ask();
}());
