// Runs before the first paint, so that the chosen theme and language are there from the start.
(function () {
  var root = document.documentElement;
  try {
    var stored = JSON.parse(localStorage.getItem('cadencia.preferences') || '{}');
    if (stored.theme === 'light' || stored.theme === 'dark') root.dataset.theme = stored.theme;
    if (stored.locale) root.lang = stored.locale;
  } catch {
    // A preference that cannot be read is the system's.
  }
})();
