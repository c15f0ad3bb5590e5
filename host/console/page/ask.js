// One small question in a dialog.

import {byId} from './dom.js';

/** What was typed, or '' when it was put aside. */
export function ask({title, text, secret = false}) {
  const dialog = byId('ask');
  const input = byId('ask-input');
  byId('ask-title').textContent = title;
  byId('ask-text').textContent = text;
  byId('ask-label').textContent = title;
  input.type = secret ? 'password' : 'text';
  input.value = '';
  dialog.returnValue = '';
  byId('ask-cancel').onclick = () => dialog.close('');
  dialog.showModal();
  input.focus();
  return new Promise((resolve) => {
    dialog.addEventListener('close', () => {
      const typed = dialog.returnValue === 'ok' ? input.value.trim() : '';
      input.value = '';
      resolve(typed);
    }, {once: true});
  });
}
