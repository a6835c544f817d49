/* global document, matchMedia */
// The page's content policy forbids evaluated code; without this zod would try it once and the browser complain.
globalThis.__zod_globalConfig = { jitless: true };

// Before the first paint: the theme the user chose last, so that a dark control room is never lit by a white flash.
(function () {
  var chosen;
  try {
    chosen = localStorage.getItem('linepack.theme');
  } catch (refused) {
    console.info('The browser keeps no settings: ' + refused.message);
  }
  var dark = chosen === 'dark' || (chosen !== 'light' && matchMedia('(prefers-color-scheme: dark)').matches);
  document.documentElement.dataset.theme = dark ? 'dark' : 'light';
})();
