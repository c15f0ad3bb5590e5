// The sheet that a list message opens over the chat. One tap on a row answers.

import {byId, element} from './dom.js';

const rest = ['phone-top', 'wall', 'composer'];
let opener = null;

function close() {
  byId('sheet').hidden = true;
  for (const id of rest) byId(id).inert = false;
  opener?.focus();
  opener = null;
}

export function openSheet({title, rows, onPick}) {
  opener = document.activeElement;
  byId('sheet-title').textContent = title;
  byId('sheet-rows').replaceChildren(...rows.map((row) => rowItem(row, onPick)));
  byId('sheet').hidden = false;
  for (const id of rest) byId(id).inert = true;
  (byId('sheet-rows').querySelector('button') ?? byId('sheet-close')).focus();
}

function rowItem(row, onPick) {
  const pick = () => {
    close();
    onPick(row);
  };
  const description = row.description ? element('span', {class: 'row-more'}, row.description) : null;
  return element('li', {}, element('button', {type: 'button', onclick: pick},
      element('span', {class: 'row-title'}, row.title), description));
}

export function setUpSheet() {
  byId('sheet-close').addEventListener('click', close);
  byId('sheet').addEventListener('click', (event) => { if (event.target === byId('sheet')) close(); });
  byId('sheet').addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
}

export { close as closeSheet };
