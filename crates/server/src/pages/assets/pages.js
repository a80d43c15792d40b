// Shows a page anew when what it tells has changed, and copies what is to be copied.
// Without this the page works the same, but for that.
const PAUSE_MS = 3_000;
const PAUSE_MAX_MS = 60_000;

const watched = document.querySelector('[data-watch]');
if (watched) {
  const { watch, status } = watched.dataset;
  let pause = PAUSE_MS;
  const look = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(watch);
        if (answer.ok && (await answer.json()).status !== status) {
          location.replace(location.pathname);
          return;
        }
        pause = answer.ok ? PAUSE_MS : Math.min(pause * 2, PAUSE_MAX_MS);
      } catch {
        pause = Math.min(pause * 2, PAUSE_MAX_MS);
      }
    }
    setTimeout(look, pause);
  };
  setTimeout(look, pause);
}

for (const button of document.querySelectorAll('button[data-copies]')) {
  const source = document.getElementById(button.dataset.copies);
  if (!source || !navigator.clipboard) continue;
  button.hidden = false;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(source.textContent);
    button.textContent = 'Copied';
  });
}
