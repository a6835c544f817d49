/* global postMessage */
// A tick a second from a thread of its own: it goes on when the timers of the page are dead.
setInterval(() => postMessage(0), 1000);
