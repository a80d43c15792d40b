// What pages can do beyond being read: search, and copy a sample. They work without it.

const FOUND_MAX = 12;
const search = document.getElementById('search');
const query = document.getElementById('query');
const found = document.getElementById('found');
let index;

/** The index is fetched when somebody first looks for something. */
async function entries() {
  index ??= fetch('/docs/search.json').then((answer) => answer.json());
  return index;
}

/** How well an entry fits: titles count more than words. 0 when a term is missing. */
function score(entry, terms) {
  let sum = 0;
  for (const term of terms) {
    const section = entry.s.toLowerCase();
    if (section === term) sum += 10;
    else if (section.startsWith(term)) sum += 8;
    else if (section.includes(term)) sum += 5;
    else if (entry.p.toLowerCase().includes(term)) sum += 3;
    else if (entry.w.toLowerCase().includes(term)) sum += 1;
    else return 0;
  }
  return sum;
}

function row(entry) {
  const link = document.createElement('a');
  const place = document.createElement('small');
  link.href = entry.u;
  link.textContent = entry.s;
  place.textContent = entry.p;
  link.append(place);
  const item = document.createElement('li');
  item.append(link);
  return item;
}

function nothing() {
  const words = document.createElement('p');
  words.textContent = 'Nothing found';
  const item = document.createElement('li');
  item.append(words);
  return item;
}

async function look() {
  const text = query.value;
  const terms = text.toLowerCase().split(/\s+/).filter(Boolean);
  const all = terms.length > 0 ? await entries() : [];
  if (query.value !== text) return;
  const fitting = all
    .map((entry) => ({ entry, points: score(entry, terms) }))
    .filter(({ points }) => points > 0)
    .sort((a, b) => b.points - a.points)
    .slice(0, FOUND_MAX);
  const rows = fitting.map(({ entry }) => row(entry));
  found.replaceChildren(...(terms.length > 0 && rows.length === 0 ? [nothing()] : rows));
}

/** Arrows go through what was found, Escape leaves. */
function steer(event) {
  const links = [...found.querySelectorAll('a')];
  const at = links.indexOf(document.activeElement);
  if (event.key === 'ArrowDown') links[Math.min(at + 1, links.length - 1)]?.focus();
  else if (event.key === 'ArrowUp') (links[at - 1] ?? query).focus();
  else if (event.key === 'Enter' && at < 0) links[0]?.click();
  else if (event.key === 'Escape') close();
  else return;
  event.preventDefault();
}

function close() {
  query.value = '';
  found.replaceChildren();
  query.focus();
}

search.hidden = false;
query.addEventListener('input', look);
search.addEventListener('keydown', steer);
found.addEventListener('click', () => found.replaceChildren());
document.addEventListener('keydown', (event) => {
  const isTyping = event.target instanceof HTMLInputElement;
  if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
  event.preventDefault();
  query.focus();
});
document.addEventListener('click', (event) => {
  if (!search.contains(event.target)) found.replaceChildren();
});

for (const sample of document.querySelectorAll('pre')) {
  const button = document.createElement('button');
  button.className = 'copy';
  button.textContent = 'Copy';
  const text = sample.textContent;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
  });
  sample.append(button);
}
