// Wires the page.

import {refreshAgenda, setUpAgenda} from './agenda.js';
import {Chat} from './chat.js';
import {byId, element} from './dom.js';
import {People} from './people.js';
import {refreshPlugins, setUpPlugins} from './plugins.js';
import {setUpSheet} from './sheet.js';
import {browserLanguage, speak, text} from './texts.js';

const languageKey = 'migue.language';
let personId = null;  // null: not asked yet

const chat = new Chat({onNews});
const people = new People((person) => start(person));

function onNews({personId: told, replied}) {
  if (told === personId && !replied) return;
  personId = told;
  refreshAgenda(personId);
}

function start(person) {
  personId = null;
  chat.open(person);
  focusInput();
}

// On a phone the focus would open the keyboard over the conversation.
function focusInput() {
  if (!matchMedia('(pointer: coarse)').matches) byId('input').focus();
}

function showExamples() {
  byId('examples').replaceChildren(...text('examples').map((example) =>
    element('button', {type: 'button', onclick: () => { chat.sendText(example); focusInput(); }}, example)));
}

function setLanguage(language) {
  speak(language);
  byId('language').value = document.documentElement.lang;
  showExamples();
  people.show();
  refreshPlugins();
  if (chat.person) start(chat.person);
}

function fitInput() {
  const input = byId('input');
  input.style.height = 'auto';
  input.style.height = `${Math.min(input.scrollHeight, 132)}px`;
}

function submit(event) {
  event.preventDefault();
  const input = byId('input');
  const typed = input.value.trim();
  if (!typed) return;
  input.value = '';
  fitInput();
  chat.sendText(typed);
  input.focus();
}

function setUpComposer() {
  const input = byId('input');
  byId('composer').addEventListener('submit', submit);
  input.addEventListener('input', fitInput);
  input.addEventListener('keydown', (event) => {
    if (event.key === 'Enter' && !event.shiftKey && !event.isComposing) submit(event);
  });
}

// Narrow screens: the agenda slides in over the chat.
function setUpSide() {
  const toggle = (open) => {
    document.body.classList.toggle('side-open', open);
    byId('veil').hidden = !open;
    byId('phone').inert = open;
    byId('open-side').setAttribute('aria-expanded', String(open));
  };
  const isOpen = () => document.body.classList.contains('side-open');
  const close = () => {
    if (!isOpen()) return;
    toggle(false);
    byId('open-side').focus();
  };
  byId('open-side').addEventListener('click', () => {
    toggle(true);
    byId('close-side').focus();
  });
  byId('close-side').addEventListener('click', close);
  byId('veil').addEventListener('click', close);
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape') close(); });
  matchMedia('(min-width: 861px)').addEventListener('change', close);  // both fit again
}

setUpSheet();
setUpAgenda();
setUpComposer();
setUpSide();
setUpPlugins();
byId('language').addEventListener('change', (event) => {
  localStorage.setItem(languageKey, event.target.value);
  setLanguage(event.target.value);
});
setLanguage(localStorage.getItem(languageKey) ?? browserLanguage());
start(people.current);
