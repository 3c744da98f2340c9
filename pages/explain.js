/* Steps through the runs of a window. The data stands in the page; nothing is loaded. */
const { runs } = JSON.parse(document.getElementById('data').textContent);
const by = (id) => document.getElementById(id);
const picker = by('run');
const slider = by('step');
let at = 0;

const states = () => runs[picker.selectedIndex]?.states ?? [];

function words(list, entries, before) {
  list.replaceChildren(
    ...entries.flatMap(([name, value]) => {
      const term = document.createElement('dt');
      const held = document.createElement('dd');
      term.textContent = name;
      held.textContent = value;
      if (before && before[name] !== value) held.className = 'changed';
      return [term, held];
    }),
  );
}

function show() {
  const all = states();
  at = Math.max(0, Math.min(at, all.length - 1));
  const state = all[at];
  if (!state) return;
  const before = all[at - 1];
  slider.max = String(all.length - 1);
  slider.value = String(at);
  by('position').textContent = `${at + 1} of ${all.length}`;
  by('back').disabled = at === 0;
  by('forward').disabled = at === all.length - 1;
  for (const row of document.querySelectorAll('tr.here')) row.classList.remove('here');
  const here = state.row === undefined ? null : by(`row-${state.row}`);
  here?.classList.add('here');
  here?.scrollIntoView({ block: 'nearest' });
  words(by('registers'), Object.entries(state.registers), before?.registers);
  const named = (one) =>
    Object.fromEntries(one.stack.map((word, i) => [i === one.stack.length - 1 ? 'return' : `+${i}`, word]));
  words(by('stack'), Object.entries(named(state)), before && named(before));
  const flag = by('flag');
  flag.textContent = state.flag;
  flag.className = before && before.flag !== state.flag ? 'changed' : '';
  const quiet = [{ thread: 'victim', text: 'runs the next instruction' }];
  by('events').replaceChildren(
    ...(state.events.length > 0 ? state.events : quiet).map(({ thread, text }) => {
      const item = document.createElement('li');
      const who = document.createElement('span');
      who.className = 'thread';
      who.textContent = thread;
      item.append(who, text);
      return item;
    }),
  );
}

function go(to) {
  at = to;
  show();
}

picker.addEventListener('change', () => go(states().findIndex((state) => state.events.length > 0)));
slider.addEventListener('input', () => go(Number(slider.value)));
by('back').addEventListener('click', () => go(at - 1));
by('forward').addEventListener('click', () => go(at + 1));
document.addEventListener('keydown', (event) => {
  if (event.target === slider || event.target === picker) return;
  const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
  if (step) go(at + step);
});
show();
